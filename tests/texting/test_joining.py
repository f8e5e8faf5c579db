"""The campaign's join link."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from parley.accounts import errors, joining
from parley.accounts.models import Membership, Role
from parley.texting import actions
from parley.texting.actions import joining as campaign_joining
from parley.texting.models import Assignment, Campaign, CampaignStatus, TextingSettings
from tests.texting import organizing

pytestmark = pytest.mark.django_db


def door_of(campaign: Campaign) -> joining.Door:
    found = joining.find(campaign.join_token)
    assert found is not None
    return found


def test_the_link_makes_a_stranger_texter_of_organization_and_campaign() -> None:
    campaign = organizing.running(organizing.organization(), max_contacts_per_texter=40)
    stranger = organizing.person()

    door_of(campaign).accept(stranger)

    assert Membership.everywhere.get(user=stranger).role == Role.TEXTER
    assignment = Assignment.everywhere.get(user=stranger)
    assert (assignment.campaign, assignment.max_contacts) == (campaign, 40)


def test_the_setting_caps_texters_where_the_campaign_does_not(settings: Any) -> None:
    settings.MAX_CONTACTS_PER_TEXTER = 25
    campaign = organizing.running(organizing.organization())

    assert actions.join_campaign(campaign.pk, organizing.person()).max_contacts == 25


def test_joining_twice_is_joining_once() -> None:
    campaign = organizing.running(organizing.organization())
    texter = organizing.person()

    assert actions.join_campaign(campaign.pk, texter) == actions.join_campaign(campaign.pk, texter)
    assert Assignment.everywhere.filter(user=texter).count() == 1


def test_an_admin_who_joins_stays_admin() -> None:
    campaign = organizing.running(organizing.organization())
    admin = organizing.member(campaign.organization)

    actions.join_campaign(campaign.pk, admin.user)

    assert Membership.everywhere.get(pk=admin.pk).role == Role.ADMIN


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": CampaignStatus.DRAFT}, "not started"),
        ({"status": CampaignStatus.CLOSED}, "closed"),
        ({"status": CampaignStatus.ARCHIVED}, "over"),
        ({"join_closed_at": timezone.now()}, "link has been closed"),
        ({"use_dynamic_assignment": False}, "give out the contacts"),
    ],
)
def test_a_door_that_is_shut_says_why_and_lets_nobody_in(fields: dict[str, Any], words: str) -> None:
    campaign = organizing.running(organizing.organization())
    Campaign.everywhere.filter(pk=campaign.pk).update(**fields)
    stranger = organizing.person()

    door = door_of(campaign)

    assert words in door.description
    with pytest.raises(errors.Refused, match=words):
        door.accept(stranger)
    assert not Membership.everywhere.filter(user=stranger).exists()


def test_replies_only_campaigns_still_take_helpers() -> None:
    campaign = organizing.running(organizing.organization())
    Campaign.everywhere.filter(pk=campaign.pk).update(status=CampaignStatus.CLOSED_FOR_INITIALS)

    assert actions.join_campaign(campaign.pk, organizing.person()).pk


def test_a_full_campaign_refuses_newcomers_but_not_its_own_texters() -> None:
    campaign = organizing.running(organizing.organization())
    TextingSettings.objects.create(organization=campaign.organization, max_texters_per_campaign=1)
    first = organizing.person()
    actions.join_campaign(campaign.pk, first)

    with pytest.raises(errors.Refused, match="as many texters"):
        actions.join_campaign(campaign.pk, organizing.person())
    assert actions.join_campaign(campaign.pk, first).user == first


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(run_concurrently: Callable[[Any], list[Any]]) -> None:
    campaign = organizing.running(organizing.organization())
    TextingSettings.objects.create(organization=campaign.organization, max_texters_per_campaign=1)

    def attempt(user: Any) -> bool:
        try:
            actions.join_campaign(campaign.pk, user)
        except errors.Refused:
            return False
        return True

    results = run_concurrently([partial(attempt, organizing.person()) for _ in range(3)])

    assert sorted(results) == [False, False, True]
    assert Assignment.everywhere.filter(campaign=campaign).count() == 1


def test_a_suspended_member_does_not_come_back_by_the_link() -> None:
    campaign = organizing.running(organizing.organization())
    suspended = organizing.member(campaign.organization, Role.SUSPENDED)

    with pytest.raises(errors.Refused, match="suspended"):
        actions.join_campaign(campaign.pk, suspended.user)

    assert not Assignment.everywhere.filter(user=suspended.user).exists()


def test_a_renewed_link_ends_the_old_one() -> None:
    campaign = organizing.running(organizing.organization())
    admin = organizing.member(campaign.organization)
    old = campaign.join_token

    renewed = actions.open_join_link(admin, campaign.pk, renew=True)

    assert joining.find(old) is None
    assert joining.find(renewed.join_token) is not None


def test_a_token_of_another_shape_costs_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert campaign_joining.campaign_door("short") is None
