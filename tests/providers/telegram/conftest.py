"""A simulated Telegram over real HTTP, a receiver of webhooks, and Parley's provider in between."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from parley.conversations import contracts
from parley.providers.telegram.provider import Telegram
from simulators import shell as shell_module
from simulators import telegram as telegram_simulator

TOKEN = "7000000001:secret-of-the-bot"
BOT = 7000000001
SECRET = "webhook-secret_1"


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


class Served(Loop):
    """An application on a free port."""

    def __init__(self, build: Callable[[], web.Application]) -> None:
        super().__init__()
        self.url: str = self.run(self._start(build))

    async def _start(self, build: Callable[[], web.Application]) -> str:
        self.app = build()
        self.runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    def stop(self) -> None:
        self.run(self.runner.cleanup())
        super().stop()


@dataclasses.dataclass
class People:
    """The controls of the simulator, from outside."""

    url: str

    def ask(self, path: str, body: Any = None, *, method: str | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/simulator/telegram{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method or ("GET" if body is None else "POST"),
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def person(self, first_name: str, last_name: str = "") -> int:
        number: int = self.ask("/people", {"first_name": first_name, "last_name": last_name})["id"]
        return number

    def group(self, title: str, *, creator: int, bots: list[int] | None = None) -> str:
        return str(
            self.ask("/groups", {"title": title, "creator": creator, "bots": [BOT] if bots is None else bots})["id"]
        )

    def private(self, person: int) -> str:
        return str(self.ask("/private", {"person": person, "bot": BOT})["key"])

    def say(self, chat: str, person: int, text: str, **more: Any) -> Any:
        return self.ask(f"/chats/{chat}/messages", {"from": person, "text": text, **more})

    def read(self, chat: str) -> list[str]:
        return [m["text"] for m in self.ask(f"/chats/{chat}")["messages"] if not m["deleted"] and not m["service"]]

    def upgrade(self, chat: str) -> str:
        return str(self.ask(f"/chats/{chat}/upgrade", {})["id"])

    def fault(self, **rule: Any) -> None:
        self.ask("/faults", rule)


class Hook:
    """Where Telegram posts: reads each update with the provider, as the webhook view and the worker do."""

    def __init__(self, account: contracts.Account) -> None:
        self.events: list[contracts.NewEvent] = []
        self.refused = 0
        self.answers: list[int] = []
        self.arrived = threading.Condition()
        self.account = account
        self.provider = Telegram()

    def build(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        if self.answers:
            return web.Response(status=self.answers.pop(0))
        raw = contracts.RawWebhook(
            account=self.account,
            kind="update",
            url=str(request.url),
            headers=dict(request.headers),
            body=await request.read(),
        )
        try:
            events = self.provider.parse_webhook(raw)
        except contracts.WrongSignature:
            with self.arrived:
                self.refused += 1
                self.arrived.notify_all()
            return web.Response(status=403)
        with self.arrived:
            self.events += events
            self.arrived.notify_all()
        return web.Response()

    def readings(self, count: int, of: type = object) -> list[Any]:
        """The first `count` readings of a kind, waiting for them. Fails after 10 s."""

        def found() -> list[Any]:
            all_of_them = [
                self.provider.read(event_id=number, kind=event.kind, body=event.body)
                for number, event in enumerate(self.events)
            ]
            return [reading for reading in all_of_them if isinstance(reading, of)]

        with self.arrived:
            if not self.arrived.wait_for(lambda: len(found()) >= count, timeout=10):
                raise AssertionError(f"{len(found())} of {count} came: {self.events}")
            return found()


@pytest.fixture
def telegram() -> Iterator[Served]:
    def build() -> web.Application:
        app = web.Application()
        shell = shell_module.Shell(options=argparse.Namespace(data=None, telegram_bot=[TOKEN]))
        app[shell_module.SHELL] = shell
        telegram_simulator.routes(app, shell)
        return app

    served = Served(build)
    served.app[telegram_simulator.NETWORK].delivery.pause = 0.01
    yield served
    served.stop()


@pytest.fixture
def people(telegram: Served) -> People:
    return People(telegram.url)


@pytest.fixture
def account(telegram: Served) -> contracts.Account:
    return contracts.Account(
        id=3,
        organization_id=1,
        provider="telegram",
        credentials={"token": TOKEN},
        settings={"base_url": telegram.url + "/telegram"},
        webhook_secret=SECRET,
        webhook_base="http://127.0.0.1:9/webhooks/telegram/3/",
    )


class Client(Loop):
    """The provider on a loop of its own, as the worker has it."""

    def __init__(self, provider: Telegram) -> None:
        super().__init__()
        self.provider = provider

    def send(self, *batch: contracts.Dispatch) -> list[contracts.Outcome]:
        """Outcomes in the order of the batch."""

        async def collect() -> list[contracts.Outcome]:
            return [outcome async for outcome in self.provider.send(batch)]

        outcomes = self.run(collect())
        order = [dispatch.outbox_id for dispatch in batch]
        return sorted(outcomes, key=lambda outcome: order.index(outcome.outbox_id))

    def stop(self) -> None:
        self.run(self.provider.close())
        super().stop()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(Telegram(call_seconds=1.0))
    yield made
    made.stop()


@pytest.fixture
def hook(client: Client, account: contracts.Account) -> Iterator[Hook]:
    """A connected webhook."""
    hook = Hook(account)
    served = Served(hook.build)
    hook.account = dataclasses.replace(account, webhook_base=served.url + "/webhooks/telegram/3/")
    client.run(client.provider.connect_webhook(hook.account))
    yield hook
    served.stop()


@pytest.fixture
def dispatch(account: contracts.Account) -> Callable[..., contracts.Dispatch]:
    """`dispatch("-100…", "text", …)`"""
    numbers = iter(range(1, 1000))

    def make(address: str, text: str = "", **more: Any) -> contracts.Dispatch:
        number = next(numbers)
        values: dict[str, Any] = {
            "outbox_id": number,
            "message_id": 1000 + number,
            "account": account,
            "channel_id": 5,
            "channel_address": "parley_bot",
            "operation": "send",
            "address": address,
            "local_address": None,
            "text": text,
            "media": (),
            "payload": {},
            "purpose": "reply",
            "send_before": None,
            **more,
        }
        return contracts.Dispatch(**values)

    return make
