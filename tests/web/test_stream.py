"""The event stream: over real HTTP, with a real listener."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from parley.web import live, stream, topics

SECRET = "stream-secret"
ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Page:
    """A browser's side of one stream."""

    response: http.client.HTTPResponse

    def next(self) -> tuple[str, str]:
        """The next event that is not a greeting, as (event, data)."""
        fields: dict[str, str] = {}
        while raw := self.response.readline():
            line = raw.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields.get("event", "hello") == "hello":  # a greeting, or a sign of life
                fields = {}
            else:
                return fields["event"], fields.get("data", "").strip()
        raise AssertionError("the stream ended")


@dataclass
class Streams:
    port: int
    address: str
    process: subprocess.Popen[bytes]

    @contextmanager
    def ask(self, path: str, headers: dict[str, str] | None = None) -> Iterator[http.client.HTTPResponse]:
        with (
            closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection,
            closing(self._request(connection, path, headers or {})) as response,
        ):
            yield response

    def _request(
        self, connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    @contextmanager
    def page(self, *names: str, now: float | None = None, headers: dict[str, str] | None = None) -> Iterator[Page]:
        token = live.sign(list(names), 1, secret=SECRET, now=now or time.time())
        with self.ask(f"/events?token={token}", headers) as response:
            assert response.status == 200
            yield Page(response)

    def announce(self, *names: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as link:
            for payload in topics.pack(names):
                link.execute("select pg_notify(%s, %s)", [topics.CHANNEL, payload])

    def health(self) -> dict[str, int]:
        with self.ask("/healthz") as answer:
            found: dict[str, int] = json.load(answer)
        return found

    def until(self, **wanted: int) -> bool:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if wanted.items() <= self.health().items():
                    return True
            except OSError:
                pass
            time.sleep(0.02)
        return False


@pytest.fixture(scope="module")
def streams() -> Iterator[Streams]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = os.environ["DATABASE_URL"]
    environment = os.environ | {"SECRET_KEY": SECRET, "DATABASE_DIRECT_URL": address, "PARLEY_BASE_URL": ORIGIN}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-ws"),
            *("--log-level", "error", "parley.web.stream:application"),
        ],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
    )
    running = Streams(port, address, process)
    try:
        assert running.until(listening=True)
        yield running
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b"])
def test_a_wrong_token_is_refused(streams: Streams, token: str) -> None:
    with streams.ask(f"/events?token={token}") as answer:
        assert answer.status == 403


def test_an_expired_token_is_refused(streams: Streams) -> None:
    token = live.sign(["a"], 1, secret=SECRET, now=time.time() - live.LIFETIME)

    with streams.ask(f"/events?token={token}") as answer:
        assert answer.status == 403


def test_a_stream_ends_when_its_key_runs_out(streams: Streams) -> None:
    with streams.page("a", now=time.time() - live.LIFETIME + 2) as page:
        assert page.next() == ("expired", "")


def test_every_page_hears_its_topics_and_no_others(streams: Streams) -> None:
    with streams.page("campaign:1", "shared") as one, streams.page("campaign:2", "shared") as two:
        streams.announce("campaign:1")
        streams.announce("shared")

        assert [one.next(), one.next()] == [("changed", "campaign:1"), ("changed", "shared")]
        assert two.next() == ("changed", "shared")


def test_a_page_that_comes_back_is_told_to_fetch_everything(streams: Streams) -> None:
    with streams.page("a", headers={"Last-Event-ID": "7"}) as page:
        assert page.next() == ("resync", "")


def test_pages_fetch_everything_after_the_database_was_away(streams: Streams) -> None:
    with streams.page("a") as page:
        with psycopg.connect(streams.address, autocommit=True) as link:
            link.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'parley listener' and datname = current_database()"
            )

        assert page.next() == ("resync", "")
        streams.announce("a")
        assert page.next() == ("changed", "a")


def test_a_closed_page_is_forgotten(streams: Streams) -> None:
    assert streams.until(streams=0)
    with streams.page("a"):
        assert streams.until(streams=1)

    assert streams.until(streams=0)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [(ORIGIN, ORIGIN), ("http://localhost:8000", "http://localhost:8000"), ("https://evil.example", None)],
)
def test_only_our_pages_may_listen_across_origins(streams: Streams, origin: str, allowed: str | None) -> None:
    with streams.page("a", headers={"Origin": origin}) as page:
        assert page.response.headers["Access-Control-Allow-Origin"] == allowed


def test_a_slow_page_is_told_to_fetch_everything_instead_of_growing() -> None:
    subscriber = stream.Hub().join(frozenset({"a"}))

    for number in range(10 * stream.WAITING):
        subscriber.tell(f"conversation:{number}")

    assert len(subscriber.waiting) <= stream.WAITING
    assert subscriber.take() == [("resync", "")]
    subscriber.tell("conversation:1")
    assert subscriber.take() == [("changed", "conversation:1")]


def test_a_hub_forgets_the_topics_of_those_who_left() -> None:
    hub = stream.Hub()
    subscribers = [hub.join(frozenset({"shared", f"own:{n}"})) for n in range(3)]

    for subscriber in subscribers:
        hub.leave(subscriber)

    assert (hub.subscribers, dict(hub.by_topic)) == (set(), {})
