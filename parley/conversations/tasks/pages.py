"""What pages show of a background task: `{% include "conversations/task.html" with task=… %}`."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.urls import reverse

from parley.accounts.models import Organization
from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import kinds

#: the design's words for the states
_STATES = {"waiting": "queued"}


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
    arguments: list[Any] = [organization.slug, task.pk]
    return Shown(
        label=str(kind.label),
        state=_STATES.get(task.state, task.state),
        url=reverse("conversations:task", args=arguments),
        topic=f"task:{task.pk}",
        done=task.done,
        total=task.total,
        message=task.message,
        cancel_url=reverse("conversations:task_cancel", args=arguments) if working and not cancelling else "",
        result_url=kind.result_url(task) if task.state == BackgroundTask.State.DONE else "",
        result_label=str(kind.result_label),
        working=working,
    )
