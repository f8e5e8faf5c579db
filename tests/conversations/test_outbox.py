"""What goes out: nothing lost, nothing twice, in order, and never to who has stopped."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_scopes import scopes_disabled

from parley.accounts.models import Organization, User
from parley.conversations import actions, contracts
from parley.conversations.actions import messages, sending
from parley.conversations.models import Channel, Conversation, Message, Outbox, RateBudget, Status
from parley.conversations.worker import outbox
from tests.conversations import doubles

pytestmark = pytest.mark.django_db
ANN, BOB = "+16175550101", "+16175550102"
WORKER = uuid.UUID(int=1)
Say = Callable[..., messages.Queued]


@pytest.fixture(autouse=True)
def everywhere() -> Any:
    with scopes_disabled():
        yield


@pytest.fixture
def say(channel: Channel, organization: Organization) -> Say:
    def queue(text: str, *, address: str = ANN, **fields: Any) -> messages.Queued:
        return messages.queue_message(
            organization_id=organization.pk,
            channel=channel,
            program="inbox",
            address=address,
            text=text,
            **fields,
        )

    return queue


def claim(limit: int = 100) -> list[contracts.Dispatch]:
    return [c.dispatch for c in sending.claim(WORKER, limit)]


def finish(dispatches: list[contracts.Dispatch], answer: Callable[..., contracts.Outcome] = doubles.sent) -> None:
    sending.finish([(d, answer(d)) for d in dispatches])


def message_of(queued: messages.Queued) -> Message:
    assert queued.message_id is not None
    return Message.objects.get(pk=queued.message_id)


def status(queued: messages.Queued) -> int:
    return message_of(queued).status


def test_same_key_is_sent_once_and_answered_with_the_earlier_message(say: Say) -> None:
    first = say("hello", key="k1")

    again = say("hello", key="k1")
    other = say("other words", key="k1")

    assert (again.verdict, again.message_id) == ("repeated", first.message_id)
    assert other.verdict == "conflict"
    assert Outbox.everywhere.count() == 1


def test_conversation_leaves_in_order_one_at_a_time(say: Say) -> None:
    say("one")
    say("two")
    say("bob", address=BOB)

    first = claim()
    assert [d.text for d in first] == ["one", "bob"]
    assert claim() == []

    finish(first)
    assert [d.text for d in claim()] == ["two"]


def test_replies_leave_before_first_texts(say: Say) -> None:
    say("first text", urgency=1)
    say("reply", address=BOB, urgency=0)

    assert [d.text for d in claim(1)] == ["reply"]


def test_outcome_sent_keeps_the_provider_s_id_and_empties_the_outbox(say: Say) -> None:
    queued = say("hello")

    finish(claim())

    message = message_of(queued)
    assert (message.status, message.provider_id) == (Status.SENT, f"M{message.pk}")
    assert not Outbox.everywhere.exists()


def test_who_opted_out_after_queueing_is_not_texted(say: Say, organization: Organization) -> None:
    queued = say("hello")
    actions.opt_out(organization_id=organization.pk, address_kind="phone", address=ANN, source="staff")

    assert claim() == []
    assert message_of(queued).error_code == "opted_out"
    assert say("again").verdict == "opted_out"


def test_one_confirmation_goes_past_the_opt_out(say: Say, organization: Organization) -> None:
    actions.opt_out(organization_id=organization.pk, address_kind="phone", address=ANN, source="staff")

    say("You are out.", purpose="opt_out_confirmation")

    assert [d.text for d in claim()] == ["You are out."]


def test_opt_out_of_another_organization_does_not_hold_here(say: Say) -> None:
    other = Organization.objects.create(name="Other", slug="other")
    actions.opt_out(organization_id=other.pk, address_kind="phone", address=ANN, source="staff")

    assert say("hello").verdict == "queued"


def test_opt_out_for_everyone_holds_everywhere(say: Say) -> None:
    actions.opt_out(organization_id=None, address_kind="phone", address=ANN, source="staff", scope="everyone")

    assert say("hello").verdict == "opted_out"


def test_what_is_too_late_fails_instead_of_leaving_at_night(say: Say) -> None:
    queued = say("hello", send_before=timezone.now() - dt.timedelta(seconds=1))

    assert claim() == []
    assert message_of(queued).error_code == "expired"


def test_later_comes_again_after_the_time_that_the_provider_named(say: Say) -> None:
    say("hello")

    finish(claim(), doubles.outcome(contracts.Result.LATER, retry_after=60.0))
    assert claim() == []
    Outbox.everywhere.update(send_after=timezone.now())

    assert [d.attempts for d in claim()] == [2]


def test_rate_limit_of_the_account_pauses_everything_on_it(say: Say) -> None:
    say("hello")
    finish(claim(), doubles.outcome(contracts.Result.LATER, retry_after=0.0, holds="account", error_code="20429"))
    RateBudget.objects.filter(account__isnull=False).update(paused_until=timezone.now() + dt.timedelta(seconds=60))
    say("bob", address=BOB)

    assert claim() == []


def test_channel_rate_is_kept(say: Say, channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(rate=3.0)
    RateBudget.objects.filter(channel=channel).update(tokens=3.0, refilled_at=timezone.now())
    for i in range(10):
        say("hello", address=f"+1617555{i:04}")

    assert len(claim()) == 3
    assert len(claim()) == 0


def test_broken_account_stops_its_channel_and_loses_nothing(say: Say, channel: Channel) -> None:
    say("hello")

    finish(claim(), doubles.outcome(contracts.Result.STOP_CHANNEL, error_code="30002", error_text="suspended"))

    channel.refresh_from_db()
    assert channel.stop_reason == "30002 suspended"
    assert claim() == []
    actions.resume_channel(channel.pk)
    assert [d.text for d in claim()] == ["hello"]


def test_no_answer_is_never_repeated_in_silence(say: Say, memory: doubles.MemoryProvider) -> None:
    queued = say("hello")

    finish(claim(), doubles.outcome(contracts.Result.UNANSWERED))

    assert claim() == []
    assert Outbox.everywhere.get().state == Outbox.State.UNANSWERED
    assert status(queued) == Status.SENDING


def test_report_settles_a_lost_answer(say: Say, receive: Callable[..., int]) -> None:
    queued = say("hello")
    finish(claim(), doubles.outcome(contracts.Result.UNANSWERED))

    receive(
        doubles.event(
            id="r", kind="report", message_id=queued.message_id, provider_id="SM9", status="delivered", lane="m"
        )
    )

    assert status(queued) == Status.DELIVERED
    assert not Outbox.everywhere.exists()


def test_where_nobody_can_be_asked_the_message_is_unconfirmed_at_once(say: Say, memory: doubles.MemoryProvider) -> None:
    memory.can_look_up = False
    queued = say("hello")

    finish(claim(), doubles.outcome(contracts.Result.UNANSWERED))

    assert status(queued) == Status.UNCONFIRMED
    assert not Outbox.everywhere.exists()


def test_rows_of_a_dead_worker_are_looked_up_not_sent_again(say: Say) -> None:
    say("hello")
    claim()
    past = timezone.now() - dt.timedelta(minutes=5)
    Outbox.everywhere.update(leased_until=past, look_up_at=past)

    assert claim() == []
    assert [c.dispatch.text for c in sending.claim_unsettled(WORKER)] == ["hello"]


@pytest.mark.parametrize(("arrived", "end"), [(True, Status.DELIVERED), (False, Status.QUEUED)])
def test_staff_settle_an_unconfirmed_text(
    say: Say, memory: doubles.MemoryProvider, organization: Organization, arrived: bool, end: int
) -> None:
    memory.can_look_up = False
    queued = say("hello")
    finish(claim(), doubles.outcome(contracts.Result.UNANSWERED))
    staff = User.objects.create_user("staff@example.org", first_name="Staff")
    message = message_of(queued)

    assert actions.settle_unconfirmed(message, arrived=arrived, decided_by=staff)

    assert status(queued) == end
    assert len(claim()) == (0 if arrived else 1)
    assert not actions.settle_unconfirmed(message, arrived=arrived, decided_by=staff)


def test_text_that_is_sent_again_keeps_to_its_hours(
    say: Say, memory: doubles.MemoryProvider, organization: Organization
) -> None:
    memory.can_look_up = False
    queued = say("hello", send_before=timezone.now() + dt.timedelta(hours=1))
    finish(claim(), doubles.outcome(contracts.Result.UNANSWERED))
    message = message_of(queued)
    Message.objects.filter(pk=message.pk).update(
        payload={"send_before": (timezone.now() - dt.timedelta(minutes=1)).isoformat()}
    )
    staff = User.objects.create_user("staff@example.org", first_name="Staff")

    actions.settle_unconfirmed(message, arrived=False, decided_by=staff)

    assert "send_before" in message.payload
    assert claim() == []
    assert message_of(queued).error_code == "expired"


def test_late_outcome_of_a_settled_message_changes_nothing(say: Say, receive: Callable[..., int]) -> None:
    queued = say("hello")
    held = claim()
    receive(
        doubles.event(
            id="r", kind="report", message_id=queued.message_id, provider_id="SM9", status="delivered", lane="m"
        )
    )

    finish(held, doubles.outcome(contracts.Result.FAILED, error_code="30008"))

    assert status(queued) == Status.DELIVERED


def test_group_that_moved_gets_the_refused_message_at_its_new_address(say: Say) -> None:
    say("hello", address="-5", kind="group")

    finish(claim(), doubles.outcome(contracts.Result.MOVED, new_address="-100"))

    again = claim()
    assert [(d.text, d.address) for d in again] == [("hello", "-100")]
    assert Conversation.objects.get().address == "-100"


@pytest.mark.django_db(transaction=True)
def test_sender_drains_the_outbox_and_settles_by_look_up(
    say: Say, memory: doubles.MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "OUTBOX_LOOK_UP_AFTER", 0.1)
    lost = say("lost answer", address=BOB)
    texts = [say(str(i), address=f"+1617555{i:04}") for i in range(30)]
    memory.answer = lambda d: (
        doubles.outcome(contracts.Result.UNANSWERED)(d) if d.message_id == lost.message_id else doubles.sent(d)
    )
    memory.found = doubles.sent
    sender = outbox.Sender(concurrency=10)

    async def drain() -> None:
        task = asyncio.create_task(sender.run())
        async with asyncio.timeout(20):
            while await asyncio.to_thread(_left):  # noqa: ASYNC110 (the database is asked)
                await asyncio.sleep(0.05)
        sender.stop()
        await task

    asyncio.run(drain())

    assert [status(t) for t in [lost, *texts]] == [Status.SENT] * 31
    assert len(memory.sent) == 31


def _left() -> bool:
    from django.db import connection

    try:
        return Outbox.everywhere.exists()
    finally:
        connection.close()


def test_two_workers_never_hold_the_same_row(
    say: Say, run_concurrently: Callable[..., list[Any]], transactional_db: None
) -> None:
    for i in range(200):
        say("hello", address=f"+1617555{i:04}")

    taken = run_concurrently([lambda: claim(30) for _ in range(8)])

    numbers = [d.message_id for batch in taken for d in batch]
    assert len(numbers) == len(set(numbers)) == 200
