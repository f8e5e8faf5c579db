"""What organizers do to campaigns: create, set up, start, close, archive; and how an organization texts.

Every action takes the actor's membership, checks the role itself, locks the campaign's row and writes the
audit log in the same transaction. `errors.Refused` carries a sentence for the person; `Outdated` says that
somebody else saved the same section in between.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parley.accounts import access, actions, errors
from parley.accounts.models import Membership, Role, User, new_token
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.texting.models import Campaign, CampaignStatus, TextingSettings
from parley.texting.queries import campaigns as queries
from parley.texting.queries import open_hours
from parley.web import announcer

#: contacts that a start checks within the request; longer lists are checked in the background
CHECKED_AT_ONCE: Final = 5_000
#: contacts that one transaction of a start checks
SLICE: Final = 10_000
START = "texting.start"
UPLOAD = "texting.upload"
SMALLEST_BATCH, LARGEST_BATCH = 1, 1_000


class Outdated(errors.Refused):
    """Somebody else saved this section since the page was made. Nothing was written."""


def create_campaign(
    actor: Membership, *, title: str, description: str = "", due_by: dt.date | None = None, intro: str = ""
) -> Campaign:
    """A new draft, sending through the organization's usual channel. ADMIN."""
    access.require_role(actor, Role.ADMIN)
    texting = queries.texting_settings(actor.organization_id)
    usable = queries.channels(actor.organization_id)
    chosen = next((channel for channel in usable if channel.pk == texting.default_channel_id), None)
    with transaction.atomic():
        campaign = Campaign.everywhere.create(
            organization=actor.organization,
            creator=actor.user,
            title=_title(title),
            description=description.strip(),
            intro=intro.strip(),
            due_by=due_by,
            channel=chosen or (usable[0] if usable else None),
        )
        actions.record("campaign.created", actor=actor.user, organization=actor.organization, target=campaign)
    return campaign


def save_basics(
    actor: Membership,
    campaign_id: int,
    *,
    title: str,
    description: str,
    due_by: dt.date | None,
    intro: str,
    channel_id: int | None,
    version: str | None = None,
) -> Campaign:
    """Title, description, due date, intro and sending channel. SUPERVOLUNTEER; the channel only before the start."""
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.SUPERVOLUNTEER)
        _check_version(campaign, "basics", version)
        if channel_id != campaign.channel_id:
            _check_channel(campaign, channel_id)
        if campaign.status == CampaignStatus.DRAFT and due_by is not None and due_by != campaign.due_by:
            _check_due(campaign, due_by)
        campaign.title = _title(title)
        campaign.description = description.strip()
        campaign.due_by = due_by
        campaign.intro = intro.strip()
        campaign.channel_id = channel_id
        _save(campaign, "basics")
    return campaign


def save_assignment(
    actor: Membership,
    campaign_id: int,
    *,
    use_dynamic_assignment: bool,
    batch_size: int,
    max_contacts_per_texter: int | None,
    version: str | None = None,
) -> Campaign:
    """Whether texters ask for contacts, and how many they get. SUPERVOLUNTEER."""
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.SUPERVOLUNTEER)
        _check_version(campaign, "assignment", version)
        if not SMALLEST_BATCH <= batch_size <= LARGEST_BATCH:
            raise errors.Refused(
                _("Contacts at a time: choose between %(least)s and %(most)s.")
                % {"least": SMALLEST_BATCH, "most": LARGEST_BATCH}
            )
        campaign.use_dynamic_assignment = use_dynamic_assignment
        campaign.batch_size = batch_size
        campaign.max_contacts_per_texter = max_contacts_per_texter
        _save(campaign, "assignment")
    return campaign


def save_hours(
    actor: Membership,
    campaign_id: int,
    *,
    override: bool,
    enforced: bool,
    start: int,
    end: int,
    timezone_name: str,
    version: str | None = None,
) -> Campaign:
    """The campaign's own texting hours, or (not `override`) its organization's. ADMIN."""
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.ADMIN)
        _check_version(campaign, "hours", version)
        _check_hours(start, end)
        if timezone_name not in zoneinfo.available_timezones():
            raise errors.Refused(_("“%(zone)s” is not a time zone.") % {"zone": timezone_name})
        campaign.override_texting_hours = override
        campaign.texting_hours_enforced = enforced
        campaign.texting_hours_start = start
        campaign.texting_hours_end = end
        campaign.timezone = timezone_name
        _save(campaign, "hours")
        transaction.on_commit(lambda: open_hours.forget(campaign_id))
        actions.record(
            "campaign.hours_changed",
            actor=actor.user,
            organization=actor.organization,
            target=campaign,
            own=override,
            enforced=enforced,
            start=start,
            end=end,
            timezone=timezone_name,
        )
    return campaign


