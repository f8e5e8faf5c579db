"""Mails out, over real SMTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from parley.conversations import contracts
from parley.providers.email import address, smtp
from parley.providers.email.provider import Email
from tests.providers.email import conftest

Mailing = Callable[..., contracts.Dispatch]
Result = contracts.Result


def test_a_mail_arrives_with_text_and_html(catcher: conftest.Catcher, mail: Mailing) -> None:
    html = "<p>Grüße <a href='https://x.example/1'>hier</a></p>"

    (outcome,) = conftest.send(
        mail("ann@example.org", "Grüße\n.\nhier", payload={"subject": "Für dich ✓", "html": html})
    )

    (caught,) = catcher.mails
    parsed = caught.parsed()
    assert outcome.result == Result.SENT
    assert (caught.sender, caught.recipients) == ("parley@example.org", ["ann@example.org"])
    assert (parsed["From"], parsed["To"], parsed["Subject"]) == (
        "Parley <parley@example.org>",
        "ann@example.org",
        "Für dich ✓",
    )
    assert caught.part("plain").splitlines() == ["Grüße", ".", "hier"]
    assert caught.part("html").strip() == html
    assert parsed["Auto-Submitted"] == "auto-generated"


def test_our_message_id_carries_the_message_and_is_the_same_at_every_try(
    catcher: conftest.Catcher, mail: Mailing
) -> None:
    dispatch = mail("ann@example.org")

    first, again = conftest.send(dispatch)[0], conftest.send(dispatch)[0]

    assert first.provider_id == again.provider_id == f"<parley.{dispatch.message_id}@example.org>"
    assert [caught.parsed()["Message-ID"] for caught in catcher.mails] == [first.provider_id] * 2


def test_a_batch_takes_one_connection(catcher: conftest.Catcher, mail: Mailing) -> None:
    outcomes = conftest.send(*[mail(f"person{n}@example.org") for n in range(20)])

    assert {outcome.result for outcome in outcomes} == {Result.SENT}
    assert len(catcher.mails) == 20
    assert catcher.server.connections == 1


@pytest.mark.parametrize(
    ("reply", "result", "code", "unreachable"),
    [
        ("550 5.1.1 no such user <ann@example.org>", Result.FAILED, "no_such_mailbox", True),
        ("550 no such user", Result.FAILED, "no_such_mailbox", True),
        ("552 5.2.2 mailbox full", Result.FAILED, "mailbox_full", False),
        ("554 5.7.1 relay access denied", Result.FAILED, "refused", False),
        ("450 4.7.1 greylisted, come again", Result.LATER, "put_off", False),
        ("555 what", Result.FAILED, "555", False),
    ],
)
def test_a_refused_recipient_is_classed_and_the_others_get_theirs(
    reply: str, *, result: Result, code: str, unreachable: bool, catcher: conftest.Catcher, mail: Mailing
) -> None:
    catcher.fault("recipient", reply, to="ann@example.org")

    refused, sent = conftest.send(mail("ann@example.org"), mail("ben@example.org"))

    assert (refused.result, refused.error_code, refused.unreachable) == (result, code, unreachable)
    assert "ann@" not in refused.error_text
    assert sent.result == Result.SENT


def test_what_is_put_off_waits_longer_each_time(catcher: conftest.Catcher, mail: Mailing) -> None:
    catcher.fault("recipient", "451 4.7.1 greylisted")

    outcomes = [conftest.send(mail("ann@example.org", attempts=n))[0] for n in (1, 2, 3, 9)]

    assert [outcome.retry_after for outcome in outcomes] == [60.0, 600.0, 3600.0, 14400.0]


@pytest.mark.parametrize(
    ("stage", "reply"), [("greeting", "421 busy"), ("sender", "421 4.3.2 closing"), ("data", "421 go")]
)
def test_a_busy_server_holds_all_mails(stage: str, reply: str, catcher: conftest.Catcher, mail: Mailing) -> None:
    catcher.fault(stage, reply)

    outcomes = conftest.send(mail("ann@example.org"), mail("ben@example.org"))

    assert {(outcome.result, outcome.holds) for outcome in outcomes} == {(Result.LATER, "account")}
    assert catcher.mails == []


@pytest.mark.parametrize(
    ("stage", "reply", "code"),
    [
        ("sender", "553 5.7.1 not your address", "sender_refused"),
        ("sender", "530 5.7.0 Must issue a STARTTLS command first", "tls_or_sign_in_needed"),
        ("greeting", "554 no service for you", "sign_in_refused"),
    ],
)
def test_what_is_wrong_for_every_mail_stops_the_channel(
    stage: str, reply: str, code: str, catcher: conftest.Catcher, mail: Mailing
) -> None:
    catcher.fault(stage, reply)

    outcomes = conftest.send(mail("ann@example.org"), mail("ben@example.org"))

    assert {(outcome.result, outcome.error_code) for outcome in outcomes} == {(Result.STOP_CHANNEL, code)}


def test_a_lost_answer_is_not_a_no(catcher: conftest.Catcher, mail: Mailing) -> None:
    catcher.fault("taken", "hangup", next=1)

    lost, sent = conftest.send(mail("ann@example.org"), mail("ben@example.org"))

    assert (lost.result, lost.error_code) == (Result.UNANSWERED, "no_answer")
    assert sent.result == Result.SENT
    assert [caught.recipients for caught in catcher.mails] == [["ann@example.org"], ["ben@example.org"]]


def test_a_server_that_falls_silent_with_the_mail_is_unanswered(
    catcher: conftest.Catcher, mail: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "STEP_SECONDS", 0.3)
    catcher.fault("taken", "silence", next=1)

    assert conftest.send(mail("ann@example.org"))[0].result == Result.UNANSWERED


def test_a_slow_server_gets_the_rest_with_the_next_batch(
    catcher: conftest.Catcher, mail: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "BATCH_SECONDS", -1.0)

    first, *rest = conftest.send(mail("ann@example.org"), mail("ben@example.org"), mail("cleo@example.org"))

    assert first.result == Result.SENT
    assert {(outcome.result, outcome.holds) for outcome in rest} == {(Result.LATER, "channel")}
    assert len(catcher.mails) == 1


def test_a_connection_lost_before_the_text_is_tried_again(catcher: conftest.Catcher, mail: Mailing) -> None:
    catcher.fault("sender", "hangup", next=1)

    outcome = conftest.send(mail("ann@example.org"))[0]

    assert (outcome.result, outcome.error_code, outcome.holds) == (Result.LATER, "no_connection", "account")
    assert catcher.mails == []


def test_a_server_that_is_away_holds_all_mails(mail: Mailing) -> None:
    away = conftest.mail_account({"host": "127.0.0.1", "port": "9"})

    outcomes = conftest.send(mail("ann@example.org", account=away), mail("ben@example.org", account=away))

    assert {(outcome.result, outcome.holds) for outcome in outcomes} == {(Result.LATER, "account")}


def test_without_a_server_the_channel_is_stopped(mail: Mailing) -> None:
    (outcome,) = conftest.send(mail("ann@example.org", account=conftest.mail_account({})))

    assert (outcome.result, outcome.error_code) == (Result.STOP_CHANNEL, "no_mail_server")


@pytest.mark.parametrize(("tls", "result"), [("none", Result.SENT), ("if_offered", Result.STOP_CHANNEL)])
def test_a_password_is_sent_in_the_clear_only_when_told_so(
    tls: str, result: Result, catcher: conftest.Catcher, mail: Mailing
) -> None:
    catcher.server.user, catcher.server.password = "parley", "pass/word:1"
    server = address.parse(f"smtp://parley:pass%2Fword%3A1@127.0.0.1:{catcher.server.port}?tls={tls}")

    outcome = conftest.send(mail("ann@example.org", account=conftest.mail_account(server.credentials())))[0]

    assert outcome.result == result


def test_a_wrong_password_stops_the_channel(catcher: conftest.Catcher, mail: Mailing) -> None:
    catcher.server.user, catcher.server.password = "parley", "right"
    server = address.parse(f"smtp://parley:wrong@127.0.0.1:{catcher.server.port}?tls=none")

    outcome = conftest.send(mail("ann@example.org", account=conftest.mail_account(server.credentials())))[0]

    assert (outcome.result, outcome.error_code) == (Result.STOP_CHANNEL, "sign_in_refused")


def test_a_password_beyond_ascii_stops_the_channel(catcher: conftest.Catcher, mail: Mailing) -> None:
    catcher.server.user, catcher.server.password = "parley", "geheim"
    server = address.parse(f"smtp://parley:gehe%C3%AFm@127.0.0.1:{catcher.server.port}?tls=none")

    outcome = conftest.send(mail("ann@example.org", account=conftest.mail_account(server.credentials())))[0]

    assert outcome.result == Result.STOP_CHANNEL


def test_encryption_that_is_required_but_not_offered_stops_the_channel(
    catcher: conftest.Catcher, mail: Mailing
) -> None:
    server = address.parse(f"smtp://127.0.0.1:{catcher.server.port}?tls=required")

    outcome = conftest.send(mail("ann@example.org", account=conftest.mail_account(server.credentials())))[0]

    assert outcome.result == Result.STOP_CHANNEL


@pytest.mark.parametrize(
    ("to", "payload", "code"),
    [
        ("ann@example.org", {"subject": "two\nlines"}, "unsendable"),
        ("jürgen@example.org", {}, "address_not_supported"),
        ("ann@example.org", {"headers": {"X-A": "b\r\nBcc: all@example.org"}}, "unsendable"),
    ],
)
def test_a_mail_that_no_server_would_take_fails_alone(
    to: str, payload: dict[str, object], code: str, catcher: conftest.Catcher, mail: Mailing
) -> None:
    refused, sent = conftest.send(mail(to, payload=payload), mail("ben@example.org"))

    assert (refused.result, refused.error_code) == (Result.FAILED, code)
    assert sent.result == Result.SENT


def test_a_domain_outside_ascii_is_written_as_the_wire_wants_it(catcher: conftest.Catcher, mail: Mailing) -> None:
    conftest.send(mail("info@bücher.example"))

    assert catcher.mails[0].recipients == ["info@xn--bcher-kva.example"]


def test_headers_of_the_sender_are_kept_but_not_ours(catcher: conftest.Catcher, mail: Mailing) -> None:
    payload = {"headers": {"List-Id": "people", "Bcc": "x@example.org"}, "reply_to": ["help@example.org"]}

    conftest.send(mail("ann@example.org", payload=payload))

    parsed = catcher.mails[0].parsed()
    assert (parsed["List-Id"], parsed["Reply-To"], parsed["Bcc"]) == ("people", "help@example.org", None)


def test_a_mail_cannot_be_changed_afterwards(mail: Mailing) -> None:
    outcome = conftest.send(mail("ann@example.org", operation="edit", target_provider_id="<x>"))[0]

    assert (outcome.result, outcome.error_code) == (Result.FAILED, "cannot_change_mail")


def test_a_server_that_works_has_no_problems(account: contracts.Account) -> None:
    assert asyncio.run(Email().check_configuration(account)) == []


@pytest.mark.parametrize(
    ("credentials", "words"),
    [({}, "no mail server"), ({"host": "127.0.0.1", "port": "9"}, "cannot be reached")],
)
def test_what_is_wrong_is_said(credentials: dict[str, str], words: str) -> None:
    (problem,) = asyncio.run(Email().check_configuration(conftest.mail_account(credentials)))

    assert words in problem.message
