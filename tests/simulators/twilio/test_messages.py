"""The Messages resource through the official SDK."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from tests.simulators import running
from tests.simulators.twilio.conftest import SID, TOKEN, Simulator

TO = "+12025550123"


def test_a_text_is_accepted_and_reported_until_it_is_delivered(
    simulator: Simulator, receiver: running.Receiver
) -> None:
    service = simulator.service()

    message = simulator.client.messages.create(
        to=TO, messaging_service_sid=service, body="Hi", status_callback=receiver.url + "/status?m=7#rc=5&rp=all"
    )
    posts = receiver.wait_for(3)

    assert message.status == "accepted"
    assert message.from_ is None
    assert message.num_segments == "0"
    assert sorted(post.params["MessageStatus"] for post in posts) == ["delivered", "queued", "sent"]
    assert {post.params["MessageSid"] for post in posts} == {message.sid}
    later = simulator.client.messages(message.sid).fetch()
    assert (later.status, later.from_, later.num_segments) == ("delivered", "+16175550100", "1")
    assert later.date_sent is not None


def test_webhooks_are_signed_over_the_address_without_its_fragment(
    simulator: Simulator, receiver: running.Receiver
) -> None:
    service = simulator.service()

    simulator.client.messages.create(
        to=TO, messaging_service_sid=service, body="Hi", status_callback=receiver.url + "/status?m=7#rc=5&rp=all"
    )
    post = receiver.wait_for(1)[0]

    assert post.url.endswith("/status?m=7")
    assert RequestValidator(TOKEN).validate(post.url, post.params, post.headers["X-Twilio-Signature"])
    assert not RequestValidator("other").validate(post.url, post.params, post.headers["X-Twilio-Signature"])


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"to": "+1202555", "body": "x"}, 21211),
        ({"to": "hello", "body": "x"}, 21211),
        ({"to": "", "body": "x"}, 21604),
        ({"to": TO, "body": ""}, 21602),
        ({"to": TO, "body": "x" * 1601}, 21617),
        ({"to": TO, "body": "x", "validity_period": 0}, 21624),
        ({"to": TO, "body": "x", "validity_period": 36001}, 21624),
        ({"to": TO, "body": "x", "validity_period": "an hour"}, 21624),
        ({"to": TO, "body": "x", "messaging_service_sid": "MG" + "0" * 32}, 21705),
        ({"to": TO, "body": "x", "messaging_service_sid": None}, 21603),
        ({"to": TO, "body": "x", "messaging_service_sid": None, "from_": "+16175550199"}, 21606),
        ({"to": TO, "body": "x", "media_url": ["ftp://x"]}, 21620),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_code_of_its_fault(
    simulator: Simulator, wanted: Any, code: Any
) -> None:
    service = simulator.service()

    with pytest.raises(TwilioRestException) as refused:
        simulator.client.messages.create(**{"messaging_service_sid": service, **wanted})

    assert refused.value.code == code
    assert refused.value.status == 400


def test_a_service_without_numbers_refuses(simulator: Simulator) -> None:
    service = simulator.client.messaging.v1.services.create(friendly_name="Empty")

    with pytest.raises(TwilioRestException) as refused:
        simulator.client.messages.create(to=TO, messaging_service_sid=service.sid, body="x")

    assert refused.value.code == 21704


@pytest.mark.parametrize(("sid", "token"), [(SID, "wrong"), ("AC" + "9" * 32, TOKEN)])
def test_wrong_credentials_are_refused(simulator: Simulator, sid: Any, token: Any) -> None:
    with pytest.raises(TwilioRestException) as refused:
        simulator.sdk(sid=sid, token=token).messages.create(to=TO, from_="+16175550100", body="x")

    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_an_unknown_message_is_not_found(simulator: Simulator) -> None:
    with pytest.raises(TwilioRestException) as refused:
        simulator.client.messages("SM" + "0" * 32).fetch()

    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_lists_are_paged_newest_first_and_filtered_by_both_ends_and_time(simulator: Simulator) -> None:
    service = simulator.service()
    for index in range(7):
        simulator.client.messages.create(to=TO, messaging_service_sid=service, body=f"text {index}")
    simulator.client.messages.create(to="+12025550199", messaging_service_sid=service, body="other")
    now = dt.datetime.now(dt.UTC)

    everything = [m.body for m in simulator.client.messages.list(page_size=3)]
    to_one = [m.body for m in simulator.client.messages.list(to=TO, page_size=2)]
    limited = [m.body for m in simulator.client.messages.list(to=TO, limit=4)]
    recent = simulator.client.messages.list(date_sent_after=now - dt.timedelta(minutes=1))
    future = simulator.client.messages.list(date_sent_after=now + dt.timedelta(minutes=1))
    past = simulator.client.messages.list(date_sent_before=now - dt.timedelta(minutes=1))

    assert everything == ["other", *(f"text {index}" for index in reversed(range(7)))]
    assert to_one == [f"text {index}" for index in reversed(range(7))]
    assert limited == ["text 6", "text 5", "text 4", "text 3"]
    assert len(recent) == 8
    assert future == past == []


def test_a_text_that_waits_longer_than_its_validity_fails(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "slow_delivery", "seconds": 30})

    simulator.client.messages.create(
        to=TO, messaging_service_sid=service, body="x", validity_period=1, status_callback=receiver.url + "/s"
    )
    post = receiver.wait_for(1, where=lambda post: post.params["MessageStatus"] == "failed")[0]

    assert post.params["ErrorCode"] == "30036"


def test_the_same_recipient_keeps_the_same_sender(simulator: Simulator) -> None:
    service = simulator.service(numbers=tuple(f"+1617555010{n}" for n in range(8)))
    first, second = (
        simulator.client.messages.create(to=TO, messaging_service_sid=service, body=body).sid for body in "ab"
    )

    senders = {simulator.client.messages(sid).fetch().from_ for sid in (first, second)}

    assert len(senders) == 1
