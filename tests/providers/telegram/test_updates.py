"""Updates in: every documented shape is read, nothing that a person said is lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import pathlib
import subprocess
import sys
from typing import Any

import pytest

from parley.conversations import contracts
from parley.providers.telegram.provider import Telegram

UPDATES = json.loads((pathlib.Path(__file__).parent / "updates.json").read_text("utf-8"))
SECRET = "webhook-secret_1"


@pytest.fixture
def provider() -> Telegram:
    return Telegram()


@pytest.fixture
def hooked() -> contracts.Account:
    return contracts.Account(
        id=3,
        organization_id=1,
        provider="telegram",
        credentials={"token": "7000000001:secret"},
        settings={},
        webhook_secret=SECRET,
        webhook_base="https://parley.example/webhooks/telegram/3/",
    )


def post(account: contracts.Account, body: bytes, *, secret: str | None = SECRET) -> contracts.RawWebhook:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    return contracts.RawWebhook(
        account=account, kind="update", url=account.webhook_base + "update", headers=headers, body=body
    )


def reading(provider: Telegram, account: contracts.Account, name: str) -> Any:
    """A documented update on the whole way: posted, stored, read."""
    events = provider.parse_webhook(post(account, json.dumps(UPDATES[name]).encode()))
    stored = json.loads(json.dumps(events[0].body))
    return provider.read(event_id=7, kind=events[0].kind, body=stored)


def test_who_only_takes_webhooks_never_loads_the_telegram_library() -> None:
    program = "import sys, parley.providers.telegram.provider as p; p.Telegram(); print('aiogram' in sys.modules)"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "False\n"


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "gehäim"])
def test_a_post_without_the_secret_is_refused(
    secret: str | None, provider: Telegram, hooked: contracts.Account
) -> None:
    with pytest.raises(contracts.WrongSignature):
        provider.parse_webhook(post(hooked, b'{"update_id": 1}', secret=secret))


def test_an_account_without_a_secret_takes_nothing(provider: Telegram, hooked: contracts.Account) -> None:
    with pytest.raises(contracts.WrongSignature):
        provider.parse_webhook(post(dataclasses.replace(hooked, webhook_secret=""), b'{"update_id": 1}', secret=""))


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b"null", b"{}", b'{"update_id": "5"}', b'{"update_id": true}']
)
def test_what_is_no_update_is_malformed(body: bytes, provider: Telegram, hooked: contracts.Account) -> None:
    with pytest.raises(contracts.Malformed):
        provider.parse_webhook(post(hooked, body))


def test_the_update_id_is_the_key_and_the_chat_is_the_lane(provider: Telegram, hooked: contracts.Account) -> None:
    for name, update in UPDATES.items():
        if name == "_source":
            continue

        (event,) = provider.parse_webhook(post(hooked, json.dumps(update).encode()))

        content = next(value for key, value in update.items() if key != "update_id")
        assert event.key == str(update["update_id"])
        assert event.lane == str(content["chat"]["id"])
        assert len(event.kind) <= 16


def test_a_message_in_a_private_chat(provider: Telegram, hooked: contracts.Account) -> None:
    message = reading(provider, hooked, "text in a private chat")

    assert message == contracts.Inbound(
        event_id=7,
        channel_address=None,
        address="5283375801",
        local_address=None,
        provider_id="5283375801:17",
        text="/start",
        payload={"kind": "text", "username": "rosad"},
        sender_address="5283375801",
        sender_name="Rosa Díaz",
        group=False,
        said_at=dt.datetime(2022, 4, 26, 8, 7, 23, tzinfo=dt.UTC),
    )


def test_an_anonymous_administrator_speaks_as_the_group(provider: Telegram, hooked: contracts.Account) -> None:
    message = reading(provider, hooked, "anonymous administrator")

    assert (message.sender_address, message.sender_name) == ("-1001180035701", "test (Coach)")
    assert (message.group, message.group_title) == (True, "test")


def test_a_channel_speaks_for_itself(provider: Telegram, hooked: contracts.Account) -> None:
    message = reading(provider, hooked, "channel post")

    assert (message.address, message.sender_address, message.sender_name) == (
        "-1001999035701",
        "-1001999035701",
        "News",
    )


def test_a_sender_without_a_name_is_known_by_the_number(provider: Telegram, hooked: contracts.Account) -> None:
    message = reading(provider, hooked, "sender without a first name")

    assert (message.sender_address, message.sender_name) == ("6283375802", "")


def test_a_message_without_any_sender_is_read(provider: Telegram) -> None:
    update = {"update_id": 1, "message": {"message_id": 2, "chat": {"id": -5, "type": "group"}, "text": "?"}}

    message = provider.read(event_id=7, kind="message", body=update)

    assert isinstance(message, contracts.Inbound)
    assert (message.sender_address, message.sender_name, message.group_title) == ("-5", "", "")


@pytest.mark.parametrize(
    ("name", "text", "media"),
    [
        ("photo with a caption", "my breakfast", ("image/jpeg", "large", "", 98123)),
        ("voice", "", ("audio/ogg", "v1", "", 9021)),
        ("animation", "", ("video/mp4", "a1", "cat.mp4", None)),
        ("sticker", "", ("application/x-tgsticker", "st", "", None)),
    ],
)
def test_attachments_are_kept_by_reference(
    name: str, text: str, media: tuple[object, ...], provider: Telegram, hooked: contracts.Account
) -> None:
    message = reading(provider, hooked, name)

    (attachment,) = message.media
    assert message.text == text
    assert (attachment.content_type, attachment.reference, attachment.name, attachment.size) == media


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("location", "location", {"latitude": 42.36, "longitude": -71.06}),
        ("content of a kind that did not exist yet", "hologram", {"depth": 3}),
    ],
)
def test_content_that_is_neither_text_nor_file_is_kept_whole(
    name: str, kind: str, content: object, provider: Telegram, hooked: contracts.Account
) -> None:
    message = reading(provider, hooked, name)

    assert isinstance(message, contracts.Inbound)
    assert message.payload == {"kind": kind, kind: content}


def test_a_reply_names_what_it_answers(provider: Telegram, hooked: contracts.Account) -> None:
    assert reading(provider, hooked, "reply").payload["reply_to"] == "5283375801:40"


def test_an_edit_names_the_message_and_its_new_text(provider: Telegram, hooked: contracts.Account) -> None:
    assert reading(provider, hooked, "edited") == contracts.Edited(
        event_id=7, provider_id="5283375801:52", text="very well"
    )


def test_both_sides_of_a_migration_say_the_same(provider: Telegram, hooked: contracts.Account) -> None:
    to, origin = reading(provider, hooked, "migrated to"), reading(provider, hooked, "migrated from")

    assert to == origin == contracts.Moved(event_id=7, old_address="-354277801", new_address="-1001180035701")


def test_the_bot_comes_and_goes(provider: Telegram, hooked: contracts.Account) -> None:
    added, removed = reading(provider, hooked, "bot added to a group"), reading(provider, hooked, "bot removed")

    assert added == contracts.GroupChanged(event_id=7, address="-641169081", title="test group", bot_present=True)
    assert removed == contracts.GroupChanged(
        event_id=7, address="-1001180035701", title="test group", bot_present=False
    )


def test_members_come_and_go_and_titles_change(provider: Telegram, hooked: contracts.Account) -> None:
    came, left = reading(provider, hooked, "members came"), reading(provider, hooked, "a member left")
    titled = reading(provider, hooked, "a new title")

    assert (came.joined, came.bot_present) == ((("5283375801", "Rosa Díaz"),), True)
    assert (left.left, left.bot_present) == ((("5283375801", "Rosa"),), None)
    assert titled.title == "walkers"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("pinned", "service message: pinned_message"),
        ("a reaction", "update of type message_reaction"),
        ("bot blocked", "the bot was blocked"),
    ],
)
def test_what_nobody_said_is_ignored_with_a_reason(
    name: str, why: str, provider: Telegram, hooked: contracts.Account
) -> None:
    assert reading(provider, hooked, name) == contracts.Ignored(event_id=7, why=why)


def test_an_update_that_cannot_be_read_is_parked(provider: Telegram) -> None:
    with pytest.raises(KeyError):
        provider.read(event_id=7, kind="message", body={"update_id": 1, "message": {"message_id": 2}})
