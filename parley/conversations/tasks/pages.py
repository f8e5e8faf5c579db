"""What pages show of a background task: `{% include "conversations/task.html" with task=… %}`."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.accounts.models import Organization
from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import kinds, progress

#: the design's words for the states
_STATES = {"waiting": "starting"}


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A task as the component wants it."""

    label: str
    state: str
    url: str
    topic: str
    done: int
    total: int
    message: str
    cancel_url: str
    result_url: str
    result_label: str
    working: bool


def shown(task: BackgroundTask, organization: Organization) -> Shown:
    """Needs no query."""
    kind = kinds.kind_of(task.kind)
    working = task.state in {BackgroundTask.State.WAITING, BackgroundTask.State.RUNNING}
    cancelling = task.cancel_requested_at is not None
    message = task.message
    if cancelling and working:
        message = _("Being cancelled")
    elif _is_silent(task):
        message = _("Interrupted. It begins again by itself in a moment; nothing has been changed so far.")
    arguments: list[Any] = [organization.slug, task.pk]
    return Shown(
        label=str(kind.label),
        state=_STATES.get(task.state, task.state),
        url=reverse("conversations:task", args=arguments),
        topic=f"task:{task.pk}",
        done=task.done,
        total=task.total,
        message=message,
        cancel_url=reverse("conversations:task_cancel", args=arguments) if working and not cancelling else "",
        result_url=kind.result_url(task) if task.state == BackgroundTask.State.DONE else "",
        result_label=str(kind.result_label),
        working=working,
    )


def _is_silent(task: BackgroundTask) -> bool:
    """Whether its process has missed two signs of life: it is dead, or as good as."""
    if task.state != BackgroundTask.State.RUNNING or task.beat_at is None:
        return False
    return timezone.now() - task.beat_at > dt.timedelta(seconds=2 * progress.BEAT + 1)
