"""Texts of which nobody knows whether they arrived."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from parley.accounts.models import Organization
from parley.conversations import registry
from parley.conversations.access import INBOX, MAIL
from parley.conversations.models import Correspondent, Message, Status


def messages(organization: Organization) -> QuerySet[Message]:
    """The organization's unconfirmed messages, newest first, with `person` (the name on the other side)."""
    person = Correspondent.objects.filter(
        organization_id=OuterRef("organization_id"),
        address_kind=OuterRef("conversation__address_kind"),
        address=OuterRef("conversation__address"),
    )
    return (
        Message.objects.filter(organization=organization, status=Status.UNCONFIRMED)
        .select_related("conversation", "channel", "author")
        .annotate(person=Subquery(person.values("name")[:1]))
        .order_by("-pk")
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A message and what its conversation is about. `readable` is False for the instance's own mails."""

    message: Message
    subject: str
    url: str
    readable: bool


def described(found: Sequence[Message], *, organization: Organization) -> list[Row]:
    """The messages with the subject that each one's program names. One call of `describe` a program."""
    by_program: dict[str, set[int]] = collections.defaultdict(set)
    for message in found:
        by_program[message.conversation.program].add(message.conversation_id)
    subjects: dict[int, tuple[str, str]] = {}
    for name, numbers in by_program.items():
        program = registry.program(name)
        for number, about in program.describe(sorted(numbers)).items() if program else ():
            subjects[number] = (about.subject_title, about.url)
    return [_row(message, subjects, organization) for message in found]


def _row(message: Message, subjects: dict[int, tuple[str, str]], organization: Organization) -> Row:
    conversation = message.conversation
    subject, url = subjects.get(conversation.pk, (conversation.title, ""))
    if conversation.program == INBOX:
        subject = _("Inbox")
        url = reverse("conversations:inbox_conversation", args=[organization.slug, conversation.pk])
    if conversation.program == MAIL:
        subject = _("A mail of Parley itself")
    return Row(message=message, subject=subject, url=url, readable=conversation.program != MAIL)
