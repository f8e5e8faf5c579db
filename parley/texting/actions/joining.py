"""The campaign's join link: from `/join/<token>` to an assignment."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from parley.accounts import actions, errors, joining
from parley.accounts.models import User
from parley.texting.models import Assignment, Campaign, CampaignStatus
from parley.texting.queries import campaigns as queries
from parley.web import announcer

#: characters of a campaign's token (`accounts.models.new_token`)
TOKEN_LENGTH = 32


def campaign_door(token: str) -> joining.Door | None:
    """What a campaign's link leads into; None for a token of another kind. One query."""
    if len(token) != TOKEN_LENGTH:
        return None
    campaign = Campaign.everywhere.filter(join_token=token).select_related("organization").first()
    if campaign is None:
        return None

    def accept(user: User) -> str:
        assignment = join_campaign(campaign.pk, user)
        return _texter_page(assignment)

    return joining.Door(
        organization=campaign.organization,
        title=_("Text for “%(campaign)s”") % {"campaign": campaign.title},
        description=why_closed(campaign)
        or campaign.description
        or _("%(organization)s asks you to help with texting. It works on your phone.")
        % {"organization": campaign.organization.name},
        accept=accept,
    )


def why_closed(campaign: Campaign) -> str:
    """Why nobody new may join now, as a sentence for the visitor; empty when the door is open."""
    if campaign.status == CampaignStatus.DRAFT:
        return _("This campaign has not started yet. Come back when the organizers say so.")
    if campaign.status == CampaignStatus.ARCHIVED:
        return _("This campaign is over. Thank you for wanting to help!")
    if campaign.status == CampaignStatus.CLOSED:
        return _("This campaign is closed. Thank you for wanting to help!")
    if campaign.join_closed_at is not None:
        return _("This link has been closed by the organizers. Ask them for a new one.")
    if not campaign.use_dynamic_assignment:
        return _("The organizers of this campaign give out the contacts themselves. Ask them to add you.")
    return ""


def join_campaign(campaign_id: int, user: User) -> Assignment:
    """Make the person a texter of the organization and of the campaign; twice is once.

    Whoever texts for the campaign already is never refused, unless suspended. Raises errors.Refused with a
    sentence for the person: not started, over, closed, full, suspended.
    """
    with transaction.atomic():
        # The campaign's row first: two who join at the same moment must not both take the last place.
        campaign = (
            Campaign.everywhere.select_for_update(no_key=True, of=("self",))
            .select_related("organization")
            .get(pk=campaign_id)
        )
        found = Assignment.everywhere.filter(campaign=campaign, user=user).first()
        if found is None:
            _check_open(campaign)
        actions.add_member(campaign.organization, user)
        if found is not None:
            return found
        assignment = Assignment.everywhere.create(
            organization_id=campaign.organization_id,
            campaign=campaign,
            user=user,
            max_contacts=campaign.max_contacts_per_texter or settings.MAX_CONTACTS_PER_TEXTER,
        )
        announcer.announce(f"campaign:{campaign.pk}")
    return assignment


def _check_open(campaign: Campaign) -> None:
    reason = why_closed(campaign)
    if reason:
        raise errors.Refused(reason)
    most = (
        queries.texting_settings(campaign.organization_id).max_texters_per_campaign or settings.MAX_TEXTERS_PER_CAMPAIGN
    )
    if most is not None and Assignment.everywhere.filter(campaign=campaign).count() >= most:
        raise errors.Refused(_("This campaign has as many texters as it can take. Thank you for wanting to help!"))


def _texter_page(assignment: Assignment) -> str:
    try:
        return reverse("texter:home")
    except NoReverseMatch:
        return f"/texter/?assignment={assignment.pk}"
