"""What texting's tests begin with: an organization that texts, a campaign, its people."""

from __future__ import annotations

import dataclasses
from typing import Any

from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations import actions as core
from parley.conversations.models import Channel
from parley.texting.models import (
    Assignment,
    Campaign,
    CampaignStatus,
    Contact,
    HoursGroup,
    InteractionStep,
    TextingSettings,
)


@dataclasses.dataclass(frozen=True)
class Scene:
    """A started campaign whose hours are not enforced, with one texter."""

    organization: Organization
    channel: Channel
    campaign: Campaign
    texter: User
    assignment: Assignment
    root: InteractionStep
    hours_group: HoursGroup


def person(organization: Organization, name: str, role: Role = Role.TEXTER) -> User:
    user = User.objects.create_user(f"{name.lower()}@{organization.slug}.example", first_name=name)
    Membership.everywhere.create(organization=organization, user=user, role=role)
    return user


def assignment(campaign: Campaign, user: User, **fields: Any) -> Assignment:
    return Assignment.everywhere.create(
        organization_id=campaign.organization_id, campaign=campaign, user=user, **fields
    )


def contacts(scene: Scene, count: int, *, assigned: bool = False, first: int = 0, **fields: Any) -> list[Contact]:
    return Contact.everywhere.bulk_create(
        Contact(
            **{
                "organization": scene.organization,
                "campaign": scene.campaign,
                "assignment": scene.assignment if assigned else None,
                "hours_group": scene.hours_group,
                "first_name": f"Person {i}",
                "cell": f"+1617{5550000 + i}",
                **fields,
            }
        )
        for i in range(first, first + count)
    )


def scene(*, provider: str = "memory", slug: str = "oak", **campaign: Any) -> Scene:
    organization = Organization.objects.create(name="Oak Street Neighbors", slug=slug, is_home=slug == "oak")
    account = core.connect_account(organization=organization, provider=provider, name="Test", values={})
    channel = core.add_channel(
        account, kind="messaging_service", address_kind="phone", address="MG1", name="Main", rate=None
    )
    TextingSettings.objects.create(organization=organization, texting_hours_enforced=False)
    made = Campaign.everywhere.create(
        **{
            "organization": organization,
            "title": "Town hall",
            "status": CampaignStatus.ACTIVE,
            "channel": channel,
            "batch_size": 10,
            **campaign,
        }
    )
    root = InteractionStep.everywhere.create(
        organization=organization, campaign=made, script="Hi {firstName}, will you come?", question="Coming?"
    )
    for place, answer in enumerate(["Yes", "No"]):
        InteractionStep.everywhere.create(
            organization=organization, campaign=made, parent=root, answer_option=answer, script=answer, position=place
        )
    texter = person(organization, "Tess")
    return Scene(
        organization=organization,
        channel=channel,
        campaign=made,
        texter=texter,
        assignment=assignment(made, texter),
        root=root,
        hours_group=HoursGroup.objects.get_or_create(zones="America/New_York", state="MA")[0],
    )
