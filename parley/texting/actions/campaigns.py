"""What organizers do to campaigns: create them and set them up, section by section.

Every action takes the actor's membership, checks the role itself, locks the campaign's row and writes the
audit log in the same transaction. `errors.Refused` carries a sentence for the person; `Outdated` says that
somebody else saved the same section in between.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.accounts import access, actions, errors
from parley.accounts.models import Membership, Role
from parley.texting.models import Campaign, CampaignStatus
from parley.texting.queries import campaigns as queries
from parley.texting.queries import open_hours
from parley.web import announcer

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
        campaign = locked(actor, campaign_id, role=Role.SUPERVOLUNTEER)
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
        campaign = locked(actor, campaign_id, role=Role.SUPERVOLUNTEER)
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
        campaign = locked(actor, campaign_id, role=Role.ADMIN)
        _check_version(campaign, "hours", version)
        check_hours(start, end)
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


def _check_version(campaign: Campaign, section: str, version: str | None) -> None:
    if version is not None and version != queries.section_version(campaign, section):
        raise Outdated(_("Somebody else changed this section while you were at it."))


def _save(campaign: Campaign, section: str) -> None:
    campaign.save(update_fields=[*queries.SECTIONS[section], "updated_at"])
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


def check_hours(start: int, end: int) -> None:
    """Raise Refused unless these are the hours of one day, the first before the last."""
    if not (0 <= start < end <= 24):
        raise errors.Refused(_("Texting hours must begin before they end."))


def locked(actor: Membership, campaign_id: int, *, role: Role, archived: bool = False) -> Campaign:
    """The campaign's row, locked for this transaction, for members with the role.

    Raises Http404, PermissionDenied, and Refused for an archived campaign unless `archived`.
    """
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
