"""What staff decide: the catch-all inbox, parked events, unconfirmed texts."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from parley.accounts import actions as accounts
from parley.accounts.models import User
from parley.conversations import sql_functions
from parley.conversations.actions import messages, opt_outs
from parley.conversations.models import Conversation, InboundEvent, Message, OptOut, Outbox, Status
from parley.web import announcer


def answer(conversation: Conversation, *, text: str, author: User, key: str) -> messages.Queued:
    """Answer somebody in the catch-all inbox. `key` comes with the form: the same one sends once.

    See `messages.Queued` for the verdicts; an address that has opted out is refused.
    """
    return messages.queue_message(
        organization_id=conversation.organization_id,
        channel=conversation.channel,
        program=conversation.program,
        address=conversation.address,
        text=text,
        subject_key=conversation.subject_key,
        kind=conversation.kind,
        conversation_id=conversation.pk,
        author=author,
        purpose="staff",
        key=f"staff:{author.pk}:{key}",
    )


def mark_handled(conversation: Conversation) -> None:
    """Staff have dealt with it; the next message from there brings it back."""
    conversation.handled_at = timezone.now()
    conversation.save(update_fields=["handled_at"])
    announcer.announce(f"inbox:{conversation.organization_id}", f"conversation:{conversation.pk}")


def stop_person(conversation: Conversation, *, decided_by: User) -> bool:
    """The person is not to be texted any more by this organization; with that the conversation is done.

    False if they had stopped us already."""
    with transaction.atomic():
        new = opt_outs.opt_out(
            organization_id=conversation.organization_id,
            address_kind=conversation.address_kind,
            address=conversation.address,
            source=OptOut.Source.STAFF,
            made_by=decided_by,
        )
        mark_handled(conversation)
        if new:
            accounts.record(
                "inbox.opted_out", actor=decided_by, organization=conversation.organization_id, target=conversation
            )
    return new


def replay_event(event: InboundEvent, *, decided_by: User | None = None) -> bool:
    """Try a parked event again, with everything that waits behind it. False when it is no longer parked."""
    with transaction.atomic():
        found = _parked(event)
        if found is None:
            return False
        InboundEvent.objects.filter(pk=found.pk).update(parked_at=None, attempts=0, retry_at=None, error="")
        _record("event.tried_again", found, decided_by)
        announcer.announce("parked")
    return True


def give_up_event(event: InboundEvent, *, decided_by: User) -> bool:
    """Leave a parked event unapplied for good, so that what waits behind it goes on.

    It counts as applied, with a note; what it said stays in its row. False when it is no longer parked."""
    with transaction.atomic():
        found = _parked(event)
        if found is None:
            return False
        note = f"Given up by user {decided_by.pk}. "
        InboundEvent.objects.filter(pk=found.pk).update(
            applied_at=timezone.now(), parked_at=None, retry_at=None, error=note + found.error
        )
        _record("event.given_up", found, decided_by)
        announcer.announce("parked")
    return True


def _parked(event: InboundEvent) -> InboundEvent | None:
    return (
        InboundEvent.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=event.pk, applied_at=None, parked_at__isnull=False)
        .first()
    )


def _record(verb: str, event: InboundEvent, decided_by: User | None) -> None:
    accounts.record(verb, actor=decided_by, organization=event.account.organization_id, target=event)


def settle_unconfirmed(message: Message, *, arrived: bool, decided_by: User) -> bool:
    """Staff say what the provider could not: it arrived, or it is to be sent again.

    False when the message is no longer unconfirmed (a report came, or a colleague was quicker). Sent again is
    within the hours that it was written for: past them the message fails as expired, and a new text is needed."""
    from parley.conversations.actions import receiving

    with transaction.atomic():
        locked = (
            Message.objects.select_for_update(of=("self",))
            .select_related("channel")
            .filter(pk=message.pk, status=Status.UNCONFIRMED)
            .first()
        )
        if locked is None:
            return False
        if arrived:
            receiving.tell_programs(
                sql_functions.rows(
                    "conversations_apply_reports_v1",
                    [
                        {
                            "i": 0,
                            "account": locked.channel.account_id,
                            "message": locked.pk,
                            "status": int(Status.DELIVERED),
                        }
                    ],
                )
            )
        else:
            until = locked.payload.get("send_before")
            locked.status = Status.QUEUED
            locked.payload = {**locked.payload, "sent_again_by": decided_by.pk}
            locked.save(update_fields=["status", "payload"])
            Outbox.everywhere.create(
                organization_id=locked.organization_id,
                message=locked,
                channel_id=locked.channel_id,
                conversation_id=locked.conversation_id,
                sequence=locked.sequence,
                urgency=0,
                send_after=timezone.now(),
                send_before=dt.datetime.fromisoformat(until) if until else None,
            )
            announcer.announce("outbox")
        accounts.record(
            "message.confirmed" if arrived else "message.sent_again",
            actor=decided_by,
            organization=locked.organization_id,
            target=locked,
        )
        announcer.announce(f"conversation:{locked.conversation_id}", "unconfirmed")
    return True
