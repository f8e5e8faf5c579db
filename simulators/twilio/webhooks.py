"""Posting signed webhooks, with the retries that the address asks for.

Signature: https://www.twilio.com/docs/usage/security#validating-requests
Overrides in the fragment (`#rc=5&rp=all`), which is neither sent nor signed:
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from __future__ import annotations

import asyncio
import base64
import collections
import dataclasses
import hashlib
import hmac
import secrets
import urllib.parse
from collections.abc import Mapping
from typing import Any

from simulators import wire

TOTAL_SECONDS = 15.0
PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)


def sign(url: str, params: Mapping[str, str], token: str) -> str:
    """The value of X-Twilio-Signature for a form post."""
    text = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()


@dataclasses.dataclass(frozen=True, slots=True)
class Overrides:
    """Connection overrides, times in seconds."""

    connect: float = 5.0
    read: float = 15.0
    total: float = TOTAL_SECONDS
    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})

    def retry(self, failure: str) -> bool:
        """Whether `failure` (ct, rt, 4xx, 5xx) is tried again."""
        return failure in self.policies or "all" in self.policies


def overrides(fragment: str) -> Overrides:
    """Read a fragment; values outside Twilio's limits are brought inside."""
    given = dict(part.split("=", 1) for part in fragment.split("&") if "=" in part)

    def number(name: str, default: int, least: int, most: int) -> int:
        try:
            return min(most, max(least, int(given[name])))
        except (KeyError, ValueError):
            return default

    return Overrides(
        connect=number("ct", 5000, 100, 10000) / 1000,
        read=number("rt", 15000, 100, 15000) / 1000,
        total=number("tt", 15000, 100, 15000) / 1000,
        retries=number("rc", 1, 0, 5),
        policies=frozenset(given.get("rp", "ct").split(",")),
    )


class Sender:
    """Posts webhooks concurrently, at most `limit` at a time, and counts what came of them."""

    def __init__(self, *, limit: int = 64) -> None:
        self.client = wire.Client()
        self.places = asyncio.Semaphore(limit)
        self.counts: collections.Counter[str] = collections.Counter()
        self.failures: collections.deque[dict[str, Any]] = collections.deque(maxlen=50)
        self.tasks: set[asyncio.Task[int]] = set()

    def post(self, url: str, params: Mapping[str, str], *, token: str, copies: int = 1) -> asyncio.Task[int]:
        """Start posting; the task gives the last HTTP status, 0 when there was none."""
        body = urllib.parse.urlencode(params).encode()
        address, _, fragment = url.partition("#")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Twilio-Signature": sign(address, params, token),
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
        }
        task = None
        for _ in range(copies):
            task = asyncio.create_task(self._deliver(address, body, headers, overrides(fragment)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        assert task is not None
        self.counts["duplicated"] += copies - 1
        return task

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.client.close()

    async def _deliver(self, url: str, body: bytes, headers: Mapping[str, str], wanted: Overrides) -> int:
        loop = asyncio.get_running_loop()
        ends: float | None = None
        attempt = 0
        while True:
            status, failure = 0, ""
            # a place is held for the call alone: what waits to be tried again keeps nobody from posting
            async with self.places:
                ends = ends or loop.time() + wanted.total
                self.counts["posted"] += 1
                try:
                    status = await self.client.post(
                        url,
                        body=body,
                        headers=headers,
                        connect_timeout=min(wanted.connect, max(0.1, ends - loop.time())),
                        read_timeout=min(wanted.read, max(0.1, ends - loop.time())),
                    )
                    failure = f"{status // 100}xx" if status >= 400 else ""
                except wire.ConnectFailed:
                    failure = "ct"
                except wire.ReadFailed:
                    failure = "rt"
            if not failure:
                self.counts["answered"] += 1
                return status
            self.counts[f"failed {status or failure}"] += 1
            pause = PAUSES[min(attempt, len(PAUSES) - 1)]
            if attempt >= wanted.retries or not wanted.retry(failure) or loop.time() + pause >= ends:
                self.counts["given up"] += 1
                self.failures.append({"url": url, "failure": status or failure, "attempts": attempt + 1})
                return status
            attempt += 1
            self.counts["retried"] += 1
            await asyncio.sleep(pause)
