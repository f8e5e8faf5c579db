"""The kinds of background work there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise

from parley.accounts.models import Role
from parley.conversations.models import BackgroundTask
from parley.conversations.tasks.progress import Progress

Work = Callable[[BackgroundTask, Progress], dict[str, Any] | None]


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: str | Promise
    #: the lowest role that may look at it and cancel it
    role: Role
    work: Work
    #: where its outcome can be fetched or looked at; "" = nowhere
    result_url: Callable[[BackgroundTask], str]
    result_label: str | Promise
    #: tidying after a failure or a cancellation; runs in its own transaction
    clean_up: Callable[[BackgroundTask], None]


_kinds: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    label: str | Promise,
    role: Role,
    result_url: Callable[[BackgroundTask], str] = lambda _task: "",
    result_label: str | Promise = "",
    clean_up: Callable[[BackgroundTask], None] = lambda _task: None,
) -> Callable[[Work], Work]:
    """Declare `work(task, progress) -> result` as a kind of background work.

    What it returns is kept in `BackgroundTask.result`; a "message" in it is what people read at the end.
    """

    def declare(work: Work) -> Work:
        _kinds[name] = Kind(
            name=name,
            label=label,
            role=role,
            work=work,
            result_url=result_url,
            result_label=result_label,
            clean_up=clean_up,
        )
        return work

    return declare


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises KeyError when no installed program declares it."""
    return _kinds[name]
