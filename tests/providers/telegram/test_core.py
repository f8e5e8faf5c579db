"""The core on Telegram: one bot, one group, one private chat, over real HTTP both ways."""

from __future__ import annotations

import threading
import uuid
import wsgiref.simple_server
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import connection
from django_scopes import scopes_disabled
from pytest_django.fixtures import Settings

from parley.accounts.models import Organization
from parley.conversations import actions, connections, webhooks
from parley.conversations.actions import sending
from parley.conversations.models import Channel, Conversation, Direction, InboundEvent, Message, Outbox, Status
from tests.providers.telegram import conftest

pytestmark = pytest.mark.django_db(transaction=True)


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the parent's name)
        pass


class Webhooks:
    """Parley's own webhook application, served; counts what it has answered."""

    def __init__(self) -> None:
        self.answered = threading.Condition()
        self.statuses: list[str] = []
        self.server = wsgiref.simple_server.make_server("127.0.0.1", 0, self._application, handler_class=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        with scopes_disabled():
            self.server.serve_forever(poll_interval=0.05)
        connection.close()

    def _application(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]]) -> Any:
            statuses.append(status)
            return start_response(status, headers)

        body = list(webhooks.application(environ, start))
        connection.close()
        with self.answered:
            self.statuses += statuses
            self.answered.notify_all()
        return body

    def wait_for(self, count: int) -> None:
        """Fails when fewer than `count` posts have been answered after 10 s."""
        with self.answered:
            assert self.answered.wait_for(lambda: len(self.statuses) >= count, timeout=10), self.statuses

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@pytest.fixture
def served() -> Iterator[Webhooks]:
    served = Webhooks()
    yield served
    served.stop()


@pytest.fixture
def channel(
    db: None, served: Webhooks, telegram: conftest.Served, client: conftest.Client, settings: Settings
) -> Iterator[Channel]:
    """A bot that is connected to Parley."""
    settings.WEBHOOK_BASE_URL = served.url
    connections.forget()
    with scopes_disabled():
        home = Organization.objects.create(name="Walkers", slug="walkers", is_home=True)
        account = actions.connect_account(
            organization=home,
            provider="telegram",
            name="Bot",
            values={"token": conftest.TOKEN},
            settings={"base_url": telegram.url + "/telegram"},
            webhook_secret=conftest.SECRET,
        )
        channel = actions.add_channel(account, kind="bot", address_kind="telegram", address="parley_bot", name="Bot")
        client.run(client.provider.connect_webhook(connections.connection(account.pk).account))
        yield channel
    connections.forget()


def apply_all() -> None:
    while actions.apply_events():
        pass
    assert not InboundEvent.objects.filter(attempts__gt=0).exclude(error="")


def deliver(client: conftest.Client) -> None:
    """What the worker does, until nothing is due."""
    worker = uuid.UUID(int=1)
    while claimed := sending.claim(worker, 100):
        dispatches = [one.dispatch for one in claimed]
        sending.finish(list(zip(dispatches, client.send(*dispatches), strict=True)))


def say(channel: Channel, conversation: Conversation, text: str) -> Message:
    queued = actions.queue_message(
        organization_id=channel.organization_id,
        channel=channel,
        program=conversation.program,
        address=conversation.address,
        text=text,
        conversation_id=conversation.pk,
    )
    assert queued.message_id is not None
    return Message.objects.get(pk=queued.message_id)


def test_a_message_in_is_stored_once_under_its_sender(
    channel: Channel, served: Webhooks, people: conftest.People
) -> None:
    ann, ben = people.person("Ann", "Lee"), people.person("Ben")
    group = people.group("Morning walkers", creator=ann)
    people.ask(f"/chats/{group}/members", {"member": ben})
    people.fault(kind="duplicate_updates", copies=2)

    people.say(group, ann, "who comes?")
    people.say(group, ben, "me")
    people.say(people.private(ann), ann, "just between us")

    # bot in, group made, ben in, and three messages twice
    served.wait_for(9)
    apply_all()
    stored = Message.objects.filter(direction=Direction.IN).select_related("conversation", "sender").order_by("id")
    assert sorted(
        (m.conversation.address, m.conversation.kind, m.sender.address, m.text) for m in stored if m.sender
    ) == sorted(
        [
            (group, "group", str(ann), "who comes?"),
            (group, "group", str(ben), "me"),
            (str(ann), "direct", str(ann), "just between us"),
        ]
    )
    assert Conversation.objects.get(address=group).title == "Morning walkers"
    assert set(served.statuses) == {"200 OK"}


def test_a_message_out_arrives_once(
    channel: Channel, served: Webhooks, people: conftest.People, client: conftest.Client
) -> None:
    ann = people.person("Ann")
    group, private = people.group("Morning walkers", creator=ann), people.private(ann)
    people.say(private, ann, "hello")
    served.wait_for(3)
    apply_all()

    messages = [say(channel, conversation, "Good morning") for conversation in Conversation.objects.order_by("id")]
    deliver(client)

    assert people.read(group) == ["Good morning"]
    assert people.read(private) == ["hello", "Good morning"]
    assert {Message.objects.get(pk=message.pk).status for message in messages} == {Status.SENT}
    assert not Outbox.everywhere.exists()


def test_a_send_without_an_answer_is_unconfirmed_at_once_and_never_repeated(
    channel: Channel, served: Webhooks, people: conftest.People, client: conftest.Client
) -> None:
    ann = people.person("Ann")
    private = people.private(ann)
    people.say(private, ann, "hello")
    served.wait_for(1)
    apply_all()
    people.fault(kind="hangup", next=1)

    message = say(channel, Conversation.objects.get(), "did you get this?")
    deliver(client)
    deliver(client)

    message.refresh_from_db()
    assert message.status == Status.UNCONFIRMED
    assert people.read(private) == ["hello", "did you get this?"]


def test_a_group_that_becomes_a_supergroup_keeps_its_conversation_both_ways(
    channel: Channel, served: Webhooks, people: conftest.People, client: conftest.Client
) -> None:
    ann = people.person("Ann")
    group = people.group("Morning walkers", creator=ann)
    people.say(group, ann, "before")
    served.wait_for(3)
    apply_all()
    conversation = Conversation.objects.get(address=group)

    # Parley learns of the new address from the refusal, before the updates are applied
    new = people.upgrade(group)
    message = say(channel, conversation, "are you still there?")
    deliver(client)
    people.say(new, ann, "after")
    served.wait_for(7)
    apply_all()

    conversation.refresh_from_db()
    message.refresh_from_db()
    assert conversation.address == new
    assert Conversation.objects.count() == 1
    assert message.status == Status.SENT
    assert people.read(new) == ["are you still there?", "after"]
    texts = conversation.messages.order_by("sequence").values_list("text", flat=True)
    assert list(texts) == ["before", "are you still there?", "after"]


def test_an_edit_of_ours_and_of_theirs_changes_the_message(
    channel: Channel, served: Webhooks, people: conftest.People, client: conftest.Client
) -> None:
    ann = people.person("Ann")
    private = people.private(ann)
    theirs = people.say(private, ann, "tuesday")
    people.ask(f"/chats/{private}/messages/{theirs['message_id']}", {"text": "wednesday"})
    served.wait_for(2)
    apply_all()
    ours = say(channel, Conversation.objects.get(), "at nine")
    deliver(client)
    ours.refresh_from_db()

    actions.edit_message(ours, text="at ten")
    deliver(client)

    assert people.read(private) == ["wednesday", "at ten"]
    assert Message.objects.get(direction=Direction.IN).text == "wednesday"
