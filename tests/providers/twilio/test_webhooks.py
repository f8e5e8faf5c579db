"""Twilio's documented requests, and those that are not Twilio's."""

from __future__ import annotations

import dataclasses
import pathlib
import urllib.parse
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from parley.conversations import contracts
from parley.providers.twilio import provider, webhook

PAYLOADS = pathlib.Path(__file__).parent / "payloads"
BASE = "https://parley.example/webhooks/twilio/1/"
ACCOUNT = contracts.Account(
    id=1,
    organization_id=1,
    provider="twilio",
    credentials={"account_sid": "AC" + "2" * 32, "auth_token": "auth-token"},
    settings={},
    webhook_secret="",
    webhook_base=BASE,
)
TWILIO = provider.Twilio()


def payload(name: str) -> dict[str, str]:
    lines = (PAYLOADS / f"{name}.txt").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def request(params: dict[str, str], *, kind: str, query: str = "", **changes: Any) -> contracts.RawWebhook:
    """As Twilio would post it, signed by the SDK's own code."""
    url = f"{BASE}{kind}{query}"
    signature = RequestValidator("auth-token").compute_signature(url, params)
    raw = contracts.RawWebhook(
        account=ACCOUNT,
        kind=kind,
        url=url,
        headers={"X-Twilio-Signature": signature},
        body=urllib.parse.urlencode(params).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    return dataclasses.replace(raw, **changes)


def reading(params: dict[str, str], *, kind: str, query: str = "") -> Any:
    """What the event of this request says."""
    [event] = TWILIO.parse_webhook(request(params, kind=kind, query=query))
    return TWILIO.read(event_id=5, kind=event.kind, body=event.body)


def test_a_message_is_one_event_in_the_lane_of_its_sender() -> None:
    [event] = TWILIO.parse_webhook(request(payload("inbound"), kind="message"))

    assert event.key == "SM1234567890abcdef1234567890abcdef:received"
    assert (event.kind, event.lane) == ("message", "+14155550123")


def test_a_message_is_read_as_it_was_written() -> None:
    inbound = reading(payload("inbound"), kind="message")

    assert isinstance(inbound, contracts.Inbound)
    assert inbound.text == 'Sí, ahí estaré 👍 + 1 amigo & "más" = 100%'
    assert (inbound.address, inbound.local_address) == ("+14155550123", "+14155550100")
    assert inbound.channel_address == "MG1234567890abcdef1234567890abcdef"
    assert inbound.provider_id == "SM1234567890abcdef1234567890abcdef"
    assert inbound.payload == {"FromCity": "SAN FRANCISCO", "FromState": "CA", "FromZip": "94102", "FromCountry": "US"}
    assert not inbound.handled_keyword


def test_pictures_come_with_their_type_and_reference() -> None:
    inbound = reading(payload("inbound-media"), kind="message")

    assert isinstance(inbound, contracts.Inbound)
    assert [item.content_type for item in inbound.media] == ["image/jpeg", "video/mp4"]
    assert [item.reference[-1] for item in inbound.media] == ["1", "2"]
    assert inbound.text == ""
    assert inbound.channel_address is None


def test_an_opt_out_that_twilio_has_handled_is_marked() -> None:
    inbound = reading(payload("inbound-opt-out"), kind="message")

    assert isinstance(inbound, contracts.Inbound)
    assert inbound.handled_keyword


@pytest.mark.parametrize(
    ("text", "to", "handled"),
    [
        ("STOP", "+14155550100", True),
        (" stop \n", "+14155550100", True),
        ("Revoke", "+14155550100", True),
        ("OptOut", "+14155550100", True),
        ("stop please", "+14155550100", False),
        ("opt out", "+14155550100", False),
        ("START", "+14155550100", False),
        ("STOP", "+18335550100", True),
        ("QUIT", "+18335550100", False),
    ],
)
def test_only_the_words_that_twilio_answers_itself_count_as_handled(text: str, to: str, handled: Any) -> None:
    assert webhook.handles_keyword(text, to=to) == handled


def test_a_report_brings_back_our_message() -> None:
    report = reading(payload("status-sent"), kind="status", query="?m=77")

    assert report == contracts.Report(
        event_id=5,
        message_id=77,
        provider_id="SM1234567890abcdef1234567890abcdee",
        status="sent",
        local_address="+14155550100",
    )


def test_a_report_of_failure_has_its_class() -> None:
    filtered = reading(payload("status-undelivered"), kind="status", query="?m=77")
    landline = reading({**payload("status-undelivered"), "ErrorCode": "30006"}, kind="status")
    stopped = reading({**payload("status-undelivered"), "ErrorCode": "21610"}, kind="status")
    unheard_of = reading({**payload("status-undelivered"), "ErrorCode": "39999"}, kind="status")

    assert [
        (r.status, r.error_code, r.unreachable, r.opted_out) for r in (filtered, landline, stopped, unheard_of)
    ] == [
        ("failed", "30007", False, False),
        ("failed", "30006", True, False),
        ("failed", "21610", False, True),
        ("failed", "39999", False, False),
    ]


def test_each_status_of_a_message_is_an_event_of_its_own_in_one_lane() -> None:
    [sent] = TWILIO.parse_webhook(request(payload("status-sent"), kind="status"))
    [delivered] = TWILIO.parse_webhook(request(payload("status-raw-dlr"), kind="status"))

    assert sent.key != delivered.key
    assert sent.lane == delivered.lane


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("accepted", "sent"), ("queued", "sent"), ("read", "delivered"), ("canceled", "failed")],
)
def test_any_sign_of_life_proves_that_twilio_has_the_message(theirs: str, ours: str) -> None:
    report = reading({**payload("status-sent"), "MessageStatus": theirs}, kind="status")

    assert isinstance(report, contracts.Report)
    assert report.status == ours


