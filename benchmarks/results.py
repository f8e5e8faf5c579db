"""What was measured: rows of a table, and the same as JSON."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

FILE = Path(__file__).with_name("results.json")


@dataclasses.dataclass(frozen=True)
class Figure:
    row: str
    what: str
    metric: str
    value: float | int | None
    unit: str
    #: ">=600" or "<90"; empty where a figure is only told
    target: str = ""

    @property
    def reached(self) -> bool | None:
        match = re.fullmatch(r"(>=|<)([\d.]+)", self.target)
        if not match or self.value is None:
            return None
        limit = float(match.group(2))
        return self.value >= limit if match.group(1) == ">=" else self.value < limit


def show(figures: list[Figure]) -> str:
    lines = [f"{'row':4}{'what':58}{'metric':22}{'value':>12} {'unit':10}{'target':>10}"]
    for figure in figures:
        value = "?" if figure.value is None else f"{figure.value:,.1f}".removesuffix(".0")
        mark = {True: "ok", False: "MISSED", None: ""}[figure.reached]
        lines.append(
            f"{figure.row:4}{figure.what[:57]:58}{figure.metric:22}{value:>12} {figure.unit:10}{figure.target:>10} {mark}"
        )
    return "\n".join(lines)


def markdown(file: Path = FILE) -> str:
    """The kept figures as the table of docs/performance.md."""
    lines = ["| row | what | metric | value | target | |", "|---|---|---|---:|---|---|"]
    for figure in (Figure(**row) for row in json.loads(file.read_text())):
        value = "?" if figure.value is None else f"{figure.value:,.1f}".removesuffix(".0")
        mark = {True: "reached", False: "**missed**", None: ""}[figure.reached]
        lines.append(
            f"| {figure.row} | {figure.what} | {figure.metric} | {value} {figure.unit} | {figure.target} | {mark} |"
        )
    return "\n".join(lines)


def write(figures: list[Figure], file: Path = FILE) -> None:
    """Keep the newest figures of each row beside those of rows that were not measured now."""
    kept = json.loads(file.read_text()) if file.exists() else []
    measured = {figure.row for figure in figures}
    rows = [row for row in kept if row["row"] not in measured] + [dataclasses.asdict(figure) for figure in figures]
    file.write_text(json.dumps(sorted(rows, key=lambda row: str(row["row"])), indent=1) + "\n")
