"""A mail catcher over real SMTP, and Parley's provider in front of it."""

from __future__ import annotations

import argparse
import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from parley.conversations import contracts
from parley.providers.email import address
from parley.providers.email.provider import Email
from simulators import mail as mail_simulator
from simulators import shell as shell_module
from simulators.mail.mailbox import Mail


class Catcher:
    """The mail simulator on a loop and a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.run(self._start())

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    async def _start(self) -> None:
        app = web.Application()
        shell = shell_module.Shell(options=argparse.Namespace(data=None, smtp_port=0))
        app[shell_module.SHELL] = shell
        mail_simulator.routes(app, shell)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.server, self.mailbox = app[mail_simulator.SMTP], app[mail_simulator.MAILBOX]
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/simulator/mail"

    @property
    def mails(self) -> list[Mail]:
        return self.mailbox.mails

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.server.port}"

    def fault(self, stage: str, reply: str, **more: Any) -> None:
        self.server.faults.add({"stage": stage, "reply": reply, **more})

    def stop(self) -> None:
        self.run(self.runner.cleanup())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    catcher = Catcher()
    yield catcher
    catcher.stop()


@pytest.fixture
def account(catcher: Catcher) -> contracts.Account:
    return mail_account(address.parse(catcher.smtp_url).credentials())


def mail_account(credentials: dict[str, str], *, number: int = 4) -> contracts.Account:
    return contracts.Account(
        id=number,
        organization_id=1,
        provider="email",
        credentials=credentials,
        settings={},
        webhook_secret="",
        webhook_base="http://127.0.0.1:9/webhooks/email/4/",
    )


@pytest.fixture
def mail(account: contracts.Account) -> Callable[..., contracts.Dispatch]:
    """`mail("ann@example.org", "text", subject=…, html=…, attempts=…)`"""
    numbers = iter(range(1, 1000))

    def make(to: str, text: str = "Hello", *, payload: Any = None, **more: Any) -> contracts.Dispatch:
        number = next(numbers)
        values: dict[str, Any] = {
            "outbox_id": number,
            "message_id": 1000 + number,
            "account": account,
            "channel_id": 5,
            "channel_address": "parley@example.org",
            "operation": "send",
            "address": to,
            "local_address": None,
            "text": text,
            "media": (),
            "payload": {"subject": "News", "from": "Parley <parley@example.org>", **(payload or {})},
            "purpose": "mail",
            "send_before": None,
            **more,
        }
        return contracts.Dispatch(**values)

    return make


def send(*batch: contracts.Dispatch) -> list[contracts.Outcome]:
    """Outcomes in the order of the batch."""

    async def collect() -> list[contracts.Outcome]:
        return [outcome async for outcome in Email().send(batch)]

    outcomes = asyncio.run(collect())
    order = [dispatch.outbox_id for dispatch in batch]
    return sorted(outcomes, key=lambda outcome: order.index(outcome.outbox_id))
