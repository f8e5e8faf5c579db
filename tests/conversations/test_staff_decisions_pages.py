"""Unconfirmed texts and parked events: what staff decide, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parley.accounts.models import AuditEvent, Organization, Role
from parley.conversations import actions, contracts, programs, registry
from parley.conversations.actions import receiving
from parley.conversations.models import Channel, Conversation, InboundEvent, Message, Outbox, ProviderAccount, Status
from parley.conversations.queries import attention
from tests.conversations import doubles

Receive = Callable[..., int]
Unconfirmed = Callable[..., Message]


class Walks(programs.BaseProgram):
    """A program whose subjects are walks."""

    name = "walks"
    calls = 0

    def describe(self, conversation_ids: Any) -> dict[int, contracts.Description]:
        self.calls += 1
        return {
            number: contracts.Description(
                conversation_id=number,
                subject_id=1,
                subject_kind="walk",
                subject_title="Spring walk",
                handler_id=None,
                handler_name="",
                handler_email="",
                url="/walks/1/",
            )
            for number in conversation_ids
        }


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> Walks:
    monkeypatch.setattr(registry, "_programs", dict(registry._programs))
    program = Walks()
    registry.register_program(program)
    return program


@pytest.fixture
def unconfirmed(channel: Channel) -> Unconfirmed:
    """A text of some program that got no answer."""

    def make(*, program: str = "walks", number: int = 123, text: str = "Will you come?") -> Message:
        queued = actions.queue_message(
            organization_id=channel.organization_id,
            channel=channel,
            program=program,
            address=f"+1617555{number:04}",
            text=text,
        )
        assert queued.message_id is not None
        Outbox.everywhere.filter(message_id=queued.message_id).delete()
        Message._base_manager.filter(pk=queued.message_id).update(status=Status.UNCONFIRMED)
        return Message._base_manager.get(pk=queued.message_id)

    return make


@pytest.fixture
def parked(channel: Channel, receive: Receive, monkeypatch: pytest.MonkeyPatch) -> InboundEvent:
    """An event that cannot be read, and a later one of the same person behind it."""
    monkeypatch.setattr(receiving.events, "ATTEMPTS_BEFORE_PARKING", 1)
    receive(doubles.event(id=1, address="+16175550123", broken=True, text="Lost words"))
    receive(doubles.event(id=2, address="+16175550123", text="Later words"))
    return InboundEvent.objects.get(parked_at__isnull=False)


def address(name: str, *arguments: object) -> str:
    return reverse(f"conversations:{name}", args=["oak", *arguments])


def page(client: Client, name: str) -> str:
    response = client.get(address(name))
    assert response.status_code == 200
    return response.content.decode()


def say(client: Client, name: str, *arguments: object, **data: str) -> str:
    """Press a button; the page that follows."""
    return client.post(address(name, *arguments), data, follow=True).content.decode()


# --- unconfirmed texts -----------------------------------------------------------------------------


def test_an_unconfirmed_text_is_shown_with_its_subject(staff: Client, walks: Walks, unconfirmed: Unconfirmed) -> None:
    unconfirmed()

    shown = page(staff, "unconfirmed")

    assert "Will you come?" in shown
    assert '<a href="/walks/1/">Spring walk</a>' in shown
    assert "•••• 0123" in shown
    assert "6175550123" not in shown


def test_without_unconfirmed_texts_the_page_says_so(staff: Client, channel: Channel) -> None:
    assert "Every text is accounted for" in page(staff, "unconfirmed")


def test_the_words_of_mails_are_not_shown(staff: Client, unconfirmed: Unconfirmed) -> None:
    unconfirmed(program="mail", text="https://parley.example/reset/secret")

    shown = page(staff, "unconfirmed")

    assert "secret" not in shown
    assert "A mail of Parley itself" in shown


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [("arrived", (Status.DELIVERED, 0, "message.confirmed")), ("again", (Status.QUEUED, 1, "message.sent_again"))],
)
def test_staff_settle_a_text_and_the_audit_log_keeps_it(
    staff: Client, unconfirmed: Unconfirmed, outcome: str, becomes: tuple[Status, int, str]
) -> None:
    message = unconfirmed()
    status, queued, verb = becomes

    staff.post(address("unconfirmed_settle", message.pk), {"outcome": outcome})

    message.refresh_from_db()
    assert message.status == status
    assert Outbox.everywhere.filter(message=message).count() == queued
    event = AuditEvent.everywhere.get(verb=verb)
    assert (event.target_id, event.organization_id) == (message.pk, message.organization_id)
    assert "Will you come?" not in str(event.detail)


def test_a_text_that_is_settled_already_is_left_alone(staff: Client, unconfirmed: Unconfirmed) -> None:
    message = unconfirmed()
    staff.post(address("unconfirmed_settle", message.pk), {"outcome": "arrived"})

    shown = say(staff, "unconfirmed_settle", message.pk, outcome="again")

    assert "settled in the meantime" in shown
    assert not Outbox.everywhere.filter(message=message).exists()


def test_an_unknown_decision_changes_nothing(staff: Client, unconfirmed: Unconfirmed) -> None:
    message = unconfirmed()

    shown = say(staff, "unconfirmed_settle", message.pk, outcome="maybe")

    assert "Choose one of the two buttons." in shown
    message.refresh_from_db()
    assert message.status == Status.UNCONFIRMED


def test_texts_of_another_organization_cannot_be_settled(staff: Client, unconfirmed: Unconfirmed) -> None:
    message = unconfirmed()
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    Message._base_manager.filter(pk=message.pk).update(organization=elsewhere)

    assert staff.post(address("unconfirmed_settle", message.pk), {"outcome": "again"}).status_code == 404
    assert "Will you come?" not in page(staff, "unconfirmed")


def test_a_page_of_unconfirmed_texts_costs_the_same_for_one_and_for_many(
    staff: Client, walks: Walks, unconfirmed: Unconfirmed
) -> None:
    unconfirmed()
    with CaptureQueriesContext(connection) as one:
        page(staff, "unconfirmed")
    for number in range(20):
        unconfirmed(number=number)
    walks.calls = 0
    with CaptureQueriesContext(connection) as many:
        page(staff, "unconfirmed")

    assert len(many) == len(one) <= 7
    assert walks.calls == 1


# --- parked events ---------------------------------------------------------------------------------


@pytest.fixture
def admin(client_of: Callable[[Role], Client]) -> Client:
    return client_of(Role.ADMIN)


def test_a_parked_event_says_what_failed_and_what_waits(admin: Client, parked: InboundEvent) -> None:
    shown = page(admin, "parked")

    assert "ValueError: broken on purpose" in shown
    assert "1 later event waits behind it." in shown
    assert "Lost words" in shown


def test_with_nothing_parked_the_page_says_so(admin: Client, channel: Channel) -> None:
    assert "Nothing is parked" in page(admin, "parked")


def test_trying_again_applies_it_and_what_waited_in_order(admin: Client, parked: InboundEvent) -> None:
    InboundEvent.objects.filter(pk=parked.pk).update(body={"id": 1, "address": "+16175550123", "text": "Lost words"})

    shown = say(admin, "parked_replay", parked.pk)
    while receiving.apply_events():
        pass

    assert "It is being tried again" in shown
    assert list(Message._base_manager.order_by("sequence").values_list("text", flat=True)) == [
        "Lost words",
        "Later words",
    ]
    assert AuditEvent.everywhere.filter(verb="event.tried_again", target_id=parked.pk).exists()


def test_giving_up_lets_what_waited_go_on(admin: Client, parked: InboundEvent) -> None:
    shown = say(admin, "parked_give_up", parked.pk)
    while receiving.apply_events():
        pass

    assert "Given up." in shown
    assert "Nothing is parked" in page(admin, "parked")
    assert list(Message._base_manager.values_list("text", flat=True)) == ["Later words"]
    parked.refresh_from_db()
    assert parked.error.startswith("Given up by user")
    assert "broken on purpose" in parked.error
    assert AuditEvent.everywhere.filter(verb="event.given_up", target_id=parked.pk).exists()


@pytest.mark.parametrize("name", ["parked_replay", "parked_give_up"])
def test_an_event_that_is_no_longer_parked_is_left_alone(admin: Client, parked: InboundEvent, name: str) -> None:
    InboundEvent.objects.filter(pk=parked.pk).update(applied_at=timezone.now(), parked_at=None)

    assert "no longer parked" in say(admin, name, parked.pk)
    assert not AuditEvent.everywhere.filter(verb__startswith="event.").exists()


def test_events_of_anothers_account_are_not_shown_even_when_it_is_shared(
    admin: Client, parked: InboundEvent, account: ProviderAccount
) -> None:
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    ProviderAccount.objects.filter(pk=account.pk).update(organization=elsewhere, shared=True)

    assert "Nothing is parked" in page(admin, "parked")
    assert admin.post(address("parked_give_up", parked.pk)).status_code == 404


def test_the_parked_page_costs_the_same_for_one_and_for_many(
    admin: Client, parked: InboundEvent, account: ProviderAccount
) -> None:
    with CaptureQueriesContext(connection) as one:
        page(admin, "parked")
    InboundEvent.objects.bulk_create(
        InboundEvent(
            account=account, key=f"k{n}", kind="status", lane=f"{n}", body={}, attempts=5, parked_at=timezone.now()
        )
        for n in range(20)
    )
    with CaptureQueriesContext(connection) as many:
        page(admin, "parked")

    assert len(many) == len(one) <= 7


# --- the callout on other pages --------------------------------------------------------------------


def test_attention_counts_what_needs_somebody_in_one_query(
    parked: InboundEvent, unconfirmed: Unconfirmed, organization: Organization, channel: Channel
) -> None:
    unconfirmed()
    actions.stop_channel(channel.pk, reason="30002")

    with CaptureQueriesContext(connection) as captured:
        found = attention.of(organization)

    assert found == attention.Attention(stopped=1, unconfirmed=1, parked=1)
    assert len(captured) == 1


def test_on_a_good_day_nothing_needs_attention(channel: Channel, organization: Organization) -> None:
    assert not attention.of(organization)


def test_the_mail_account_of_the_home_is_no_concern_of_others(account: ProviderAccount) -> None:
    other = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    mailbox = actions.add_channel(
        account, kind="mailbox", address_kind="email", address="a@b.example", name="Mail", shared=True
    )
    actions.stop_channel(mailbox.pk, reason="There is no mail server.")

    assert not attention.of(other)
    assert attention.of(account.organization).stopped == 1


def test_a_conversation_of_the_inbox_is_linked_from_its_unconfirmed_text(
    staff: Client, unconfirmed: Unconfirmed
) -> None:
    message = unconfirmed(program="inbox")
    Conversation._base_manager.filter(pk=message.conversation_id).update(last_inbound_at=timezone.now())

    assert address("inbox_conversation", message.conversation_id) in page(staff, "unconfirmed")
