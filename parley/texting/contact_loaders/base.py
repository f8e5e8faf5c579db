"""What a contact loader is.

A loader turns some source (a file, another system) into slices of rows with the columns of
`csv_reading.columns.ALIASES`; everything else about them - phone numbers, duplicates, opt-outs, hours,
all or nothing - is the same for all loaders and done by `actions.uploads`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from django.utils.functional import Promise

from parley.texting.csv_reading import Slice


class LoaderProblem(Exception):
    """The source cannot give contacts: `str()` says why, for the organizer; `detail` is for the page."""

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.detail = detail


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """What a loader is given: the organizer's choices, and the uploaded file's bytes if there is one."""

    organization_id: int
    campaign_id: int
    arguments: Mapping[str, Any]
    #: the uploaded file, from its beginning, each time it is called
    pieces: Callable[[], Iterable[bytes]]


@dataclasses.dataclass(frozen=True, slots=True)
class Loading:
    """What a loader gives back."""

    slices: Iterator[Slice]
    #: about how many rows will come (0 = unknown): for the progress bar
    expected: int = 0
    #: what the organizer should know
    notes: tuple[str, ...] = ()


class ContactLoader(Protocol):
    """One source of contacts. Third parties register theirs under the entry point `parley.contact_loaders`."""

    @property
    def name(self) -> str:
        """As in CONTACT_LOADERS: `csv-upload`."""
        ...

    @property
    def label(self) -> str | Promise: ...

    def load(self, source: Source) -> Loading:
        """Read. May be called again for the same source after a crash. Raises LoaderProblem."""
        ...
