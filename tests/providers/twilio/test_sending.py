"""What becomes of a text handed to Twilio, and of each thing that can go wrong on the way."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from parley.conversations import contracts
from parley.providers.twilio import client, provider
from tests.providers.twilio.conftest import TO, Texting

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def test_texts_of_a_batch_are_all_sent_each_once(texting: Texting) -> None:
    outcomes = texting.send(*(texting.dispatch(number) for number in range(50)))

    assert [outcome.outbox_id for outcome in outcomes] == list(range(50))
    assert {outcome.result for outcome in outcomes} == {contracts.Result.SENT}
    assert len({outcome.provider_id for outcome in outcomes}) == 50
    state = texting.ask("state")
    assert (state["accepted_messages"], state["doubled"]) == (50, 0)


def test_the_report_address_brings_back_our_message_id_and_asks_for_retries(texting: Texting) -> None:
    texting.send(texting.dispatch(7))

    callback = texting.ask("state?messages=1")["messages"][0]["status_callbacks"]

    assert callback == [f"{texting.receiver.url}/webhooks/twilio/1/status?m=1007#rc=5&rp=all"]


def test_a_picture_is_sent_along(texting: Texting) -> None:
    media = [contracts.Media(url="https://example.org/a.png"), contracts.Media(url="https://example.org/b.png")]

    [outcome] = texting.send(texting.dispatch(media=media))

    assert outcome.result is contracts.Result.SENT
    assert (outcome.provider_id or "").startswith("MM")


def test_without_a_service_the_channel_is_a_number(texting: Texting) -> None:
    [outcome] = texting.send(texting.dispatch(channel_address="+16175550101"))

    assert (outcome.result, outcome.local_address) == (contracts.Result.SENT, "+16175550101")


@pytest.mark.parametrize(
    ("changes", "result", "code", "flags"),
    [
        ({"address": "+1202"}, contracts.Result.FAILED, "21211", (False, True)),
        ({"address": "+15005550009"}, contracts.Result.FAILED, "21614", (False, True)),
        ({"address": "+15005550004"}, contracts.Result.FAILED, "21610", (True, False)),
        ({"text": "x" * 1601}, contracts.Result.FAILED, "21617", (False, False)),
        ({"channel_address": "MG" + "0" * 32}, contracts.Result.STOP_CHANNEL, "21705", (False, False)),
        ({"channel_address": "+16175550999"}, contracts.Result.STOP_CHANNEL, "21606", (False, False)),
        ({"operation": "delete"}, contracts.Result.FAILED, "unsupported", (False, False)),
    ],
)
def test_a_refusal_is_classed_by_the_table(texting: Texting, changes: Any, result: Any, code: Any, flags: Any) -> None:
    [outcome] = texting.send(texting.dispatch(**changes))

    assert (outcome.result, outcome.error_code) == (result, code)
    assert (outcome.opted_out, outcome.unreachable) == flags
    assert TO not in outcome.error_text


def test_wrong_credentials_stop_the_channel(texting: Texting) -> None:
    account = dataclasses.replace(texting.account, credentials={**texting.account.credentials, "auth_token": "wrong"})

    [outcome] = texting.send(texting.dispatch(account=account))

    assert (outcome.result, outcome.error_code) == (contracts.Result.STOP_CHANNEL, "20003")


def test_a_429_holds_the_account_for_as_long_as_twilio_asks(texting: Texting) -> None:
    texting.ask("faults", {"kind": "429", "next": 1, "retry_after": 7})

    [outcome] = texting.send(texting.dispatch())

    assert (outcome.result, outcome.holds, outcome.retry_after) == (contracts.Result.LATER, "account", 7.0)
    assert texting.accepted() == 0


def test_a_full_queue_holds_the_channel(texting: Texting) -> None:
    texting.ask("faults", {"kind": "21611", "next": 1})

    [outcome] = texting.send(texting.dispatch())

    assert (outcome.result, outcome.holds) == (contracts.Result.LATER, "channel")


def test_a_code_that_nobody_knows_fails_and_is_counted(texting: Texting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.providers.twilio.errors.table", dict)

    [outcome] = texting.send(texting.dispatch(address="+15005550009"))

    assert (outcome.result, outcome.error_code) == (contracts.Result.FAILED, "21614")
    assert texting.twilio.unknown_codes == {"21614": 1}


def test_after_a_500_that_took_nothing_the_text_is_sent_again(texting: Texting) -> None:
    texting.ask("faults", {"kind": "500", "next": 1})

    [first] = texting.send(texting.dispatch())
    [second] = texting.send(texting.dispatch(attempts=2, handed_at=dt.datetime.now(dt.UTC)))

    assert (first.result, first.holds) == (contracts.Result.LATER, "message")
    assert second.result is contracts.Result.SENT
    assert texting.accepted() == 1


def test_a_second_attempt_finds_the_text_that_the_first_has_sent(texting: Texting) -> None:
    """The answer to the first was lost (or a 500 although the text was taken)."""
    [first] = texting.send(texting.dispatch())

    [second] = texting.send(texting.dispatch(attempts=2, handed_at=dt.datetime.now(dt.UTC)))

    assert (second.result, second.provider_id) == (contracts.Result.SENT, first.provider_id)
    assert texting.accepted() == 1


def test_after_a_clear_refusal_nothing_is_looked_up(texting: Texting) -> None:
    texting.ask("faults", {"kind": "429", "next": 1})

    texting.send(texting.dispatch())
    [second] = texting.send(texting.dispatch(attempts=2, handed_at=dt.datetime.now(dt.UTC)))

    assert second.result is contracts.Result.SENT
    assert "messages.list" not in texting.ask("state")["calls"]


def test_when_it_cannot_be_asked_the_text_is_not_sent_again(texting: Texting) -> None:
    texting.send(texting.dispatch())
    texting.twilio = provider.Twilio()  # a process started anew
    account = dataclasses.replace(texting.account, credentials={**texting.account.credentials, "auth_token": "wrong"})

    [second] = texting.send(texting.dispatch(account=account, attempts=2, handed_at=dt.datetime.now(dt.UTC)))

    assert second.result is contracts.Result.LATER
    assert texting.accepted() == 1


@pytest.mark.parametrize("kind", ["timeout", "late", "hangup", "refuse"])
def test_no_answer_is_not_a_no(texting: Texting, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)
    texting.ask("faults", {"kind": kind, "next": 1, "seconds": 1})

    [outcome] = texting.send(texting.dispatch())

    assert outcome.result is contracts.Result.UNANSWERED
    assert texting.ask("state")["calls"]["messages.create"] == 1


def test_twilio_out_of_reach_is_later_for_the_whole_account(texting: Texting) -> None:
    account = dataclasses.replace(texting.account, settings={"base_url": "http://127.0.0.1:9"})

    [outcome] = texting.send(texting.dispatch(account=account))

    assert (outcome.result, outcome.holds, outcome.error_code) == (contracts.Result.LATER, "account", "connection")


def test_a_lost_answer_is_settled_by_a_look_up(texting: Texting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)
    texting.ask("faults", {"kind": "late", "next": 1, "seconds": 1})
    handed = texting.dispatch(handed_at=dt.datetime.now(dt.UTC))
    texting.send(handed)

    found = texting.run(lambda: texting.twilio.look_up(handed))
    other = texting.run(lambda: texting.twilio.look_up(dataclasses.replace(handed, text="something else")))
    earlier = texting.run(
        lambda: texting.twilio.look_up(
            dataclasses.replace(handed, handed_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
        )
    )

    assert found.result is contracts.Result.SENT
    assert found.provider_id
    assert other is None
    assert earlier is None


def test_the_time_for_a_text_can_be_over(texting: Texting) -> None:
    late = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)

    [outcome] = texting.send(texting.dispatch(send_before=late))

    assert (outcome.result, outcome.error_code) == (contracts.Result.FAILED, "too_late")
    assert texting.ask("state")["calls"] == {}


@pytest.mark.parametrize(
    ("configured", "seconds_left", "validity"),
    [
        (None, None, 14_400),
        (None, 3_600, 3_570),
        (600, 3_600, 600),
        (40_000, None, 36_000),
        (None, 31, 1),
        (None, 5, 1),
        (None, 100_000, 14_400),
    ],
)
def test_a_text_waits_at_twilio_no_longer_than_its_hours_allow(
    texting: Texting, configured: Any, seconds_left: Any, validity: int
) -> None:
    account = dataclasses.replace(texting.account, settings={"validity_period": configured})
    before = None if seconds_left is None else NOON + dt.timedelta(seconds=seconds_left)

    assert provider.validity(texting.dispatch(account=account, send_before=before), now=NOON) == validity
