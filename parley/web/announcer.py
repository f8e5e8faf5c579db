"""Telling browsers and workers that something changed, without slowing down what changed it.

NOTIFY takes a database-wide lock at commit, so no hot transaction may contain one. Each process has one
announcer: it gathers the topics of committed transactions and sends them on a connection of its own, at
most every 100 ms, each topic once. Topics wait through a restart of the database. Losing some (with a
killed process) is harmless: pages ask again by sequence, and workers look at their tables anyway.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from functools import partial
from multiprocessing import util as multiprocessing_util

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import conninfo

from parley.web import topics

#: seconds between two notifications of one process
INTERVAL = 0.1
#: topics kept while the database is away; beyond this everything counts as changed
KEPT = 50_000

log = logging.getLogger(__name__)


class Announcer:
    """The thread of one process; started, and connected, by the first topic."""

    def __init__(self, *, interval: float = INTERVAL) -> None:
        self.interval = interval
        self._waiting: set[str] = set()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._closing = False
        self._busy = False

    def add(self, names: tuple[str, ...]) -> None:
        with self._condition:
            if self._thread is None or self._process != os.getpid():  # a fork keeps no threads
                self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
                self._process = os.getpid()
                self._closing = False
                self._thread.start()
                # worker processes of a server end through multiprocessing, which skips atexit
                multiprocessing_util.Finalize(None, self.close, exitpriority=10)
            self._waiting.update(names)
            if len(self._waiting) > KEPT:
                self._waiting = set(topics.EVERYTHING)
            self._condition.notify_all()

    def flush(self, *, seconds: float = 2.0) -> bool:
        """Wait until everything added so far is sent; False when that takes longer."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._waiting and not self._busy, timeout=seconds)

    def close(self, *, seconds: float = 2.0) -> None:
        """Send what is left and end the thread."""
        with self._condition:
            thread = self._thread if self._process == os.getpid() else None
            self._thread = None
            self._closing = True
            self._condition.notify_all()
        if thread:
            thread.join(seconds)

    # --- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        link: psycopg.Connection | None = None
        sent_at = 0.0
        try:
            while True:
                with self._condition:
                    self._condition.wait_for(lambda: self._waiting or self._closing)
                    if not self._waiting:
                        return
                    rest = sent_at + self.interval - time.monotonic()
                    if rest > 0:
                        self._condition.wait_for(lambda: self._closing, timeout=rest)
                    batch, self._waiting = self._waiting, set()
                    self._busy = True
                try:
                    link = link or psycopg.connect(_address(), autocommit=True, connect_timeout=5)
                    link.execute("select pg_notify(%s, payload) from unnest(%s::text[]) payload",
                                 [topics.CHANNEL, topics.pack(sorted(batch))])  # fmt: skip
                    batch = set()
                except psycopg.Error as error:
                    log.warning("Announcing waits for the database: %s", type(error).__name__)
                    if link:
                        link.close()
                    link = None
                finally:
                    sent_at = time.monotonic() + (1.0 if batch else 0.0)
                    with self._condition:
                        self._waiting |= batch
                        self._busy = False
                        gave_up = bool(batch) and self._closing
                        self._condition.notify_all()
                if gave_up:
                    return
        finally:
            if link:
                link.close()


def _address() -> str:
    """The database that this process writes to: in tests, the test database."""
    return address(os.environ.get("DATABASE_URL") or settings.DATABASE_URL)


def address(base: str = "") -> str:
    """Where to listen: DATABASE_DIRECT_URL (past a pooler), with the name of the database in use."""
    return conninfo.make_conninfo(
        base or settings.DATABASE_DIRECT_URL,
        dbname=connection.settings_dict["NAME"],
        application_name="parley announcer",
    )


_announcer = Announcer()
atexit.register(_announcer.close)


def announce(*names: str) -> None:
    """Say that these topics changed, once the current transaction commits (at once outside of one)."""
    topics.pack(names)  # a bad name fails where it is written, not in the thread
    transaction.on_commit(partial(_announcer.add, names))


def announce_now(*names: str) -> None:
    """The same for code that commits past Django's connection: call it after the commit."""
    topics.pack(names)
    _announcer.add(names)


def flush(*, seconds: float = 2.0) -> bool:
    """Wait until what was announced is sent; False when that takes longer."""
    return _announcer.flush(seconds=seconds)


def close() -> None:
    """Send what is left and let go of the connection; the next topic opens it again."""
    _announcer.close()
