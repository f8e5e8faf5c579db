"""Closing, reopening, archiving, and the join link."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.accounts import actions, errors
from parley.accounts.models import Membership, Role, new_token
from parley.conversations import tasks
from parley.texting.actions import campaigns, starting
from parley.texting.models import Campaign, CampaignStatus
from parley.texting.queries import campaigns as queries
from parley.web import announcer


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
        campaign = campaigns.locked(actor, campaign_id, role=Role.ADMIN, archived=True)
        if campaign.status == CampaignStatus.ARCHIVED:
            return campaign
        if tasks.active(kind=starting.KIND, subject_key=str(campaign.pk)):
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
        campaign = campaigns.locked(actor, campaign_id, role=Role.ADMIN, archived=True)
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


def _move(actor: Membership, campaign_id: int, *, to: CampaignStatus, verb: str) -> Campaign:
    with transaction.atomic():
        campaign = campaigns.locked(actor, campaign_id, role=Role.ADMIN)
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
        campaign = campaigns.locked(actor, campaign_id, role=Role.ADMIN)
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


def _save_status(campaign: Campaign) -> None:
    campaign.save(update_fields=["status", "archived_at", "updated_at"])
    announcer.announce(f"campaign:{campaign.pk}")
