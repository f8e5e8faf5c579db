"""Reads about campaigns: the list, the settings, what a start still needs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.accounts.models import Organization
from parley.conversations.models import AddressKind, Channel
from parley.texting.models import Campaign, CampaignStatus, Contact, Tally, TextingSettings
from parley.texting.queries import scripts as script_queries

Sort = Literal["-id", "id", "due", "-due", "title"]
SORTS: Final[Mapping[str, tuple[object, ...]]] = {
    "-id": ("-id",),
    "id": ("id",),
    "due": (F("due_by").asc(nulls_last=True), "-id"),
    "-due": (F("due_by").desc(nulls_last=True), "-id"),
    "title": ("title", "-id"),
}
#: waiting contacts and open replies of a list's row are counted no further than this
COUNTED: Final = 1000

#: what one save of a section writes; the digest of these columns is the section's version
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "basics": ("title", "description", "due_by", "intro", "channel_id"),
    "assignment": ("use_dynamic_assignment", "batch_size", "max_contacts_per_texter"),
    "hours": (
        "override_texting_hours",
        "texting_hours_enforced",
        "texting_hours_start",
        "texting_hours_end",
        "timezone",
    ),
}
SETTINGS_COLUMNS: Final = (
    "texting_hours_enforced",
    "texting_hours_start",
    "texting_hours_end",
    "opt_out_message",
    "max_contacts",
    "max_message_length",
    "max_texters_per_campaign",
    "default_channel_id",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One campaign of the list, with its numbers."""

    campaign: Campaign
    status: str
    #: no higher than COUNTED + 1
    waiting: int
    needs_response: int
    sent: int
    texted: int
    replies: int

    @property
    def waiting_label(self) -> str:
        return _up_to(self.waiting)

    @property
    def needs_response_label(self) -> str:
        return _up_to(self.needs_response)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Missing:
    """Something that a start still needs, and in which section it is put right."""

    section: str
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hours:
    """The rule that a campaign texts by. `own`: it overrides its organization's."""

    own: bool
    enforced: bool
    start: int
    end: int
    timezone: str


def digest(values: object) -> str:
    """A short fingerprint of stored values: two people who read the same hold the same."""
    written = json.dumps(values, default=str, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:24]


def section_version(campaign: Campaign, section: str) -> str:
    """The version of a section as it is now; a save hands back the one that its page was made from."""
    return digest([getattr(campaign, column) for column in SECTIONS[section]])


def settings_version(texting: TextingSettings) -> str:
    return digest([getattr(texting, column) for column in SETTINGS_COLUMNS])


def effective_status(campaign: Campaign, *, now: dt.datetime | None = None) -> str:
    """The stored status; an active campaign past its due date takes replies only.

    The day ends by the campaign's own clock, as in the statement that sends.
    """
    if campaign.status != CampaignStatus.ACTIVE or campaign.due_by is None:
        return campaign.status
    zone = zoneinfo.ZoneInfo(campaign.timezone)
    today = (now or timezone.now()).astimezone(zone).date()
    return CampaignStatus.CLOSED_FOR_INITIALS if today > campaign.due_by else campaign.status


def of_organization(
    organization: Organization | int, *, archived: bool = False, search: str = "", sort: str = "-id"
) -> QuerySet[Campaign]:
    """The organization's campaigns. `search` looks in titles and ids; a word with "-" before it excludes."""
    number = organization if isinstance(organization, int) else organization.pk
    rows = Campaign.everywhere.filter(organization_id=number)
    rows = rows.filter(status=CampaignStatus.ARCHIVED) if archived else rows.exclude(status=CampaignStatus.ARCHIVED)
    for word in search.split()[:5]:
        wanted = word.removeprefix("-")
        match = Q(title__icontains=wanted)
        if wanted.isdecimal() and len(wanted) < 19:
            match |= Q(pk=int(wanted))
        if wanted:
            rows = rows.exclude(match) if word.startswith("-") else rows.filter(match)
    return rows.order_by(*SORTS.get(sort, SORTS["-id"]))  # type: ignore[arg-type]


def count_archived(organization: Organization) -> int:
    return Campaign.everywhere.filter(organization=organization, status=CampaignStatus.ARCHIVED).count()


