"""Fetching with permission: what staff see of conversations, channels and events. 404 for what is not theirs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from parley.accounts import access
from parley.accounts.models import Membership, Role
from parley.conversations.models import Channel, Conversation, InboundEvent, Message, ProviderAccount

#: the program whose conversations are the catch-all inbox
INBOX = "inbox"
#: the instance's own mails: they carry links that open accounts, so nobody reads them here
MAIL = "mail"


def sees_addresses(membership: Membership) -> bool:
    """Whether the person's role needs whole phone numbers."""
    return membership.role >= Role.ADMIN


def access_inbox_conversation(membership: Membership, conversation_id: int) -> Conversation:
    """A conversation of the organization's catch-all inbox, with its channel. One query."""
    access.require_role(membership, Role.SUPERVOLUNTEER)
    found = (
        Conversation.objects.filter(
            organization_id=membership.organization_id, program=INBOX, pk=conversation_id, last_inbound_at__isnull=False
        )
        .select_related("channel__account")
        .first()
    )
    if found is None:
        raise Http404
    return found


def access_message(membership: Membership, message_id: int) -> Message:
    """A message of the organization, of whatever program. One query."""
    access.require_role(membership, Role.SUPERVOLUNTEER)
    found = Message.objects.filter(organization_id=membership.organization_id, pk=message_id).first()
    if found is None:
        raise Http404
    return found


def access_event(membership: Membership, event_id: int) -> InboundEvent:
    """An event of one of the organization's own accounts. One query."""
    access.require_role(membership, Role.ADMIN)
    found = InboundEvent.objects.filter(account__organization_id=membership.organization_id, pk=event_id).first()
    if found is None:
        raise Http404
    return found


def access_account(membership: Membership, account_id: int) -> ProviderAccount:
    """An account that the organization owns: a shared one is changed by its own organization alone. One query."""
    access.require_role(membership, Role.ADMIN)
    found = _own_accounts(membership).filter(pk=account_id).first()
    if found is None:
        raise Http404
    return found


def access_channel(membership: Membership, channel_id: int) -> Channel:
    """A channel of an account that the organization owns. One query."""
    access.require_role(membership, Role.ADMIN)
    found = (
        Channel.objects.filter(account__organization_id=membership.organization_id, pk=channel_id)
        .select_related("account")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _own_accounts(membership: Membership) -> QuerySet[ProviderAccount]:
    return ProviderAccount.objects.filter(organization_id=membership.organization_id)
