"""Faults on request: each does what its name says, as often as was asked for."""

from __future__ import annotations

import threading
import time
import urllib.error
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.simulators import running
from tests.simulators.twilio.conftest import SID, TOKEN, Simulator

TO = "+12025550123"


def send(simulator: Simulator, service: Any, *, to: str = TO, body: str = "Hi", **more: Any) -> Any:
    return simulator.client.messages.create(to=to, messaging_service_sid=service, body=body, **more)


def post(simulator: Simulator, service: Any, *, timeout: Any = 0.3) -> Any:
    """Without the SDK, to see headers and to give up early."""
    return requests.post(
        f"{simulator.url}/twilio/2010-04-01/Accounts/{SID}/Messages.json",
        data={"To": TO, "MessagingServiceSid": service, "Body": "Hi"},
        auth=(SID, TOKEN),
        timeout=timeout,
    )


def test_the_next_n_are_refused_and_then_no_more(simulator: Simulator) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "429", "next": 2, "retry_after": 9})

    answers = [post(simulator, service, timeout=5) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 201]
    assert answers[0].headers["Retry-After"] == "9"
    assert answers[0].json()["code"] == 20429


def test_every_kth_is_refused(simulator: Simulator) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "500", "every": 3})

    answers = [post(simulator, service, timeout=5).status_code for _ in range(6)]

    assert answers == [201, 201, 500, 201, 201, 500]


def test_by_chance_the_same_seed_strikes_the_same(simulator: Simulator) -> None:
    service = simulator.service()
    runs = []
    for _ in range(2):
        simulator.ask("faults", method="DELETE")
        simulator.ask("faults", {"kind": "500", "probability": 0.5, "seed": 7})
        runs.append([post(simulator, service, timeout=5).status_code for _ in range(12)])

    assert runs[0] == runs[1]
    assert set(runs[0]) == {201, 500}


def test_a_rule_can_be_for_one_number(simulator: Simulator) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "500", "to": "+12025550199"})

    assert send(simulator, service).sid
    with pytest.raises(TwilioRestException):
        send(simulator, service, to="+12025550199")


@pytest.mark.parametrize(("kind", "accepted"), [("timeout", 0), ("late", 1)])
def test_without_an_answer_in_time_the_message_is_taken_or_not(simulator: Simulator, kind: str, accepted: int) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": kind, "next": 1, "seconds": 1})

    with pytest.raises(requests.exceptions.ReadTimeout):
        post(simulator, service)

    assert simulator.ask("state")["accepted_messages"] == accepted


@pytest.mark.parametrize(("kind", "accepted"), [("refuse", 0), ("hangup", 1)])
def test_a_cut_connection_may_have_taken_the_message(simulator: Simulator, kind: str, accepted: int) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": kind, "next": 1})

    with pytest.raises(requests.exceptions.ConnectionError):
        post(simulator, service, timeout=5)

    assert simulator.ask("state")["accepted_messages"] == accepted


@pytest.mark.parametrize(
    ("kind", "status"),
    [("30007", "undelivered"), ("30003", "undelivered"), ("30006", "undelivered"), ("30001", "failed")],
)
def test_delivery_fails_with_the_code(simulator: Simulator, receiver: running.Receiver, kind: str, status: str) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": kind, "next": 1})

    message = send(simulator, service, status_callback=receiver.url + "/s")
    report = receiver.wait_for(1, where=lambda post: "ErrorCode" in post.params)[0]

    assert (report.params["MessageStatus"], report.params["ErrorCode"]) == (status, kind)
    fetched = simulator.client.messages(message.sid).fetch()
    assert (fetched.status, fetched.error_code) == (status, int(kind))
    assert fetched.error_message


@pytest.mark.parametrize(("number", "code"), [("+16179030007", "30007"), ("+16179030006", "30006")])
def test_a_number_can_carry_its_fault(simulator: Simulator, receiver: running.Receiver, number: str, code: Any) -> None:
    send(simulator, simulator.service(), to=number, status_callback=receiver.url + "/s")

    assert receiver.wait_for(1, where=lambda post: post.params.get("ErrorCode") == code)


def test_a_number_of_the_http_faults_lets_the_second_attempt_pass(simulator: Simulator) -> None:
    service = simulator.service()

    with pytest.raises(TwilioRestException) as refused:
        send(simulator, service, to="+16179000429")
    again = send(simulator, service, to="+16179000429")

    assert refused.value.status == 429
    assert again.sid


@pytest.mark.parametrize(
    ("number", "code"), [("+15005550001", 21211), ("+15005550004", 21610), ("+15005550009", 21614)]
)
def test_twilios_own_test_numbers_are_refused_as_documented(simulator: Simulator, number: str, code: Any) -> None:
    with pytest.raises(TwilioRestException) as refused:
        send(simulator, simulator.service(), to=number)

    assert refused.value.code == code


def test_webhooks_are_repeated_with_the_same_token(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "duplicate_webhooks", "copies": 3})

    send(simulator, service, status_callback=receiver.url + "/s")
    posts = receiver.wait_for(3, where=lambda post: post.params["MessageStatus"] == "sent")

    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 1
    assert posts[0].params == posts[1].params == posts[2].params


def test_webhooks_come_out_of_order(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    # the first report, "queued", is held back
    simulator.ask("faults", {"kind": "reorder_webhooks", "next": 1, "seconds": 0.3})

    send(simulator, service, status_callback=receiver.url + "/s")
    posts = receiver.wait_for(3)

    assert [post.params["MessageStatus"] for post in posts][-1] == "queued"


def test_webhooks_are_lost(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "lost_webhooks", "next": 2})

    send(simulator, service, status_callback=receiver.url + "/s")
    posts = receiver.wait_for(1)

    assert [post.params["MessageStatus"] for post in posts] == ["delivered"]


def test_each_text_is_counted_with_its_attempts_and_what_became_of_them(simulator: Simulator) -> None:
    service = simulator.service()
    simulator.ask("faults", {"kind": "429", "next": 1})
    for _ in range(3):
        try:
            send(simulator, service, status_callback="https://example.org/s?m=1")
        except TwilioRestException:
            continue

    state = simulator.ask("state?messages=1")

    [text] = state["messages"]
    assert (text["to"], text["body"], text["calls"], text["accepted"]) == (TO, "Hi", 3, 2)
    assert text["refusals"] == {"20429": 1}
    assert text["status_callbacks"] == ["https://example.org/s?m=1"]
    assert (state["attempted_texts"], state["accepted_texts"], state["doubled"]) == (1, 1, 1)


@pytest.mark.parametrize("rule", [{"kind": "nonsense"}, {"kind": "429", "often": 1}, {"kind": "429", "next": "x"}])
def test_a_rule_that_is_none_is_refused_with_the_reason(simulator: Simulator, rule: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        simulator.ask("faults", rule)

    with refused.value as answer:
        assert answer.code == 400
        assert b"error" in answer.read()


@pytest.mark.parametrize(
    ("path", "body"), [("setup", {}), ("faults", []), ("settings", {"nonsense": 1}), ("settings", {"latency": "x"})]
)
def test_wrong_requests_to_the_controls_say_what_is_wrong(simulator: Simulator, path: str, body: Any) -> None:
    answer = requests.post(f"{simulator.url}/simulator/{path}", json=body, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_latency_asked_for_is_kept_while_many_are_served(simulator: Simulator) -> None:
    service = simulator.service()
    simulator.ask("settings", {"latency": 0.2})
    began = time.monotonic()
    threads = [threading.Thread(target=post, args=(simulator, service), kwargs={"timeout": 5}) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 0.2 <= time.monotonic() - began < 1.5
