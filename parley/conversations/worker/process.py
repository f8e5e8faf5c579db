"""One worker process: sender, applier, background jobs, housekeeping.

Each part survives a restart of the database; the process survives `kill -9` at any point, because
what it holds is leased in the database and taken up by the next worker.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable

import uvloop
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from parley.conversations import registry, tasks
from parley.conversations.models import WorkerHeartbeat
from parley.conversations.worker import housekeeping, inbox, outbox
from parley.web import announcer, topics

log = logging.getLogger(__name__)

HEARTBEAT = 5.0


def run(*, concurrency: int = 200, jobs: bool = True) -> None:
    """Work until SIGTERM or SIGINT; then finish what is in flight."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(concurrency=concurrency, jobs=jobs))


async def _main(*, concurrency: int, jobs: bool) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)

    sender = outbox.Sender(concurrency=concurrency)
    applier = inbox.Applier()
    applier.start()
    sending = asyncio.create_task(sender.run())
    parts = [
        asyncio.create_task(_kept_up("listener", lambda: _listen(sender, applier))),
        asyncio.create_task(_kept_up("heartbeat", _beat)),
        asyncio.create_task(_kept_up("housekeeping", housekeeping.run)),
    ]
    if jobs:
        parts.append(asyncio.create_task(_kept_up("jobs", lambda: tasks.run_worker_async(name=name()))))
    log.info("worker %s is at work", name())
    watcher = asyncio.create_task(ending.wait())
    await asyncio.wait({watcher, sending}, return_when=asyncio.FIRST_COMPLETED)
    log.info("worker %s ends", name())
    for part in parts:
        part.cancel()
    sender.stop()
    applier.stop()
    await asyncio.gather(*parts, return_exceptions=True)
    await sending
    await asyncio.to_thread(applier.join, 10)
    for provider in registry.providers():
        await provider.close()
    await sync_to_async(_leave)()
    announcer.close()


def name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


async def _kept_up(what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run a part of the worker for ever; start it again when it fails."""
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("%s failed (%s) and starts again", what, type(error).__name__, exc_info=not _database(error))
        await asyncio.sleep(1.0)


def _database(error: Exception) -> bool:
    return isinstance(error, OperationalError | InterfaceError) or type(error).__module__.startswith("psycopg")


async def _listen(sender: outbox.Sender, applier: inbox.Applier) -> None:
    async for heard in topics.listen(announcer.address()):
        if "outbox" in heard or heard is topics.EVERYTHING:
            sender.wake.set()
        if "inbound" in heard or heard is topics.EVERYTHING:
            applier.wake.set()


async def _beat() -> None:
    started = timezone.now()
    while True:
        await sync_to_async(_write_beat)(started)
        await asyncio.sleep(HEARTBEAT)


def _write_beat(started: dt.datetime) -> None:
    close_old_connections()
    WorkerHeartbeat.objects.update_or_create(
        name=name(),
        defaults={"seen_at": timezone.now()},
        create_defaults={"started_at": started, "seen_at": timezone.now()},
    )


def _leave() -> None:
    try:
        WorkerHeartbeat.objects.filter(name=name()).delete()
    except (OperationalError, InterfaceError):
        log.info("no database to sign off at")
    connection.close()
