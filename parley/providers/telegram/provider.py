"""Telegram as the core knows it."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parley.conversations import contracts
from parley.providers.telegram import updates

if TYPE_CHECKING:
    from parley.providers.telegram import client

#: https://core.telegram.org/bots/api#setwebhook
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 (a name)
#: seconds for a call
CALL_SECONDS = 20.0


class Telegram:
    """`contracts.Provider` for Telegram bots.

    Account: `credentials = {"token": "123:ABC"}`, `webhook_secret` of 1–256 characters A–Z a–z 0–9 _ -,
    `settings = {"base_url": …}` only for a server other than Telegram's own.

    Reading webhooks needs no Telegram library, so processes that only do that never load it.
    """

    name = "telegram"
    address_kind = "telegram"
    # the Bot API has no way to ask about a message that was sent
    can_look_up = False

    def __init__(self, *, call_seconds: float = CALL_SECONDS) -> None:
        self.call_seconds = call_seconds
        self._bots: client.Bots | None = None

    @property
    def bots(self) -> client.Bots:
        """Made at the first call."""
        from parley.providers.telegram import client

        if self._bots is None:
            self._bots = client.Bots(call_seconds=self.call_seconds)
        return self._bots

    async def send(self, batch: Sequence[contracts.Dispatch]) -> AsyncIterator[contracts.Outcome]:
        """Make all calls at once; yield outcomes as they come."""
        from parley.providers.telegram import sending

        addresses = {dispatch.outbox_id: dispatch.address for dispatch in batch}
        limited: dict[int, set[str]] = {}
        tasks = {asyncio.ensure_future(sending.deliver(self.bots, dispatch)): dispatch.channel_id for dispatch in batch}
        try:
            for finished in asyncio.as_completed(tasks):
                outcome = await finished
                if outcome.result == contracts.Result.LATER and outcome.error_code == "429":
                    channel = next(d.channel_id for d in batch if d.outbox_id == outcome.outbox_id)
                    chats = limited.setdefault(channel, set())
                    chats.add(addresses[outcome.outbox_id])
                    # Telegram does not say which of its limits was hit: one chat's own, or, where
                    # several are refused together, the bot's.
                    if len(chats) > 1:
                        outcome = dataclasses.replace(outcome, holds="channel")
                yield outcome
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def look_up(self, dispatch: contracts.Dispatch) -> contracts.Outcome | None:
        """Telegram cannot be asked."""
        return None

    def parse_webhook(self, request: contracts.RawWebhook) -> list[contracts.NewEvent]:
        """Check the secret, which every post must carry, and name the update."""
        wanted = request.account.webhook_secret
        given = _header(request.headers, SECRET_HEADER)
        if not wanted or not hmac.compare_digest(wanted.encode(), given.encode()):
            raise contracts.WrongSignature
        return updates.events(updates.bot_id(request.account), request.body)

    def read(self, *, event_id: int, kind: str, body: contracts.Json) -> contracts.Reading:
        """Read a stored update."""
        return updates.read(event_id, body)

    def webhook_reply(self, request: contracts.RawWebhook) -> tuple[str, bytes]:
        """Nothing: a method in the answer would be a call without an outcome."""
        return "text/plain", b""

    async def catch_up(self, account: contracts.Account, since: dt.datetime) -> list[contracts.NewEvent]:
        """Nothing to fetch: Telegram keeps what it could not deliver for 24 hours and goes on trying
        (https://core.telegram.org/bots/api#getting-updates); fetching excludes a webhook."""
        return []

    async def check_configuration(self, account: contracts.Account) -> list[contracts.Problem]:
        """Token, webhook, last delivery error, privacy mode."""
        from parley.providers.telegram import configuration

        return await configuration.problems(self.bots, account)

    async def connect_webhook(self, account: contracts.Account) -> None:
        """Tell Telegram where to post. Raises aiogram's TelegramAPIError or BadToken."""
        from parley.providers.telegram import configuration

        await configuration.connect(self.bots, account)

    async def close(self) -> None:
        """End the running loop's connections."""
        if self._bots is not None:
            await self._bots.close()


def _header(headers: Mapping[str, Any], name: str) -> str:
    for key, value in headers.items():
        if key.lower() == name:
            return str(value)
    return ""
