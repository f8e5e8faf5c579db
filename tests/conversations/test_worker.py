"""The parts of the worker run without anybody's scope, and end cleanly."""

from __future__ import annotations

import time

import pytest
from django_scopes import scopes_disabled

from parley.accounts.models import Organization
from parley.conversations.actions import messages, receiving
from parley.conversations.models import Channel, Message, ProviderAccount
from parley.conversations.worker import inbox
from tests.conversations import doubles

pytestmark = pytest.mark.django_db(transaction=True)


def test_applier_serves_every_organization_and_stops_what_cannot_pass(
    account: ProviderAccount, channel: Channel, organization: Organization
) -> None:
    queued = messages.queue_message(
        organization_id=organization.pk, channel=channel, program="inbox", address="+16175550101", text="hi"
    )
    receiving.store_events(
        account.pk,
        [
            doubles.event(id="in", address="+16175550102", text="hello"),
            doubles.event(
                id="f",
                kind="report",
                lane="m",
                message_id=queued.message_id,
                provider_id="SM1",
                status="failed",
                error_code="30034",
                stop_reason="not registered",
            ),
        ],
    )
    applier = inbox.Applier()

    applier.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not Channel.objects.get(pk=channel.pk).stop_reason:
        applier.join(0.05)
    applier.stop()
    applier.join(10)

    assert not applier.is_alive()
    assert Channel.objects.get(pk=channel.pk).stop_reason == "30034: not registered"
    with scopes_disabled():
        assert Message.objects.filter(text="hello").exists()
