"""Working a conversation: close, reopen, answer questions, opt out; and what replies do to contacts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from parley.accounts.models import User
from parley.conversations import contracts, sql_functions
from parley.conversations.actions import messages, opt_outs
from parley.conversations.models import AddressKind, Channel, OptOut
from parley.texting import segments
from parley.texting.models import Contact, ContactStatus, Tally, TextingSettings
from parley.web import announcer


@dataclasses.dataclass(frozen=True, slots=True)
class Handled:
    """verdict: `ok`, or why it was refused (`refusals.WORDS`)."""

    verdict: str
    contact_status: int | None = None


def set_status(
    *,
    user_id: int,
    epoch: int,
    assignment_id: int,
    contact_id: int,
    status: ContactStatus | None,
    answers: Sequence[contracts.Json] | None = None,
    not_opt_out: bool = False,
) -> Handled:
    """Close (skip: CLOSED) or reopen (NEEDS_RESPONSE) a conversation, or only save answers (None).

    `not_opt_out`: the texter has read the reply that looked like an opt-out, and it is none."""
    verdict, now, campaign, conversation = sql_functions.row(
        "texting_set_status_v1",
        user_id,
        epoch,
        assignment_id,
        contact_id,
        None if status is None else int(status),
        json.dumps(list(answers)) if answers else None,
        not_opt_out,
    )
    if verdict == "ok":
        announcer.announce(f"campaign:{campaign}", *([f"conversation:{conversation}"] if conversation else []))
    return Handled(verdict, now)


def opt_out_contact(
    *,
    user_id: int,
    epoch: int,
    assignment_id: int,
    contact_id: int,
    confirmation: str = "",
    answers: Sequence[contracts.Json] | None = None,
) -> Handled:
    """A texter opts a contact out. The opt-out holds whatever becomes of the confirmation text.

    `confirmation`: the one text that may still go out; empty = none. It is not sent a second time."""
    with transaction.atomic():
        handled = set_status(
            user_id=user_id,
            epoch=epoch,
            assignment_id=assignment_id,
            contact_id=contact_id,
            status=ContactStatus.CLOSED,
            answers=answers,
            not_opt_out=True,
        )
        if handled.verdict != "ok":
            return handled
        contact = Contact.everywhere.select_related("campaign__channel").get(pk=contact_id)
        new = opt_outs.opt_out(
            organization_id=contact.organization_id,
            address_kind=AddressKind.PHONE,
            address=contact.cell,
            source=OptOut.Source.TEXTER,
            made_by=User(pk=user_id),
        )
        if new:
            Tally.objects.create(campaign_id=contact.campaign_id, kind=Tally.Kind.OPT_OUTS, count=1)
        if new and confirmation.strip() and contact.campaign.channel:
            _confirm(contact, contact.campaign.channel, confirmation.strip(), author=User(pk=user_id))
    return handled


def default_confirmation(organization_id: int) -> str:
    """What an organization tells people who opt out."""
    own = TextingSettings.objects.filter(pk=organization_id).values_list("opt_out_message", flat=True).first()
    return own or _("You are opted out and will get no more texts from us. Have a good day!")


def _confirm(contact: Contact, channel: Channel, text: str, author: User | None = None) -> None:
    words = segments.to_gsm(text)
    queued = messages.queue_message(
        organization_id=contact.organization_id,
        channel=channel,
        program="texting",
        subject_key=str(contact.campaign_id),
        address=contact.cell,
        conversation_id=contact.conversation_id,
        author=author,
        purpose="opt_out_confirmation",
        text=words,
        segments=segments.count(words).segments,
        key=f"opt_out_confirmation:{contact.pk}:{contact.pass_number}",
    )
    if contact.conversation_id is None and queued.conversation_id:
        Contact.everywhere.filter(pk=contact.pk).update(conversation_id=queued.conversation_id)


def handle_replies(applied: Sequence[contracts.Applied]) -> None:
    """Replies were stored: their contacts need a response, or are closed. Confirms opt-outs made by reply,
    except where the provider has answered the keyword itself."""
    touched = sql_functions.rows(
        "texting_handle_inbound_v1",
        [
            {
                "conversation": m.conversation_id,
                "sequence": m.sequence,
                "recognised": m.recognised,
                "opted_out": m.opted_out,
            }
            for m in applied
        ],
    )
    stopped = {m.conversation_id for m in applied if m.opted_out and not m.handled_keyword}
    topics: set[str] = set()
    for _contact, campaign, assignment, _conversation in touched:
        topics.add(f"campaign:{campaign}")
        if assignment:
            topics.add(f"assignment:{assignment}")
    if settings.CONFIRM_OPT_OUTS:
        _confirm_all([contact for contact, _, _, conversation in touched if conversation in stopped])
    if topics:
        announcer.announce(*topics)


def _confirm_all(contact_ids: Sequence[int]) -> None:
    """Queue the one confirmation of each; the words are looked up once an organization."""
    if not contact_ids:
        return
    words: dict[int, str] = {}
    for contact in Contact.everywhere.select_related("campaign__channel").filter(pk__in=contact_ids):
        if contact.campaign.channel:
            if contact.organization_id not in words:
                words[contact.organization_id] = default_confirmation(contact.organization_id)
            _confirm(contact, contact.campaign.channel, words[contact.organization_id])


def handle_reports(reports: Sequence[contracts.ReportApplied]) -> None:
    """Count what texters' texts have come to; confirmations of opt-outs are nobody's texts."""
    rows = [
        {
            "conversation": r.conversation_id,
            "campaign": int(r.subject_key),
            "status": r.status,
            "error_code": r.error_code,
        }
        for r in reports
        if r.status in {"delivered", "failed"} and r.purpose in {"initial", "reply"} and r.subject_key.isdigit()
    ]
    if rows:
        campaigns = sql_functions.rows("texting_handle_reports_v1", rows)
        announcer.announce(*[f"campaign:{campaign}" for (campaign,) in campaigns])


def handle_opt_outs(opt_outs_applied: Sequence[contracts.OptOutApplied]) -> None:
    """Close the waiting contacts of the addresses; show those that came back as such."""
    ours = [o for o in opt_outs_applied if o.address_kind == AddressKind.PHONE and o.program in {"", "texting"}]
    for revoked in (False, True):
        rows = [
            {"organization": o.organization_id, "address": o.address, "channel": o.channel_id}
            for o in ours
            if o.revoked is revoked
        ]
        function = "texting_reopen_returned_v1" if revoked else "texting_close_opted_out_v1"
        if rows:
            announcer.announce(*[f"campaign:{campaign}" for (campaign,) in sql_functions.rows(function, rows)])
