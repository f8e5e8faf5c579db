"""A texter's assignments, and what each of them wants next."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from parley.accounts.models import Role
from parley.texting import hours
from parley.texting.models import CampaignStatus, ContactStatus
from parley.texting.queries import open_hours
from parley.texting.queries.texter import COUNTED

#: assignments that the page shows, newest first
SHOWN: Final = 100


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """One assignment. Counts end at COUNTED; `held` ones wait for texting hours."""

    assignment_id: int
    campaign_id: int
    organization_id: int
    organization: str
    title: str
    intro: str
    #: CampaignStatus; an active campaign past its due date takes replies only
    status: str
    suspended: bool
    unsent: int = 0
    unsent_held: int = 0
    replies: int = 0
    replies_held: int = 0
    texted: int = 0
    talking: int = 0
    closed: int = 0
    #: when (UTC) the first of those that are held may be texted
    opens_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Somebody can still text or answer here."""
        return not self.suspended and self.status in (CampaignStatus.ACTIVE, CampaignStatus.CLOSED_FOR_INITIALS)

    @property
    def conversations(self) -> int:
        return self.texted + self.talking + self.closed + self.replies + self.replies_held

    @property
    def held(self) -> int:
        return self.unsent_held + self.replies_held


def assignments_of(user_id: int, *, organization_id: int | None = None, superadmin: bool = False) -> list[Card]:
    """The person's assignments that are or were at work, newest first, with counts: two statements, up to
    four while the open hours are worked out.

    `organization_id`: only this organization's. Assignments of organizations that the person has left are
    not shown, except to superadmins.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id, a.campaign_id, a.organization_id, o.name, c.title, c.intro,
                   CASE WHEN c.status = 'active' AND c.due_by < (now() AT TIME ZONE c.timezone)::date
                        THEN 'closed_for_initials' ELSE c.status END,
                   m.role IS NOT DISTINCT FROM %(suspended)s
            FROM texting_assignment a
            JOIN texting_campaign c ON c.id = a.campaign_id AND c.status <> 'draft'
            JOIN accounts_organization o ON o.id = a.organization_id AND o.deactivated_at IS NULL
            LEFT JOIN accounts_membership m ON m.organization_id = a.organization_id AND m.user_id = a.user_id
            WHERE a.user_id = %(user)s AND (m.id IS NOT NULL OR %(superadmin)s)
              AND (%(organization)s::bigint IS NULL OR a.organization_id = %(organization)s)
            ORDER BY a.id DESC LIMIT %(shown)s
            """,
            {
                "user": user_id,
                "suspended": int(Role.SUSPENDED),
                "superadmin": superadmin,
                "organization": organization_id,
                "shown": SHOWN,
            },
        )
        names = (
            "assignment_id",
            "campaign_id",
            "organization_id",
            "organization",
            "title",
            "intro",
            "status",
            "suspended",
        )
        cards = [Card(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    at_work = [card for card in cards if card.is_open]
    counted = _with_counts(at_work)
    return [counted.get(card.assignment_id, card) for card in cards]


def of_assignment(card: Card) -> Card:
    """The same card with its counts."""
    return _with_counts([card])[card.assignment_id]


def _with_counts(cards: Iterable[Card]) -> dict[int, Card]:
    cards = list(cards)
    if not cards:
        return {}
    open_now = open_hours.of_campaigns(card.campaign_id for card in cards)
    rows = _counts([card.assignment_id for card in cards])
    now = timezone.now()
    found: dict[int, Card] = {}
    rules: Mapping[int, hours.TextingHours] | None = None
    for card in cards:
        groups = open_now[card.campaign_id].groups
        counts: dict[str, Any] = {}
        openings: list[dt.datetime] = []
        for status, group, zones, state, opted_out, number in rows.get(card.assignment_id, ()):
            held = groups is not None and group not in groups
            name = _name(status, initials=card.status == CampaignStatus.ACTIVE, opted_out=opted_out, held=held)
            if name is None:
                continue
            counts[name] = counts.get(name, 0) + number
            if name.endswith("_held"):
                if rules is None:
                    rules = open_hours.rules_of([one.campaign_id for one in cards])
                key = open_hours.group_key(zones, state)
                opening = hours.next_opening(key, rules[card.campaign_id], now)
                openings += [opening] if opening else []
        found[card.assignment_id] = dataclasses.replace(card, opens_at=min(openings, default=None), **counts)
    return found


def _name(status: int, *, initials: bool, opted_out: bool, held: bool) -> str | None:
    """Under which of a card's counts a contact goes."""
    if status == ContactStatus.NEEDS_MESSAGE:
        return None if opted_out or not initials else "unsent_held" if held else "unsent"
    if opted_out or status == ContactStatus.CLOSED:
        return "closed"
    if status == ContactStatus.NEEDS_RESPONSE:
        return "replies_held" if held else "replies"
    return "texted" if status == ContactStatus.MESSAGED else "talking"


def _counts(assignments: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Assignment id -> (status, hours group, its zones, its state, opted out, number), each status up to COUNTED + 1."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.id, x.status, x.hours_group_id, h.zones, h.state, x.opted_out, count(*)
            FROM unnest(%s::bigint[]) n(id)
            CROSS JOIN generate_series(0, 4) s(status)
            CROSS JOIN LATERAL (
                SELECT c.status, c.hours_group_id, c.opted_out FROM texting_contact c
                WHERE c.assignment_id = n.id AND c.status = s.status LIMIT %s) x
            LEFT JOIN texting_hoursgroup h ON h.id = x.hours_group_id
            GROUP BY 1, 2, 3, 4, 5, 6
            """,
            [assignments, COUNTED + 1],
        )
        for assignment, *row in cursor.fetchall():
            found.setdefault(assignment, []).append(tuple(row))
    return found
