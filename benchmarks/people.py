"""What a measurement needs in the database, made with as few statements as possible."""

from __future__ import annotations

import dataclasses
import os

import django

from benchmarks import stack


def setup(environment: dict[str, str]) -> None:
    """Open Django on the stack's database, in this process."""
    os.environ.update(environment)
    django.setup()


@dataclasses.dataclass(frozen=True)
class Texter:
    user_id: int
    assignment_id: int
    #: Cookie header of a signed-in session, and the matching CSRF token
    cookie: str
    csrf: str


def campaign(
    *, contacts: int, provider_url: str, texters: int, assign: bool, channel_rate: float | None = None
) -> tuple[int, list[Texter]]:
    """A started campaign without enforced hours; with `assign`, all contacts dealt out evenly."""
    from django.db import connection
    from django.middleware.csrf import _get_new_csrf_string
    from django.utils import timezone

    from parley.accounts.models import Membership, Organization, Role, User
    from parley.conversations import actions as core
    from parley.texting.models import Assignment, Campaign, HoursGroup, InteractionStep, TextingSettings

    organization = Organization.objects.create(name="Bench", slug=f"bench-{timezone.now():%H%M%S%f}", is_home=False)
    account = core.connect_account(
        organization=organization,
        provider="twilio",
        name="Simulator",
        values={"account_sid": stack.ACCOUNT_SID, "auth_token": stack.AUTH_TOKEN, "base_url": provider_url},
        webhook_secret="bench",
    )
    channel = core.add_channel(
        account,
        kind="messaging_service",
        address_kind="phone",
        address=stack.SERVICE_SID,
        name="Bench",
        rate=channel_rate,
    )
    TextingSettings.objects.create(organization=organization, texting_hours_enforced=False)
    made = Campaign.everywhere.create(
        organization=organization,
        title="Bench",
        status="active",
        channel=channel,
        batch_size=100,
        contacts_count=contacts,
    )
    InteractionStep.everywhere.create(
        organization=organization, campaign=made, script="Hi {firstName}", question="Coming?"
    )
    group, _ = HoursGroup.objects.get_or_create(zones="America/New_York", state="NY")
    people = []
    for i in range(texters):
        user = User.objects.create_user(f"t{i}@{organization.slug}.example", first_name=f"T{i}")
        Membership.everywhere.create(organization=organization, user=user, role=Role.TEXTER)
        assignment = Assignment.everywhere.create(organization=organization, campaign=made, user=user)
        people.append(Texter(user.pk, assignment.pk, *_session(user, _get_new_csrf_string())))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO texting_contact (organization_id, campaign_id, assignment_id, hours_group_id, external_id, first_name, "
            "last_name, cell, zip, state, custom_fields, status, pass_number, likely_opt_out, opted_out, updated_at) "
            "SELECT %s, %s, CASE WHEN %s THEN (%s::bigint[])[1 + i %% %s] END, %s, '', 'Person', i, "
            "'+1617' || (2000000 + i)::text, '', '', '{}', 0, 1, false, false, now() FROM generate_series(0, %s) i",
            [
                organization.pk,
                made.pk,
                assign,
                [t.assignment_id for t in people],
                len(people),
                group.pk,
                contacts - 1,
            ],
        )
        cursor.execute("VACUUM ANALYZE texting_contact")
    return made.pk, people


def _session(user: object, csrf: str) -> tuple[str, str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.signed_cookies import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    store["epoch"] = user.session_epoch  # type: ignore[attr-defined]
    store.save()
    return f"sessionid={store.session_key}; csrftoken={csrf}", csrf


def contacts_of(assignment_id: int) -> list[int]:
    from parley.texting.models import Contact

    return list(
        Contact.everywhere.filter(assignment_id=assignment_id, status=0).order_by("id").values_list("id", flat=True)
    )
