"""People on phones: what reaches the account, the words that stop and start, and who answers by themselves."""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from simulators.twilio import replies, segments, webhooks
from tests.simulators import running
from tests.simulators.twilio.conftest import SID, TOKEN, Simulator

TO, NUMBER = "+12025550123", "+16175550100"


def say(simulator: Simulator, text: str, *, sender: str = TO, to: str = NUMBER) -> Any:
    return simulator.ask(f"phones/{sender}/messages", {"body": text, "to": to})


def send(simulator: Simulator, service: Any, **more: Any) -> Any:
    return simulator.client.messages.create(**{"to": TO, "messaging_service_sid": service, "body": "Hi", **more})


def test_what_is_said_reaches_the_account_with_the_documented_parameters(
    simulator: Simulator, receiver: running.Receiver
) -> None:
    service = simulator.service(inbound=receiver.url + "/message#rc=2&rp=all")

    said = say(simulator, "Sí 👍")
    post = receiver.wait_for(1)[0]

    assert post.url == receiver.url + "/message"
    expected = {"MessageSid": said["sid"], "SmsSid": said["sid"], "AccountSid": SID, "MessagingServiceSid": service}
    expected |= {"From": TO, "To": NUMBER, "Body": "Sí 👍", "NumMedia": "0", "NumSegments": "1"}
    assert expected.items() <= post.params.items()
    assert {"FromCity", "FromState", "FromZip", "FromCountry", "ApiVersion", "SmsStatus"} <= set(post.params)
    assert post.headers["X-Twilio-Signature"] == webhooks.sign(post.url, post.params, TOKEN)
    assert simulator.client.messages(said["sid"]).fetch().direction == "inbound"


def test_a_picture_is_served_from_its_address(simulator: Simulator, receiver: running.Receiver) -> None:
    simulator.service(inbound=receiver.url + "/message")

    requests.post(
        f"{simulator.url}/simulator/phones/{TO}/messages",
        data={"body": "look", "to": NUMBER},
        files={"picture": ("a.png", io.BytesIO(b"a picture"), "image/png")},
        timeout=5,
    ).raise_for_status()
    post = receiver.wait_for(1)[0]

    assert (post.params["NumMedia"], post.params["MediaContentType0"]) == ("1", "image/png")
    assert requests.get(post.params["MediaUrl0"], timeout=5).content == b"a picture"
    [media] = simulator.client.messages(post.params["MessageSid"]).media.list()
    assert media.content_type == "image/png"


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "REVOKE", "OptOut"])
def test_a_stop_word_blocks_the_whole_service_and_start_lifts_it(
    simulator: Simulator, receiver: running.Receiver, word: str
) -> None:
    service = simulator.service(inbound=receiver.url + "/message", numbers=(NUMBER, "+16175550101"))

    say(simulator, word)
    with pytest.raises(TwilioRestException) as refused:
        send(simulator, service)
    say(simulator, "Start", to="+16175550101")
    after = send(simulator, service)

    assert refused.value.code == 21610
    assert after.sid
    assert [post.params["Body"] for post in receiver.wait_for(2)] == [word, "Start"]


@pytest.mark.parametrize("words", ["STOP please", "Stop.", "opt out", "PARAR"])
def test_other_words_do_not_block(simulator: Simulator, words: str) -> None:
    service = simulator.service()

    say(simulator, words)

    assert send(simulator, service).sid


