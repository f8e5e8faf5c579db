"""Signing in, and everything that ends a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from parley.accounts import actions, sessions
from parley.accounts.models import Role, User
from tests.accounts.conftest import PASSWORD, World

PROFILE = "/account/profile/"


def sign_in(client: Client, user: User, password: str = PASSWORD) -> int:
    return client.post(reverse("account_login"), {"login": user.email, "password": password}).status_code


def is_signed_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


def test_the_cookie_says_who_and_which_epoch_without_a_query(
    person: Callable[..., User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = person("Rosa", password=PASSWORD)
    client = Client()
    assert sign_in(client, user) == 302
    request = RequestFactory().get("/")
    request.session = client.session

    with django_assert_num_queries(0):
        found = sessions.identity(request)

    assert found == sessions.Identity(user.pk, user.session_epoch)


def test_a_wrong_password_and_an_unknown_address_look_alike(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)

    wrong = Client().post(reverse("account_login"), {"login": user.email, "password": "not this one"})
    unknown = Client().post(reverse("account_login"), {"login": "nobody@example.org", "password": "not this one"})

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert wrong.status_code == unknown.status_code


def test_guessing_a_password_is_stopped(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    client = Client()

    for _attempt in range(6):
        sign_in(client, user, "not this one")

    sign_in(client, user)
    assert not is_signed_in(client)


def test_suspension_in_an_organization_signs_out(world: World, signed_in: Callable[[User], Client]) -> None:
    texter = world.members[Role.TEXTER]
    client = signed_in(texter)
    assert is_signed_in(client)

    actions.change_role(world.acting(Role.ADMIN), texter.pk, role=Role.SUSPENDED)

    assert not is_signed_in(client)


def test_suspension_everywhere_signs_out_and_keeps_out(person: Callable[..., User], world: World) -> None:
    user = person("Rosa", password=PASSWORD)
    client = Client()
    sign_in(client, user)

    actions.suspend_user(world.superadmin, user)

    assert not is_signed_in(client)
    sign_in(client, user)
    assert not is_signed_in(client)


def test_a_new_password_ends_the_other_sessions_and_raises_the_epoch(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    here, elsewhere = Client(), Client()
    sign_in(here, user)
    sign_in(elsewhere, user)
    before = user.session_epoch

    new = "four loud herons"
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    user.refresh_from_db()
    assert user.session_epoch == before + 1
    assert here.session[sessions.EPOCH] == user.session_epoch


def test_signing_out_everywhere_keeps_this_device(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    here, elsewhere = Client(), Client()
    sign_in(here, user)
    sign_in(elsewhere, user)

    here.post(reverse("accounts:sign_out_everywhere"))

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    user.refresh_from_db()
    assert here.session[sessions.EPOCH] == user.session_epoch


def test_a_stale_copy_of_a_person_undoes_no_suspension(person: Callable[..., User], world: World) -> None:
    user = person("Rosa")
    stale = User.objects.get(pk=user.pk)
    actions.suspend_user(world.superadmin, user)

    stale.first_name = "Rosalind"
    stale.save()

    stale.refresh_from_db()
    assert (stale.first_name, stale.is_suspended) == ("Rosalind", True)
    assert stale.session_epoch == user.session_epoch


def test_rehashing_an_old_password_ends_no_session(person: Callable[..., User]) -> None:
    user = person("Rosa")
    old_hash = make_password(PASSWORD, hasher="pbkdf2_sha256")
    User.objects.filter(pk=user.pk).update(password=old_hash)
    before = user.session_epoch

    sign_in(Client(), user)

    user.refresh_from_db()
    assert user.password != old_hash
    assert user.session_epoch == before


def test_a_page_loads_the_person_once(
    world: World, signed_in: Callable[[User], Client], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(world.members[Role.TEXTER])
    address = reverse("home:organization", args=[world.organization.slug])

    with django_assert_num_queries(2):  # the person, the membership with its organization
        client.get(address)


def test_a_request_without_a_session_asks_the_database_nothing(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        Client().get("/account/profile/")


def test_a_forgotten_password_is_replaced_by_mail(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    client = Client()

    client.post(reverse("account_reset_password"), {"email": user.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link[link.index("/account") :], follow=True)
    new = "four loud herons"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})

    assert is_signed_in(client)
    assert sign_in(Client(), user, new) == 302


def test_nobody_learns_whether_an_address_has_an_account(person: Callable[..., User]) -> None:
    person("Rosa", password=PASSWORD)

    answer = Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})

    assert answer.status_code == 302
    assert not mail.outbox


@pytest.mark.parametrize(("language", "heading"), [("es", "es"), ("", "en")])
def test_pages_come_in_the_language_of_the_person(person: Callable[..., User], language: str, heading: str) -> None:
    user = person("Rosa")
    actions.update_profile(user, first_name="Rosa", language=language)
    client = Client()
    client.force_login(user)

    page = client.get(PROFILE)

    assert page.headers["Content-Language"] == heading
