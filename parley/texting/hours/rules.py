"""States that allow less of the day than 47 CFR 64.1200(c)(1) (8:00 to 21:00 local) does.

Whether these laws reach texts, consented texts or political ones is disputed state by state; keeping
to them is the safe reading. The hours are from a secondary source (referrizer.com's quiet-hours
overview) and the statutes are named as where to look: neither has been checked against the law itself.
"""

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True, slots=True)
class StateHours:
    """Hours [start, end) by day of the week, and where to look the law up."""

    weekdays: tuple[int, int]
    saturday: tuple[int, int]
    sunday: tuple[int, int]
    source: str

    def on(self, weekday: int) -> tuple[int, int]:
        """The hours on `weekday` (Monday is 0)."""
        return self.sunday if weekday == 6 else self.saturday if weekday == 5 else self.weekdays

    @property
    def weekly(self) -> int:
        """Hours a week, to tell which of two states is stricter."""
        return sum(end - start for start, end in (self.on(day) for day in range(7)))


def _daily(start: int, end: int, source: str) -> StateHours:
    return StateHours(weekdays=(start, end), saturday=(start, end), sunday=(start, end), source=source)


STATE_HOURS: Final = {
    "CT": _daily(9, 20, "Conn. Gen. Stat. 42-288a"),
    "FL": _daily(8, 20, "Fla. Stat. 501.616(6)"),
    "MD": _daily(8, 20, "Md. Code, Com. Law 14-4502"),
    "MS": _daily(8, 20, "Miss. Code 77-3-723"),
    "NJ": _daily(8, 20, "N.J. Stat. 56:8-130"),
    "OK": _daily(8, 20, "15 Okla. Stat. 775C"),
    "RI": StateHours(weekdays=(9, 18), saturday=(10, 17), sunday=(10, 17), source="R.I. Gen. Laws 5-61-3.6"),
    "TX": StateHours(weekdays=(9, 21), saturday=(9, 21), sunday=(12, 21), source="Tex. Bus. & Com. Code 301.051"),
}
