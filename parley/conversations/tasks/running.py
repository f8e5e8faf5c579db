"""Running background work, whatever happens to the process that does it."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import traceback
from typing import Any

import psycopg
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_scopes import scope
from procrastinate.contrib.django import app

from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import kinds
from parley.conversations.tasks import progress as progress_of

logger = logging.getLogger(__name__)
State = BackgroundTask.State

#: how often a task is begun before it is given up: it may be what kills the process
ATTEMPTS = 4


class Failure(Exception):
    """The work cannot be done, for a reason that the person who asked can read: `str()` says it.

    `detail` is kept beside it for the page (rows, columns).
    """

    def __init__(self, message: str, *, detail: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.detail = detail or {}


@app.task(name="background_task", queue="tasks", pass_context=False)
def _job(task_id: int) -> None:
    try:
        run(task_id)
    finally:
        connections.close_all()  # the worker has more threads than it needs connections


def push(task_id: int) -> None:
    """Queue a job that looks at the task; on Django's connection, so in the current transaction."""
    _job.defer(task_id=task_id)


def run_waiting() -> int:
    """Run every waiting task here and now (commands, tests without a worker). Returns how many ran."""
    waiting = list(BackgroundTask.everywhere.filter(state=State.WAITING).order_by("id").values_list("pk", flat=True))
    for task_id in waiting:
        run(task_id)
    return len(waiting)


def run(task_id: int) -> None:
    """Do the task unless another process does, or it has ended. Never raises for the work's own failure."""
    task = _take(task_id)
    if task is None:
        return
    kind = kinds.kind_of(task.kind)
    language = task.started_by.language if task.started_by and task.started_by.language else None
    with translation.override(language) if language else contextlib.nullcontext():
        if task.arguments.get("_attempt", 1) > ATTEMPTS:
            _end(
                task, State.FAILED, _("This was interrupted several times and has been given up. Nothing was changed.")
            )
            kind.clean_up(task)
            return
        try:
            with progress_of.Heart(task), scope(organization=task.organization):
                result = kind.work(task, progress_of.Progress(task)) or {}
        except progress_of.Superseded:
            logger.warning("background task %s was taken over by another process", task.pk)
            return
        except progress_of.Cancelled:
            _end(task, State.CANCELLED, _("Cancelled. Nothing was changed."))
        except Failure as failure:
            _end(task, State.FAILED, str(failure), result=failure.detail)
        except Exception as error:
            logger.error("background task %s (%s) failed: %s", task.pk, task.kind, _where(error))
            _end(
                task,
                State.FAILED,
                _("Something went wrong on our side, and nothing was changed. Number of the incident: %(number)s")
                % {"number": task.pk},
                result={"error": _where(error)},
            )
        else:
            _end(task, State.DONE, str(result.get("message", "")), result=result)
            return
    kind.clean_up(task)


def recover() -> int:
    """Push every task whose process died, and every waiting one that no worker has looked at.

    Safe at any time: a task that is being run is left alone by `run`. Returns how many were pushed.
    """
    now = timezone.now()
    lost = BackgroundTask.everywhere.filter(
        state=State.RUNNING, beat_at__lt=now - dt.timedelta(seconds=progress_of.STALE)
    )
    forgotten = BackgroundTask.everywhere.filter(state=State.WAITING, created_at__lt=now - dt.timedelta(seconds=60))
    found = [*lost.values_list("pk", flat=True), *forgotten.values_list("pk", flat=True)]
    for task_id in found:
        push(task_id)
    return len(found)


def _take(task_id: int) -> BackgroundTask | None:
    """Make the task ours, or None. The moment of taking it is also the fence against a former holder."""
    now = timezone.now()
    stale = now - dt.timedelta(seconds=progress_of.STALE)
    fresh = BackgroundTask.everywhere.filter(pk=task_id, state=State.WAITING)
    lost = BackgroundTask.everywhere.filter(pk=task_id, state=State.RUNNING, beat_at__lt=stale)
    taken = {"state": State.RUNNING, "started_at": now, "beat_at": now}
    again = False
    if not fresh.update(**taken):
        again = bool(lost.update(**taken))
        if not again:
            return None
    task = BackgroundTask.everywhere.select_related("organization", "started_by").get(pk=task_id)
    if again:
        task.arguments["_attempt"] = int(task.arguments.get("_attempt", 1)) + 1
        BackgroundTask.everywhere.filter(pk=task_id, started_at=now).update(arguments=task.arguments)
    return task


def _end(
    task: BackgroundTask, state: BackgroundTask.State, message: str, *, result: dict[str, Any] | None = None
) -> None:
    BackgroundTask.everywhere.filter(pk=task.pk, state=State.RUNNING, started_at=task.started_at).update(
        state=state, message=message, result=result or {}, ended_at=timezone.now()
    )
    progress_of.announce(task.pk)


def _where(error: BaseException) -> str:
    """The error's kind and place, without its words: those of a database error quote rows."""
    said = type(error).__name__
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        said = f"{said} {cause.sqlstate}: {cause.diag.message_primary}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in ours[-6:]]
    return f"{said} at {' < '.join(reversed(places))}"
