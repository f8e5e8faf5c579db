"""What is done by the clock: catching up at the providers, forgetting what need not be kept.

Programs add theirs with `every`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection
from django.utils import timezone

from parley.conversations import connections, contracts, registry
from parley.conversations.actions import receiving
from parley.conversations.models import InboundEvent, ProviderAccount, WorkerHeartbeat
from parley.conversations.worker import every_organization
from parley.web import announcer

log = logging.getLogger(__name__)

KEY_DAYS = 90
EVENT_DAYS = 30
#: rows that one statement deletes
SLICE = 5_000
#: seconds between two times of catching up
CATCH_UP = 3600.0

#: set by whoever found no database: when it is back, the providers are asked what was missed
outage = threading.Event()

_chores: list[tuple[float, Callable[[], object]]] = []


def every(seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a chore: short, safe to run in two workers at once."""

    def register(chore: Callable[[], object]) -> Callable[[], object]:
        _chores.append((seconds, chore))
        return chore

    return register


async def run() -> None:
    due = {chore: time.monotonic() for _, chore in _chores}
    caught_up = 0.0
    while True:
        for seconds, chore in _chores:
            if due[chore] <= time.monotonic():
                due[chore] = time.monotonic() + seconds
                try:
                    await sync_to_async(_run)(chore)
                except Exception as error:
                    log.warning("chore %s failed: %s", chore.__name__, type(error).__name__)
        # At start, after an outage, and hourly.
        if outage.is_set() or not caught_up or caught_up + CATCH_UP <= time.monotonic():
            outage.clear()
            caught_up = time.monotonic()
            await catch_up()
        await asyncio.sleep(1.0)


def _run(chore: Callable[[], object]) -> None:
    close_old_connections()
    with every_organization():
        chore()


async def catch_up() -> int:
    """Ask every provider for what was said to us since the last event. Returns how many events were new."""
    new = 0
    for number, since in await sync_to_async(_accounts)():
        try:
            link = await sync_to_async(connections.connection)(number)
            began = timezone.now()
            events = await registry.provider(link.account.provider).catch_up(link.account, since)
            new += await sync_to_async(_store)(number, events, began)
        except Exception as error:
            log.warning("catching up on account %s failed: %s", number, type(error).__name__)
    return new


def _accounts() -> list[tuple[int, dt.datetime]]:
    horizon = timezone.now() - dt.timedelta(days=2)
    return [
        (account.pk, max(horizon, (account.caught_up_at or account.created_at) - dt.timedelta(minutes=5)))
        for account in ProviderAccount.objects.filter(stopped_at=None)
    ]


def _store(account_id: int, events: list[contracts.NewEvent], began: dt.datetime) -> int:
    new = receiving.store_events(account_id, events)
    ProviderAccount.objects.filter(pk=account_id).update(caught_up_at=began)
    if new:
        log.info("caught up on %s events of account %s", new, account_id)
        announcer.announce("inbound")
    return new


@every(600)
def forget_keys() -> int:
    return _delete("conversations_idempotencykey", "key", f"created_at < now() - interval '{KEY_DAYS} days'")


@every(600)
def forget_events() -> int:
    return _delete(
        InboundEvent._meta.db_table,
        "id",
        f"applied_at IS NOT NULL AND received_at < now() - interval '{EVENT_DAYS} days'",
    )


@every(60)
def forget_workers() -> int:
    return WorkerHeartbeat.objects.filter(seen_at__lt=timezone.now() - dt.timedelta(minutes=10)).delete()[0]


def _delete(table: str, key: str, condition: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT {SLICE})"  # noqa: S608 (constants)
        )
        return int(cursor.rowcount)
