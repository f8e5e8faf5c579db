"""What the navigation of the app shell is made of.

The shell reads `navigation` from the template context: a list of `NavigationItem`, or of dictionaries
with the same keys. Nobody has to set `active`: `mark_active` finds the entry of the current address.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from django.utils.functional import Promise


@dataclasses.dataclass(frozen=True, kw_only=True)
class NavigationItem:
    """One entry of the sidebar, and of the bar at the bottom of a phone (which shows the first four)."""

    label: str | Promise
    url: str
    #: a name of the icon set, without "bi-"
    icon: str
    #: a count that waits for the person, e.g. conversations to answer; 0 shows nothing
    badge: int = 0
    active: bool = False
    #: entries with the same section stand together under its name
    section: str | Promise = ""


def mark_active(items: Iterable[NavigationItem], *, path: str) -> list[NavigationItem]:
    """The items with `active` on the one whose address is the longest beginning of `path`."""
    listed = list(items)
    if any(item.active for item in listed):
        return listed
    matching = [item.url for item in listed if path == item.url or path.startswith(item.url.rstrip("/") + "/")]
    current = max(matching, key=len, default=None)
    return [dataclasses.replace(item, active=item.url == current) for item in listed]
