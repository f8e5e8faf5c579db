"""aiogram bots on long-lived connections: one HTTP session a server and event loop, one bot a token.

A Telegram bot needs no log-in for a message: a call is one POST on a kept connection. aiogram costs memory
and time to import: only who calls Telegram imports this module.
"""

from __future__ import annotations

import asyncio
import weakref

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.token import TokenValidationError

from parley.conversations import contracts

#: `settings["base_url"]` of an account names another server: a local one, or the simulator
OFFICIAL = "https://api.telegram.org"
#: seconds for a connection
CONNECT_SECONDS = 5.0


class BadToken(Exception):
    """The account has no token of a token's form."""


class Bots:
    """Hands out the bot of an account; the same one each time on the same event loop."""

    def __init__(self, *, call_seconds: float) -> None:
        self.call_seconds = call_seconds
        self._sessions: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, AiohttpSession]] = (
            weakref.WeakKeyDictionary()
        )
        self._bots: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], Bot]] = (
            weakref.WeakKeyDictionary()
        )

    def bot(self, account: contracts.Account) -> Bot:
        """Call inside a running loop. Raises BadToken."""
        loop = asyncio.get_running_loop()
        base = str(account.settings.get("base_url") or OFFICIAL).rstrip("/")
        token = account.credentials.get("token", "")
        bots = self._bots.setdefault(loop, {})
        found = bots.get((base, token))
        if found is None:
            try:
                found = bots[base, token] = Bot(token, session=self._session(loop, base))
            except TokenValidationError as error:
                raise BadToken from error
        return found

    def _session(self, loop: asyncio.AbstractEventLoop, base: str) -> AiohttpSession:
        sessions = self._sessions.setdefault(loop, {})
        if base not in sessions:
            # No limit of our own: the time waiting for a free connection would count as a call without
            # an answer. Who sends bounds how many calls are under way.
            session = AiohttpSession(api=TelegramAPIServer.from_base(base), limit=0)
            # aiogram hands this to aiohttp as it is; a number alone would not bound connecting
            session.timeout = aiohttp.ClientTimeout(  # type: ignore[assignment]
                total=self.call_seconds, sock_connect=CONNECT_SECONDS
            )
            sessions[base] = session
        return sessions[base]

    async def close(self) -> None:
        """End the running loop's connections."""
        loop = asyncio.get_running_loop()
        self._bots.pop(loop, None)
        for session in self._sessions.pop(loop, {}).values():
            await session.close()
