"""The whole story in two browsers at once: a list is uploaded, a volunteer texts it, the results come out."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from parley.home.management.commands import demo
from tests import stack as stacks

CONTACTS = Path(__file__).resolve().parents[2] / "demo" / "contacts-1000.csv"
NewContext = Callable[..., BrowserContext]
#: where pictures for docs/ go; none are taken when unset
PICTURES = os.environ.get("STORY_PICTURES", "")
LIVE = 15_000


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(400)
        page.screenshot(path=f"{PICTURES}/{name}.png")


def simulator(stack: stacks.Stack, path: str, body: object = None) -> object:
    request = urllib.request.Request(
        f"{stack.simulator_url}/simulator/{path}",
        json.dumps(body).encode() if body is not None else None,
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def say(stack: stacks.Stack, number: str, text: str) -> None:
    """Pick up a simulated phone and answer by hand."""
    phone: Any = simulator(stack, f"phones/{urllib.parse.quote(number)}")
    simulator(
        stack, f"phones/{urllib.parse.quote(number)}/messages", {"body": text, "to": phone["messages"][-1]["partner"]}
    )


@pytest.mark.browser
def test_a_list_is_uploaded_texted_answered_and_exported(new_context: NewContext, stack: stacks.Stack) -> None:
    simulator(stack, "settings", {"silent": 1.0})  # people answer by hand only
    admin = new_context(width=1280).new_page()
    phone = new_context(width=360, height=760).new_page()

    # --- the organizer prepares a campaign -----------------------------------------------------
    admin.goto("/account/login/")
    admin.locator("input[name=login]").fill("admin@parley.example")
    admin.locator("input[name=password]").fill(demo.PASSWORD)
    admin.keyboard.press("Enter")
    admin.get_by_role("link", name="New campaign").first.click()
    admin.get_by_label("Title").fill("Library evening")
    admin.get_by_role("button", name="Create and go on").click()
    admin.get_by_role("link", name=re.compile("Contacts")).first.click()
    admin.get_by_label("CSV file").set_input_files(CONTACTS)
    admin.get_by_role("button", name="Upload").click()
    admin.get_by_role("link", name=re.compile("script", re.I)).first.wait_for(timeout=30_000)
    expect(admin.get_by_text(re.compile(r"1,000|9\d\d")).first).to_be_visible(timeout=30_000)
    campaign = int(re.search(r"/campaigns/(\d+)/", admin.url)[1])  # type: ignore[index]

    admin.goto(f"/org/oak-street/campaigns/{campaign}/edit/script/")
    admin.locator("textarea[data-script]").first.fill(
        "Hi {firstName}, this is {texterAliasOrFirstName} from Oak Street. The library opens late on Friday. "
        "Will you come? Reply STOP to opt out."
    )
    admin.locator("input[name^=question-]").first.fill("Will they come?")
    for answer, script in (
        ("Yes", "Wonderful, {firstName}! See you on Friday at seven."),
        ("No", "Thank you for telling me."),
    ):
        admin.get_by_role("button", name="Add an answer").last.click()
        fields = admin.locator("input[name^=answer-]")
        expect(fields).to_have_count(1 if answer == "Yes" else 2)
        fields.last.fill(answer)
        admin.locator("textarea[data-script]").last.fill(script)
    picture(admin, "script-1280")
    admin.get_by_role("button", name="Save and go on").click()
    expect(admin.get_by_text("The script is not saved yet")).to_have_count(0)

    admin.goto(f"/org/oak-street/campaigns/{campaign}/edit/start/")
    expect(admin.get_by_text("The library opens late on Friday")).to_be_visible()
    picture(admin, "start-1280")
    admin.get_by_role("button", name="Start the campaign").click()
    admin.get_by_role("button", name="Start", exact=True).click()
    admin.wait_for_url(re.compile(rf"/campaigns/{campaign}/(\?.*)?$"), timeout=30_000)
    link = admin.locator('input[value*="/join/"]').first.input_value()

    # --- a volunteer joins on the phone and sends first texts -----------------------------------------
    phone.goto(urllib.parse.urlsplit(link).path)
    expect(phone.get_by_role("heading", name="Library evening")).to_be_visible()
    picture(phone, "join-360")
    phone.locator("input[name=name]").fill("Vera Volunteer")
    phone.locator("input[name=email]").fill(f"vera-{secrets.token_hex(4)}@parley.example")
    phone.locator("input[name=password]").fill("a quiet evening with books")
    phone.get_by_role("button", name="Join").click()
    phone.goto("/texter/")
    expect(phone.get_by_role("heading", name="Library evening")).to_be_visible()
    picture(phone, "texter-home-360")
    phone.get_by_role("button", name=re.compile("Ask for", re.I)).first.click()
    phone.wait_for_url(re.compile(r"/texter/\d+/initials/"))
    expect(phone.locator("#text")).to_contain_text("this is Vera from Oak Street")
    picture(phone, "initials-360")
    for _ in range(8):
        before = phone.locator("#count").inner_text()
        phone.keyboard.press("Enter")
        expect(phone.locator("#count")).not_to_have_text(before)
    expect(tile(admin, "Texts sent")).to_contain_text("8", timeout=LIVE)
    expect(tile(admin, "Delivered")).to_contain_text("8", timeout=LIVE)

    # --- people answer ---------------------------------------------------------------------------
    ann, bob, cleo = numbers(stack, campaign)[:3]
    say(stack, ann, "Yes, I will be there!")
    say(stack, bob, "leave me alone")
    say(stack, cleo, "please take me off your list")
    expect(tile(admin, "Replies")).to_contain_text("3", timeout=LIVE)
    expect(tile(admin, "Opted out")).to_contain_text("1", timeout=LIVE)

    assignment = re.search(r"/texter/(\d+)/", phone.url)[1]  # type: ignore[index]
    phone.goto(f"/texter/{assignment}/conversations/")
    phone.get_by_role("link", name=re.compile("Yes, I will be there")).first.click()
    picture(phone, "conversation-360")
    phone.get_by_role("button", name=re.compile(r"\bYes\b")).first.click()
    expect(phone.locator("#reply")).to_have_value(re.compile("Wonderful"))
    picture(phone, "answer-360")
    phone.get_by_role("button", name=re.compile("^Send")).click()
    expect(phone.get_by_text("Do they want no more texts?")).to_be_visible(timeout=LIVE)  # on to the next who answered
    picture(phone, "likely-360")
    phone.get_by_role("button", name=re.compile("Yes, opt out")).click()
    expect(tile(admin, "Opted out")).to_contain_text("2", timeout=LIVE)
    expect(tile(admin, "Texts sent")).to_contain_text("9", timeout=LIVE)
    expect(admin.get_by_role("heading", name="Will they come?")).to_be_visible(timeout=LIVE)
    picture(admin, "campaign-live-1280")

    # --- the results come out ---------------------------------------------------------------------
    admin.get_by_role("link", name="Export").click()
    admin.get_by_role("button", name="Export", exact=True).click()
    files = admin.get_by_role("link", name=re.compile(r"\.csv"))
    expect(files).to_have_count(2, timeout=30_000)
    picture(admin, "export-1280")
    with admin.expect_download() as download:
        files.first.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    texted = [row for row in rows if row["message_status"] != "needsMessage"]
    assert len(rows) >= 900
    assert len(texted) == 8
    assert [row["question[Will they come?]"] for row in texted if row["question[Will they come?]"]] == ["Yes"]
    assert sum(row["optedOut"].lower() in {"true", "t", "1"} for row in rows) == 2


def tile(page: Page, label: str) -> Locator:
    """The number beside a label on the live page."""
    return page.locator(".stat", has_text=label).first


def numbers(stack: stacks.Stack, campaign: int) -> list[str]:
    """Phones that have had a text of the campaign, first texted first."""
    import psycopg

    with psycopg.connect(stack.database_url) as connection:
        rows = connection.execute(
            "SELECT c.address FROM conversations_conversation c WHERE c.program = 'texting' AND c.subject_key = %s ORDER BY id",
            [str(campaign)],
        ).fetchall()
    return [number for (number,) in rows]
