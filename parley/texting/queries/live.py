"""What the live campaign page shows, at a price that does not grow with how often it is looked at.

Running totals (sent, delivered, failed, replies) are the counters' sums: one short statement. What no
counter keeps - who waits, who needs a reply, each texter's share, answers, error codes - is counted over
the campaign's contacts in two grouped statements (0.8 to 1.0 s for 500,000 contacts, half of them texted,
on two busy cores; a few milliseconds for a thousand). They run under a 2 s limit, and what they found is
used for twenty times as long as they took: in each process counting takes no more than a twentieth of the
time, however many people look. A page that was given older figures asks again when they have expired.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import time
from collections.abc import Sequence
from typing import Final

from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.texting.models import Assignment, Campaign, ContactStatus, InteractionStep, Tally
from parley.web import charts

#: a count is used for this many times as long as it took …
PATIENCE: Final = 20
#: … unless that is less than this many seconds: then nothing is kept
WORTH_KEEPING: Final = 0.5
#: milliseconds that one count may take
LIMIT: Final = 2_000
#: texters that the page lists
TEXTERS: Final = 500
LAST_KEPT: Final = 24 * 60 * 60


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Contacts of one campaign that are alike."""

    assignment: int | None
    status: int
    opted_out: bool
    error_code: str | None
    contacts: int
    texted: int
    replied: int


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """The grouped counts; `answers` as (step, value, count). `seconds` until they may be counted again."""

    groups: Sequence[Group]
    answers: Sequence[tuple[int, str, int]]
    at: dt.datetime
    kept_until: float = 0.0
    #: counting took too long: these are from before, or nothing at all
    incomplete: bool = False

    @property
    def seconds_left(self) -> int:
        return max(0, math.ceil(self.kept_until - time.time()))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Numbers:
    """The tiles. Tiles of people count contacts, tiles of texts count messages."""

    contacts: int
    waiting: int
    unsent: int
    texted: int
    sent: int
    delivered: int
    failed: int
    replies: int
    replied: int
    needs_response: int
    opted_out: int

    @property
    def reply_share(self) -> int:
        """Per cent of the texted who replied."""
        return round(100 * self.replied / self.texted) if self.texted else 0

    @property
    def done(self) -> int:
        """Contacts that need no first text any more: texted, opted out or closed before."""
        return max(0, self.contacts - self.waiting - self.unsent)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Texter:
    name: str
    email: str
    unsent: int
    texted: int
    replied: int
    needs_response: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers to one question, offered ones first, in the script's order."""

    question: str
    rows: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _answer, count in self.rows)


def tallies(campaign: Campaign) -> dict[int, int]:
    """Kind -> sum. One statement, served by tally_sum."""
    rows = Tally.objects.filter(campaign=campaign).values_list("kind").annotate(n=Sum("count"))
    return dict(rows)


def counted(campaign: Campaign) -> Counted:
    """The grouped counts, fresh or still good; see the module."""
    key = f"texting.live.{campaign.pk}"
    kept: Counted | None = cache.get(key)
    if kept is not None and kept.kept_until > time.time():
        return kept
    started = time.monotonic()
    try:
        made = _count(campaign)
    except OperationalError as error:
        if not _took_too_long(error):
            raise
        made = dataclasses.replace(kept or Counted((), (), timezone.now()), incomplete=True)
    good_for = (time.monotonic() - started) * PATIENCE
    if good_for >= WORTH_KEEPING:
        made = dataclasses.replace(made, kept_until=time.time() + good_for)
        cache.set(key, made, LAST_KEPT)
    return made


def numbers(campaign: Campaign, counts: Counted) -> Numbers:
    """The tiles. One statement (the counters' sums)."""
    sums = tallies(campaign)
    kind = Tally.Kind
    fresh = ContactStatus.NEEDS_MESSAGE
    return Numbers(
        contacts=campaign.contacts_count,
        waiting=sum(g.contacts for g in counts.groups if g.assignment is None and g.status == fresh),
        unsent=sum(g.contacts for g in counts.groups if g.assignment is not None and g.status == fresh),
        texted=sums.get(kind.INITIALS, 0),
        sent=sums.get(kind.SENT, 0),
        delivered=sums.get(kind.DELIVERED, 0),
        failed=sums.get(kind.FAILED, 0),
        replies=sums.get(kind.REPLIES, 0),
        replied=sums.get(kind.REPLIED_CONTACTS, 0),
        needs_response=sum(
            g.contacts for g in counts.groups if g.status == ContactStatus.NEEDS_RESPONSE and not g.opted_out
        ),
        opted_out=sum(g.contacts for g in counts.groups if g.opted_out),
    )


