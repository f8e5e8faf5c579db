"""The event stream: tells open pages which of their topics changed.

A small ASGI application of its own process (`granian --interface asgi parley.web.stream:application`).
It holds one listening connection, loads no Django and reads nothing from tables: pages fetch what
changed from the application, with their own rights. Environment: SECRET_KEY, DATABASE_URL or
DATABASE_DIRECT_URL, PARLEY_BASE_URL.

    GET /events?token=…    event: changed, data: <topic>      something about the topic is new
                           event: resync                      anything may be new: fetch everything again
                           event: expired                     the key has run out: reload the page
    GET /healthz           {"listening": true, "streams": 17}
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parley.web import live, topics

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: seconds between signs of life, so that proxies and browsers keep the stream
HEARTBEAT = 15.0
#: milliseconds after which a browser comes back
RETRY = 2000
#: changed topics that wait for one slow page; beyond that it is told to fetch everything
WAITING = 64

log = logging.getLogger(__name__)


class Subscriber:
    """One open page: what it has not been told yet. Never more than WAITING topics."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.waiting: dict[str, None] = {}
        self.resync = False
        self.gone = False
        self.news = asyncio.Event()

    def tell(self, name: str) -> None:
        if not self.resync:
            self.waiting[name] = None
            if len(self.waiting) > WAITING:
                self.tell_everything()
        self.news.set()

    def tell_everything(self) -> None:
        self.waiting.clear()
        self.resync = True
        self.news.set()

    def leave(self) -> None:
        self.gone = True
        self.news.set()

    def take(self) -> list[tuple[str, str]]:
        """The events to send now, as (event, data)."""
        self.news.clear()
        events = [("resync", "")] if self.resync else [("changed", name) for name in self.waiting]
        self.waiting.clear()
        self.resync = False
        return events


class Hub:
    """The one listener of the process, and who wants to hear what."""

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self.by_topic: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self.listening = False
        self.closing = False

    def join(self, names: frozenset[str]) -> Subscriber:
        subscriber = Subscriber(names)
        self.subscribers.add(subscriber)
        for name in names:
            self.by_topic[name].add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        for name in subscriber.names:
            self.by_topic[name].discard(subscriber)
            if not self.by_topic[name]:
                del self.by_topic[name]

    def publish(self, changed: frozenset[str]) -> None:
        if changed & topics.EVERYTHING:
            for subscriber in self.subscribers:
                subscriber.tell_everything()
            return
        for name in changed & self.by_topic.keys():
            for subscriber in self.by_topic[name]:
                subscriber.tell(name)

    async def follow(self, address: str) -> None:
        """Pass on what the database announces, for ever."""
        async for changed in topics.listen(address):
            self.listening = True
            self.publish(changed)

    def close(self) -> None:
        self.closing = True
        for subscriber in self.subscribers:
            subscriber.leave()


class Application:
    """The ASGI application. `address` and `secret` come from the environment when it starts."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._listener: asyncio.Task[None] | None = None
        self._secret = ""
        self._origins: frozenset[str] = frozenset()
        self._number = 0

    def start(self) -> None:
        self._secret = os.environ["SECRET_KEY"]
        self._origins = _origins(os.environ.get("PARLEY_BASE_URL", "http://127.0.0.1:8000"))
        address = os.environ.get("DATABASE_DIRECT_URL") or os.environ["DATABASE_URL"]
        self._listener = asyncio.create_task(self.hub.follow(address))
        self._listener.add_done_callback(_end_with_the_listener)

    async def stop(self) -> None:
        self.hub.close()
        if self._listener:
            self._listener.remove_done_callback(_end_with_the_listener)
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self.start()
                except KeyError as missing:
                    await send({"type": "lifespan.startup.failed", "message": f"Set {missing.args[0]}."})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            await _reply(send, 405, {"error": "Only GET."})
        elif scope["path"] == "/healthz":
            await _reply(send, 200, {"listening": self.hub.listening, "streams": len(self.hub.subscribers)})
        elif scope["path"] == "/events":
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            key = live.read(given, secret=self._secret, now=time.time())
            if key is None:
                await _reply(send, 403, {"error": "The token is wrong or has expired."}, self._cross_origin(scope))
            else:
                await self._stream(key, scope, receive, send)
        else:
            await _reply(send, 404, {"error": "Not here."})

    def _cross_origin(self, scope: Message) -> list[tuple[bytes, bytes]]:
        origin = _header(scope, b"origin")
        allowed = [(b"access-control-allow-origin", origin)] if origin.decode("latin-1") in self._origins else []
        return [*allowed, (b"vary", b"origin")]

    async def _stream(self, key: live.Key, scope: Message, receive: Receive, send: Send) -> None:
        subscriber = self.hub.join(key.topics)
        watch = asyncio.create_task(_watch(receive, subscriber))
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [
                        (b"content-type", b"text/event-stream; charset=utf-8"),
                        (b"cache-control", b"no-cache, no-transform"),
                        (b"x-accel-buffering", b"no"),
                        *self._cross_origin(scope),
                    ],
                }
            )
            # The first event gives the page an id to come back with; one that comes back has missed something.
            await self._write(send, [("hello", "")], before=f"retry: {RETRY}\n")
            if _header(scope, b"last-event-id"):
                subscriber.tell_everything()
            while not subscriber.gone:
                left = key.expires_at - time.time()
                if left <= 0:
                    await self._write(send, [("expired", "")])
                    break
                try:
                    await asyncio.wait_for(subscriber.news.wait(), timeout=min(HEARTBEAT, left))
                except TimeoutError:
                    await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
                else:
                    if events := subscriber.take():
                        await self._write(send, events)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:  # the page is gone
            pass
        finally:
            watch.cancel()
            self.hub.leave(subscriber)

    async def _write(self, send: Send, events: list[tuple[str, str]], *, before: str = "") -> None:
        self._number += 1
        text = "".join(f"id: {self._number}\nevent: {event}\ndata: {data}\n\n" for event, data in events)
        await send({"type": "http.response.body", "body": (before + text).encode(), "more_body": True})


async def _watch(receive: Receive, subscriber: Subscriber) -> None:
    """Notice that the page has closed the stream."""
    while (await receive())["type"] != "http.disconnect":
        pass
    subscriber.leave()


async def _reply(send: Send, status: int, answer: object, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    start = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode() + b"\n"})


def _header(scope: Message, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


def _origins(base: str) -> frozenset[str]:
    """The pages that may listen: the base address; on this machine under each of its names."""
    parts = urlsplit(base)
    names = {"localhost", "127.0.0.1"} if parts.hostname in {"localhost", "127.0.0.1"} else {parts.hostname}
    return frozenset(f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port else "") for name in names)


def _end_with_the_listener(task: asyncio.Task[None]) -> None:
    """A stream that hears nothing is worse than none: let whoever watches this process start it again."""
    log.critical("The listener ended: %r", task.exception() if not task.cancelled() else "cancelled")
    os._exit(1)


application = Application()
