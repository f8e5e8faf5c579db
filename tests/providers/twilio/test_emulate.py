"""The simulator and the provider against an emulator of Twilio that others wrote.

A simulator by its client's author proves only the author's beliefs. Here the same calls go to both,
the shapes of the answers are compared, and the provider must live with either. Where the two differ,
the difference is named below with the reason, so that a new one fails the test.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from parley.conversations import contracts
from tests.providers.twilio.conftest import SID, TO, TOKEN, Texting
from tests.simulators import running

INSTALLED = pathlib.Path(__file__).parents[3] / "var" / "emulate"
NUMBER, OTHER_NUMBER = "+16175550100", "+16175550101"

pytestmark = [
    pytest.mark.emulate,
    pytest.mark.skipif(
        not (INSTALLED / "node_modules" / "emulate").is_dir(),
        reason="the emulator is not installed; sh setup/emulate.sh does it",
    ),
]


@dataclasses.dataclass(frozen=True)
class Server:
    """Twilio, as one of the two plays it."""

    base: str
    #: what the messaging host's addresses begin with
    messaging: str

    def call(self, path: str, form: dict[str, str] | None = None, *, method: str | None = None) -> tuple[int, Any]:
        """HTTP status and JSON."""
        credentials = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        request = urllib.request.Request(
            self.base + path,
            data=None if form is None else urllib.parse.urlencode(form).encode(),
            headers={"Authorization": f"Basic {credentials}"},
            method=method or ("GET" if form is None else "POST"),
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture
def emulator(tmp_path: pathlib.Path, receiver: running.Receiver) -> Iterator[Server]:
    seed = tmp_path / "emulate.config.json"
    inbound = f"{receiver.url}/webhooks/twilio/1/message"
    seed.write_text(
        json.dumps(
            {
                "twilio": {
                    "account": {"sid": SID, "auth_token": TOKEN, "friendly_name": "Test"},
                    "phone_numbers": [{"phone_number": NUMBER, "sms_url": inbound}],
                }
            }
        )
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [INSTALLED / "node", INSTALLED / "node_modules/emulate/dist/index.js"]
    process = subprocess.Popen(
        [*program, "start", "--service", "twilio", "--port", str(port), "--seed", seed],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        start_new_session=True,  # the program is a wrapper: its child ends with the group
    )
    try:
        wait_for_port(port, process)
        yield Server(f"http://127.0.0.1:{port}", "/messaging")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the emulator has ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.1):
            return
        time.sleep(0.05)
    raise AssertionError("the emulator does not listen")


@pytest.fixture
def receiver() -> Iterator[running.Receiver]:
    server = running.Receiver()
    yield server
    server.stop()


@pytest.fixture
def simulator(texting: Texting) -> Server:
    return Server(texting.server.url + "/twilio", "")


#: Fields that one of the two gives in another form, and why ours stays.
DIFFERENT_FORM = {
    "capabilities": "of a service's number Twilio gives a list of names, the emulator an object",
}

#: Fields that only the emulator has; the SDK knows none of them.
ONLY_EMULATED = {"phone_number_sid"}


def shape(value: Any) -> str:
    """What kind of JSON it is; null fits anything."""
    return "null" if value is None else type(value).__name__


def assert_same_shape(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    missing = set(theirs) - set(ours) - ONLY_EMULATED
    assert not missing, f"the simulator lacks {sorted(missing)}"
    differing = {
        name: (shape(ours[name]), shape(value))
        for name, value in theirs.items()
        if name not in DIFFERENT_FORM
        and name in ours
        and "null" not in (shape(ours[name]), shape(value))
        and shape(ours[name]) != shape(value)
    }
    assert not differing


API = f"/2010-04-01/Accounts/{SID}"


def test_messages_look_alike_when_made_fetched_and_listed(simulator: Server, emulator: Server) -> None:
    form = {"To": TO, "From": NUMBER, "Body": "Hello"}

    (our_status, ours), (their_status, theirs) = (
        server.call(API + "/Messages.json", form) for server in (simulator, emulator)
    )
    fetched = [
        server.call(f"{API}/Messages/{made['sid']}.json")[1] for server, made in ((simulator, ours), (emulator, theirs))
    ]
    listed = [
        server.call(f"{API}/Messages.json?{urllib.parse.urlencode({'To': TO})}")[1] for server in (simulator, emulator)
    ]

    assert our_status == their_status == 201
    assert_same_shape(ours, theirs)
    assert_same_shape(*fetched)
    assert_same_shape(*listed)
    assert ours["status"] == theirs["status"] == "queued"
    assert ours["num_segments"] == theirs["num_segments"] == "1"
    assert [len(page["messages"]) for page in listed] == [1, 1]


#: The emulator divides by 160 whatever the alphabet; Twilio counts GSM-7 in 160 or 153, UCS-2 in 70 or 67
#: (https://www.twilio.com/docs/glossary/what-sms-character-limit), and so does the simulator.
SEGMENTS = {
    "short": ("Hello", "1", "1"),
    "all of one": ("x" * 160, "1", "1"),
    "two": ("x" * 161, "2", "2"),
    "two joined": ("x" * 306, "2", "2"),
    "three joined": ("x" * 307, "3", "2"),
    "one emoji": ("Sí 👍", "1", "1"),
    "many emoji": ("👍" * 36, "2", "1"),
    "counted twice": ("€" * 81, "2", "1"),
}


@pytest.mark.parametrize("which", SEGMENTS)
def test_segments_are_counted_as_twilio_documents(simulator: Server, emulator: Server, which: str) -> None:
    text, expected, emulated = SEGMENTS[which]
    form = {"To": TO, "From": NUMBER, "Body": text}

    ours, theirs = (server.call(API + "/Messages.json", form)[1]["num_segments"] for server in (simulator, emulator))

    assert (ours, theirs) == (expected, emulated)


def test_numbers_and_services_look_alike(simulator: Server, emulator: Server) -> None:
    bought = [
        server.call(API + "/IncomingPhoneNumbers.json", {"PhoneNumber": "+16175550155"})[1]
        for server in (simulator, emulator)
    ]
    services = [
        server.call(server.messaging + "/v1/Services", {"FriendlyName": "Team"})[1] for server in (simulator, emulator)
    ]
    joined = [
        server.call(f"{server.messaging}/v1/Services/{service['sid']}/PhoneNumbers", {"PhoneNumberSid": number["sid"]})[
            1
        ]
        for server, service, number in zip((simulator, emulator), services, bought, strict=True)
    ]
    lists = [server.call(server.messaging + "/v1/Services")[1] for server in (simulator, emulator)]

    assert_same_shape(*bought)
    assert_same_shape(*services)
    assert_same_shape(*joined)
    # of the list itself the emulator has the older API's paging; Twilio has `meta`, and the SDK reads both
    assert_same_shape(*(next(item for item in page["services"] if item["friendly_name"] == "Team") for page in lists))


def test_refusals_look_alike(simulator: Server, emulator: Server) -> None:
    unknown = [server.call(f"{API}/Messages/SM{'0' * 32}.json") for server in (simulator, emulator)]

    assert [status for status, _ in unknown] == [404, 404]
    assert [body["code"] for _, body in unknown] == [20404, 20404]
    assert_same_shape(unknown[0][1], unknown[1][1])


def test_the_provider_sends_through_both(texting: Texting, emulator: Server) -> None:
    theirs = dataclasses.replace(texting.account, settings={"base_url": emulator.base})

    [at_ours] = texting.send(texting.dispatch(channel_address=NUMBER))
    [at_theirs] = texting.send(texting.dispatch(channel_address=NUMBER, account=theirs))

    for outcome in (at_ours, at_theirs):
        assert (outcome.result, outcome.local_address, outcome.segments) == (contracts.Result.SENT, NUMBER, 1)


def test_the_provider_takes_the_emulators_signed_webhooks(
    texting: Texting, emulator: Server, receiver: running.Receiver
) -> None:
    account = dataclasses.replace(
        texting.account,
        settings={"base_url": emulator.base},
        webhook_base=receiver.url + "/webhooks/twilio/1/",
    )
    _, made = emulator.call(
        API + "/Messages.json",
        {"To": TO, "From": NUMBER, "Body": "Hi", "StatusCallback": account.webhook_base + "status?m=9"},
    )
    emulator.call("/_twilio/simulate/message-status", {"MessageSid": made["sid"], "Status": "delivered"})
    emulator.call("/_twilio/simulate/inbound-message", {"To": NUMBER, "From": TO, "Body": "¿Quién es? 👍"})

    delivered = receiver.wait_for(1, where=lambda post: post.params.get("MessageStatus") == "delivered")[0]
    said = receiver.wait_for(1, where=lambda post: post.url.endswith("/message"))[0]

    report, inbound = (read(texting, account, post) for post in (delivered, said))
    assert isinstance(report, contracts.Report)
    assert (report.message_id, report.status, report.provider_id) == (9, "delivered", made["sid"])
    assert isinstance(inbound, contracts.Inbound)
    assert (inbound.text, inbound.address, inbound.local_address) == ("¿Quién es? 👍", TO, NUMBER)


#: What the emulator adds to reports; Twilio's documentation does not list these for them.
ONLY_THEIRS = {"Body", "NumMedia", "NumSegments"}


def test_webhooks_look_alike_and_both_are_signed(
    texting: Texting, emulator: Server, receiver: running.Receiver
) -> None:
    address = receiver.url + "/webhooks/twilio/1/status?m=9"
    form = {"To": TO, "From": NUMBER, "Body": "Hi", "StatusCallback": address}
    servers = (Server(texting.server.url + "/twilio", ""), emulator)

    sids = [server.call(API + "/Messages.json", form)[1]["sid"] for server in servers]
    emulator.call("/_twilio/simulate/message-status", {"MessageSid": sids[1], "Status": "delivered"})
    posts = receiver.wait_for(2, where=lambda post: post.params["MessageStatus"] == "delivered")
    ours, theirs = sorted(posts, key=lambda post: sids.index(post.params["MessageSid"]))

    assert set(theirs.params) - set(ours.params) == ONLY_THEIRS
    for post in (ours, theirs):
        assert RequestValidator(TOKEN).validate(post.url, post.params, post.headers["X-Twilio-Signature"])


def test_the_emulator_signs_the_fragment_and_twilio_does_not(
    texting: Texting, emulator: Server, receiver: running.Receiver
) -> None:
    """https://www.twilio.com/docs/usage/security: the address from the protocol to the end of the query."""
    address = receiver.url + "/webhooks/twilio/1/status?m=9"
    form = {"To": TO, "From": NUMBER, "Body": "Hi", "StatusCallback": address + "#rc=5&rp=all"}
    servers = (Server(texting.server.url + "/twilio", ""), emulator)

    sids = [server.call(API + "/Messages.json", form)[1]["sid"] for server in servers]
    posts = receiver.wait_for(2, where=lambda post: post.params["MessageStatus"] == "queued")
    ours, theirs = sorted(posts, key=lambda post: sids.index(post.params["MessageSid"]))

    def signs(post: running.Post, url: str) -> bool:
        return bool(RequestValidator(TOKEN).validate(url, post.params, post.headers["X-Twilio-Signature"]))

    assert signs(ours, address)
    assert not signs(theirs, address)
    assert signs(theirs, address + "#rc=5&rp=all")


def read(texting: Texting, account: contracts.Account, post: running.Post) -> contracts.Reading:
    request = contracts.RawWebhook(
        account=account,
        kind=urllib.parse.urlsplit(post.url).path.rpartition("/")[2],
        url=post.url,
        headers=post.headers,
        body=urllib.parse.urlencode(post.params).encode(),
    )
    [event] = texting.twilio.parse_webhook(request)
    return texting.twilio.read(event_id=1, kind=event.kind, body=event.body)
