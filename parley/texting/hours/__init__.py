"""Texting hours: when a contact may be texted, wherever they may be.

A contact's zip, state and area code each speak of time zones. Where they agree the finer one counts;
where they do not, all count, and the contact may be texted only while it is between `start` and `end`
in every one of them. Contacts who share zones and state share a group, so that a campaign's open
groups are worked out once a minute and not per contact.

    zip 02139, area code 617          New York
    zip 02139, area code 415          New York and Los Angeles: 9 to 21 becomes 12 to 21 Eastern
    nothing known                     12:00 to 21:00 Eastern, 9 to 18 Pacific

Zones are IANA names throughout and clocks come from zoneinfo: daylight saving needs no thought here.
"""

import dataclasses
import datetime as dt
import functools
import zoneinfo
from typing import Final

from parley.texting.hours import places, rules
from parley.texting.hours.rules import STATE_HOURS, StateHours

__all__ = [
    "ALWAYS",
    "STATE_HOURS",
    "HoursGroupKey",
    "StateHours",
    "TextingHours",
    "closes_at",
    "group_for",
    "is_open",
    "next_opening",
    "window",
]

ALWAYS: Final = (
    dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
    dt.datetime(9999, 1, 1, tzinfo=dt.UTC),
)
"""The window where hours are not enforced."""

Place = tuple[places.Zones, str | None]

_UNKNOWN_START: Final = 12
_UNKNOWN_END: Final = 21
_DAYS_AHEAD: Final = 8


@dataclasses.dataclass(frozen=True, slots=True)
class HoursGroupKey:
    """Candidate zones (IANA names, sorted; empty when nothing is known), and the state, where it has stricter hours."""

    zones: tuple[str, ...]
    state: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class TextingHours:
    """A campaign's or organization's rule: texts go out while start <= local hour < end.

    `start` and `end` are whole hours of the contact's day, 0 <= start < end <= 24. `timezone` is the
    sender's own; it narrows the hours of contacts of whom nothing is known, and of no others.
    Raises ValueError for hours that are none or a zone that does not exist.
    """

    enforced: bool
    start: int
    end: int
    timezone: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 24:
            raise ValueError(
                f"texting hours from {self.start} to {self.end}: the start must lie before the end, both within 0 to 24"
            )
        if self.timezone:
            try:
                zoneinfo.ZoneInfo(self.timezone)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f"there is no time zone {self.timezone!r}") from error


def group_for(zip: str | int | None, state: str | None, cell: str | None) -> HoursGroupKey:  # noqa: A002
    """The group of a contact, from whatever is known: zip as written, state as written, cell in E.164. Never raises."""
    by_zip = places.of_zip(str(zip)) if zip or zip == 0 else _NOWHERE
    by_state = places.of_state(state) if state else _NOWHERE
    by_cell = places.of_cell(cell) if cell else _NOWHERE
    return _combined(by_zip, by_state, by_cell)


def window(
    key: HoursGroupKey, hours: TextingHours, now: dt.datetime, *, state_rules: bool = True
) -> tuple[dt.datetime, dt.datetime] | None:
    """The time (UTC, end excluded) in which the group may be texted: the one that is open at `now`, else the next.

    ALWAYS when the hours are not enforced. None when none opens within eight days: the zones are too
    far apart for the hours, or the state's hours and ours have nothing in common. `state_rules` adds
    the state's stricter hours.
    """
    if not hours.enforced:
        return ALWAYS
    now = now.astimezone(dt.UTC)
    law = STATE_HOURS.get(key.state) if state_rules and key.state else None
    spans = _spans_of(key.zones, hours, law, now.date() - dt.timedelta(days=1))
    return next((span for span in spans if span[1] > now), None)


def is_open(key: HoursGroupKey, hours: TextingHours, now: dt.datetime, *, state_rules: bool = True) -> bool:
    """Whether the group may be texted at `now`."""
    span = window(key, hours, now, state_rules=state_rules)
    return span is not None and span[0] <= now < span[1]


