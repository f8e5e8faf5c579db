"""The sender: claims what is due, calls the providers concurrently, writes the outcomes in batches.

Claims no more than it can call at once, so that what a killed worker had claimed was really on its way.
Database work runs in one thread with one connection; provider calls run on the event loop.
"""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import contextlib
import logging
import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone
from prometheus_client import Counter, Gauge

from parley.conversations import contracts, registry
from parley.conversations.actions import sending
from parley.conversations.worker import every_organization

log = logging.getLogger(__name__)
T = TypeVar("T")

SENT = Counter("parley_outbox_outcomes_total", "Provider calls by result", ["provider", "result"])
IN_FLIGHT = Gauge("parley_outbox_in_flight", "Calls without an answer yet")

#: seconds between two looks at an empty outbox
IDLE = 0.1
#: seconds that outcomes are gathered before they are written
GATHER = 0.05
#: rows that one claim takes
BATCH = 200


class Sender:
    def __init__(self, *, concurrency: int = 200, wake: asyncio.Event | None = None) -> None:
        self.worker = uuid.uuid4()
        self.concurrency = concurrency
        self.wake = wake or asyncio.Event()
        self._stopping = False
        self._in_flight = 0
        self._outcomes: list[tuple[contracts.Dispatch, contracts.Outcome]] = []
        self._have_outcomes = asyncio.Event()
        self._database = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._calls: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Claim nothing more; `run` ends when what is in flight has its outcome."""
        self._stopping = True
        self.wake.set()

    async def run(self) -> None:
        writer = asyncio.create_task(self._write_outcomes())
        settler = asyncio.create_task(self._settle())
        try:
            while not self._stopping:
                self.wake.clear()
                room = min(self.concurrency - self._in_flight, BATCH)
                claimed = await self._try(lambda: sending.claim(self.worker, room)) if room > 0 else []  # noqa: B023
                if claimed:
                    self._call([c.dispatch for c in claimed])
                if not claimed or room <= 0:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.wake.wait(), IDLE)
        finally:
            settler.cancel()
            if self._calls:
                await asyncio.wait(self._calls, timeout=20)
            self._stopping = True
            self._have_outcomes.set()
            await writer
            await asyncio.get_running_loop().run_in_executor(self._database, _hang_up)
            self._database.shutdown(wait=True)

    async def _try(self, work: Callable[[], Sequence[T]]) -> Sequence[T]:
        """Run database work; without a database, nothing, and a pause."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._database, _fresh(work))
        except (OperationalError, InterfaceError) as error:
            log.warning("outbox: no database (%s)", type(error).__name__)
            await asyncio.sleep(0.5)
            return []

    def _call(self, dispatches: Sequence[contracts.Dispatch]) -> None:
        by_provider: dict[str, list[contracts.Dispatch]] = collections.defaultdict(list)
        for dispatch in dispatches:
            by_provider[dispatch.account.provider].append(dispatch)
        for name, batch in by_provider.items():
            self._in_flight += len(batch)
            IN_FLIGHT.inc(len(batch))
            task = asyncio.create_task(self._send(name, batch))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _send(self, name: str, batch: Sequence[contracts.Dispatch]) -> None:
        missing = {dispatch.message_id: dispatch for dispatch in batch}
        try:
            async for outcome in registry.provider(name).send(batch):
                dispatch = missing.pop(outcome.message_id, None)
                if dispatch is not None:
                    self._add(dispatch, outcome)
        except Exception:
            log.exception("provider %s raised while sending", name)
        finally:
            # A slice that says nothing of a message has not learnt anything about it.
            for dispatch in missing.values():
                self._add(
                    dispatch,
                    contracts.Outcome(
                        outbox_id=dispatch.outbox_id,
                        message_id=dispatch.message_id,
                        result=contracts.Result.UNANSWERED,
                    ),
                )

    def _add(self, dispatch: contracts.Dispatch, outcome: contracts.Outcome) -> None:
        self._in_flight -= 1
        IN_FLIGHT.dec()
        SENT.labels(dispatch.account.provider, str(outcome.result)).inc()
        self._outcomes.append((dispatch, outcome))
        self._have_outcomes.set()
        if self._in_flight <= self.concurrency * 3 // 4:
            self.wake.set()

    async def _write_outcomes(self) -> None:
        while True:
            await self._have_outcomes.wait()
            if not self._stopping:
                await asyncio.sleep(GATHER)
            self._have_outcomes.clear()
            batch, self._outcomes = self._outcomes, []
            while batch:
                # What the providers said is kept until it is written, through any restart of the database.
                try:
                    await asyncio.get_running_loop().run_in_executor(
                        self._database,
                        _fresh(lambda: sending.finish(batch)),  # noqa: B023
                    )
                    break
                except (OperationalError, InterfaceError) as error:
                    log.warning("outbox: outcomes wait for the database (%s)", type(error).__name__)
                    await asyncio.sleep(0.5)
                except Exception:
                    log.exception("outcomes could not be written; the rows will be looked up")
                    break
            if self._stopping and not self._outcomes:
                return

    async def _settle(self) -> None:
        pause = max(0.2, min(5.0, settings.OUTBOX_LOOK_UP_AFTER / 4))
        while True:
            await asyncio.sleep(pause)
            hold = max(1.0, settings.OUTBOX_LOOK_UP_AFTER / 4)
            rows = await self._try(lambda: sending.claim_unsettled(self.worker, hold=hold))  # noqa: B023
            for row in rows:
                await self._look_up(row.dispatch)

    async def _look_up(self, dispatch: contracts.Dispatch) -> None:
        provider = registry.provider(dispatch.account.provider)
        outcome = None
        try:
            if provider.can_look_up:
                outcome = await provider.look_up(dispatch)
        except Exception as error:
            log.warning("look-up at %s failed (%s)", provider.name, type(error).__name__)
        if outcome is not None:
            found = outcome
            await self._try(lambda: _done(sending.finish, [(dispatch, found)]))
            return
        age = (timezone.now() - dispatch.handed_at).total_seconds() if dispatch.handed_at else 0.0
        if not provider.can_look_up or age >= settings.OUTBOX_UNCONFIRMED_AFTER:
            await self._try(lambda: _done(sending.give_up, [dispatch]))


def _fresh(work: Callable[[], T]) -> Callable[[], T]:
    """The work on a connection that is known to live."""

    def run() -> T:
        close_old_connections()
        try:
            with every_organization():
                return work()
        except (OperationalError, InterfaceError):
            connection.close()
            raise

    return run


def _hang_up() -> None:
    # `connection` is another one in every thread: asked for here, it is the executor's.
    connection.close()


def _done(work: Callable[[Sequence[T]], None], rows: Sequence[T]) -> Sequence[T]:
    work(rows)
    return rows
