"""Organizations, people and campaigns for the organizer's tests."""

from __future__ import annotations

import itertools
from typing import Any

from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations.models import Channel, OptOut, ProviderAccount
from parley.texting.models import Campaign, CampaignStatus, Contact, HoursGroup, InteractionStep

_numbers = itertools.count(1)


def organization(name: str = "") -> Organization:
    number = next(_numbers)
    return Organization.objects.create(name=name or f"Neighbors {number}", slug=f"neighbors-{number}")


def person(**fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create(email=f"person{number}@example.org", first_name=f"Person{number}", **fields)


def member(where: Organization, role: Role = Role.ADMIN) -> Membership:
    return Membership.everywhere.create(organization=where, user=person(), role=role)


def channel(where: Organization) -> Channel:
    account = ProviderAccount.objects.create(organization=where, provider="twilio", name="Texts")
    return Channel.objects.create(
        account=account,
        organization=where,
        kind=Channel.Kind.MESSAGING_SERVICE,
        address_kind="phone",
        address=f"MG{next(_numbers)}",
        name="Main line",
    )


def contacts(campaign: Campaign, count: int, **fields: Any) -> list[Contact]:
    group, _new = HoursGroup.objects.get_or_create(zones="America/New_York", state="MA")
    made = Contact.everywhere.bulk_create(
        Contact(
            organization_id=campaign.organization_id,
            campaign=campaign,
            hours_group=group,
            first_name="Ana",
            last_name="Rivera",
            cell=f"+1617{next(_numbers):07d}",
            **fields,
        )
        for _ in range(count)
    )
    campaign.contacts_count = Contact.everywhere.filter(campaign=campaign).count()
    campaign.save()
    return made


def draft(where: Organization, **fields: Any) -> Campaign:
    return Campaign.everywhere.create(organization=where, **{"title": "Spring walk", **fields})


def ready(where: Organization, *, people: int = 3, **fields: Any) -> Campaign:
    """A draft that lacks nothing."""
    campaign = draft(where, channel=channel(where), **fields)
    InteractionStep.everywhere.create(organization=where, campaign=campaign, script="Hi {firstName}, can you come?")
    if people:
        contacts(campaign, people)
    return campaign


def running(where: Organization, **fields: Any) -> Campaign:
    from django.utils import timezone

    return ready(where, status=CampaignStatus.ACTIVE, started_at=timezone.now(), **fields)


def opt_out(where: Organization | None, cell: str, **fields: Any) -> OptOut:
    return OptOut.objects.create(
        organization=where, address_kind="phone", address=cell, source=OptOut.Source.STAFF, **fields
    )
