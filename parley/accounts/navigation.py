"""The entries of the app's navigation: each program registers its own.

    navigation.register(lambda membership: [NavigationItem(label=_("Campaigns"), url=…, icon="megaphone")])

An entry is a `parley.web.navigation.NavigationItem`; the first four stand in the bar at the bottom of a phone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from parley.accounts.models import Membership, Role
from parley.web.navigation import NavigationItem

Source = Callable[[Membership], Iterable[NavigationItem]]

log = logging.getLogger(__name__)

_sources: list[tuple[int, Source]] = []


def register(source: Source, *, position: int = 50) -> None:
    """Show the entries that `source` returns for a membership; lower positions come first.

    A source is called once per page and makes no query; an entry that one may not open is left out.
    """
    if not any(known is source for _position, known in _sources):
        _sources.append((position, source))
        _sources.sort(key=lambda pair: pair[0])


def entries(membership: Membership) -> list[NavigationItem]:
    """Everything that this member may open, in order."""
    found: list[NavigationItem] = []
    for _position, source in _sources:
        try:
            found.extend(source(membership))
        except NoReverseMatch:
            # one program's missing page must not take every other page with it
            log.exception("Navigation entries of %s lead nowhere", source)
    return found


def own_entries(membership: Membership) -> Iterable[NavigationItem]:
    """The organization's own pages."""
    slug = membership.organization.slug
    section = _("Organization")
    if membership.role >= Role.ADMIN:
        yield NavigationItem(
            label=_("People"), url=reverse("organization:people", args=[slug]), icon="people", section=section
        )
        yield NavigationItem(
            label=_("Audit log"),
            url=reverse("organization:audit_log", args=[slug]),
            icon="clock-history",
            section=section,
        )
    if membership.role >= Role.OWNER:
        yield NavigationItem(
            label=_("Settings"), url=reverse("organization:settings", args=[slug]), icon="gear", section=section
        )


register(own_entries, position=90)
