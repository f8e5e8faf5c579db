"""Fetching with permission."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from parley.accounts import access, actions
from parley.accounts.models import GrantKind, Membership, Role, User
from tests.accounts.conftest import World


def test_a_member_passes_up_to_their_role(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = world.members[Role.SUPERVOLUNTEER]

    with django_assert_num_queries(1):
        membership = access.access_organization(user, world.organization.slug, role=Role.SUPERVOLUNTEER)
        assert (membership.user, membership.organization) == (user, world.organization)
    with pytest.raises(PermissionDenied):
        access.access_organization(user, world.organization.slug, role=Role.ADMIN)


def test_others_learn_nothing_about_an_organization(world: World) -> None:
    for slug in (world.organization.slug, "no-such-organization"):
        with pytest.raises(Http404):
            access.access_organization(world.outsider, slug)


def test_suspended_members_and_visitors_are_refused(world: World) -> None:
    for user in (world.members[Role.SUSPENDED], AnonymousUser()):
        with pytest.raises(PermissionDenied):
            access.access_organization(user, world.organization.slug)


def test_a_person_suspended_everywhere_is_refused(world: World) -> None:
    owner = world.members[Role.OWNER]

    actions.suspend_user(world.superadmin, owner)

    with pytest.raises(PermissionDenied):
        access.access_organization(owner, world.organization.slug)


def test_a_superadmin_is_owner_everywhere_without_a_row(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        membership = access.access_organization(world.superadmin, world.organization.slug, role=Role.OWNER)

    assert membership.role == Role.OWNER
    assert not Membership.everywhere.filter(user=world.superadmin).exists()


def test_a_closed_organization_is_gone_for_all_but_superadmins(world: World) -> None:
    actions.set_closed(world.superadmin, world.organization, closed=True)

    with pytest.raises(Http404):
        access.access_organization(world.members[Role.OWNER], world.organization.slug)
    assert access.access_organization(world.superadmin, world.organization.slug)


def test_people_of_another_organization_are_not_found(world: World) -> None:
    with pytest.raises(Http404):
        access.access_membership(world.acting(Role.OWNER), world.outsider.pk)


def test_a_page_of_people_costs_the_same_however_many_there_are(
    world: World, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.members[Role.OWNER])
    address = reverse("organization:people", args=[world.organization.slug])

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = statements()
    for number in range(20):
        newcomer = person(f"Texter{number}")
        actions.add_member(world.organization, newcomer)
        actions.give_grant(world.acting(Role.OWNER), newcomer.pk, GrantKind.AUDITOR)

    assert statements() == few
