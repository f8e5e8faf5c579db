"""Every page of accounts and home, with every kind of visitor."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parley.accounts import access, actions
from parley.accounts.models import Role, User
from tests import matrix
from tests.matrix import Opens, Row, Visitors


def somebody(visitors: Visitors) -> dict[str, Any]:
    """A member who is nobody's self in the walk."""
    return {"person": visitors.extra["somebody"].pk}


def invitation(visitors: Visitors) -> dict[str, Any]:
    return {"invitation": visitors.extra["invitation"].pk}


ROWS = [
    Row(name="home:start", opens_to=Opens.EVERYBODY),
    Row(name="home:organization", opens_to=Role.TEXTER),
    Row(name="join:door", opens_to=Opens.EVERYBODY, arguments=lambda v: {"token": str(v.organization.join_token)}),
    Row(name="accounts:profile", opens_to=Opens.SIGNED_IN),
    Row(name="accounts:security", opens_to=Opens.SIGNED_IN),
    Row(name="accounts:sign_out_everywhere", opens_to=Opens.SIGNED_IN, method="post"),
    Row(name="accounts:tokens", opens_to=Opens.SIGNED_IN),
    Row(name="accounts:organizations", opens_to=Opens.SUPERADMINS),
    Row(
        name="accounts:close_organization",
        opens_to=Opens.SUPERADMINS,
        method="post",
        arguments=lambda v: {"number": v.other.pk},
        data={"closed": "1"},
    ),
    Row(name="organization:people", opens_to=Role.ADMIN),
    Row(name="organization:invite", opens_to=Role.ADMIN),
    Row(name="organization:person", opens_to=Role.ADMIN, arguments=somebody),
    Row(
        name="organization:change_role",
        opens_to=Role.ADMIN,
        method="post",
        arguments=somebody,
        data={"role": int(Role.VETTED_TEXTER)},
    ),
    Row(name="organization:change_grants", opens_to=Role.ADMIN, method="post", arguments=somebody),
    Row(name="organization:remove_person", opens_to=Role.ADMIN, method="post", arguments=somebody),
    Row(name="organization:send_password_reset", opens_to=Role.ADMIN, method="post", arguments=somebody),
    Row(name="organization:resend_invitation", opens_to=Role.ADMIN, method="post", arguments=invitation),
    Row(name="organization:revoke_invitation", opens_to=Role.ADMIN, method="post", arguments=invitation),
    Row(name="organization:settings", opens_to=Role.OWNER),
    Row(name="organization:reset_join_link", opens_to=Role.OWNER, method="post"),
    Row(name="organization:audit_log", opens_to=Role.ADMIN),
    Row(name="staff:index", opens_to=Opens.STAFF),
    Row(name="staff:accounts_user_changelist", opens_to=Opens.STAFF),
    Row(name="staff:choose_organization", opens_to=Opens.STAFF, method="post", data={"organization": "all"}),
]
#: tried by tests of their own: they open by ownership or by superadmin inside an organization
ELSEWHERE = {"accounts:revoke_token", "organization:suspend_everywhere"}


@pytest.fixture
def visitors(db: None) -> Visitors:
    made = matrix.make_visitors()
    somebody = actions.create_user(email="somebody@matrix.example", first_name="Some")
    actions.add_member(made.organization, somebody)
    owner = access.access_organization(made.members[Role.OWNER], made.organization.slug)
    made.extra["somebody"] = somebody
    made.extra["invitation"] = actions.invite(owner, role=Role.TEXTER, email="new@matrix.example")
    return made


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_page_opens_to_the_right_people(row: Row, visitors: Visitors) -> None:
    matrix.walk(row, visitors)


def test_every_page_has_its_row() -> None:
    rows = [row for row in ROWS if not row.name.startswith("staff:")]
    matrix.assert_complete(
        rows,
        names=lambda name: name.startswith(("home:", "join:", "accounts:", "organization:")) and name not in ELSEWHERE,
    )


def test_suspending_everywhere_is_for_superadmins_alone(visitors: Visitors) -> None:
    row = Row(
        name="organization:suspend_everywhere",
        opens_to=Opens.SUPERADMINS,
        method="post",
        arguments=lambda v: {"organization": v.organization.slug, **somebody(v)},
        data={"suspended": "1"},
    )

    members: dict[Role, User] = {role: user for role, user in visitors.members.items() if role != Role.SUSPENDED}
    inside = Visitors(
        visitors.organization,
        visitors.other,
        members,
        members[Role.OWNER],
        visitors.suspended_everywhere,
        visitors.superadmin,
        visitors.extra,
    )
    matrix.walk(row, inside)


#: what sign-in itself consists of; everybody may look, and what needs a person asks for one first
SIGN_IN_PAGES = {
    "account_login": "open",
    "account_logout": "moves on",
    "account_inactive": "open",
    "account_signup": "open",
    "account_reauthenticate": "moves on",
    "account_email": "moves on",
    "account_email_verification_sent": "open",
    "account_change_password": "moves on",
    "account_set_password": "moves on",
    "account_reset_password": "open",
    "account_reset_password_done": "open",
    "account_reset_password_from_key_done": "open",
    "account_confirm_login_code": "moves on",
    "mfa_index": "moves on",
    "mfa_authenticate": "moves on",
    "mfa_reauthenticate": "moves on",
    "mfa_activate_totp": "moves on",
    "mfa_deactivate_totp": "moves on",
    "mfa_view_recovery_codes": "moves on",
    "mfa_generate_recovery_codes": "moves on",
    "mfa_download_recovery_codes": "moves on",
    "socialaccount_connections": "moves on",
    "socialaccount_signup": "moves on",
    "socialaccount_login_cancelled": "open",
    "socialaccount_login_error": "refused",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "verdict"), SIGN_IN_PAGES.items())
def test_a_visitor_gets_no_further_than_signing_in(name: str, verdict: str) -> None:
    answer = Client().get(reverse(name))

    assert answer.status_code == {"open": 200, "moves on": 302, "refused": 401}[verdict]


def test_every_sign_in_page_is_listed() -> None:
    theirs = {name for name in matrix.every_name() if name.startswith(("account_", "mfa_", "socialaccount_"))}
    with_a_key = {"account_confirm_email", "account_reset_password_from_key"}

    assert theirs - with_a_key == set(SIGN_IN_PAGES)
