"""The staff site: one organization at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from parley.accounts import actions, staff
from parley.accounts.models import Membership, Organization, Role, User
from tests.accounts.conftest import World

MEMBERSHIPS = "staff:accounts_membership_changelist"
PEOPLE = "staff:accounts_user_changelist"


@pytest.fixture
def helper(world: World, signed_in: Callable[[User], Client]) -> Client:
    """Signed in: an admin of Spring Walk who may look at people and memberships on the staff site."""
    user = world.members[Role.ADMIN]
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "view_membership"]))
    return signed_in(user)


def listed(client: Client, name: str) -> set[int]:
    return {row.pk for row in client.get(reverse(name)).context["cl"].queryset}


def members(organization: Organization) -> set[int]:
    return set(Membership.everywhere.filter(organization=organization).values_list("pk", flat=True))


def test_staff_see_their_own_organization_only(world: World, helper: Client) -> None:
    assert listed(helper, MEMBERSHIPS) == members(world.organization)
    assert listed(helper, PEOPLE) == {user.pk for user in world.members.values()}


def test_staff_cannot_choose_all_or_another_organization(world: World, helper: Client) -> None:
    for wanted in ("all", str(world.other.pk), "nonsense"):
        answer = helper.post(reverse("staff:choose_organization"), {"organization": wanted})
        assert answer.status_code == 403

    assert listed(helper, MEMBERSHIPS) == members(world.organization)


def test_a_row_of_another_organization_is_not_opened_by_its_number(world: World, helper: Client) -> None:
    foreign = Membership.everywhere.get(organization=world.other)

    answer = helper.get(reverse("staff:accounts_membership_change", args=[foreign.pk]))

    assert answer.status_code == 302  # Django's way to say that there is no such row
    assert str(foreign.user) not in helper.get(answer.headers["Location"]).content.decode()


def test_a_superuser_chooses_one_or_all(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.superadmin)
    choose = reverse("staff:choose_organization")

    client.post(choose, {"organization": str(world.other.pk)})
    one = listed(client, MEMBERSHIPS)
    client.post(choose, {"organization": "all"})
    every = listed(client, MEMBERSHIPS)

    assert one == members(world.other)
    assert every == members(world.other) | members(world.organization)


def test_the_site_changes_no_role_and_shows_no_secret(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.superadmin)
    client.post(reverse("staff:choose_organization"), {"organization": "all"})
    seat = Membership.everywhere.get(organization=world.other)
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")

    answer = client.post(
        reverse("staff:accounts_membership_change", args=[seat.pk]),
        {"role": int(Role.TEXTER), "user": seat.user_id, "organization": seat.organization_id},
    )
    token_page = client.get(reverse("staff:accounts_apitoken_change", args=[made.token.pk])).content.decode()
    person_page = client.get(reverse("staff:accounts_user_change", args=[seat.user_id])).content.decode()

    assert answer.status_code == 403
    assert made.token.digest not in token_page
    assert "argon2" not in person_page
    assert "md5$" not in person_page


def test_a_superuser_lets_somebody_onto_the_site(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.superadmin)
    texter = world.members[Role.TEXTER]
    client.post(reverse("staff:choose_organization"), {"organization": "all"})

    client.post(reverse("staff:accounts_user_change", args=[texter.pk]), {"is_staff": "on", "is_superadmin": "on"})

    texter.refresh_from_db()
    assert (texter.is_staff, texter.is_superadmin) == (True, False)


def test_only_tables_that_keep_to_the_organization_are_registered() -> None:
    from django.contrib import admin

    with pytest.raises(ImproperlyConfigured):
        staff.register(Organization)(admin.ModelAdmin)  # type: ignore[arg-type]