def texters(campaign: Campaign, counts: Counted) -> list[Texter]:
    """Everyone who texts for the campaign, the busiest first. One statement."""
    by_assignment: dict[int, list[Group]] = {}
    for group in counts.groups:
        if group.assignment is not None:
            by_assignment.setdefault(group.assignment, []).append(group)
    found = []
    for assignment in Assignment.everywhere.filter(campaign=campaign).select_related("user")[:TEXTERS]:
        groups = by_assignment.get(assignment.pk, [])
        found.append(
            Texter(
                name=str(assignment.user),
                email=assignment.user.email,
                unsent=sum(g.contacts for g in groups if g.status == ContactStatus.NEEDS_MESSAGE),
                texted=sum(g.texted for g in groups),
                replied=sum(g.replied for g in groups),
                needs_response=sum(
                    g.contacts for g in groups if g.status == ContactStatus.NEEDS_RESPONSE and not g.opted_out
                ),
            )
        )
    return sorted(found, key=lambda texter: (-texter.texted, texter.name.casefold()))


def answers(campaign: Campaign, counts: Counted) -> list[Answers]:
    """The questions of the script with what was answered. One statement."""
    steps = list(InteractionStep.everywhere.filter(campaign=campaign, is_deleted=False).order_by("position", "id"))
    given: dict[int, dict[str, int]] = {}
    for number, value, count in counts.answers:
        given.setdefault(number, {})[value] = count
    found = []
    for step in steps:
        if not step.question:
            continue
        offered = {child.answer_option: 0 for child in steps if child.parent_id == step.pk}
        rows = {**offered, **given.get(step.pk, {})}
        found.append(Answers(question=step.question, rows=list(rows.items())))
    return found


def errors(counts: Counted) -> list[tuple[str, int]]:
    """Error codes of contacts whose text did not arrive, the most frequent first."""
    found: dict[str, int] = {}
    for group in counts.groups:
        if group.error_code:
            found[group.error_code] = found.get(group.error_code, 0) + group.contacts
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def answer_charts(found: Sequence[Answers], *, csv_url: str) -> list[charts.Chart]:
    """A chart for each question."""
    return [
        charts.Chart(
            id=f"answers-{position}",
            title=item.question,
            kind="horizontal-bar",
            label_heading=_("Answer"),
            labels=[answer for answer, _count in item.rows],
            series={_("People"): [count for _answer, count in item.rows]},
            csv_url=csv_url,
        )
        for position, item in enumerate(found, start=1)
    ]


def texter_chart(found: Sequence[Texter], *, csv_url: str, most: int = 12) -> charts.Chart:
    """Who has texted how many, and who replied to them."""
    busiest = [texter for texter in found if texter.texted][:most]
    series: dict[charts.Text, Sequence[float | int | None]] = {
        _("Texted"): [texter.texted for texter in busiest],
        _("Replied"): [texter.replied for texter in busiest],
    }
    return charts.Chart(
        id="texters",
        title=_("Who has texted how many people"),
        kind="horizontal-bar",
        label_heading=_("Texter"),
        labels=[texter.name for texter in busiest],
        series=series,
        csv_url=csv_url,
    )


def _count(campaign: Campaign) -> Counted:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LIMIT)])
        cursor.execute(
            """
            SELECT c.assignment_id, c.status, c.opted_out, c.error_code, count(*),
                   count(c.conversation_id), count(v.last_inbound_at)
            FROM texting_contact c LEFT JOIN conversations_conversation v ON v.id = c.conversation_id
            WHERE c.campaign_id = %s GROUP BY 1, 2, 3, 4
            """,
            [campaign.pk],
        )
        groups = [Group(*row) for row in cursor.fetchall()]
        cursor.execute(
            """
            SELECT r.step_id, r.value, count(*) FROM texting_questionresponse r
            JOIN texting_interactionstep s ON s.id = r.step_id
            WHERE s.campaign_id = %s GROUP BY 1, 2 ORDER BY 3 DESC, 2
            """,
            [campaign.pk],
        )
        return Counted(groups, cursor.fetchall(), timezone.now())


def _took_too_long(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "57014"
