"""Which hours groups of a campaign may be texted now, and until when: worked out once a minute.

The database knows neither zones nor states' rules; it gets two arrays. Between two reckonings a window may
close, so every group comes with the moment at which it does.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import threading
import time
from collections.abc import Iterable, Mapping

from django.db import connection
from django.utils import timezone

from parley.texting import hours
from parley.texting.models import Assignment

#: seconds that a reckoning is used
KEPT = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class OpenHours:
    """`groups` None: hours are not enforced. Otherwise as long as `closes` (UTC)."""

    groups: list[int] | None
    closes: list[dt.datetime] | None
    #: when (UTC) the first of the closed groups opens
    opens: dt.datetime | None = None


_lock = threading.Lock()
_kept: dict[int, tuple[float, OpenHours]] = {}


@functools.lru_cache(maxsize=65_536)
def campaign_of(assignment_id: int) -> int:
    """An assignment never changes its campaign. Raises Assignment.DoesNotExist."""
    return Assignment.everywhere.values_list("campaign_id", flat=True).get(pk=assignment_id)


def of_assignment(assignment_id: int) -> OpenHours:
    """As of_campaign; an unknown assignment has no open hours (the statement will say what is wrong)."""
    try:
        return of_campaign(campaign_of(assignment_id))
    except Assignment.DoesNotExist:
        return OpenHours([], [])


def of_campaign(campaign_id: int) -> OpenHours:
    return of_campaigns([campaign_id])[campaign_id]


def of_campaigns(campaign_ids: Iterable[int]) -> dict[int, OpenHours]:
    """As of_campaign for several: at most two statements, however many there are."""
    found: dict[int, OpenHours] = {}
    missing: list[int] = []
    for number in set(campaign_ids):
        kept = _kept.get(number)
        if kept and kept[0] > time.monotonic():
            found[number] = _still_open(kept[1])
        else:
            missing.append(number)
    if missing:
        made = _reckon(missing, timezone.now())
        with _lock:
            if len(_kept) > 10_000:
                _kept.clear()
            _kept.update({number: (time.monotonic() + KEPT, one) for number, one in made.items()})
        found |= made
    return found


def forget(campaign_id: int | None = None) -> None:
    """Call when hours were changed; other processes follow within a minute."""
    with _lock:
        if campaign_id is None:
            _kept.clear()
        else:
            _kept.pop(campaign_id, None)


def reckon(campaign_id: int, now: dt.datetime) -> OpenHours:
    """The open groups of a campaign at a moment, in the order of their closing: those whose evening comes
    first are texted first."""
    return _reckon([campaign_id], now)[campaign_id]


def rules_of(campaign_ids: Iterable[int]) -> dict[int, hours.TextingHours]:
    """The rule that each campaign texts by: its own, or its organization's. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.override_texting_hours, c.texting_hours_enforced, c.texting_hours_start, c.texting_hours_end, "
            "c.timezone, coalesce(s.texting_hours_enforced, true), coalesce(s.texting_hours_start, 9), "
            "coalesce(s.texting_hours_end, 21) "
            "FROM texting_campaign c LEFT JOIN texting_textingsettings s ON s.organization_id = c.organization_id "
            "WHERE c.id = ANY(%s)",
            [list(campaign_ids)],
        )
        return {
            number: hours.TextingHours(enforced=mine[0], start=mine[1], end=mine[2], timezone=mine[3])
            if own
            else hours.TextingHours(enforced=theirs[0], start=theirs[1], end=theirs[2], timezone="")
            for number, own, mine, theirs in ((row[0], row[1], row[2:6], row[6:9]) for row in cursor.fetchall())
        }


def _reckon(campaign_ids: Iterable[int], now: dt.datetime) -> dict[int, OpenHours]:
    numbers = list(campaign_ids)
    rules: Mapping[int, hours.TextingHours] = rules_of(numbers)
    groups: list[tuple[int, hours.HoursGroupKey]] = []
    if any(rule.enforced for rule in rules.values()):
        with connection.cursor() as cursor:
            # A loose walk over the index contact_waiting's prefix would do; groups are few, so all are asked.
            cursor.execute("SELECT id, zones, state FROM texting_hoursgroup ORDER BY id")
            groups = [(number, group_key(zones, state)) for number, zones, state in cursor.fetchall()]
    return {number: _open_now(rules.get(number), groups, now) for number in numbers}


def group_key(zones: str, state: str) -> hours.HoursGroupKey:
    """A stored group, as `hours` reads it."""
    return hours.HoursGroupKey(tuple(zone for zone in zones.split(",") if zone), state or None)


def _open_now(
    rule: hours.TextingHours | None, groups: Iterable[tuple[int, hours.HoursGroupKey]], now: dt.datetime
) -> OpenHours:
    if rule is None:
        return OpenHours([], [])
    if not rule.enforced:
        return OpenHours(None, None)
    windows, openings = [], []
    for number, key in groups:
        window = hours.window(key, rule, now)
        if window is None:
            continue
        if window[0] <= now < window[1]:
            windows.append((window[1], number))
        else:
            openings.append(window[0])
    windows.sort()
    return OpenHours([number for _, number in windows], [closes for closes, _ in windows], min(openings, default=None))


def _still_open(known: OpenHours) -> OpenHours:
    if known.groups is None or known.closes is None:
        return known
    now = timezone.now()
    if not known.closes or known.closes[0] > now:
        return known
    pairs = [(g, c) for g, c in zip(known.groups, known.closes, strict=True) if c > now]
    return OpenHours([g for g, _ in pairs], [c for _, c in pairs], known.opens)
