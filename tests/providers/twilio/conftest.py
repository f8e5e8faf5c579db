"""The provider against the simulator: real HTTP, the real SDK."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parley.conversations import contracts
from parley.providers.twilio import provider
from tests.simulators import running

SID, TOKEN = "AC" + "2" * 32, "auth-token"
TO = "+12025550123"


class Texting:
    """An account at a running simulator, and the provider that uses it."""

    def __init__(self, server: running.Running, receiver: running.Receiver) -> None:
        self.server, self.receiver = server, receiver
        self.twilio = provider.Twilio()
        self.account = contracts.Account(
            id=1,
            organization_id=1,
            provider="twilio",
            credentials={"account_sid": SID, "auth_token": TOKEN},
            settings={"base_url": server.url + "/twilio"},
            webhook_secret="",
            webhook_base=receiver.url + "/webhooks/twilio/1/",
        )
        made = self.ask(
            "setup",
            {
                "account_sid": SID,
                "auth_token": TOKEN,
                "inbound_url": receiver.url + "/webhooks/twilio/1/message#rc=5&rp=all",
                "numbers": ["+16175550100", "+16175550101"],
            },
        )
        self.service = made["service_sid"]

    def ask(self, path: str, body: Any = None, *, method: str | None = None) -> Any:
        return running.ask(f"{self.server.url}/simulator/{path}", body, method=method)

    def dispatch(self, number: int = 1, **changes: Any) -> contracts.Dispatch:
        dispatch = contracts.Dispatch(
            outbox_id=number,
            message_id=1000 + number,
            account=self.account,
            channel_id=1,
            channel_address=self.service,
            operation="send",
            address=TO,
            local_address=None,
            text=f"Hello {number}",
            media=(),
            payload={},
            purpose="initial",
            send_before=None,
        )
        return dataclasses.replace(dispatch, **changes)

    def run(self, work: Callable[[], Any]) -> Any:
        """Await the coroutine that `work` makes, and close the provider in the same loop."""

        async def whole() -> Any:
            try:
                return await work()
            finally:
                await self.twilio.close()

        return asyncio.run(whole())

    def send(self, *dispatches: contracts.Dispatch) -> list[contracts.Outcome]:
        """Outcomes in the order of the dispatches."""

        async def work() -> list[contracts.Outcome]:
            outcomes = [outcome async for outcome in self.twilio.send(dispatches)]
            return sorted(outcomes, key=lambda outcome: outcome.outbox_id)

        return self.run(work)  # type: ignore[no-any-return]

    def accepted(self) -> int:
        return int(self.ask("state")["accepted_messages"])


@pytest.fixture
def texting() -> Iterator[Texting]:
    server, receiver = running.simulators("--only", "twilio"), running.Receiver()
    yield Texting(server, receiver)
    server.stop()
    receiver.stop()
