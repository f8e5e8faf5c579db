"""The rows of a file, some thousand at a time, turned into columns."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext as _

from parley.texting.csv_reading.columns import Layout, recognise
from parley.texting.csv_reading.decoding import Decoding
from parley.texting.csv_reading.problems import Unreadable

#: cells of one slice: more rows of a narrow list, fewer of a broad one, and the same memory
SLICE: Final = 180_000
_ROWS: Final = (500, 20_000)
#: characters of one line; a longer one is no list of people
LONGEST_LINE: Final = 1_000_000
_DELIMITERS: Final = ",;\t|"


@dataclasses.dataclass(frozen=True, slots=True)
class Slice:
    """Some rows, column by column; every value is stripped."""

    layout: Layout
    #: the row's number as a spreadsheet shows it: the header is 1
    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]

    def column(self, known: str) -> Sequence[str]:
        """A known column; empty strings where the file has none."""
        at = self.layout.known.get(known)
        return self.columns[at] if at is not None else [""] * len(self.numbers)


class _Pieces(io.RawIOBase):
    """An iterator of bytes as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def slices(pieces: Iterable[bytes], decoding: Decoding, *, rows_a_slice: int | None = None) -> Iterator[Slice]:
    """Read the header, then yield the rows. Rows without any value are passed over.

    Raises Unreadable, naming the row, for one with more cells than the header, a quotation mark that
    is never closed, a line without end; and for a file without header or without rows.
    """
    raw = io.BufferedReader(_Pieces(pieces), buffer_size=256 * 1024)
    text = io.TextIOWrapper(raw, encoding=decoding.encoding, newline="")
    lines = iter(partial(text.readline, LONGEST_LINE), "")
    try:
        first = next((line for line in lines if line.strip(' \t\r\n,;|"\0')), "")
        if not first:
            raise Unreadable(_("The file is empty. The first line must name the columns."))
        reader = csv.reader(itertools.chain([first], _checked(lines)), delimiter=_delimiter(first))
        layout = recognise(next(reader))
        least, most = _ROWS
        size = rows_a_slice or min(most, max(least, SLICE // layout.width))
        number = 2
        any_row = False
        while rows := _next_rows(reader, size, number):
            kept, numbers = _even(rows, layout.width, number)
            number += len(rows)
            if kept:
                any_row = True
                columns = [[value.strip() for value in column] for column in zip(*kept, strict=True)]
                yield Slice(layout=layout, numbers=numbers, columns=columns)
        if not any_row:
            raise Unreadable(_("The file has a header but no rows below it."))
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("The file cannot be read as %(encoding)s. Save the list as “CSV UTF-8” and upload that.")
            % {"encoding": decoding.encoding.upper()}
        ) from error
    finally:
        text.detach()


def _next_rows(reader: Iterator[list[str]], size: int, number: int) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(itertools.islice(reader, size))
    except csv.Error as error:
        # extend keeps what came before the error
        row = number + len(rows)
        if "field larger" in str(error):
            raise Unreadable(
                _(
                    "Row %(row)s has a cell that does not end: probably a quotation mark is opened and never closed there."
                )
                % {"row": row},
                row=row,
            ) from error
        raise Unreadable(_("Row %(row)s cannot be read as CSV.") % {"row": row}, row=row) from error
    return rows


def _even(rows: list[list[str]], width: int, first: int) -> tuple[list[list[str]], Sequence[int]]:
    """All rows as wide as the header; empty ones left out."""
    if all(len(row) == width for row in rows) and all(map(any, rows)):
        return rows, range(first, first + len(rows))
    kept: list[list[str]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, first):
        if not any(value.strip() for value in row):
            continue
        if len(row) > width:
            if any(value.strip() for value in row[width:]):
                raise Unreadable(
                    _(
                        "Row %(row)s has %(cells)s cells, but the header has %(width)s columns."
                        " Is there a comma in a cell without quotation marks around it?"
                    )
                    % {"row": number, "cells": len(row), "width": width},
                    row=number,
                )
            del row[width:]
        elif len(row) < width:
            row.extend([""] * (width - len(row)))
        kept.append(row)
        numbers.append(number)
    return kept, numbers


def _checked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if len(line) >= LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise Unreadable(
                _("A line of this file has more than %(limit)s characters. Is it a CSV file?") % {"limit": LONGEST_LINE}
            )
        yield line


def _delimiter(header: str) -> str:
    """The likeliest separator: the one that the header has most of."""
    return max(_DELIMITERS, key=header.count)