def test_a_block_can_be_reported_instead_of_refused(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    simulator.ask("settings", {"refuse_blocked": False})
    say(simulator, "STOP")

    send(simulator, service, status_callback=receiver.url + "/s")

    report = receiver.wait_for(1, where=lambda post: post.params["MessageStatus"] == "failed")[0]
    assert report.params["ErrorCode"] == "21610"


def test_toll_free_numbers_know_only_stop(simulator: Simulator) -> None:
    service = simulator.service(numbers=("+18335550100",))

    say(simulator, "QUIT", to="+18335550100")
    first = send(simulator, service)
    say(simulator, "STOP", to="+18335550100")

    assert first.sid
    with pytest.raises(TwilioRestException):
        send(simulator, service)


def test_a_webhook_that_fails_is_tried_again_as_its_address_asks(
    simulator: Simulator, receiver: running.Receiver
) -> None:
    simulator.service(inbound=receiver.url + "/message#rc=2&rp=all")
    receiver.answers = [500, 404]

    say(simulator, "hello")
    posts = receiver.wait_for(3)

    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 1
    assert simulator.ask("state")["webhooks"]["retried"] == 2


def test_by_default_only_a_missing_connection_is_tried_again(simulator: Simulator, receiver: running.Receiver) -> None:
    simulator.service(inbound=receiver.url + "/message")
    receiver.answers = [500]

    say(simulator, "hello")
    receiver.wait_for(1)
    say(simulator, "again")
    posts = receiver.wait_for(2)

    assert [post.params["Body"] for post in posts] == ["hello", "again"]
    assert simulator.ask("state")["webhooks"]["given up"] == 1


@pytest.mark.parametrize(
    ("fragment", "retries", "again"),
    [
        ("", 1, {"ct"}),
        ("rc=5&rp=all", 5, {"ct", "rt", "4xx", "5xx"}),
        ("rc=9&rp=5xx,ct", 5, {"ct", "5xx"}),
        ("rc=x", 1, {"ct"}),
    ],
)
def test_overrides_are_read_within_twilios_limits(fragment: str, retries: int, again: Any) -> None:
    read = webhooks.overrides(fragment)

    assert read.retries == retries
    assert {failure for failure in ("ct", "rt", "4xx", "5xx") if read.retry(failure)} == again


def test_a_fixed_share_of_numbers_never_answers() -> None:
    numbers = [f"+1202555{line:04d}" for line in range(2000)]

    silent = {number for number in numbers if replies.reply(number, "Hi", turn=0, silent=0.3) is None}

    assert 0.26 < len(silent) / len(numbers) < 0.34
    assert silent == {n for n in numbers if int(hashlib.sha256(n.encode()).hexdigest()[:8], 16) / 16**8 < 0.3}
    assert replies.reply(numbers[0], "Done, thanks", turn=0, silent=0.0) is None


def test_the_same_number_answers_the_same_and_not_always_alike() -> None:
    answers = [replies.reply("+12025550123", "Hi", turn=turn, silent=0.0) for turn in range(20)]

    assert answers == [replies.reply("+12025550123", "Hi", turn=turn, silent=0.0) for turn in range(20)]
    assert len(set(answers)) > 3


def test_a_delivered_text_is_answered(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service(inbound=receiver.url + "/message")
    simulator.ask("settings", {"silent": 0.0})

    send(simulator, service)
    post = receiver.wait_for(1)[0]

    assert post.params["From"] == TO
    assert post.params["Body"] == replies.reply(TO, "Hi", turn=0, silent=0.0)


def test_the_phone_shows_what_arrived_until_it_is_read(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    send(simulator, service, status_callback=receiver.url + "/s")
    receiver.wait_for(1, where=lambda post: post.params["MessageStatus"] == "delivered")

    before = simulator.ask("phones")["phones"][0]
    shown = simulator.ask(f"phones/{TO}")
    after = simulator.ask("phones?q=555-0123")["phones"][0]
    none = simulator.ask("phones?q=9999")["phones"]

    assert (before["number"], before["unread"], before["text"]) == (TO, 1, "Hi")
    assert [bubble["text"] for bubble in shown["messages"]] == ["Hi"]
    assert after["unread"] == 0
    assert none == []


def test_another_site_cannot_press_the_buttons(simulator: Simulator) -> None:
    answer = requests.post(f"{simulator.url}/simulator/reset", headers={"Origin": "https://evil.example"}, timeout=5)

    assert answer.status_code == 403


def test_the_page_is_served_with_a_strict_policy(simulator: Simulator) -> None:
    answer = requests.get(f"{simulator.url}/simulator/", timeout=5)

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "$" not in answer.text
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


def test_open_pages_are_told_what_happens(simulator: Simulator, receiver: running.Receiver) -> None:
    service = simulator.service()
    with requests.get(f"{simulator.url}/simulator/events", stream=True, timeout=5) as stream:
        lines = (line.decode() for line in stream.iter_lines())
        assert next(lines).startswith("retry")
        send(simulator, service)

        told = next(json.loads(line[6:]) for line in lines if line.startswith("data: "))

    assert told == {"number": TO}


def test_everything_outlives_a_restart(tmp_path: pathlib.Path) -> None:
    options = ("--only", "twilio", "--data", str(tmp_path), "--account", f"{SID}:{TOKEN}")
    first = Simulator(running.simulators(*options))
    service = first.service()
    sent = send(first, service)
    say(first, "STOP")
    first.close()
    first.server.stop()

    second = Simulator(running.simulators(*options))
    try:
        assert second.client.messages(sent.sid).fetch().body == "Hi"
        assert second.client.messaging.v1.services(service).fetch().sid == service
        with pytest.raises(TwilioRestException) as refused:
            send(second, service)
        assert refused.value.code == 21610
        assert second.ask("phones")["phones"][0]["number"] == TO
    finally:
        second.close()
        second.server.stop()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("👍" * 35, 1),
        ("“" * 71, 2),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments.count(text) == count
