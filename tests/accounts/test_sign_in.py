"""Which services one can sign in with, and how they make accounts."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from allauth.core import context
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from parley.accounts import joining, sign_in
from parley.accounts.models import Membership, Role, User
from tests.accounts.conftest import PASSWORD, World


def test_nothing_is_offered_that_is_not_configured() -> None:
    assert sign_in.providers({}) == {}


def test_google_slack_and_any_openid_server_come_from_the_environment() -> None:
    found = sign_in.providers(
        {
            "GOOGLE_CLIENT_ID": "g",
            "GOOGLE_CLIENT_SECRET": "gs",
            "SLACK_CLIENT_ID": "s",
            "SLACK_CLIENT_SECRET": "ss",
            "OIDC_SERVER_URL": "https://id.example.org",
            "OIDC_CLIENT_ID": "o",
            "OIDC_CLIENT_SECRET": "os",
            "OIDC_NAME": "Our union",
        }
    )

    assert set(found) == {"google", "slack", "openid_connect"}
    assert found["openid_connect"]["APPS"][0]["name"] == "Our union"


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"GOOGLE_CLIENT_ID": "g"}, "GOOGLE_CLIENT_SECRET"),
        ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_ID"),
        ({"OIDC_SERVER_URL": "https://id.example.org"}, "OIDC_CLIENT_ID"),
    ],
)
def test_a_half_configured_service_is_named(environment: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        sign_in.providers(environment)


def come_with_google(client: Client, email: str, *, verified: bool = True) -> HttpResponse:
    """What allauth does when Google sends somebody back."""
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = AnonymousUser()
    vars(request).update(_messages=CookieStorage(request), allauth=SimpleNamespace())
    said = {"sub": email, "email": email, "email_verified": verified, "given_name": "Rosa"}
    with context.request_context(request):
        login = get_adapter(request).get_provider(request, "google").sociallogin_from_response(request, said)
        answer: HttpResponse = complete_social_login(request, login)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key or ""
    return answer


@pytest.fixture
def google(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = sign_in.providers({"GOOGLE_CLIENT_ID": "g", "GOOGLE_CLIENT_SECRET": "s"})


@pytest.mark.usefixtures("google")
def test_a_configured_service_is_offered_where_one_signs_in_and_joins(world: World) -> None:
    for address in (reverse("account_login"), f"/join/{world.organization.join_token}", "/"):
        assert "Continue with Google" in Client().get(address).content.decode(), address


@pytest.mark.usefixtures("google")
def test_a_stranger_from_google_gets_no_account(db: None) -> None:
    come_with_google(Client(), "rosa@example.org")

    assert not User.objects.exists()


@pytest.mark.usefixtures("google")
def test_a_stranger_at_a_door_gets_an_account_and_goes_through(world: World) -> None:
    client = Client()
    door = f"/join/{world.organization.join_token}"
    client.get(door)

    answer = come_with_google(client, "rosa@example.org")
    client.get(answer.headers["Location"])

    assert answer.headers["Location"] == door
    assert Membership.everywhere.get(user__email="rosa@example.org").role == Role.TEXTER


@pytest.mark.usefixtures("google")
def test_a_verified_address_signs_in_to_its_account(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)

    come_with_google(Client(), user.email)

    assert SocialAccount.objects.get().user == user


@pytest.mark.usefixtures("google")
def test_whoever_prepared_an_account_for_a_stranger_is_put_out(person: Callable[..., User]) -> None:
    victim = person("Rosa", password=PASSWORD)  # made by somebody else, who never confirmed the address
    attacker = Client()
    attacker.post(reverse("account_login"), {"login": victim.email, "password": PASSWORD})
    assert attacker.get("/account/profile/").status_code == 200

    come_with_google(Client(), victim.email)

    victim.refresh_from_db()
    assert not victim.has_usable_password()
    assert attacker.get("/account/profile/").status_code == 302


@pytest.mark.usefixtures("google")
def test_an_unverified_address_signs_in_to_nothing(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)

    come_with_google(Client(), user.email, verified=False)

    assert not SocialAccount.objects.exists()


def test_with_a_second_factor_the_password_is_not_enough(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    client = Client()

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/account/profile/").status_code == 302


def test_the_sign_in_page_leads_on_to_where_one_wanted_to_go(person: Callable[..., User]) -> None:
    user = person("Rosa", password=PASSWORD)
    client = Client()
    asked = client.get("/account/security/?x=1")

    answer = client.post(
        asked.headers["Location"],
        {"login": user.email, "password": PASSWORD, "next": "/account/security/?x=1"},
    )

    assert answer.headers["Location"] == "/account/security/?x=1"
    assert joining.WAITING_AT not in client.session
