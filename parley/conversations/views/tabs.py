"""The tabs above the inbox, the unconfirmed texts and the parked events."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations.queries import attention


def staff_tabs(request: pages.OrganizationRequest, here: str) -> list[dict[str, object]]:
    """`here` is the name of the page's address. One query for the counts."""
    found = attention.of(request.organization)
    listed = [
        ("inbox", _("Inbox"), None),
        ("unconfirmed", _("Unconfirmed"), found.unconfirmed),
    ]
    if request.membership.role >= Role.ADMIN:
        listed.append(("parked", _("Parked"), found.parked))
    return [
        {
            "label": label,
            "url": reverse(f"conversations:{name}", args=[request.organization.slug]),
            "active": name == here,
            "count": _count(count),
        }
        for name, label, count in listed
    ]


def _count(count: int | None) -> str:
    if not count:
        return ""
    return f"{attention.ENOUGH}+" if count >= attention.ENOUGH else str(count)
