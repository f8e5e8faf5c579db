"""Conversations and everything that was said in them; what must still go out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from parley.accounts.models import Organization
from parley.conversations.models.connections import AddressKind, Channel
from parley.conversations.models.people import Correspondent


class Conversation(models.Model):
    class Kind(models.TextChoices):
        DIRECT = "direct", _("direct")
        GROUP = "group", _("group")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False)
    #: the program that handles it: texting, studies, community, inbox, mail
    program = models.CharField(max_length=20)
    #: whatever the program tells its conversations apart by: a campaign's id
    subject_key = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DIRECT)
    address_kind = models.CharField(max_length=10, choices=AddressKind.choices)
    address = models.CharField(max_length=120)
    #: our number in this conversation, once known; never part of its identity
    local_address = models.CharField(max_length=60, null=True, blank=True)
    title = models.CharField(max_length=300, blank=True)
    last_sequence = models.PositiveIntegerField(default=0)
    last_inbound_at = models.DateTimeField(null=True)
    last_outbound_at = models.DateTimeField(null=True)
    #: staff have dealt with it (catch-all inbox)
    handled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "program", "subject_key", "address"], name="conversation_once"),
        ]
        indexes = [
            # inbound routing: the conversations of an address on a channel, last texted first
            models.Index(fields=["channel", "address", "-last_outbound_at"], name="conversation_routing"),
            # the catch-all inbox: what nobody has dealt with, newest first
            models.Index(
                fields=["organization", "-last_inbound_at"],
                name="conversation_inbox",
                condition=Q(program="inbox", handled_at__isnull=True),
            ),
        ]


class Direction(models.IntegerChoices):
    IN = 1, _("in")
    OUT = 2, _("out")


class Status(models.IntegerChoices):
    """Ordered: a message's status only rises, and delivered and failed are final."""

    QUEUED = 10, _("queued")
    SENDING = 20, _("sending")
    UNCONFIRMED = 30, _("unconfirmed")
    SENT = 40, _("sent")
    DELIVERED = 50, _("delivered")
    FAILED = 60, _("failed")


class Message(models.Model):
    """What was said.

    Rows are written by the core's SQL functions alone: what those take from the conversation's own row is not
    checked a second time by a constraint, and no index serves only a foreign key.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages", db_index=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    sequence = models.PositiveIntegerField()
    direction = models.PositiveSmallIntegerField(choices=Direction.choices)
    #: initial, reply, opt_out_confirmation, scheduled, staff, mail …
    purpose = models.CharField(max_length=24, blank=True)
    text = models.TextField(blank=True)
    media = models.JSONField(default=list)
    payload = models.JSONField(default=dict)
    sender = models.ForeignKey(Correspondent, models.SET_NULL, null=True, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    status = models.PositiveSmallIntegerField(choices=Status.choices)
    #: the provider's id; carries the chat where ids are counted per chat
    provider_id = models.CharField(max_length=120, null=True)
    error_code = models.CharField(max_length=40, null=True)
    segments = models.PositiveSmallIntegerField(null=True)
    #: what opt-out recognition said of a reply
    recognised = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: the provider's own time, where it tells one
    said_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [
            # a conversation in order
            models.UniqueConstraint(fields=["conversation", "sequence"], name="message_in_order"),
            # the same message inbound twice is one; a report finds its message
            models.UniqueConstraint(
                fields=["channel", "provider_id"], name="message_provider_id", condition=Q(provider_id__isnull=False)
            ),
        ]
        indexes = [
            # unconfirmed texts that staff must settle
            models.Index(fields=["organization", "id"], name="message_unconfirmed", condition=Q(status=30)),
            # "texts in the last hour", retention: whole-table ranges by time
            BrinIndex(fields=["created_at"], name="message_created"),
        ]


class Outbox(models.Model):
    """A message that must still reach the provider; deleted at its outcome."""

    class State(models.IntegerChoices):
        WAITING = 0
        #: a worker holds it until `leased_until`
        HANDED = 1
        #: the provider did not answer: settled by a report or a look-up
        UNANSWERED = 2

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    sequence = models.PositiveIntegerField()
    operation = models.CharField(max_length=8, default="send")
    target = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+", db_index=False)
    visible_to = models.CharField(max_length=60, null=True)
    #: replies go before first texts
    urgency = models.PositiveSmallIntegerField(default=1)
    send_after = models.DateTimeField()
    send_before = models.DateTimeField(null=True)
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    look_up_at = models.DateTimeField(null=True)

    objects = ScopedManager(organization="organization")
    #: the worker sees every organization's rows
    everywhere: ClassVar[models.Manager[Outbox]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        indexes = [
            # claim_outbox: what a channel may send next, replies first
            models.Index(fields=["channel", "urgency", "id"], name="outbox_waiting", condition=Q(state=0)),
            # claim_outbox: only a conversation's first unfinished row
            models.Index(fields=["conversation", "id"], name="outbox_conversation"),
            # lost leases and missing answers
            models.Index(fields=["look_up_at"], name="outbox_unsettled", condition=Q(state__gt=0)),
        ]


class IdempotencyKey(models.Model):
    """What was asked for once is done once; kept 90 days."""

    key = models.CharField(max_length=120, primary_key=True)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    #: hash of the request: the same key with another body is refused
    digest = models.BigIntegerField()
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [BrinIndex(fields=["created_at"], name="idempotency_key_created")]
