"""A small HTTP/1.1 client for posting webhooks: keep-alive connections, one request on each at a time.

The simulators share the machine with what they test, so a webhook must cost little: this takes
about a fifth of the processor time of a general client, which follows redirects, keeps cookies
and decodes bodies. Here only the status of the answer counts.
"""

from __future__ import annotations

import asyncio
import collections
import ssl
import urllib.parse
from collections.abc import Mapping


class ConnectFailed(Exception):
    """No connection within the connect time-out."""


class ReadFailed(Exception):
    """Connected, but no whole answer within the read time-out."""


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[int] | None = None
        self.buffer = b""
        self.used = False
        self.keep = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        if b"\r\ncontent-length:" in lower:
            length = int(lower.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
            if len(rest) < length:
                return
        elif b"\r\ntransfer-encoding: chunked" in lower:
            if not rest.endswith(b"0\r\n\r\n"):
                return
        elif lower[9:12] not in (b"204", b"304"):
            self.keep = False
        if b"\r\nconnection: close" in lower:
            self.keep = False
        self.buffer = b""
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ReadFailed("connection lost"))

    def ask(self, request: bytes, loop: asyncio.AbstractEventLoop) -> asyncio.Future[int]:
        assert self.transport is not None
        self.answer = loop.create_future()
        self.transport.write(request)
        return self.answer

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class Client:
    """Posts bodies; `await client.post(...)` gives the HTTP status of the answer."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str, int], collections.deque[_Connection]] = {}

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
    ) -> int:
        """Raises ConnectFailed or ReadFailed. `url` may carry a query string but no fragment."""
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme == "https"
        host = parts.hostname or ""
        key = (parts.scheme, host, parts.port or (443 if secure else 80))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines.append(f"Content-Length: {len(body)}\r\n\r\n")
        request = "\r\n".join(lines).encode("latin-1") + body
        connection = self._take(key)
        if connection is not None:
            try:
                return await self._exchange(key, connection, request, read_timeout)
            except ReadFailed:
                # a server may end an idle connection at any moment: a used one gets a second chance
                if connection.buffer or connection.transport is not None:
                    raise
        connection = await self._connect(key, connect_timeout)
        return await self._exchange(key, connection, request, read_timeout)

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _take(self, key: tuple[str, str, int]) -> _Connection | None:
        idle = self._idle.get(key)
        while idle:
            connection = idle.pop()
            if connection.transport is not None and not connection.transport.is_closing():
                return connection
        return None

    async def _connect(self, key: tuple[str, str, int], seconds: float) -> _Connection:
        loop = asyncio.get_running_loop()
        context = ssl.create_default_context() if key[0] == "https" else None
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(_Connection, key[1], key[2], ssl=context)
        except (OSError, TimeoutError) as error:
            raise ConnectFailed(str(error)) from error
        return connection

    async def _exchange(
        self, key: tuple[str, str, int], connection: _Connection, request: bytes, seconds: float
    ) -> int:
        loop = asyncio.get_running_loop()
        answer = connection.ask(request, loop)
        timer = loop.call_later(seconds, self._give_up, answer, connection)
        try:
            status = await answer
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            timer.cancel()
        if connection.keep:
            self._idle.setdefault(key, collections.deque()).append(connection)
        else:
            connection.close()
        return status

    @staticmethod
    def _give_up(answer: asyncio.Future[int], connection: _Connection) -> None:
        if not answer.done():
            answer.set_exception(ReadFailed("no answer in time"))
        connection.close()
