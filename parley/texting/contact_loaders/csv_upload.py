"""A CSV file from the organizer's computer."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parley.texting import csv_reading
from parley.texting.contact_loaders import base


class CsvUpload:
    name = "csv-upload"
    label: str | Promise = _("CSV file")

    def load(self, source: base.Source) -> base.Loading:
        """Raises LoaderProblem in the words of `csv_reading.Unreadable`."""
        try:
            decoding = csv_reading.examine(source.pieces())
        except csv_reading.Unreadable as error:
            raise base.LoaderProblem(str(error), **error.detail) from error
        return base.Loading(
            slices=self._slices(source, decoding),
            expected=max(decoding.lines - 1, 1),
            notes=(decoding.note,) if decoding.note else (),
        )

    def _slices(self, source: base.Source, decoding: csv_reading.Decoding) -> Iterator[csv_reading.Slice]:
        try:
            yield from csv_reading.slices(source.pieces(), decoding)
        except csv_reading.Unreadable as error:
            raise base.LoaderProblem(str(error), **error.detail) from error
