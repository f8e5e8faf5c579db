"""API tokens: programs that act as a person, inside one organization."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from parley.accounts import access, actions, sessions
from parley.accounts.models import ApiToken, Organization, Role, User
from tests.accounts.conftest import World


def bearer(secret: str) -> Client:
    return Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {secret}", "accept": "application/json"})


def people(organization: Organization) -> str:
    return reverse("organization:people", args=[organization.slug])


def test_a_token_opens_what_its_person_may_open(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")

    answer = bearer(made.secret).get(people(world.organization))

    assert answer.status_code == 200
    assert answer.wsgi_request.user == world.members[Role.ADMIN]


def test_only_the_digest_is_kept(world: World) -> None:
    made = actions.create_token(world.acting(Role.TEXTER), name="Report")

    row = ApiToken.everywhere.values().get()

    assert made.secret not in {str(value) for value in row.values()}
    assert made.secret.startswith(row["prefix"])


def test_a_token_writes_without_csrf_and_leaves_no_cookie(world: World) -> None:
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")
    texter = world.members[Role.TEXTER]

    answer = bearer(made.secret).post(
        reverse("organization:change_role", args=[world.organization.slug, texter.pk]),
        {"role": int(Role.VETTED_TEXTER)},
    )

    assert answer.status_code == 302
    assert not answer.cookies
    assert world.organization.memberships.model.everywhere.get(user=texter).role == Role.VETTED_TEXTER


def test_a_browser_still_needs_csrf(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.members[Role.ADMIN])

    answer = client.post(reverse("organization:invite", args=[world.organization.slug]), {"role": 10})

    assert answer.status_code == 403


def test_a_token_stays_in_its_organization(world: World) -> None:
    admin = world.members[Role.ADMIN]
    actions.add_member(world.other, admin, role=Role.OWNER)
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")

    assert bearer(made.secret).get(people(world.other)).status_code == 404


def test_a_superadmins_token_stays_there_too(world: World) -> None:
    owner = access.access_organization(world.superadmin, world.organization.slug)
    client = bearer(actions.create_token(owner, name="Report").secret)

    assert client.get(people(world.organization)).status_code == 200
    assert client.get(people(world.other)).status_code == 404
    assert client.get(reverse("accounts:organizations")).status_code == 403


def test_a_token_opens_nobodys_own_account_and_no_staff_site(world: World) -> None:
    owner = access.access_organization(world.superadmin, world.organization.slug)
    client = bearer(actions.create_token(owner, name="Report").secret)

    for address in (reverse("accounts:profile"), reverse("accounts:tokens"), reverse("account_email"), "/admin/"):
        assert client.get(address).status_code == 403, address


def test_a_revoked_expired_or_wrong_token_is_refused(world: World) -> None:
    texter = world.acting(Role.TEXTER)
    revoked = actions.create_token(texter, name="Old")
    actions.revoke_token(world.members[Role.TEXTER], revoked.token.pk)
    expired = actions.create_token(texter, name="Old", expires_at=timezone.now() - datetime.timedelta(seconds=1))

    for secret in (revoked.secret, expired.secret, "parley_nonsense"):
        answer = bearer(secret).get(reverse("home:organization", args=[world.organization.slug]))
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_suspension_ends_a_token_at_once(world: World) -> None:
    here, everywhere = (actions.create_token(world.acting(role), name="Report") for role in (Role.ADMIN, Role.TEXTER))

    actions.change_role(world.acting(Role.OWNER), world.members[Role.ADMIN].pk, role=Role.SUSPENDED)
    actions.suspend_user(world.superadmin, world.members[Role.TEXTER])

    home = reverse("home:organization", args=[world.organization.slug])
    assert bearer(here.secret).get(home).status_code == 403
    assert bearer(everywhere.secret).get(home).status_code == 401


def test_other_bearer_tokens_are_somebody_elses_business(db: None) -> None:
    answer = bearer("prometheus-scrape-key").get("/")

    assert answer.status_code == 200


def test_the_identity_of_a_token_carries_its_organization(world: World) -> None:
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")

    request = bearer(made.secret).get(people(world.organization)).wsgi_request

    user = world.members[Role.ADMIN]
    assert sessions.identity(request) == sessions.Identity(user.pk, user.session_epoch, world.organization.pk)


def test_use_is_noted_but_not_every_time(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")
    client = bearer(made.secret)
    client.get(people(world.organization))
    first = ApiToken.everywhere.get().last_used_at
    assert first is not None

    client.get(people(world.organization))

    assert ApiToken.everywhere.get().last_used_at == first


def test_the_page_shows_a_new_token_once(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.members[Role.TEXTER])
    address = reverse("accounts:tokens")

    page = client.post(address, {"name": "Weekly report", "organization": world.organization.pk, "days": 30})

    secret = page.context["made"].secret
    assert secret in page.content.decode()
    assert secret not in client.get(address).content.decode()
    assert page.headers["Cache-Control"] == "no-store"


def test_nobody_revokes_or_makes_tokens_for_others(world: World, signed_in: Callable[[User], Client]) -> None:
    made = actions.create_token(world.acting(Role.ADMIN), name="Report")
    client = signed_in(world.members[Role.TEXTER])

    assert client.post(reverse("accounts:revoke_token", args=[made.token.pk])).status_code == 404
    foreign = client.post(reverse("accounts:tokens"), {"name": "Report", "organization": world.other.pk, "days": 30})

    assert foreign.status_code == 422
    assert ApiToken.everywhere.get().revoked_at is None
