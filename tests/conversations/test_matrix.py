"""Every page of the core, with every kind of visitor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from parley.accounts.models import Role
from parley.conversations import actions, connections, registry, tasks
from parley.conversations.models import BackgroundTask, Conversation, InboundEvent, Message, Status
from parley.conversations.tasks import kinds
from tests import matrix
from tests.conversations import doubles
from tests.matrix import Row, Visitors


def numbered(name: str, key: str) -> Any:
    """The argument `name` of an address: the number of what the visitors' `extra` holds under `key`."""
    return lambda visitors: {name: visitors.extra[key]}


conversation = numbered("conversation_id", "conversation")
event = numbered("event_id", "event")
account = numbered("account_id", "account")

ROWS = [
    Row(name="conversations:inbox", opens_to=Role.SUPERVOLUNTEER),
    Row(name="conversations:inbox_conversation", opens_to=Role.SUPERVOLUNTEER, arguments=conversation),
    Row(name="conversations:inbox_done", opens_to=Role.SUPERVOLUNTEER, arguments=conversation, method="post"),
    Row(name="conversations:inbox_opt_out", opens_to=Role.SUPERVOLUNTEER, arguments=conversation, method="post"),
    Row(name="conversations:unconfirmed", opens_to=Role.SUPERVOLUNTEER),
    Row(
        name="conversations:unconfirmed_settle",
        opens_to=Role.SUPERVOLUNTEER,
        arguments=numbered("message_id", "message"),
        method="post",
        data={"outcome": "arrived"},
    ),
    Row(name="conversations:parked", opens_to=Role.ADMIN),
    Row(name="conversations:parked_replay", opens_to=Role.ADMIN, arguments=event, method="post"),
    Row(name="conversations:parked_give_up", opens_to=Role.ADMIN, arguments=event, method="post"),
    Row(name="conversations:channels", opens_to=Role.ADMIN),
    Row(name="conversations:channel_connect", opens_to=Role.ADMIN, arguments=lambda v: {"provider": "twilio"}),
    Row(name="conversations:channel_account", opens_to=Role.ADMIN, arguments=account),
    Row(name="conversations:channel_check", opens_to=Role.ADMIN, arguments=account, method="post"),
    Row(name="conversations:channel_connect_again", opens_to=Role.ADMIN, arguments=account, method="post"),
    Row(name="conversations:channel_rates", opens_to=Role.ADMIN, arguments=account, method="post"),
    # a form left empty
    Row(
        name="conversations:channel_credentials",
        opens_to=Role.ADMIN,
        arguments=numbered("account_id", "telegram"),
        method="post",
        answers=(422,),
    ),
    Row(
        name="conversations:channel_resume",
        opens_to=Role.ADMIN,
        arguments=numbered("channel_id", "channel"),
        method="post",
    ),
    Row(name="conversations:task", opens_to=Role.ADMIN, arguments=numbered("task_id", "task")),
    Row(name="conversations:task_cancel", opens_to=Role.ADMIN, arguments=numbered("task_id", "task"), method="post"),
]


@pytest.fixture
def visitors(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    registry.register_provider(doubles.MemoryProvider())
    connections.forget()
    made = matrix.make_visitors()
    organization = made.organization
    account = actions.connect_account(
        organization=organization, provider="memory", name="Memory", values={"token": "t"}
    )
    telegram = actions.connect_account(
        organization=organization, provider="telegram", name="Bot", values={"token": "1:a"}
    )
    channel = actions.add_channel(account, kind="messaging_service", address_kind="phone", address="MG1", name="Main")
    conversation = Conversation._base_manager.create(
        organization=organization,
        channel=channel,
        program="inbox",
        address_kind="phone",
        address="+16175550123",
        last_sequence=1,
        last_inbound_at=timezone.now(),
    )
    message = Message._base_manager.create(
        organization=organization,
        conversation=conversation,
        channel=channel,
        sequence=1,
        direction=2,
        text="Hi",
        status=Status.UNCONFIRMED,
    )
    event = InboundEvent.objects.create(
        account=account, key="1", kind="message", lane="+1", body={}, attempts=5, parked_at=timezone.now()
    )
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    tasks.kind("conversations.test", label="Counting", role=Role.ADMIN)(lambda task, progress: None)
    task = BackgroundTask.everywhere.create(organization=organization, kind="conversations.test")
    made.extra.update(
        conversation=conversation.pk,
        message=message.pk,
        event=event.pk,
        account=account.pk,
        telegram=telegram.pk,
        channel=channel.pk,
        task=task.pk,
    )
    yield made
    connections.forget()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_page_opens_to_the_right_people(row: Row, visitors: Visitors) -> None:
    matrix.walk(row, visitors)


def test_every_page_has_its_row() -> None:
    matrix.assert_complete(ROWS, names=lambda name: name.startswith("conversations:"))