def start_campaign(actor: Membership, campaign_id: int) -> BackgroundTask | None:
    """Open a draft to its texters. ADMIN. Irreversible: it can be closed and archived, not be a draft again.

    Contacts who opted out since the upload are closed first. A list of more than CHECKED_AT_ONCE contacts
    is checked in the background, and that task is returned; the campaign starts when it ends.

    Raises Refused with everything that is still missing; AlreadyRunning while it is being started.
    """
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.ADMIN)
        _check_startable(campaign)
        if campaign.contacts_count > CHECKED_AT_ONCE:
            return tasks.start(
                kind=START,
                organization=campaign.organization_id,
                subject_key=str(campaign.pk),
                started_by=actor.user.pk,
                arguments={"campaign": campaign.pk, "upload_version": campaign.upload_version},
                total=campaign.contacts_count,
            )
        close_opted_out(campaign)
        _open(campaign, actor.user.pk)
    return None


def _live_page(task: BackgroundTask) -> str:
    return reverse("texting:campaign", args=[task.organization.slug, task.arguments["campaign"]])


@tasks.kind(
    START,
    label=gettext_lazy("Starting the campaign"),
    role=Role.ADMIN,
    result_url=_live_page,
    result_label=gettext_lazy("Open the campaign"),
)
def _start_in_background(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
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


def close_campaign(actor: Membership, campaign_id: int) -> Campaign:
    """Stop every text of a started campaign; replies still arrive. ADMIN."""
    return _move(actor, campaign_id, to=CampaignStatus.CLOSED, verb="campaign.closed")


def close_for_initials(actor: Membership, campaign_id: int) -> Campaign:
    """No more first texts; conversations go on. ADMIN."""
    return _move(actor, campaign_id, to=CampaignStatus.CLOSED_FOR_INITIALS, verb="campaign.closed_for_initials")


def reopen_campaign(actor: Membership, campaign_id: int) -> Campaign:
    """Let a closed campaign text again. ADMIN."""
    return _move(actor, campaign_id, to=CampaignStatus.ACTIVE, verb="campaign.reopened")


def archive_campaign(actor: Membership, campaign_id: int) -> Campaign:
    """Put a campaign away: its texters see it no longer and nothing can be sent. ADMIN."""
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.ADMIN, archived=True)
        if campaign.status == CampaignStatus.ARCHIVED:
            return campaign
        if tasks.active(kind=START, subject_key=str(campaign.pk)):
            raise errors.Refused(_("The campaign is being started. Wait a moment and archive it then."))
        before = campaign.status
        campaign.status, campaign.archived_at = CampaignStatus.ARCHIVED, timezone.now()
        _save_status(campaign)
        actions.record(
            "campaign.archived", actor=actor.user, organization=actor.organization, target=campaign, before=before
        )
    return campaign


def unarchive_campaign(actor: Membership, campaign_id: int) -> Campaign:
    """Bring a campaign back: a started one closed, so that nothing is sent by surprise, the others as drafts. ADMIN."""
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.ADMIN, archived=True)
        if campaign.status != CampaignStatus.ARCHIVED:
            return campaign
        campaign.status = CampaignStatus.CLOSED if campaign.started_at else CampaignStatus.DRAFT
        campaign.archived_at = None
        _save_status(campaign)
        actions.record("campaign.unarchived", actor=actor.user, organization=actor.organization, target=campaign)
    return campaign


def close_join_link(actor: Membership, campaign_id: int) -> Campaign:
    """Let nobody else in by the join link; texters who are in stay. ADMIN."""
    return _set_join_link(actor, campaign_id, closed=True)


def open_join_link(actor: Membership, campaign_id: int, *, renew: bool = False) -> Campaign:
    """Let people in by the join link again; `renew` makes a new link and ends the old one. ADMIN."""
    return _set_join_link(actor, campaign_id, closed=False, renew=renew)


def save_settings(actor: Membership, *, values: Mapping[str, Any], version: str | None = None) -> TextingSettings:
    """How the organization texts: columns of `TextingSettings`. OWNER. Makes the row if there is none."""
    access.require_role(actor, Role.OWNER)
    with transaction.atomic():
        texting = ensure_settings(actor.organization_id, lock=True)
        if version is not None and version != queries.settings_version(texting):
            raise Outdated(_("Somebody else changed the settings while you were at it."))
        for column in queries.SETTINGS_COLUMNS:
            if column in values:
                setattr(texting, column, values[column])
        _check_hours(texting.texting_hours_start, texting.texting_hours_end)
        if texting.default_channel_id not in {None, *(c.pk for c in queries.channels(actor.organization_id))}:
            raise errors.Refused(_("This sending channel does not belong to the organization."))
        texting.save()
        actions.record(
            "texting.settings_changed",
            actor=actor.user,
            organization=actor.organization,
            enforced=texting.texting_hours_enforced,
            start=texting.texting_hours_start,
            end=texting.texting_hours_end,
        )
        transaction.on_commit(open_hours.forget)
    return texting


