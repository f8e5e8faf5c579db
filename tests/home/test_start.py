"""Where everybody lands."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from parley.accounts import actions
from parley.accounts.models import Organization, Role, User
from parley.home import landing


def member(name: str, *seats: tuple[str, Role]) -> tuple[User, Client]:
    user = actions.create_user(email=f"{name}@example.org", first_name=name)
    for slug, role in seats:
        actions.add_member(_organization(slug), user, role=role)
    client = Client()
    client.force_login(user)
    return user, client


def _organization(slug: str) -> Organization:
    return Organization.objects.filter(slug=slug).first() or actions.create_organization(name=slug, slug=slug)


@pytest.mark.django_db
def test_a_visitor_reads_who_is_at_home_here_and_can_sign_in() -> None:
    actions.create_organization(name="Spring Walk")

    page = Client().get("/").content.decode()

    assert "Spring Walk" in page
    assert reverse("account_login") in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TEXTER, Role.VETTED_TEXTER, Role.SUPERVOLUNTEER, Role.ADMIN, Role.OWNER])
def test_a_member_of_one_organization_goes_straight_to_work(role: Role) -> None:
    user, client = member("rosa", ("spring", role))

    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == landing.address(user.memberships.model.everywhere.get(user=user))


@pytest.mark.django_db
def test_a_member_of_several_chooses() -> None:
    _user, client = member("rosa", ("spring", Role.ADMIN), ("autumn", Role.TEXTER))

    page = client.get("/")

    assert [place.organization.slug for place, _address in page.context["places"]] == ["autumn", "spring"]


@pytest.mark.django_db
def test_where_one_is_suspended_is_not_offered() -> None:
    _user, client = member("rosa", ("spring", Role.SUSPENDED))

    page = client.get("/")

    assert page.status_code == 200
    assert page.context["places"] == []


@pytest.mark.django_db
def test_a_superadmin_sees_the_instance() -> None:
    user = actions.create_user(email="super@example.org", first_name="Super", superadmin=True)
    client = Client()
    client.force_login(user)
    for name in ("Spring", "Autumn"):
        actions.create_organization(name=name)

    assert client.get("/").headers["Location"] == reverse("accounts:organizations")
