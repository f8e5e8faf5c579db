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
    found = _kept.get(campaign_id)
    if found and found[0] > time.monotonic():
        return _still_open(found[1])
    made = reckon(campaign_id, timezone.now())
    with _lock:
        if len(_kept) > 10_000:
            _kept.clear()
        _kept[campaign_id] = (time.monotonic() + KEPT, made)
    return made


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.override_texting_hours, c.texting_hours_enforced, c.texting_hours_start, c.texting_hours_end, c.timezone, "
            "coalesce(s.texting_hours_enforced, true), coalesce(s.texting_hours_start, 9), coalesce(s.texting_hours_end, 21) "
            "FROM texting_campaign c LEFT JOIN texting_textingsettings s ON s.organization_id = c.organization_id "
            "WHERE c.id = %s",
            [campaign_id],
        )
        row = cursor.fetchone()
        if row is None:
            return OpenHours([], [])
        own, *mine = row[:5]
        enforced, start, end, zone = (*mine[:3], mine[3]) if own else (*row[5:8], "")
        if not enforced:
            return OpenHours(None, None)
        # A loose walk over the index contact_waiting's prefix would do; groups are few, so all are asked.
        cursor.execute("SELECT id, zones, state FROM texting_hoursgroup ORDER BY id")
        groups = cursor.fetchall()
    rule = hours.TextingHours(enforced=True, start=start, end=end, timezone=zone)
    windows = []
    for number, zones, state in groups:
        key = hours.HoursGroupKey(tuple(z for z in zones.split(",") if z), state or None)
        window = hours.window(key, rule, now)
        if window is not None and window[0] <= now < window[1]:
            windows.append((window[1], number))
    windows.sort()
    return OpenHours([number for _, number in windows], [closes for closes, _ in windows])


def _still_open(known: OpenHours) -> OpenHours:
    if known.groups is None or known.closes is None:
        return known
    now = timezone.now()
    if not known.closes or known.closes[0] > now:
        return known
    pairs = [(g, c) for g, c in zip(known.groups, known.closes, strict=True) if c > now]
    return OpenHours([g for g, _ in pairs], [c for _, c in pairs])
