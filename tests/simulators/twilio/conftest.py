"""The official SDK, unchanged but for the address it talks to, against the simulator."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from tests.simulators import running

SID, TOKEN = "AC" + "1" * 32, "secret-token"


class Redirected(TwilioHttpClient):
    """The SDK's own HTTP client with another base address."""

    def __init__(self, base: str, **options: Any) -> None:
        super().__init__(**options)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        parts = urllib.parse.urlsplit(url)
        url = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, *args, **kwargs)


class Simulator:
    """The running simulator and what a test wants from it."""

    def __init__(self, server: running.Running) -> None:
        self.server = server
        self.url = server.url
        self.clients: list[Redirected] = []
        self.client: Any = self.sdk()

    def sdk(self, *, sid: str = SID, token: str = TOKEN, **options: Any) -> Any:
        http_client = Redirected(self.url + "/twilio", **options)
        self.clients.append(http_client)
        return Client(sid, token, http_client=http_client)

    def close(self) -> None:
        for client in self.clients:
            if client.session is not None:
                client.session.close()

    def ask(self, path: str, body: Any = None, *, method: str | None = None) -> Any:
        return running.ask(f"{self.url}/simulator/{path}", body, method=method)

    def service(self, *, inbound: str = "", numbers: tuple[str, ...] = ("+16175550100",)) -> str:
        """A messaging service with numbers; its sid."""
        made = self.ask(
            "setup",
            {"account_sid": SID, "auth_token": TOKEN, "inbound_url": inbound, "numbers": list(numbers)},
        )
        return str(made["service_sid"])


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    server = running.simulators("--only", "twilio", "--account", f"{SID}:{TOKEN}")
    running_simulator = Simulator(server)
    yield running_simulator
    running_simulator.close()
    server.stop()


@pytest.fixture
def receiver() -> Iterator[running.Receiver]:
    server = running.Receiver()
    yield server
    server.stop()
