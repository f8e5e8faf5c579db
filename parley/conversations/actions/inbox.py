"""What staff decide: the catch-all inbox, parked events, unconfirmed texts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from parley.accounts.models import User
from parley.conversations import sql_functions
from parley.conversations.models import Conversation, InboundEvent, Message, Outbox, Status
from parley.web import announcer


def mark_handled(conversation: Conversation) -> None:
    """Staff have dealt with it; the next message from there brings it back."""
    conversation.handled_at = timezone.now()
    conversation.save(update_fields=["handled_at"])
    announcer.announce(f"inbox:{conversation.organization_id}")


def replay_event(event: InboundEvent) -> None:
    """Try a parked event again, with everything that waits behind it."""
    InboundEvent.objects.filter(pk=event.pk).update(parked_at=None, attempts=0, retry_at=None, error="")


def settle_unconfirmed(message: Message, *, arrived: bool, decided_by: User) -> bool:
    """Staff say what the provider could not: it arrived, or it is to be sent again.

    False when the message is no longer unconfirmed (a report came, or a colleague was quicker)."""
    from parley.conversations.actions import receiving

    with transaction.atomic():
        locked = Message.objects.select_for_update().filter(pk=message.pk, status=Status.UNCONFIRMED).first()
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
            )
            announcer.announce("outbox")
        announcer.announce(f"conversation:{locked.conversation_id}")
    return True
