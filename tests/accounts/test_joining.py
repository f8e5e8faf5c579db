"""Doors in: join links and invitations."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parley.accounts import actions, errors, joining
from parley.accounts.models import Invitation, Membership, Organization, Role, User
from tests.accounts.conftest import PASSWORD, World

NEWCOMER = {"name": "rosa Delgado", "email": "Rosa@Example.org", "password": PASSWORD}


def door(token: object) -> str:
    return reverse("join:door", args=[str(token)])


def role_in(organization: Organization, email: str) -> int | None:
    return (
        Membership.everywhere.filter(organization=organization, user__email=email)
        .values_list("role", flat=True)
        .first()
    )


def test_a_visitor_sees_what_they_join_and_signs_up_in_one_step(world: World) -> None:
    client = Client()
    address = door(world.organization.join_token)

    assert "Join Spring Walk" in client.get(address).content.decode()
    answer = client.post(address, NEWCOMER)

    assert answer.headers["Location"] == reverse("home:organization", args=[world.organization.slug])
    assert role_in(world.organization, "rosa@example.org") == Role.TEXTER
    user = User.objects.get(email="rosa@example.org")
    assert (user.first_name, user.last_name) == ("Rosa", "Delgado")
    assert client.get("/account/profile/").status_code == 200


def test_an_account_is_used_again_when_its_password_is_filled_in(world: World, person: Callable[..., User]) -> None:
    person("Rosa", password=PASSWORD)

    client = Client()
    client.post(door(world.organization.join_token), NEWCOMER, follow=True)

    assert User.objects.filter(email="rosa@example.org").count() == 1
    assert role_in(world.organization, "rosa@example.org") == Role.TEXTER


def test_somebody_elses_address_is_not_taken_over(world: World, person: Callable[..., User]) -> None:
    person("Rosa", password="another quiet heron")

    client = Client()
    answer = client.post(door(world.organization.join_token), NEWCOMER)

    assert answer.status_code == 422
    assert "already" not in answer.context["form"].non_field_errors().as_text().replace("have one already", "")
    assert role_in(world.organization, "rosa@example.org") is None
    assert client.get("/account/profile/").status_code == 302


def test_guessing_at_a_door_is_stopped_like_at_sign_in(world: World, person: Callable[..., User]) -> None:
    person("Rosa", password=PASSWORD)
    client = Client()
    address = door(world.organization.join_token)

    for _attempt in range(6):
        client.post(address, {**NEWCOMER, "password": "not this one"})

    assert client.post(address, NEWCOMER).status_code == 422
    assert client.get("/account/profile/").status_code == 302


def test_whoever_signs_in_at_a_door_goes_through_it(world: World, person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    client = Client()
    client.get(door(world.organization.join_token))

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)

    assert (door(world.organization.join_token), 302) in answer.redirect_chain
    assert role_in(world.organization, user.email) == Role.TEXTER


def test_looking_at_a_link_while_signed_in_joins_nothing(
    world: World, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    user = person("Rosa")
    client = signed_in(user)

    page = client.get(door(world.organization.join_token))

    assert page.status_code == 200
    assert role_in(world.organization, user.email) is None
    client.post(door(world.organization.join_token))
    assert role_in(world.organization, user.email) == Role.TEXTER


def test_without_a_link_nobody_signs_up(db: None) -> None:
    page = Client().post(reverse("account_signup"), {"email": "rosa@example.org", "password1": PASSWORD})

    assert page.status_code == 405
    assert Client().get(reverse("account_signup")).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["0b0e7a8e-1d0c-4f9e-9a53-3b8e2f3fbb11", "no-such-invitation", "%00", "é" * 70])
def test_a_wrong_link_gets_a_kind_page(db: None, token: str) -> None:
    page = Client().get(f"/join/{token}")

    assert page.status_code == 404
    assert "This link does not work" in page.content.decode()


def test_a_replaced_join_link_is_closed(world: World) -> None:
    old = world.organization.join_token

    actions.reset_join_link(world.acting(Role.OWNER))

    assert Client().get(door(old)).status_code == 404


def test_a_weak_password_is_named_beside_its_field(world: World) -> None:
    page = Client().post(door(world.organization.join_token), {**NEWCOMER, "password": "rosadelgado"})

    assert page.status_code == 422
    assert page.context["form"].errors["password"]
    assert not User.objects.filter(email="rosa@example.org").exists()


def test_an_invitation_is_mailed_accepted_once_and_proves_the_address(world: World) -> None:
    invitation = actions.invite(world.acting(Role.ADMIN), role=Role.SUPERVOLUNTEER, email="Rosa@example.org")
    assert door(invitation.token) in mail.outbox[0].body
    assert mail.outbox[0].to == ["rosa@example.org"]

    Client().post(door(invitation.token), NEWCOMER)

    assert role_in(world.organization, "rosa@example.org") == Role.SUPERVOLUNTEER
    assert EmailAddress.objects.get(email="rosa@example.org").verified
    assert Client().get(door(invitation.token)).status_code == 404


def test_an_expired_or_withdrawn_invitation_is_closed(world: World) -> None:
    admin = world.acting(Role.ADMIN)
    expired = actions.invite(admin, role=Role.TEXTER, life=datetime.timedelta(0))
    withdrawn = actions.invite(admin, role=Role.TEXTER)
    actions.revoke_invitation(admin, withdrawn.pk)

    for invitation in (expired, withdrawn):
        assert joining.find(invitation.token) is None
        with pytest.raises(errors.Refused):
            actions.accept_invitation(invitation.token, world.outsider)


def test_sending_again_closes_the_old_link_and_gives_a_new_term(world: World) -> None:
    admin = world.acting(Role.ADMIN)
    invitation = actions.invite(admin, role=Role.TEXTER, email="rosa@example.org")
    old = invitation.token
    Invitation.everywhere.update(expires_at=timezone.now() - datetime.timedelta(days=1))

    sent = actions.resend_invitation(admin, invitation.pk)

    assert joining.find(old) is None
    assert joining.find(sent.token) is not None
    assert len(mail.outbox) == 2


def test_a_second_invitation_for_an_address_closes_the_first(world: World) -> None:
    admin = world.acting(Role.ADMIN)
    first = actions.invite(admin, role=Role.TEXTER, email="rosa@example.org")

    actions.invite(admin, role=Role.TEXTER, email="rosa@example.org")

    assert joining.find(first.token) is None


def test_an_admin_invites_no_owner(world: World) -> None:
    with pytest.raises(PermissionDenied):
        actions.invite(world.acting(Role.ADMIN), role=Role.OWNER, email="rosa@example.org")
    by_owner = actions.invite(world.acting(Role.OWNER), role=Role.OWNER, email="rosa@example.org")
    with pytest.raises(PermissionDenied):
        actions.resend_invitation(world.acting(Role.ADMIN), by_owner.pk)


def test_a_suspended_member_does_not_come_back_by_invitation(world: World) -> None:
    suspended = world.members[Role.SUSPENDED]
    invitation = actions.invite(world.acting(Role.ADMIN), role=Role.ADMIN)

    with pytest.raises(errors.Refused, match="suspended"):
        actions.accept_invitation(invitation.token, suspended)

    assert joining.find(invitation.token) is not None


def test_a_superadmin_creates_an_organization_and_invites_its_owner(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.superadmin)

    client.post(reverse("accounts:organizations"), {"name": "Winter Swim", "owner": "rosa@example.org"})

    organization = Organization.objects.get(slug="winter-swim")
    invitation = Invitation.everywhere.get(organization=organization)
    Client().post(door(invitation.token), NEWCOMER)
    assert role_in(organization, "rosa@example.org") == Role.OWNER


def test_a_program_registers_its_own_doors(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[User] = []

    def accept(user: User) -> str:
        joined.append(user)
        return "/texter/"

    def campaign_door(token: str) -> joining.Door | None:
        if token != "campaign-7":
            return None
        return joining.Door(organization=world.organization, title="Text for Spring Walk", accept=accept)

    monkeypatch.setattr(joining, "_resolvers", [*joining._resolvers])
    joining.register(campaign_door)

    answer = Client().post(door("campaign-7"), NEWCOMER)

    assert answer.headers["Location"] == "/texter/"
    assert [user.email for user in joined] == ["rosa@example.org"]


def test_a_full_door_says_so_and_leaves_no_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def accept(user: User) -> str:
        raise errors.Refused("This campaign has all the texters that it needs.")

    full = joining.Door(organization=world.organization, title="Text for Spring Walk", accept=accept)
    monkeypatch.setattr(joining, "_resolvers", [lambda token: full])

    answer = Client().post(door("campaign-7"), NEWCOMER)

    assert answer.status_code == 409
    assert "all the texters" in answer.content.decode()
    assert not User.objects.filter(email="rosa@example.org").exists()