def closes_at(
    key: HoursGroupKey, hours: TextingHours, now: dt.datetime, *, state_rules: bool = True
) -> dt.datetime | None:
    """When (UTC) the window that is open at `now` ends. None when it is closed, or never closes."""
    span = window(key, hours, now, state_rules=state_rules)
    return span[1] if span is not None and span is not ALWAYS and span[0] <= now else None


def next_opening(
    key: HoursGroupKey, hours: TextingHours, now: dt.datetime, *, state_rules: bool = True
) -> dt.datetime | None:
    """When (UTC) the group may be texted next: `now` if it is open. None as for `window`."""
    span = window(key, hours, now, state_rules=state_rules)
    return None if span is None else max(span[0], now.astimezone(dt.UTC))


_NOWHERE: Final[Place] = (frozenset(), None)


@functools.lru_cache(maxsize=65_536)
def _combined(by_zip: Place, by_state: Place, by_cell: Place) -> HoursGroupKey:
    (zip_zones, zip_state), (state_zones, state_code), (cell_zones, cell_state) = by_zip, by_state, by_cell
    if zip_zones and state_zones:
        home = zip_zones if zip_zones & state_zones else zip_zones | state_zones
    else:
        home = zip_zones or state_zones
    if not home:
        candidates = cell_zones
    elif cell_zones and not home & cell_zones:
        candidates = home | cell_zones
    else:
        candidates = home
    states = [state for state in (zip_state, state_code, cell_state) if state in STATE_HOURS]
    strictest = min(states, key=lambda state: rules.STATE_HOURS[state].weekly, default=None)
    return HoursGroupKey(zones=tuple(sorted(candidates)), state=strictest)


@functools.lru_cache(maxsize=8192)
def _spans_of(
    zones: tuple[str, ...], hours: TextingHours, law: StateHours | None, first_day: dt.date
) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """The windows of `_DAYS_AHEAD` days from `first_day`, in order, in UTC."""
    spans: list[tuple[dt.datetime, dt.datetime]] | None = None
    for zone, start, end in _clocks(zones, hours):
        those = _in_zone(zoneinfo.ZoneInfo(zone), start, end, law, first_day)
        spans = those if spans is None else _common(spans, those)
    return tuple(spans or ())


def _clocks(zones: tuple[str, ...], hours: TextingHours) -> list[tuple[str, int, int]]:
    if zones:
        return [(zone, hours.start, hours.end) for zone in zones]
    clocks = [(places.EASTERN, _UNKNOWN_START, _UNKNOWN_END)]
    if hours.timezone:
        clocks.append((hours.timezone, hours.start, hours.end))
    return clocks


def _in_zone(
    zone: zoneinfo.ZoneInfo, start: int, end: int, law: StateHours | None, first_day: dt.date
) -> list[tuple[dt.datetime, dt.datetime]]:
    spans = []
    for days in range(-1, _DAYS_AHEAD + 2):
        day = first_day + dt.timedelta(days=days)
        opens, closes = start, end
        if law is not None:
            lawful_start, lawful_end = law.on(day.weekday())
            opens, closes = max(opens, lawful_start), min(closes, lawful_end)
        if opens < closes:
            spans.append((_moment(day, opens, zone), _moment(day, closes, zone)))
    return _joined(spans)


def _moment(day: dt.date, hour: int, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    if hour == 24:
        day, hour = day + dt.timedelta(days=1), 0
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(dt.UTC)


def _joined(spans: list[tuple[dt.datetime, dt.datetime]]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Spans that touch (midnight to midnight) are one."""
    joined: list[tuple[dt.datetime, dt.datetime]] = []
    for span in spans:
        if joined and joined[-1][1] >= span[0]:
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined


def _common(
    ours: list[tuple[dt.datetime, dt.datetime]], theirs: list[tuple[dt.datetime, dt.datetime]]
) -> list[tuple[dt.datetime, dt.datetime]]:
    """The times that lie in a span of both."""
    common = []
    for start, end in ours:
        for other_start, other_end in theirs:
            if max(start, other_start) < min(end, other_end):
                common.append((max(start, other_start), min(end, other_end)))
    return common