def test_a_status_that_nobody_knows_is_kept_and_passed_over() -> None:
    found = reading({**payload("status-sent"), "MessageStatus": "teleported"}, kind="status")

    assert isinstance(found, contracts.Ignored)


def test_parameters_added_without_notice_do_no_harm() -> None:
    report = reading({**payload("status-raw-dlr"), "Zzz": "1", "Aaa": ""}, kind="status")

    assert isinstance(report, contracts.Report)
    assert report.status == "delivered"


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {}},
        {"headers": {"X-Twilio-Signature": ""}},
        {"headers": {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}},
        {"body": b"MessageSid=SM1&From=%2B14155550123&To=%2B14155550100"},
        {"url": "https://parley.example/webhooks/twilio/2/message"},
        {"account": dataclasses.replace(ACCOUNT, credentials={"account_sid": "AC1", "auth_token": ""})},
        {"account": dataclasses.replace(ACCOUNT, credentials={"account_sid": "AC1", "auth_token": "other"})},
    ],
)
def test_what_is_not_signed_by_the_accounts_twilio_is_refused(changes: Any) -> None:
    with pytest.raises(contracts.WrongSignature):
        TWILIO.parse_webhook(request(payload("inbound"), kind="message", **changes))


def test_a_replayed_request_may_have_lost_the_case_of_its_headers() -> None:
    signed = request(payload("inbound"), kind="message")
    replayed = dataclasses.replace(signed, headers={k.lower(): v for k, v in signed.headers.items()})

    assert TWILIO.parse_webhook(replayed) == TWILIO.parse_webhook(signed)


def test_the_newer_signature_is_checked_with_the_shared_key() -> None:
    account = dataclasses.replace(ACCOUNT, credentials={**ACCOUNT.credentials, "webhook_shared_key": "shared"})
    params = payload("inbound")
    url = f"{BASE}message"
    headers = {
        "X-Twilio-Signature": RequestValidator("shared").compute_signature(url, params, "HMAC_SHA256"),
        "X-Twilio-Webhooks-Signature-Settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256",
    }

    assert TWILIO.parse_webhook(request(params, kind="message", account=account, headers=headers))
    with pytest.raises(contracts.WrongSignature):
        TWILIO.parse_webhook(request(params, kind="message", headers=headers))


@pytest.mark.parametrize(
    ("params", "kind"),
    [
        ({"From": "+14155550123", "To": "+14155550100", "Body": "x"}, "message"),
        ({"MessageSid": "SM1", "Body": "x"}, "message"),
        ({"MessageSid": "SM1"}, "status"),
        ({"MessageSid": "SM1", "MessageStatus": "sent"}, "elsewhere"),
        ({str(number): "x" for number in range(300)}, "message"),
    ],
)
def test_a_signed_request_that_is_no_event_is_malformed(params: Any, kind: str) -> None:
    with pytest.raises(contracts.Malformed):
        TWILIO.parse_webhook(request(params, kind=kind))


def test_characters_that_cannot_be_stored_are_taken_out() -> None:
    inbound = reading({**payload("inbound"), "Body": "a\0b"}, kind="message")

    assert isinstance(inbound, contracts.Inbound)
    assert inbound.text == "ab"


def test_the_answer_is_an_empty_document() -> None:
    content_type, body = TWILIO.webhook_reply(request(payload("inbound"), kind="message"))

    assert content_type == "text/xml"
    assert b"<Response></Response>" in body
