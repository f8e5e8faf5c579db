"""Starting and cancelling background work."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import kinds, progress, running

State = BackgroundTask.State
ACTIVE = (State.WAITING, State.RUNNING)


class AlreadyRunning(Exception):
    """The same work on the same thing is under way; `task` is that one. `str()` is for people."""

    def __init__(self, task: BackgroundTask | None) -> None:
        self.task = task
        super().__init__(_("This is already under way. Wait until it has ended, or cancel it."))


def start(
    *,
    kind: str,
    organization: int,
    subject_key: str,
    started_by: int | None,
    arguments: dict[str, Any] | None = None,
    total: int = 0,
) -> BackgroundTask:
    """Record the task and push a worker, both in the caller's transaction: a rollback takes both back.

    Raises AlreadyRunning when the same kind is waiting or running for the subject.
    """
    kinds.kind_of(kind)
    try:
        with transaction.atomic():
            task = BackgroundTask.everywhere.create(
                kind=kind,
                organization_id=organization,
                subject_key=subject_key,
                started_by_id=started_by,
                arguments=arguments or {},
                total=total,
            )
    except IntegrityError as error:
        if "background_task_one_at_a_time" not in str(error):
            raise
        raise AlreadyRunning(active(kind=kind, subject_key=subject_key)) from error
    running.push(task.pk)
    return task


def active(*, kind: str, subject_key: str) -> BackgroundTask | None:
    """The waiting or running task of that kind for the subject, if there is one."""
    return BackgroundTask.everywhere.filter(kind=kind, subject_key=subject_key, state__in=ACTIVE).first()


def cancel(task: BackgroundTask) -> bool:
    """Ask for an end. A waiting task ends at once, a running one at its next step; False if it had ended."""
    now = timezone.now()
    ended = BackgroundTask.everywhere.filter(pk=task.pk, state=State.WAITING).update(
        state=State.CANCELLED, cancel_requested_at=now, ended_at=now, message=_("Cancelled before it began.")
    )
    if ended:
        kinds.kind_of(task.kind).clean_up(task)
    asked = ended or BackgroundTask.everywhere.filter(pk=task.pk, state=State.RUNNING).update(cancel_requested_at=now)
    progress.announce(task.pk)
    return bool(asked)
