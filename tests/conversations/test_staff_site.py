"""The core's tables on the staff site: they open, keep to the organization, and show no secrets."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parley.accounts import actions as accounts
from parley.accounts import staff
from parley.accounts.models import Organization, Role, User
from parley.conversations import actions
from parley.conversations.models import Channel, InboundEvent, Message, ProviderAccount

TABLES = [model for model in apps.get_app_config("conversations").get_models() if staff.site.is_registered(model)]


@pytest.fixture
def superuser(organization: Organization) -> Client:
    """Signed in, with the oak's tables chosen."""
    user = accounts.create_user(email="super@oak.example", first_name="Sam", superadmin=True)
    accounts.add_member(organization, user, role=Role.OWNER)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    client.post(reverse("staff:choose_organization"), {"organization": organization.pk})
    return client


def queue(channel: Channel, program: str) -> None:
    actions.queue_message(
        organization_id=channel.organization_id, channel=channel, program=program, address="+16175550123", text="secret"
    )


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.model_name)
def test_every_table_opens_and_its_rows_too(superuser: Client, channel: Channel, model: type) -> None:
    queue(channel, "walks")
    InboundEvent.objects.create(
        account=channel.account, key="1", kind="message", lane="1", body={}, parked_at=timezone.now()
    )
    name = model._meta.model_name  # type: ignore[attr-defined]

    listed = superuser.get(reverse(f"staff:conversations_{name}_changelist"))

    assert listed.status_code == 200
    for row in listed.context["cl"].queryset[:1]:
        assert superuser.get(reverse(f"staff:conversations_{name}_change", args=[row.pk])).status_code == 200


def test_credentials_are_not_shown(superuser: Client, account: ProviderAccount) -> None:
    shown = superuser.get(reverse("staff:conversations_provideraccount_change", args=[account.pk])).content.decode()

    assert account.name in shown
    assert account.credentials not in shown
    assert account.webhook_secret not in shown


def test_the_instances_mails_are_not_shown(superuser: Client, channel: Channel) -> None:
    queue(channel, "mail")
    queue(channel, "walks")

    rows = superuser.get(reverse("staff:conversations_message_changelist")).context["cl"].queryset

    assert [row.conversation.program for row in rows] == ["walks"]
    mail = Message._base_manager.get(conversation__program="mail")
    assert superuser.get(reverse("staff:conversations_message_change", args=[mail.pk])).status_code == 302


def test_an_event_of_anothers_account_is_not_listed(superuser: Client, channel: Channel) -> None:
    InboundEvent.objects.create(account=channel.account, key="1", kind="message", lane="1", body={})
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    ProviderAccount.objects.filter(pk=channel.account_id).update(organization=elsewhere)

    listed = superuser.get(reverse("staff:conversations_inboundevent_changelist"))

    assert listed.context["cl"].queryset.count() == 0
