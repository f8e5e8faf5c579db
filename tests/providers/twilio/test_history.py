"""Catching up, checking the account, and the table of errors."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import re
import urllib.parse
from typing import Any

import pytest

from parley.conversations import contracts
from parley.providers.twilio import configuration, errors
from tests.providers.twilio.conftest import TO, Texting


def say(texting: Texting, text: str, *, to: str = "+16175550100", sender: str = TO) -> Any:
    return texting.ask(f"phones/{sender}/messages", {"body": text, "to": to})


def test_what_was_said_during_an_outage_makes_the_events_that_the_webhooks_would_have_made(texting: Texting) -> None:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    texting.send(texting.dispatch())
    for text, to in (("first", "+16175550100"), ("second", "+16175550101"), ("third", "+16175550100")):
        say(texting, text, to=to)
    posts = texting.receiver.wait_for(3, where=lambda post: "message" in post.url)

    events = texting.run(lambda: texting.twilio.catch_up(texting.account, since))

    from_webhooks = [
        event
        for post in posts
        for event in texting.twilio.parse_webhook(
            contracts.RawWebhook(
                account=texting.account,
                kind="message",
                url=post.url,
                headers=post.headers,
                body=urllib.parse.urlencode(post.params).encode(),
            )
        )
    ]
    assert {event.key for event in events} == {event.key for event in from_webhooks}
    assert {event.lane for event in events} == {TO}
    readings: list[Any] = [texting.twilio.read(event_id=1, kind=event.kind, body=event.body) for event in events]
    assert sorted(found.text for found in readings) == ["first", "second", "third"]
    assert {found.channel_address for found in readings} == {texting.service}
    assert all(found.said_at is not None for found in readings)


def test_what_was_said_before_is_left_out(texting: Texting) -> None:
    say(texting, "earlier")

    events = texting.run(
        lambda: texting.twilio.catch_up(texting.account, dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))
    )

    assert events == []


def problems(texting: Texting, account: Any = None) -> Any:
    return texting.run(lambda: texting.twilio.check_configuration(account or texting.account))


def test_a_sound_account_has_no_problems(texting: Texting) -> None:
    assert problems(texting) == []


def test_a_service_without_numbers_is_named(texting: Texting) -> None:
    async def make() -> Any:
        client = texting.twilio._client(texting.account)
        return await configuration.connect_service(client, texting.account, name="Empty")

    texting.run(make)

    [problem] = problems(texting)

    assert "21704" in problem.message


def test_a_service_that_answers_elsewhere_is_named_and_can_be_connected(texting: Texting) -> None:
    texting.ask(
        "setup",
        {
            "account_sid": texting.account.credentials["account_sid"],
            "auth_token": texting.account.credentials["auth_token"],
            "service_sid": texting.service,
            "inbound_url": "https://elsewhere.example/",
        },
    )

    async def connect() -> Any:
        client = texting.twilio._client(texting.account)
        await configuration.connect_service(client, texting.account, name="x", sid=texting.service)

    [before] = problems(texting)
    texting.run(connect)

    assert "https://elsewhere.example/" in before.message
    assert problems(texting) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"credentials": {"account_sid": "AC" + "2" * 32, "auth_token": "wrong"}},
        {"settings": {"base_url": "http://127.0.0.1:9"}},
    ],
)
def test_an_account_that_cannot_be_used_is_one_problem(texting: Texting, changes: Any) -> None:
    if "credentials" in changes:
        changes = {**changes, "settings": texting.account.settings}

    assert len(problems(texting, dataclasses.replace(texting.account, **changes))) == 1


def test_a_service_that_is_not_there_is_named(texting: Texting) -> None:
    settings = {**texting.account.settings, "messaging_services": ["MG" + "9" * 32]}

    [problem] = problems(texting, dataclasses.replace(texting.account, settings=settings))

    assert "21705" in problem.message


def test_every_row_of_the_table_has_a_class_a_meaning_and_a_source() -> None:
    with errors.TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == len({row["code"] for row in rows}) == len(errors.table())
    for row in rows:
        assert re.fullmatch(r"\d{5}", row["code"])
        assert errors.classify(row["code"]).kind is not errors.Kind.UNKNOWN
        assert row["source"].startswith("https://www.twilio.com/docs/")
        assert (row["class"] == "later") == bool(row["seconds"]) == bool(row["holds"])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (21610, errors.Kind.OPTED_OUT),
        (21211, errors.Kind.BAD_NUMBER),
        (30006, errors.Kind.BAD_NUMBER),
        (30007, errors.Kind.FILTERED),
        (30002, errors.Kind.STOP_CHANNEL),
        (21704, errors.Kind.STOP_CHANNEL),
        (30001, errors.Kind.LATER),
        (None, errors.Kind.UNKNOWN),
        ("99999", errors.Kind.UNKNOWN),
    ],
)
def test_codes_have_the_class_that_the_field_gives_them(code: Any, kind: str) -> None:
    assert errors.classify(code).kind is kind
