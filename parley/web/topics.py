"""Topics on their way through PostgreSQL: how they are packed into notifications, and how they are heard.

A topic is a short name without white space, such as `conversation:17`. It says that something changed,
never what: whoever hears it asks again, with their own rights. Imports no Django.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable

import psycopg
from psycopg import sql

CHANNEL = "parley_changed"
#: bytes; PostgreSQL refuses a payload of 8000
PAYLOAD_LIMIT = 7900
#: heard in place of topics after every (re)connection: whatever happened before it is unknown
EVERYTHING = frozenset({"*"})
#: seconds of silence after which the connection is asked whether it lives
SILENCE = 20.0

log = logging.getLogger(__name__)


def pack(topics: Iterable[str]) -> list[str]:
    """The topics as payloads, each below the limit. A topic over 200 bytes or with white space is a ValueError."""
    payloads: list[str] = []
    size = PAYLOAD_LIMIT + 1
    for topic in topics:
        length = len(topic.encode())
        if not topic or length > 200 or topic.split() != [topic]:
            raise ValueError(f"Not a topic: {topic!r}")
        if size + 1 + length > PAYLOAD_LIMIT:
            payloads.append(topic)
            size = length
        else:
            payloads[-1] += " " + topic
            size += 1 + length
    return payloads


def unpack(payload: str) -> frozenset[str]:
    return frozenset(payload.split())


async def listen(address: str, *, channel: str = CHANNEL, patience: float = 5.0) -> AsyncIterator[frozenset[str]]:
    """Changed topics as they are announced, for ever.

    `address` must lead past a transaction pooler. Yields EVERYTHING once listening, and again after
    each reconnection; reconnects by itself, waiting at most `patience` seconds between attempts.
    """
    pause = 0.1
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                address, autocommit=True, connect_timeout=10, application_name="parley listener"
            ) as connection:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                pause = 0.1
                yield EVERYTHING
                while True:
                    heard: set[str] = set()
                    async for notification in connection.notifies(timeout=SILENCE, stop_after=1):
                        heard |= unpack(notification.payload)
                    if heard:
                        yield frozenset(heard)
                    else:
                        await connection.execute("select 1")
        except psycopg.OperationalError as error:
            log.warning("The listener lost the database and tries again: %s", type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, patience)
