"""Giving out contacts: two statements in one transaction, whatever the size of the campaign."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from parley.conversations import sql_functions
from parley.texting import refusals
from parley.texting.queries import open_hours
from parley.texting.strategies import base, registry
from parley.web import announcer


class NotEligible(Exception):
    """No contacts now; the text is the reason, in words for the texter. `code` as in `refusals`."""

    def __init__(self, reason: object, code: str = "") -> None:
        super().__init__(str(reason))
        self.code = code


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    contact_ids: list[int]


def claim_batch(*, user_id: int, epoch: int, assignment_id: int, wanted: int | None = None) -> Claim:
    """Give the assignment's texter up to `wanted` waiting contacts whose hours are open now.

    Two texters never receive the same contact: rows are locked as they are picked, and rows that another
    claim holds are skipped rather than waited for. The number is the smallest of what is wanted, what the
    strategy allows, the batch size and what the assignment's cap leaves; a texter who still has a batch
    unsent gets nothing on top of it.

    Raises NotEligible with the reason when the answer is none.
    """
    if wanted is not None and wanted < 1:
        raise NotEligible(refusals.of("empty").words, "BAD_USER_INPUT")
    hours = open_hours.of_assignment(assignment_id)
    with transaction.atomic():
        asker = _asker(user_id, epoch, assignment_id, lock=True, groups=hours.groups)
        count = _count(asker, wanted)
        rows = sql_functions.rows("texting_claim_contacts_v1", assignment_id, asker.campaign_id, hours.groups, count)
    if not rows:
        raise NotEligible(_nobody_waits(hours))
    announcer.announce(f"campaign:{asker.campaign_id}", f"assignment:{assignment_id}")
    return Claim(sorted(number for (number,) in rows))


def eligibility(*, user_id: int, epoch: int, assignment_id: int) -> base.Allowance:
    """What a request for contacts would be answered, without claiming any: one or two short statements."""
    hours = open_hours.of_assignment(assignment_id)
    try:
        asker = _asker(user_id, epoch, assignment_id, lock=False, groups=hours.groups)
        count = _count(asker, None)
        waiting = sql_functions.row("texting_waiting_v1", asker.campaign_id, hours.groups, count)[0]
    except NotEligible as refusal:
        return base.Allowance(0, str(refusal))
    return base.Allowance(waiting) if waiting else base.Allowance(0, str(_nobody_waits(hours)))


def eligibilities(*, user_id: int, epoch: int, campaigns: Mapping[int, int]) -> dict[int, base.Allowance]:
    """As `eligibility` for several assignments (assignment id -> its campaign's id): two statements for all."""
    hours = open_hours.of_campaigns(campaigns.values())
    found: dict[int, base.Allowance] = {}
    wanted: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.assignment, f.* FROM jsonb_to_recordset(%s::jsonb) AS w(assignment bigint, groups int[]) "
            "CROSS JOIN LATERAL texting_asker_v1(%s, %s, w.assignment, false, w.groups) f",
            [
                json.dumps([{"assignment": a, "groups": hours[c].groups} for a, c in campaigns.items()]),
                user_id,
                epoch,
            ],
        )
        for assignment_id, *row in cursor.fetchall():
            try:
                wanted[assignment_id] = _count(_read_asker(assignment_id, row), None)
            except NotEligible as refusal:
                found[assignment_id] = base.Allowance(0, str(refusal))
        cursor.execute(
            "SELECT w.assignment, texting_waiting_v1(w.campaign, w.groups, w.most) "
            "FROM jsonb_to_recordset(%s::jsonb) AS w(assignment bigint, campaign bigint, groups int[], most int)",
            [
                json.dumps(
                    [
                        {"assignment": a, "campaign": campaigns[a], "groups": hours[campaigns[a]].groups, "most": most}
                        for a, most in wanted.items()
                    ]
                )
            ],
        )
        for assignment_id, waiting in cursor.fetchall():
            reason = "" if waiting else str(_nobody_waits(hours[campaigns[assignment_id]]))
            found[assignment_id] = base.Allowance(waiting, reason)
    return found


def _asker(user_id: int, epoch: int, assignment_id: int, *, lock: bool, groups: list[int] | None) -> base.Asker:
    return _read_asker(
        assignment_id, sql_functions.row("texting_asker_v1", user_id, epoch, assignment_id, lock, groups)
    )


def _read_asker(assignment_id: int, row: Any) -> base.Asker:
    verdict = row[0]
    if verdict != "ok":
        refusal = refusals.of(verdict)
        raise NotEligible(refusal.words, refusal.code)
    return base.Asker(
        organization_id=row[1],
        campaign_id=row[2],
        assignment_id=assignment_id,
        texter_id=row[3],
        role=row[4],
        initials=row[5],
        dynamic=row[6],
        batch_size=row[7],
        max_contacts=row[8],
        strategies=row[9],
        held=row[10],
        unsent=row[11],
        unanswered=row[12],
        has_history=row[13],
    )


def _count(asker: base.Asker, wanted: int | None) -> int:
    allowance = base.Allowance(0)
    for strategy in registry.active(asker.strategies):
        allowance = strategy.request_new_batch_count(asker)
        if allowance.count > 0:
            break
    if allowance.count <= 0:
        raise NotEligible(allowance.reason)
    count = min(allowance.count, asker.batch_size, settings.DYNAMIC_ASSIGN_MAX_BATCH_SIZE, wanted or allowance.count)
    if asker.unsent >= count:
        raise NotEligible(_("Send the texts that you have first, then ask for more."))
    if asker.max_contacts is not None:
        count = min(count, asker.max_contacts - asker.held)
        if count <= 0:
            raise NotEligible(_("You have received as many contacts as one texter may have in this campaign."))
    return count


def _nobody_waits(hours: open_hours.OpenHours) -> str:
    if hours.groups == []:
        return _("It is outside texting hours everywhere on this list. Come back later.")
    return _("Nobody is waiting for a first text right now.")


def squash_tallies() -> int:
    """Fold the counters' deltas into one row each; run by the worker every few seconds."""
    return int(sql_functions.row("texting_squash_tallies_v1", 20_000)[0])
