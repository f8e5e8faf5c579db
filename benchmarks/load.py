"""A closed-loop load: so many clients, each with one kept connection, no think time. Light enough to share 2 cores."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import Iterator

#: makes the next request of a client as raw bytes; None ends the client
Requests = Iterator[bytes]


@dataclasses.dataclass
class Result:
    seconds: float
    #: of each answered request, in seconds
    latencies: list[float]
    statuses: Counter[int]
    #: bodies of answers other than 200, a few
    odd: list[bytes]
    #: seconds of processor time a request, by process; filled in by who measures
    cpu: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        if not self.latencies:
            return float("nan")
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def post(path: str, body: bytes, *, host: str, content_type: str = "application/json", **headers: str) -> bytes:
    """A POST request as bytes; header names with underscores for dashes."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def run(clients: list[Requests], *, port: int, seconds: float) -> Result:
    """Drive until `seconds` are over or the clients have no more requests."""
    return asyncio.run(_run(clients, port=port, seconds=seconds))


async def _run(clients: list[Requests], *, port: int, seconds: float) -> Result:
    result = Result(0.0, [], Counter(), [])
    started = time.perf_counter()
    deadline = started + seconds
    await asyncio.gather(*(_client(requests, port, deadline, result) for requests in clients))
    result.seconds = time.perf_counter() - started
    return result


async def _client(requests: Requests, port: int, deadline: float, result: Result) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in requests:
            began = time.perf_counter()
            if began >= deadline:
                return
            writer.write(request)
            status, body = await answer(reader)
            result.latencies.append(time.perf_counter() - began)
            result.statuses[status] += 1
            if status != 200 and len(result.odd) < 5:
                result.odd.append(body)
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one HTTP/1.1 answer with a Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    low = head.lower()
    at = low.find(b"content-length:")
    length = int(low[at + 15 : low.find(b"\r\n", at)]) if at >= 0 else 0
    return status, await reader.readexactly(length) if length else b""
