"""Saying something: one SQL function writes the message and its outbox row."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from parley.accounts.models import User
from parley.conversations import contracts, sql_functions
from parley.conversations.models import Channel, Message, Outbox
from parley.web import announcer


@dataclasses.dataclass(frozen=True, slots=True)
class Queued:
    """What became of a request to say something.

    verdict: queued | repeated | conflict | opted_out. For `repeated` the ids are the earlier message's.
    """

    verdict: str
    message_id: int | None
    conversation_id: int | None
    sequence: int | None


def media_json(media: Sequence[contracts.Media]) -> str:
    return json.dumps([{k: v for k, v in dataclasses.asdict(m).items() if v} for m in media])


def queue_message(
    *,
    organization_id: int,
    channel: Channel,
    program: str,
    address: str,
    text: str,
    subject_key: str = "",
    kind: str = "direct",
    conversation_id: int | None = None,
    author: User | None = None,
    purpose: str = "reply",
    media: Sequence[contracts.Media] = (),
    payload: contracts.Json | None = None,
    urgency: int = 0,
    send_after: dt.datetime | None = None,
    send_before: dt.datetime | None = None,
    key: str | None = None,
    segments: int | None = None,
    visible_to: str | None = None,
) -> Queued:
    """Write a message and its outbox row; the worker sends it.

    The address is refused when it has opted out, unless `purpose` is `opt_out_confirmation`. `key` makes
    the request safe to repeat. Texters' texts do not come this way: their one statement is
    `texting_send_v1`, which ends in the same SQL function.
    """
    result = sql_functions.row(
        "conversations_queue_message_v1",
        organization_id,
        channel.pk,
        program,
        subject_key,
        kind,
        channel.address_kind,
        address,
        conversation_id,
        author.pk if author else None,
        purpose,
        text,
        media_json(media),
        json.dumps(payload or {}),
        urgency,
        send_after,
        send_before,
        key,
        segments,
        visible_to,
    )
    queued = Queued(*result)
    if queued.verdict == "queued":
        announcer.announce(f"conversation:{queued.conversation_id}", "outbox")
    return queued


def edit_message(message: Message, *, text: str | None, author: User | None = None) -> Outbox:
    """Change (or, with `text` None, delete) what we said: an outbox operation like any other."""
    with transaction.atomic():
        operation = Outbox.everywhere.create(
            organization_id=message.organization_id,
            message=message,
            channel_id=message.channel_id,
            conversation_id=message.conversation_id,
            sequence=message.sequence,
            operation="delete" if text is None else "edit",
            target=message,
            urgency=0,
            send_after=timezone.now(),
        )
        history = [*message.payload.get("edits", []), {"text": message.text, "at": timezone.now().isoformat()}]
        message.payload = {**message.payload, "edits": history, **({"deleted": True} if text is None else {})}
        if text is not None:
            message.text = text
        message.save(update_fields=["text", "payload"])
        announcer.announce(f"conversation:{message.conversation_id}", "outbox")
    return operation
