"""A texter's texts: one statement each."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from typing import Any

from parley.conversations import contracts, sql_functions
from parley.conversations.actions import messages
from parley.texting import segments
from parley.texting.models import Assignment
from parley.texting.queries import limits, open_hours
from parley.web import announcer

#: an attachment written into a text
ATTACHMENT = re.compile(r"\[(https?://[^\]\s]+)\]")


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """verdict: `queued` or `repeated` when it is on its way, else why it was refused (`refusals.WORDS`)."""

    verdict: str
    message_id: int | None = None
    conversation_id: int | None = None
    sequence: int | None = None
    #: the contact's status afterwards (`ContactStatus`)
    contact_status: int | None = None
    segments: int = 0

    @property
    def on_its_way(self) -> bool:
        return self.verdict in {"queued", "repeated"}


def prepare(text: str) -> tuple[str, list[contracts.Media]]:
    """The text as it will be sent, and the attachments that were written into it as `[https://…]`."""
    media = [contracts.Media(url=url) for url in ATTACHMENT.findall(text)]
    return segments.to_gsm(ATTACHMENT.sub("", text)).strip(), media


def send_text(
    *,
    user_id: int,
    epoch: int,
    assignment_id: int,
    contact_id: int,
    text: str,
    key: str | None = None,
    answers: Sequence[contracts.Json] | None = None,
) -> Sent:
    """Send one text to one contact of an assignment.

    `key`: the page's own key of a reply, so that a repeated request sends nothing twice; None says that this
    is the contact's first text. `answers`: `[{"step": id, "value": text or None}]`, saved with the text.
    Identity comes from the signed session: the statement itself checks user, epoch, role, assignment,
    campaign, hours (both ends) and opt-out.
    """
    words, media = prepare(text)
    if not words and not media:
        return Sent("empty")
    try:
        campaign = open_hours.campaign_of(assignment_id)
    except Assignment.DoesNotExist:
        return Sent("not_found")
    if len(words) > limits.longest_text(campaign):
        return Sent("too_long")
    count = segments.count(words).segments
    hours = open_hours.of_campaign(campaign)
    row: tuple[Any, ...] = sql_functions.row(
        "texting_send_v1",
        user_id,
        epoch,
        assignment_id,
        contact_id,
        words,
        messages.media_json(media),
        count,
        key[:80] if key else None,
        hours.groups,
        hours.closes,
        json.dumps(list(answers)) if answers else None,
    )
    verdict, message, conversation, sequence, status, _ = row
    if verdict == "queued":
        announcer.announce(f"campaign:{campaign}", "outbox", f"conversation:{conversation}")
    return Sent(verdict, message, conversation, sequence, status, count)
