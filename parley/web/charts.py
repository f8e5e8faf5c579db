"""Charts for people who would rather look than read; every one carries its table and its CSV."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from django.utils.functional import Promise

Text = str | Promise
Kind = Literal["bar", "horizontal-bar", "stacked-bar", "line", "area", "doughnut"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chart:
    """What `{% chart %}` draws: one value per label in each series; None leaves a gap."""

    #: unique on the page; letters, digits, hyphens
    id: str
    title: Text
    labels: Sequence[Text]
    series: Mapping[Text, Sequence[float | int | None]]
    kind: Kind = "bar"
    #: what the first column of the table is called, e.g. "Hour"
    label_heading: Text = ""
    #: written behind each value, e.g. "%"
    unit: str = ""
    #: address of the same figures as CSV
    csv_url: str = ""

    def for_browser(self) -> dict[str, object]:
        """The JSON that charts.js reads."""
        return {
            "kind": self.kind,
            "labels": [str(label) for label in self.labels],
            "series": [{"name": str(name), "values": list(values)} for name, values in self.series.items()],
            "unit": self.unit,
        }

    def rows(self) -> Iterator[tuple[Text, list[float | int | None]]]:
        """The table under the chart: a label and its value in each series."""
        for position, label in enumerate(self.labels):
            yield label, [values[position] for values in self.series.values()]

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to draw yet."""
        return not any(value for values in self.series.values() for value in values)
