"""Who may give which role."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from parley.accounts import access, actions, errors
from parley.accounts.models import AuditEvent, Grant, GrantKind, Membership, Organization, Role, User
from tests.accounts.conftest import World
from tests.conftest import RunConcurrently


def role_of(user: User, organization: Organization) -> int:
    return Membership.everywhere.get(user=user, organization=organization).role


def test_an_admin_promotes_a_texter_and_the_log_says_so(world: World) -> None:
    texter = world.members[Role.TEXTER]

    actions.change_role(world.acting(Role.ADMIN), texter.pk, role=Role.SUPERVOLUNTEER)

    assert role_of(texter, world.organization) == Role.SUPERVOLUNTEER
    event = AuditEvent.everywhere.filter(verb="membership.role_changed").latest("pk")
    assert (event.actor, event.target_id) == (world.members[Role.ADMIN], texter.pk)
    assert event.detail == {"old": "TEXTER", "new": "SUPERVOLUNTEER"}


@pytest.mark.parametrize("actor", [Role.TEXTER, Role.VETTED_TEXTER, Role.SUPERVOLUNTEER])
def test_below_admin_nobody_changes_roles(world: World, actor: Role) -> None:
    with pytest.raises(PermissionDenied):
        actions.change_role(world.acting(actor), world.members[Role.SUSPENDED].pk, role=Role.TEXTER)


def test_an_admin_neither_makes_nor_unmakes_owners(world: World) -> None:
    admin = world.acting(Role.ADMIN)

    with pytest.raises(PermissionDenied):
        actions.change_role(admin, world.members[Role.TEXTER].pk, role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        actions.change_role(admin, world.members[Role.OWNER].pk, role=Role.TEXTER)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_nobody_changes_their_own_role(world: World, role: Role) -> None:
    with pytest.raises(errors.Refused, match="own role"):
        actions.change_role(world.acting(role), world.members[role].pk, role=Role.TEXTER)


def test_the_last_owner_stays(world: World) -> None:
    superadmin = access.access_organization(world.superadmin, world.organization.slug)
    owner = world.members[Role.OWNER]

    with pytest.raises(errors.Refused, match="last owner"):
        actions.change_role(superadmin, owner.pk, role=Role.ADMIN)
    with pytest.raises(errors.Refused, match="last owner"):
        actions.remove_member(superadmin, owner.pk)

    assert role_of(owner, world.organization) == Role.OWNER


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_leave_one(
    person: Callable[..., User], run_concurrently: RunConcurrently
) -> None:
    organization = actions.create_organization(name="Duel")
    owners = [person("Ann"), person("Bea")]
    seats = [actions.add_member(organization, owner, role=Role.OWNER) for owner in owners]

    def demote(actor: Membership, target: User) -> Any:
        try:
            return actions.change_role(actor, target.pk, role=Role.TEXTER)
        except (errors.Refused, PermissionDenied) as refusal:
            return refusal

    run_concurrently([partial(demote, seats[0], owners[1]), partial(demote, seats[1], owners[0])])

    assert Membership.everywhere.filter(organization=organization, role=Role.OWNER).count() == 1


def test_a_stale_membership_gives_no_rights(world: World) -> None:
    admin = world.acting(Role.ADMIN)
    actions.change_role(world.acting(Role.OWNER), world.members[Role.ADMIN].pk, role=Role.TEXTER)

    with pytest.raises(PermissionDenied):
        actions.change_role(admin, world.members[Role.VETTED_TEXTER].pk, role=Role.ADMIN)


def test_removing_a_member_takes_the_grants_too(world: World) -> None:
    texter = world.members[Role.TEXTER]
    actions.give_grant(world.acting(Role.ADMIN), texter.pk, GrantKind.AUDITOR)

    actions.remove_member(world.acting(Role.ADMIN), texter.pk)

    assert not Grant.everywhere.filter(user=texter).exists()
    with pytest.raises(Http404):
        access.access_organization(texter, world.organization.slug)


def test_a_grant_opens_what_a_role_does_not(world: World) -> None:
    texter, owner = world.members[Role.TEXTER], world.acting(Role.OWNER)

    actions.give_grant(owner, texter.pk, GrantKind.AUDITOR)

    access.access_grant(world.acting(Role.TEXTER), GrantKind.AUDITOR)
    with pytest.raises(PermissionDenied):
        access.access_grant(world.acting(Role.TEXTER), GrantKind.AUDIT_LEAD)
    with pytest.raises(PermissionDenied):
        access.access_grant(owner, GrantKind.AUDITOR)


def test_an_admin_gives_no_right_to_themselves(world: World) -> None:
    with pytest.raises(errors.Refused):
        actions.give_grant(world.acting(Role.ADMIN), world.members[Role.ADMIN].pk, GrantKind.AUDITOR)


def test_joining_again_never_lowers_a_role_and_lets_no_suspended_member_in(world: World) -> None:
    actions.join_organization(world.organization, world.members[Role.ADMIN])

    assert role_of(world.members[Role.ADMIN], world.organization) == Role.ADMIN
    with pytest.raises(errors.Refused, match="suspended"):
        actions.join_organization(world.organization, world.members[Role.SUSPENDED])
