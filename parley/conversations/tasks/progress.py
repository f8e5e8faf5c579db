"""How far a task is: written for people to see, at most five times a second."""

from __future__ import annotations

import datetime as dt
import threading
import time
from types import TracebackType

from django.db import connection, connections
from django.utils import timezone

from parley.conversations.models import BackgroundTask
from parley.web import announcer

#: seconds between two writes
INTERVAL = 0.2
#: seconds between two signs of life while the work itself says nothing
BEAT = 5.0
#: seconds without a sign of life after which another process takes the task over
STALE = 20.0


class Cancelled(Exception):
    """Someone asked for an end: the work stops here and leaves nothing behind."""


class Superseded(Exception):
    """Another process has taken the task over; this one must not touch it any more."""


class Progress:
    """Given to the work. `set` is cheap to call in a loop, and raises Cancelled when that was asked for.

    It writes on Django's own connection in autocommit: do not call it inside a transaction, or nobody
    sees it before the end.
    """

    def __init__(self, task: BackgroundTask) -> None:
        assert task.started_at is not None
        self.task_id = task.pk
        self._run: dt.datetime = task.started_at
        self._next = 0.0
        self._last: tuple[int, int, str] = (task.done, task.total, task.message)

    def set(self, done: int, total: int, message: str = "") -> None:
        """`done` of `total` (0 = nobody knows); `message` says what is being done, in the reader's language."""
        now = time.monotonic()
        if now < self._next and not (done >= total > 0 and self._last[0] != done and self._last[2] != message):
            return
        self._next = now + INTERVAL
        self._last = (done, total, message)
        self._write("done = %s, total = %s, message = %s, ", [done, total, message])
        announce(self.task_id)

    def check(self) -> None:
        """Raise Cancelled or Superseded if so; otherwise a sign of life."""
        self._write("", [])

    def _write(self, assignments: str, values: list[int | str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE conversations_backgroundtask SET {assignments} beat_at = %s"  # noqa: S608
                " WHERE id = %s AND state = 'running' AND started_at = %s RETURNING cancel_requested_at",
                [*values, timezone.now(), self.task_id, self._run],
            )
            row = cursor.fetchone()
        if row is None:
            raise Superseded(f"task {self.task_id} is run by another process")
        if row[0] is not None:
            raise Cancelled(f"task {self.task_id}")


class Heart:
    """Beats while the work runs, so that one long statement does not look like a death."""

    def __init__(self, task: BackgroundTask) -> None:
        self._task = task
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"task-{task.pk}-heart", daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT):
            try:
                BackgroundTask.everywhere.filter(
                    pk=self._task.pk, state=BackgroundTask.State.RUNNING, started_at=self._task.started_at
                ).update(beat_at=timezone.now())
            except Exception:  # noqa: S112 - the database may be away for a moment: the next beat tries again
                continue
            finally:
                connections.close_all()


def announce(task_id: int) -> None:
    """Tell the pages that show it."""
    announcer.announce(f"task:{task_id}")
