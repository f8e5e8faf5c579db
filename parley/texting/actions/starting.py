"""Starting a campaign: everything is checked, who has opted out is closed, then its texters may send."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parley.accounts import actions, errors
from parley.accounts.models import Membership, Role, User
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.texting.actions import campaigns, uploads
from parley.texting.models import Campaign, CampaignStatus
from parley.texting.queries import campaigns as queries
from parley.web import announcer

#: contacts that a start checks within the request; longer lists are checked in the background
CHECKED_AT_ONCE: Final = 5_000
#: contacts that one transaction of a start checks
SLICE: Final = 10_000
#: the kind of background work
KIND: Final = "texting.start"


def start_campaign(actor: Membership, campaign_id: int) -> BackgroundTask | None:
    """Open a draft to its texters. ADMIN. Irreversible: it can be closed and archived, not be a draft again.

    Contacts who opted out since the upload are closed first. A list of more than CHECKED_AT_ONCE contacts
    is checked in the background, and that task is returned; the campaign starts when it ends.

    Raises Refused with everything that is still missing; AlreadyRunning while it is being started.
    """
    with transaction.atomic():
        campaign = campaigns.locked(actor, campaign_id, role=Role.ADMIN)
        _check_startable(campaign)
        if campaign.contacts_count > CHECKED_AT_ONCE:
            return tasks.start(
                kind=KIND,
                organization=campaign.organization_id,
                subject_key=str(campaign.pk),
                started_by=actor.user.pk,
                arguments={"campaign": campaign.pk, "upload_version": campaign.upload_version},
                total=campaign.contacts_count,
            )
        close_opted_out(campaign)
        _open(campaign, actor.user.pk)
    return None


def finish_start(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
    """Check a long list slice by slice, then open the campaign; safe to run again from the beginning.

    Raises tasks.Failure when the list was changed meanwhile, or something is missing now.
    """
    campaign = Campaign.everywhere.get(pk=task.arguments["campaign"])
    cursor, done, closed = "", 0, 0
    while True:
        progress.set(done, campaign.contacts_count, _("Checking for people who have opted out"))
        last, seen, found = _close_slice(campaign, after=cursor)
        if last is None:
            break
        cursor, done, closed = last, done + seen, closed + found
    with transaction.atomic():
        campaign = Campaign.everywhere.select_for_update(no_key=True).get(pk=campaign.pk)
        if campaign.status != CampaignStatus.DRAFT:
            return {"message": _("The campaign runs already.")}
        if campaign.upload_version != task.arguments["upload_version"]:
            raise tasks.Failure(_("The contacts were changed meanwhile. Start the campaign again."))
        try:
            _check_startable(campaign)
        except errors.Refused as refusal:
            raise tasks.Failure(str(refusal)) from refusal
        _open(campaign, task.started_by_id)
    message = _("The campaign has started.")
    if closed:
        message += " " + ngettext(
            "%(count)s person has opted out and will not be texted.",
            "%(count)s people have opted out and will not be texted.",
            closed,
        ) % {"count": closed}
    return {"message": message, "closed": closed}


def close_opted_out(campaign: Campaign) -> int:
    """Close the contacts of a campaign whose address has opted out. Returns how many were closed."""
    cursor: str | None = ""
    closed = 0
    while cursor is not None:
        cursor, _seen, found = _close_slice(campaign, after=cursor)
        closed += found
    return closed


def _check_startable(campaign: Campaign) -> None:
    if campaign.status != CampaignStatus.DRAFT:
        raise errors.Refused(_("The campaign has been started already."))
    if tasks.active(kind=uploads.KIND, subject_key=str(campaign.pk)):
        raise errors.Refused(_("Contacts are still being uploaded. Start the campaign when that is done."))
    missing = queries.missing_before_start(campaign)
    if missing:
        raise errors.Refused(" ".join(item.text for item in missing))


def _open(campaign: Campaign, actor_id: int | None) -> None:
    campaign.status, campaign.started_at = CampaignStatus.ACTIVE, timezone.now()
    campaign.save(update_fields=["status", "started_at", "updated_at"])
    announcer.announce(f"campaign:{campaign.pk}")
    person = User.objects.filter(pk=actor_id).first() if actor_id is not None else None
    actions.record(
        "campaign.started",
        actor=person,
        organization=campaign.organization_id,
        target=campaign,
        contacts=campaign.contacts_count,
    )


def _close_slice(campaign: Campaign, *, after: str) -> tuple[str | None, int, int]:
    """Check the next SLICE contacts by their number: (last number or None at the end, checked, closed)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH slice AS MATERIALIZED (
                SELECT id, cell FROM texting_contact WHERE campaign_id = %(campaign)s AND cell > %(after)s
                ORDER BY cell LIMIT %(limit)s
            ), closed AS (
                UPDATE texting_contact c
                SET status = CASE WHEN c.status IN (0, 2) THEN 4 ELSE c.status END, opted_out = true,
                    likely_opt_out = false, updated_at = clock_timestamp()
                WHERE c.id IN (
                    SELECT s.id FROM slice s JOIN conversations_optout o ON o.address = s.cell
                    WHERE o.address_kind = 'phone' AND o.revoked_at IS NULL
                      AND (o.scope = 'everyone' OR o.scope = 'organization' AND o.organization_id = %(organization)s
                           OR o.scope = 'channel' AND o.channel_id = %(channel)s
                           OR o.scope = 'program' AND o.program = 'texting' AND o.organization_id = %(organization)s))
                  AND NOT c.opted_out
                RETURNING 1
            )
            SELECT max(cell), count(*), (SELECT count(*) FROM closed) FROM slice
            """,
            {
                "campaign": campaign.pk,
                "organization": campaign.organization_id,
                "channel": campaign.channel_id,
                "after": after,
                "limit": SLICE,
            },
        )
        last, seen, closed = cursor.fetchone()
    return last, seen, closed
