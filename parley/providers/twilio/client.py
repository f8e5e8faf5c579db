"""The official SDK on one long-lived session: another base address, our time-outs, no retries.

This module imports the SDK, which costs memory and time; only who calls Twilio imports it, so the
processes that merely answer webhooks stay small.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import urllib.parse
import weakref
from collections.abc import Mapping
from typing import Any

import aiohttp
from django.conf import settings
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from parley.conversations import contracts

#: Seconds for a connection, and for the whole call with its answer.
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
#: Below the idle time-out of the other side, so that a text never goes into a connection just ending.
KEEP_ALIVE_SECONDS = 15.0

_silent = logging.getLogger("parley.providers.twilio.sdk")
_silent.disabled = True  # the SDK logs addresses, and formats them even when nobody listens


class NotConnected(Exception):
    """Twilio was not reached: nothing has been sent."""


class NoAnswer(Exception):
    """The call was made and its answer is missing: it may have been carried out."""


class TooManyRequests(Exception):
    """429: nothing has been done. `retry_after` in seconds, None when Twilio names none."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class ServerError(Exception):
    """5xx: it may or may not have been carried out."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HttpClient(AsyncTwilioHttpClient):
    """The SDK's asynchronous HTTP client with a base address, a shared session, and distinct failures."""

    def __init__(self, session: aiohttp.ClientSession, *, base_url: str = "") -> None:
        super().__init__(pool_connections=False, logger=_silent)
        self.session: aiohttp.ClientSession = session
        self.base_url = base_url.rstrip("/")
        self._headers: dict[tuple[str, str], str] = {}

    async def request(  # type: ignore[override]  # noqa: PLR0917 (both are the SDK's)
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        allow_redirects: bool = False,
    ) -> Response:
        """One call. Raises NotConnected, NoAnswer, TooManyRequests or ServerError; other refusals are
        the SDK's to read from the response."""
        if self.base_url:
            parts = urllib.parse.urlsplit(url)
            url = f"{self.base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        headers = dict(headers or {})
        # a list (several pictures) becomes several fields; aiohttp's own form encoding costs four times as much
        body = urllib.parse.urlencode(data, doseq=True).encode() if data else None
        if auth is not None:
            headers["Authorization"] = self._authorization(auth)
        try:
            async with self.session.request(
                method.upper(), url, params=params, data=body, headers=headers, allow_redirects=allow_redirects
            ) as response:
                text = await response.text()
                status, answered = response.status, response.headers
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error
        if status == 429:
            raise TooManyRequests(_seconds(answered.get("Retry-After")))
        if status >= 500:
            raise ServerError(status)
        return Response(status, text, answered)

    def _authorization(self, auth: tuple[str, str]) -> str:
        """The same for every call of an account."""
        found = self._headers.get(auth)
        if found is None:
            encoded = base64.b64encode(":".join(auth).encode()).decode()
            found = self._headers[auth] = f"Basic {encoded}"
        return found


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, float(text))
    except ValueError:
        return None  # a date: rarely used, and our own pause will do


class Clients:
    """One SDK client an account, one session an event loop."""

    def __init__(self) -> None:
        self._by_loop: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, dict[tuple[str, ...], Any]]
        ] = weakref.WeakKeyDictionary()

    def get(self, account: contracts.Account) -> Any:
        """The SDK's client for the account; a changed credential makes a new one."""
        loop = asyncio.get_running_loop()
        session, clients = self._by_loop.get(loop) or (None, {})
        if session is None or session.closed:
            session, clients = self._session(), {}
            self._by_loop[loop] = (session, clients)
        credentials = account.credentials
        sid = credentials.get("account_sid", "")
        # an API key may stand in for the auth token, which then only verifies webhooks
        user = credentials.get("api_key") or sid
        secret = credentials.get("api_secret") or credentials.get("auth_token", "")
        base_url = base_address(account)
        key = (sid, user, secret, base_url)
        client = clients.get(key)
        if client is None:
            http_client = HttpClient(session, base_url=base_url)
            client = clients[key] = Client(user, secret, sid, http_client=http_client)
        return client

    @staticmethod
    def _session() -> aiohttp.ClientSession:
        """No limit on connections here: `provider` bounds the calls, so that waiting for a place is
        not taken for waiting for an answer."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """End the running loop's session."""
        session, _ = self._by_loop.pop(asyncio.get_running_loop(), (None, {}))
        if session is not None:
            await session.close()


def base_address(account: contracts.Account) -> str:
    """Empty for Twilio itself; else where its stand-in listens: the account's `base_url`, TWILIO_BASE_URL,
    or, wherever simulators run, theirs, so that a demo never texts a real phone."""
    given = account.settings.get("base_url") or getattr(settings, "TWILIO_BASE_URL", "")
    simulators = getattr(settings, "SIMULATOR_URL", "")
    return str(given or (f"{simulators.rstrip('/')}/twilio" if simulators else ""))
