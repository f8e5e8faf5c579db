"""The queue of inbound events: storing, claiming, applying in batches, parking what fails."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from parley.conversations import connections, contracts, registry
from parley.conversations.actions.receiving import changes, reports, said
from parley.conversations.models import InboundEvent
from parley.web import announcer

log = logging.getLogger(__name__)

#: one applier at a time, over all workers: pg_advisory_xact_lock
APPLIER_LOCK = 7_300_001
ATTEMPTS_BEFORE_PARKING = 5


def store_events(account_id: int, events: Sequence[contracts.NewEvent]) -> int:
    """Insert events; those already known (by key) are passed over. Returns how many are new.

    One statement, autocommitted: the webhook's 200 follows it."""
    if not events:
        return 0
    values = ", ".join(["(%s, %s, %s, %s, %s::jsonb, now(), 0, '')"] * len(events))
    arguments: list[Any] = []
    for event in events:
        arguments += [
            account_id,
            event.key[:160],
            event.kind,
            event.lane[:120],
            json.dumps(event.body).replace("\\u0000", ""),
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_inboundevent (account_id, key, kind, lane, body, received_at, attempts, error) "  # noqa: S608 (placeholders only)
            f"VALUES {values} ON CONFLICT (account_id, key) DO NOTHING",
            arguments,
        )
        return int(cursor.rowcount)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    id: int
    account_id: int
    kind: str
    lane: str
    body: contracts.Json
    attempts: int
    received_at: dt.datetime


def apply_events(limit: int = 500) -> int:
    """Apply the next events. Returns how many were dealt with; 0 when there are none or another worker
    is at it."""
    try:
        with transaction.atomic():
            events = _claim(limit)
            _apply(events)
            return len(events)
    except Exception as error:
        # Anything may be wrong with one event, and it must not hold up the others.
        log.warning("a batch of inbound events failed (%s); applying them one by one", type(error).__name__)
    return _apply_one_by_one(limit)


def _claim(limit: int) -> list[_Event]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [APPLIER_LOCK])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT * FROM conversations_claim_inbound_v1(%s)", [limit])
        return [_Event(r[0], r[1], r[2], r[3], _parsed(r[4]), r[5], r[6]) for r in cursor.fetchall()]


def _parsed(body: Any) -> contracts.Json:
    parsed: contracts.Json = json.loads(body) if isinstance(body, str) else body
    return parsed


def _apply_one_by_one(limit: int) -> int:
    with transaction.atomic():
        events = _claim(limit)
    blocked: set[tuple[int, str]] = set()
    done = 0
    for event in events:
        if (event.account_id, event.lane) in blocked:
            continue
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [APPLIER_LOCK])
                    if not cursor.fetchone()[0]:
                        return done
                if not InboundEvent.objects.filter(pk=event.id, applied_at=None).exists():
                    continue
                _apply([event])
        except Exception as error:
            blocked.add((event.account_id, event.lane))
            _fail(event, error)
        done += 1
    return done


def _fail(event: _Event, error: Exception) -> None:
    attempts = event.attempts + 1
    parked = attempts >= ATTEMPTS_BEFORE_PARKING
    InboundEvent.objects.filter(pk=event.id, applied_at=None).update(
        attempts=attempts,
        retry_at=timezone.now() + dt.timedelta(seconds=2**attempts),
        parked_at=timezone.now() if parked else None,
        error=f"{type(error).__name__}: {error}"[:2000],
    )
    log.log(
        logging.ERROR if parked else logging.WARNING,
        "inbound event %s failed (%s), %s",
        event.id,
        type(error).__name__,
        "parked" if parked else f"attempt {attempts}",
    )
    if parked:
        announcer.announce("parked")


def _apply(events: Sequence[_Event]) -> None:
    if not events:
        return
    accounts = {event.id: event.account_id for event in events}
    readings: list[contracts.Reading] = []
    for event in events:
        account = connections.connection(event.account_id).account
        readings.append(registry.provider(account.provider).read(event_id=event.id, kind=event.kind, body=event.body))
    # Kinds may be taken together only as long as nothing that moves a conversation stands between them.
    for kind, run in itertools.groupby(readings, key=_phase):
        part = list(run)
        if kind == "said":
            said.store([r for r in part if isinstance(r, contracts.Inbound)], accounts)
            reports.apply([r for r in part if isinstance(r, contracts.Report)], accounts)
        else:
            for reading in part:
                changes.change(reading, accounts)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_inboundevent SET applied_at = clock_timestamp(), error = '' WHERE id = ANY(%s)",
            [[event.id for event in events]],
        )


def _phase(reading: contracts.Reading) -> str:
    return "said" if isinstance(reading, contracts.Inbound | contracts.Report | contracts.Ignored) else "changed"
