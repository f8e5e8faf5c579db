"""Texting, as the conversation core sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.urls import reverse

from parley.conversations import contracts
from parley.conversations.models import ConversationTag
from parley.conversations.programs import BaseProgram
from parley.texting.actions import handling
from parley.texting.models import Contact, ContactStatus, InteractionStep, QuestionResponse


class Texting(BaseProgram):
    name = "texting"

    def handle(self, applied: Sequence[contracts.Applied]) -> None:
        handling.handle_replies(applied)

    def handle_reports(self, reports: Sequence[contracts.ReportApplied]) -> None:
        handling.handle_reports(reports)

    def handle_opt_outs(self, opt_outs: Sequence[contracts.OptOutApplied]) -> None:
        handling.handle_opt_outs(opt_outs)

    def describe(self, conversation_ids: Sequence[int]) -> Mapping[int, contracts.Description]:
        contacts = list(
            Contact.everywhere.filter(conversation_id__in=conversation_ids).select_related(
                "campaign__organization", "assignment__user"
            )
        )
        steps: dict[int, list[InteractionStep]] = {}
        for step in InteractionStep.everywhere.filter(
            campaign_id__in={c.campaign_id for c in contacts}, is_deleted=False
        ):
            steps.setdefault(step.campaign_id, []).append(step)
        chosen = {
            (r.contact_id, r.step_id): r.value
            for r in QuestionResponse.everywhere.filter(contact_id__in=[c.pk for c in contacts])
        }
        tags: dict[int, list[str]] = {}
        for conversation, name in ConversationTag._base_manager.filter(
            conversation_id__in=conversation_ids, resolved_at=None
        ).values_list("conversation_id", "tag__name"):
            tags.setdefault(conversation, []).append(name)
        return {
            contact.conversation_id: self._description(contact, steps.get(contact.campaign_id, []), chosen, tags)
            for contact in contacts
            if contact.conversation_id is not None
        }

    def _description(
        self,
        contact: Contact,
        steps: Sequence[InteractionStep],
        chosen: Mapping[tuple[int, int], str],
        tags: Mapping[int, Sequence[str]],
    ) -> contracts.Description:
        assert contact.conversation_id is not None
        handler = contact.assignment.user if contact.assignment else None
        return contracts.Description(
            conversation_id=contact.conversation_id,
            subject_id=contact.campaign_id,
            subject_kind="campaign",
            subject_title=contact.campaign.title,
            handler_id=handler.pk if handler else None,
            handler_name=handler.get_full_name() if handler else "",
            handler_email=handler.email if handler else "",
            questions=[
                contracts.Question(
                    id=step.pk,
                    text=step.question,
                    allowed=[s.answer_option for s in steps if s.parent_id == step.pk],
                    chosen=chosen.get((contact.pk, step.pk)),
                )
                for step in steps
                if step.question
            ],
            tags=tags.get(contact.conversation_id, ()),
            opted_out=contact.opted_out,
            url=reverse("texting:campaign", args=[contact.campaign.organization.slug, contact.campaign_id]),
        )

    def finished(
        self, organization_id: int, *, since: dt.datetime, cursor: int, limit: int
    ) -> Sequence[contracts.Description]:
        numbers = list(
            Contact.everywhere.filter(
                organization_id=organization_id,
                conversation_id__gt=cursor,
                updated_at__gte=since,
                status__in=[ContactStatus.CLOSED, ContactStatus.CONVO],
                conversation__last_inbound_at__isnull=False,
            )
            .order_by("conversation_id")
            .values_list("conversation_id", flat=True)[:limit]
        )
        described = self.describe([number for number in numbers if number is not None])
        return [described[number] for number in sorted(described)]

    def changed_since(self, conversation_ids: Sequence[int], when: dt.datetime) -> Sequence[int]:
        return [
            number
            for number in Contact.everywhere.filter(
                Q(updated_at__gt=when), conversation_id__in=conversation_ids
            ).values_list("conversation_id", flat=True)
            if number is not None
        ]