def with_numbers(campaigns: Sequence[Campaign], *, now: dt.datetime | None = None) -> list[Row]:
    """The campaigns with their numbers: two statements, whatever the number of campaigns and contacts.

    Sums come from the counters; waiting contacts and open replies are read from their partial indexes, up
    to COUNTED a campaign.
    """
    sums: dict[int, dict[int, int]] = {}
    numbers = [campaign.pk for campaign in campaigns]
    for row in Tally.objects.filter(campaign_id__in=numbers).values("campaign_id", "kind").annotate(n=Sum("count")):
        sums.setdefault(row["campaign_id"], {})[row["kind"]] = row["n"]
    open_work = _open_work(numbers)
    kind = Tally.Kind
    return [
        Row(
            campaign=campaign,
            status=effective_status(campaign, now=now),
            waiting=open_work.get(campaign.pk, (0, 0))[0],
            needs_response=open_work.get(campaign.pk, (0, 0))[1],
            sent=sums.get(campaign.pk, {}).get(kind.SENT, 0),
            texted=sums.get(campaign.pk, {}).get(kind.INITIALS, 0),
            replies=sums.get(campaign.pk, {}).get(kind.REPLIES, 0),
        )
        for campaign in campaigns
    ]


def texting_settings(organization: Organization | int) -> TextingSettings:
    """The organization's settings; unsaved defaults where nobody has set any."""
    number = organization if isinstance(organization, int) else organization.pk
    return TextingSettings.objects.filter(pk=number).first() or TextingSettings(organization_id=number)


def channels(organization: Organization | int) -> list[Channel]:
    """What a campaign may text through, the organization's own before the shared, by name."""
    number = organization if isinstance(organization, int) else organization.pk
    found = Channel.objects.for_organization(number).filter(address_kind=AddressKind.PHONE)
    return sorted(found, key=lambda channel: (channel.organization_id != number, channel.name, channel.pk))


def hours_of(campaign: Campaign, texting: TextingSettings) -> Hours:
    """The campaign's own hours, or its organization's. The zone is for contacts of whom nothing is known."""
    source: Campaign | TextingSettings = campaign if campaign.override_texting_hours else texting
    return Hours(
        own=campaign.override_texting_hours,
        enforced=source.texting_hours_enforced,
        start=source.texting_hours_start,
        end=source.texting_hours_end,
        timezone=campaign.timezone,
    )


def longest_message(texting: TextingSettings) -> int:
    """Characters that one text may have."""
    return texting.max_message_length or settings.MAX_MESSAGE_LENGTH


def sample_contact(campaign: Campaign) -> Contact:
    """The first contact of the list, for previews; a made-up one (unsaved) while there is none."""
    found = Contact.everywhere.filter(campaign=campaign).order_by("campaign_id", "cell").first()
    if found is not None:
        return found
    return Contact(
        pk=1,
        campaign=campaign,
        first_name=_("Ana"),
        last_name=_("Rivera"),
        cell="+16175550123",
        zip="02139",
        external_id="1001",
        custom_fields=dict.fromkeys(campaign.custom_fields, "…"),
    )


def missing_before_start(campaign: Campaign, *, now: dt.datetime | None = None) -> list[Missing]:
    """What stands between a draft and its start, in the order of the sections. Three queries at most."""
    found: list[Missing] = []
    if not campaign.title.strip():
        found.append(Missing(section="basics", text=_("The campaign has no title.")))
    zone = zoneinfo.ZoneInfo(campaign.timezone)
    if campaign.due_by is not None and campaign.due_by < (now or timezone.now()).astimezone(zone).date():
        found.append(Missing(section="basics", text=_("The due date has passed. Choose a later one.")))
    if campaign.channel_id is None:
        text = (
            _("Choose the sending channel.")
            if channels(campaign.organization_id)
            else _("There is no sending channel yet. Ask the people who run this instance to connect one.")
        )
        found.append(Missing(section="basics", text=text))
    if not campaign.contacts_count:
        found.append(Missing(section="contacts", text=_("No contacts have been uploaded.")))
    steps = script_queries.steps_of(campaign)
    root = next((step for step in steps if step.parent_id is None), None)
    if root is None or not root.script.strip():
        found.append(Missing(section="script", text=_("The first text has not been written.")))
    found.extend(
        Missing(section="script", text=problem)
        for problem in script_queries.unknown_variables(steps, custom_fields=campaign.custom_fields)
    )
    return found


def _open_work(campaigns: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Campaign id -> waiting contacts, contacts that need a response; each at most COUNTED + 1."""
    if not campaigns:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.id,
              (SELECT count(*) FROM (
                 SELECT 1 FROM texting_contact w
                 WHERE w.campaign_id = n.id AND w.assignment_id IS NULL AND w.status = 0 LIMIT %(limit)s) waiting),
              (SELECT count(*) FROM (
                 SELECT 1 FROM texting_assignment a JOIN texting_contact c ON c.assignment_id = a.id AND c.status = 2
                 WHERE a.campaign_id = n.id LIMIT %(limit)s) open)
            FROM unnest(%(campaigns)s::bigint[]) n(id)
            """,
            {"limit": COUNTED + 1, "campaigns": list(campaigns)},
        )
        return {number: (waiting, needs_response) for number, waiting, needs_response in cursor.fetchall()}


def _up_to(count: int) -> str:
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"
