"""What other apps' pages show of conversations: `{% load conversations %}`."""

from __future__ import annotations

from django import template

from parley.accounts.models import Membership, Organization, Role
from parley.conversations import addresses
from parley.conversations.queries import attention as queries

register = template.Library()


@register.simple_tag
def attention(organization: Organization) -> queries.Attention:
    """Stopped channels, unconfirmed texts, parked events: false when there are none. One query."""
    return queries.of(organization)


@register.simple_tag
def address(value: str, kind: str, whole: bool = False) -> str:
    """An address as this person may see it: whole, or its end alone."""
    return addresses.shown(value, kind=kind, whole=whole)


@register.filter
def manages_channels(membership: Membership | None) -> bool:
    """Whether channels and parked events are open to this member."""
    return membership is not None and membership.role >= Role.ADMIN