def ensure_settings(organization_id: int, *, lock: bool = False) -> TextingSettings:
    """The organization's row of settings, made from the defaults when there is none."""
    rows = TextingSettings.objects.select_for_update() if lock else TextingSettings.objects.all()
    return rows.get_or_create(organization_id=organization_id)[0]


def locked(actor: Membership, campaign_id: int, *, role: Role) -> Campaign:
    """The campaign's row, locked for this transaction, for members with the role. Raises Http404, PermissionDenied,
    Refused for an archived campaign."""
    return _lock(actor, campaign_id, role=role)


def _lock(actor: Membership, campaign_id: int, *, role: Role, archived: bool = False) -> Campaign:
    access.require_role(actor, role)
    found = (
        Campaign.everywhere.select_for_update(no_key=True)
        .filter(pk=campaign_id, organization_id=actor.organization_id)
        .first()
    )
    if found is None:
        raise Http404
    if found.status == CampaignStatus.ARCHIVED and not archived:
        raise errors.Refused(_("This campaign is archived. Bring it back first, then change it."))
    found.organization = actor.organization
    return found


def _check_version(campaign: Campaign, section: str, version: str | None) -> None:
    if version is not None and version != queries.section_version(campaign, section):
        raise Outdated(_("Somebody else changed this section while you were at it."))


def _save(campaign: Campaign, section: str) -> None:
    campaign.save(update_fields=[*queries.SECTIONS[section], "updated_at"])
    announcer.announce(f"campaign:{campaign.pk}")


def _save_status(campaign: Campaign) -> None:
    campaign.save(update_fields=["status", "started_at", "archived_at", "updated_at"])
    announcer.announce(f"campaign:{campaign.pk}")


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise errors.Refused(_("Give the campaign a title."))
    if len(title) > 200:
        raise errors.Refused(_("The title is too long: 200 characters at most."))
    return title


def _check_due(campaign: Campaign, due_by: dt.date) -> None:
    if due_by < timezone.now().astimezone(zoneinfo.ZoneInfo(campaign.timezone)).date():
        raise errors.Refused(_("The due date has passed. Choose a later one."))


def _check_channel(campaign: Campaign, channel_id: int | None) -> None:
    # A conversation belongs to its channel: another one would tear replies from their texts.
    if campaign.started_at is not None:
        raise errors.Refused(_("The sending channel cannot be changed once the campaign has started."))
    if channel_id is not None and channel_id not in {c.pk for c in queries.channels(campaign.organization_id)}:
        raise errors.Refused(_("This sending channel does not belong to the organization."))


def _check_hours(start: int, end: int) -> None:
    if not (0 <= start < end <= 24):
        raise errors.Refused(_("Texting hours must begin before they end."))


def _check_startable(campaign: Campaign) -> None:
    if campaign.status != CampaignStatus.DRAFT:
        raise errors.Refused(_("The campaign has been started already."))
    if tasks.active(kind=UPLOAD, subject_key=str(campaign.pk)):
        raise errors.Refused(_("Contacts are still being uploaded. Start the campaign when that is done."))
    missing = queries.missing_before_start(campaign)
    if missing:
        raise errors.Refused(" ".join(item.text for item in missing))


def _open(campaign: Campaign, actor_id: int | None) -> None:
    campaign.status, campaign.started_at = CampaignStatus.ACTIVE, timezone.now()
    _save_status(campaign)
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


def _move(actor: Membership, campaign_id: int, *, to: CampaignStatus, verb: str) -> Campaign:
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.ADMIN)
        if campaign.status == CampaignStatus.DRAFT:
            raise errors.Refused(_("The campaign has not started yet."))
        if campaign.status == to:
            return campaign
        if to == CampaignStatus.ACTIVE and campaign.due_by is not None:
            campaign.status = to
            if queries.effective_status(campaign) != to:
                raise errors.Refused(_("The due date has passed. Choose a later one under “Basics” first."))
        campaign.status = to
        _save_status(campaign)
        actions.record(verb, actor=actor.user, organization=actor.organization, target=campaign)
    return campaign


def _set_join_link(actor: Membership, campaign_id: int, *, closed: bool, renew: bool = False) -> Campaign:
    with transaction.atomic():
        campaign = _lock(actor, campaign_id, role=Role.ADMIN)
        campaign.join_closed_at = (campaign.join_closed_at or timezone.now()) if closed else None
        if renew:
            campaign.join_token = new_token()
        campaign.save(update_fields=["join_closed_at", "join_token", "updated_at"])
        announcer.announce(f"campaign:{campaign.pk}")
        verb = (
            "campaign.join_link_renewed"
            if renew
            else "campaign.join_link_closed"
            if closed
            else "campaign.join_link_opened"
        )
        actions.record(verb, actor=actor.user, organization=actor.organization, target=campaign)
    return campaign
