"""Staff answer a stranger, settle a text and try an event again, in a real browser; and every page for everybody."""

from __future__ import annotations

import json
import secrets
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from parley.home.management.commands import demo
from tests import stack as stacks

NewContext = Callable[..., BrowserContext]
#: milliseconds for what goes through web, worker and stream while the machine does other things
LIVE = 15_000
ORGANIZATION = f"/org/{demo.HOME[1]}"
#: a text that nobody knows of, an event that cannot be applied, a stopped channel; prints two ids
SEED = """
from django.utils import timezone
from django_scopes import scopes_disabled
from parley.accounts.models import Organization
from parley.conversations import actions
from parley.conversations.models import Channel, Conversation, InboundEvent, Message, Outbox
with scopes_disabled():
    home = Organization.objects.get(slug={slug!r})
    channel = Channel.objects.filter(organization=home, address_kind="phone").order_by("pk").first()
    said = actions.queue_message(
        organization_id=home.pk, channel=channel, program="walks", address={number!r}, text="Lost text {mark}",
        send_after=timezone.now() + timezone.timedelta(days=1))
    Outbox.everywhere.filter(message_id=said.message_id).delete()
    Message._base_manager.filter(pk=said.message_id).update(status=30)
    InboundEvent.objects.create(
        account=channel.account, key={mark!r}, kind="message", lane={number!r}, attempts=5, parked_at=timezone.now(),
        error="ValueError: event {mark}", body={{"Body": "Forty chairs " * 20, "From": {number!r}}})
    second = actions.connect_account(
        organization=home, provider="twilio", name="Line {mark}",
        values={{"account_sid": "AC" + "1" * 32, "auth_token": "t"}})
    line = actions.add_channel(
        second, kind="messaging_service", address_kind="phone", address="MG" + "1" * 32, name="Line {mark}")
    actions.stop_channel(line.pk, reason="20003 Twilio does not accept the credentials.")
    print("account", second.pk)
"""


def sign_in(page: Page, address: str = "admin@parley.example") -> Page:
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(address)
    page.locator("input[name=password]").fill(demo.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def simulator(stack: stacks.Stack, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        f"{stack.simulator_url}/simulator/{path}",
        json.dumps(body).encode() if body is not None else None,
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def write(stack: stacks.Stack, number: str, text: str) -> None:
    """Somebody whom nobody has texted writes to the demo's number."""
    path = f"phones/{urllib.parse.quote(number)}/messages"
    simulator(stack, path, {"body": text, "to": demo.NUMBERS[0]})


def some_number() -> str:
    return f"+1212555{secrets.randbelow(10_000):04}"


def seed(stack: stacks.Stack) -> tuple[str, str]:
    """What needs staff; the mark in its words, and the id of the account with the stopped channel."""
    mark = secrets.token_hex(4)
    printed = stack.manage("shell", "-c", SEED.format(slug=demo.HOME[1], number=some_number(), mark=mark))
    return mark, printed.split()[-1]


def test_a_stranger_is_seen_at_once_answered_and_done(new_context: NewContext, stack: stacks.Stack) -> None:
    page, number = sign_in(new_context().new_page()), some_number()
    page.goto(f"{ORGANIZATION}/inbox/")
    expect(page.locator("[data-live-state=live]")).to_be_attached()

    write(stack, number, "Where is the market?")
    row = page.get_by_role("row").filter(has_text=number[-4:]).filter(has_text="Where is the market?")
    expect(row).to_be_visible(timeout=LIVE)

    row.get_by_role("link").click()
    page.get_by_label("Your answer").fill("done: under the big oak")  # the simulated phone does not answer "done"
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".bubble-out").get_by_text("done: under the big oak")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("")

    page.get_by_label("Your answer").fill("half a word")
    write(stack, number, "Thank you!")
    expect(page.locator(".bubble-in").get_by_text("Thank you!")).to_be_visible(timeout=LIVE)
    expect(page.get_by_label("Your answer")).to_have_value("half a word")
    expect(page.locator(".bubble-out .ticks-success")).to_be_visible(
        timeout=LIVE
    )  # delivered, and the page has heard of it
    phone = simulator(stack, f"phones/{urllib.parse.quote(number)}")
    assert [m["text"] for m in phone["messages"]].count("done: under the big oak") == 1

    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("It comes back if they write again.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=number[-4:])).to_have_count(0)


def test_staff_settle_a_text_and_give_up_an_event(new_context: NewContext, stack: stacks.Stack) -> None:
    mark, account = seed(stack)
    page = sign_in(new_context().new_page())

    page.goto(f"{ORGANIZATION}/campaigns/")
    page.get_by_role("link", name="Settle them").click()
    text = page.locator("section.card").filter(has_text=f"Lost text {mark}")
    text.get_by_role("button", name="It arrived").click()
    expect(page.get_by_text("Noted as arrived.")).to_be_visible()
    expect(page.get_by_text(f"Lost text {mark}")).to_have_count(0)

    page.goto(f"{ORGANIZATION}/parked/")
    event = page.locator("section.card").filter(has_text=f"ValueError: event {mark}")
    event.get_by_role("button", name="Give up").click()
    page.get_by_role("dialog").get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Given up.")).to_be_visible()
    expect(page.get_by_text(f"ValueError: event {mark}")).to_have_count(0)

    page.goto(f"{ORGANIZATION}/channels/accounts/{account}/")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Compare account SID and auth token")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("sends again")).to_be_visible()
    expect(page.get_by_text("In order")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_every_page_of_staff_is_for_everybody(
    new_context: NewContext,
    stack: stacks.Stack,
    accessibility_violations: Callable[[Page], list[str]],
    width: int,
    dark: bool,
) -> None:
    _mark, account = seed(stack)
    write(stack, some_number(), "Hello, who is this?")
    page = sign_in(new_context(width=width, dark=dark).new_page())
    page.goto(f"{ORGANIZATION}/inbox/")
    expect(page.get_by_role("cell", name="Hello, who is this?").first).to_be_visible(timeout=LIVE)
    conversation = page.locator(".row-link").first.get_attribute("href")
    paths = ["inbox/", "inbox/?show=done&q=nobody", "unconfirmed/", "parked/", "channels/", "campaigns/"]
    paths += [f"channels/accounts/{account}/", "channels/connect/twilio/", "channels/connect/telegram/"]

    for path in [str(conversation), *(f"{ORGANIZATION}/{path}" for path in paths)]:
        page.goto(path)
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, accessibility_violations(page)) == (path, [])
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, width)
