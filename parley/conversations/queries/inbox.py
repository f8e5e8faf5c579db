"""The catch-all inbox: who wrote without being expected, and what was said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from parley.accounts.models import Organization
from parley.conversations import sql_functions
from parley.conversations.access import INBOX
from parley.conversations.models import Conversation, Correspondent, Direction, Message, Status

#: messages of a conversation that a page shows; the oldest are left out
LONGEST_THREAD = 300


def conversations(
    organization: Organization, *, done: bool = False, search: str = "", whole_addresses: bool = False
) -> QuerySet[Conversation]:
    """The inbox, newest first, with `person` (the sender's name) and `words` (what they said last).

    `search` looks in names and words, and in addresses. Who sees addresses only in part (`whole_addresses`
    False) finds them by their last four characters, as shown: else one could guess the others one by one.
    """
    sender = Correspondent.objects.filter(
        organization_id=OuterRef("organization_id"), address_kind=OuterRef("address_kind"), address=OuterRef("address")
    )
    said = Message.objects.filter(conversation_id=OuterRef("pk"), direction=Direction.IN)
    rows = Conversation.objects.filter(
        organization=organization, program=INBOX, handled_at__isnull=not done, last_inbound_at__isnull=False
    )
    if search:
        digits = "".join(c for c in search if c.isdigit())
        found = Q(title__icontains=search)
        found |= Q(Exists(sender.filter(name__icontains=search))) | Q(Exists(said.filter(text__icontains=search)))
        if whole_addresses and (digits or search):
            found |= Q(address__icontains=digits or search)
        elif len(digits) == 4 and len(search.strip()) <= 9:
            found |= Q(address__endswith=digits)
        rows = rows.filter(found)
    return (
        rows.annotate(
            person=Subquery(sender.values("name")[:1]), words=Subquery(said.order_by("-sequence").values("text")[:1])
        )
        .select_related("channel")
        .order_by("-last_inbound_at", "-pk")
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A message as the thread component shows it."""

    id: int
    direction: str
    text: str
    at: dt.datetime
    status: str
    author: str
    media: Sequence[Mapping[str, str]] = ()
    problem: str = ""


def thread(conversation: Conversation) -> list[Line]:
    """The last `LONGEST_THREAD` messages, oldest first. One query."""
    newest = (
        Message.objects.filter(conversation=conversation)
        .select_related("author", "sender")
        .order_by("-sequence")[:LONGEST_THREAD]
    )
    return [_line(message) for message in reversed(newest)]


def is_opted_out(conversation: Conversation) -> bool:
    """Whether the person has asked not to be texted. One query."""
    (answer,) = sql_functions.row(
        "conversations_opted_out_v1",
        conversation.organization_id,
        conversation.address_kind,
        conversation.address,
        conversation.channel_id,
        conversation.program,
    )
    return bool(answer)


def links(media: Sequence[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Attachments as links: they stay where the provider keeps them, and a page shows none by itself."""
    return [
        {
            "url": part["url"],
            "type": "link",
            "name": str(part.get("name") or "")
            or (
                _("Open the picture")
                if str(part.get("content_type") or "").startswith("image")
                else _("Open the attachment")
            ),
        }
        for part in media
        if str(part.get("url", "")).startswith(("https://", "http://"))
    ]


def _line(message: Message) -> Line:
    inward = message.direction == Direction.IN
    problem = ""
    if not inward and message.status == Status.FAILED:
        code = message.error_code
        problem = _("This text did not arrive (%(code)s).") % {"code": code} if code else _("This text did not arrive.")
    elif not inward and message.status == Status.UNCONFIRMED:
        problem = _("Nobody knows yet whether this text arrived.")
    author = (message.sender.name if message.sender else "") if inward else str(message.author or "")
    return Line(
        id=message.pk,
        direction="in" if inward else "out",
        text=message.text,
        at=message.said_at or message.created_at,
        status="received" if inward else Status(message.status).name.lower(),
        author=author,
        media=links(message.media or []),
        problem=problem,
    )
