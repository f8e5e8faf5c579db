"""The conversation core: who we talk with, over what, and everything that was said.

A message is a message, whatever the channel. Nothing here knows what a campaign or a study is.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from parley.accounts.models import Organization
from parley.conversations import managers


class AddressKind(models.TextChoices):
    PHONE = "phone", _("phone")
    TELEGRAM = "telegram", _("Telegram")
    SLACK = "slack", _("Slack")
    EMAIL = "email", _("e-mail")


class ProviderAccount(models.Model):
    """Our account at a provider. Its organization's own, or shared by all; the catch-all inbox of
    its organization takes what nobody expects."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    provider = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    #: encrypted JSON: `credentials.seal` and `credentials.open`
    credentials = models.TextField(blank=True)
    webhook_secret = models.CharField(max_length=64, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    #: messages a second; null = as many as the channels allow
    rate = models.FloatField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=300, blank=True)
    #: the newest event that catching up has seen
    caught_up_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = managers.SharedManager()

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """What we speak through: a messaging service, a bot, a workspace, a mailbox."""

    class Kind(models.TextChoices):
        MESSAGING_SERVICE = "messaging_service", _("messaging service")
        BOT = "bot", _("bot")
        WORKSPACE = "workspace", _("workspace")
        MAILBOX = "mailbox", _("mailbox")

    account = models.ForeignKey(ProviderAccount, models.PROTECT, related_name="channels")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    address_kind = models.CharField(max_length=10, choices=AddressKind.choices)
    #: the provider's name for it: messaging service sid, bot user name, workspace id
    address = models.CharField(max_length=120)
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict, blank=True)
    rate = models.FloatField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = managers.SharedManager()

    class Meta:
        constraints = [
            # inbound: the channel that a webhook names
            models.UniqueConstraint(fields=["account", "address"], name="channel_once_per_account"),
        ]

    def __str__(self) -> str:
        return self.name


class RateBudget(models.Model):
    """The token bucket of an account or a channel; the claim of outbox rows draws from it."""

    channel = models.OneToOneField(Channel, models.CASCADE, null=True, related_name="budget")
    account = models.OneToOneField(ProviderAccount, models.CASCADE, null=True, related_name="budget")
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField()
    #: a 429's retry-after
    paused_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__isnull=False, account__isnull=True)
                | Q(channel__isnull=True, account__isnull=False),
                name="rate_budget_of_one",
            )
        ]


class Person(models.Model):
    """Groups one human being's verified addresses."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")


class Correspondent(models.Model):
    """The person or address on the other side."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    address_kind = models.CharField(max_length=10, choices=AddressKind.choices)
    address = models.CharField(max_length=120)
    name = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="addresses")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [
            # inbound: the sender of a message
            models.UniqueConstraint(fields=["organization", "address_kind", "address"], name="correspondent_once"),
        ]


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


class InboundEvent(models.Model):
    """A webhook as it arrived. Inserted before the 200, applied by the worker."""

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=16)
    #: events of one lane are applied in order
    lane = models.CharField(max_length=120)
    body = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            # the same event twice is one row
            models.UniqueConstraint(fields=["account", "key"], name="inbound_event_once"),
        ]
        indexes = [
            # claim_inbound: the queue
            models.Index(
                fields=["id"], name="inbound_event_queue", condition=Q(applied_at__isnull=True, parked_at__isnull=True)
            ),
            # claim_inbound: lanes that wait for a failing event; the parked page
            models.Index(
                fields=["account", "lane"],
                name="inbound_event_blocked",
                condition=Q(applied_at__isnull=True, attempts__gt=0),
            ),
            BrinIndex(fields=["received_at"], name="inbound_event_received"),
        ]


class OptOut(models.Model):
    """The only truth about opt-outs. A row without `revoked_at` is in force."""

    class Scope(models.TextChoices):
        EVERYONE = "everyone", _("every organization here")
        ORGANIZATION = "organization", _("this organization")
        CHANNEL = "channel", _("this channel")
        PROGRAM = "program", _("this program")

    class Source(models.TextChoices):
        REPLY = "reply", _("their reply")
        TEXTER = "texter", _("a texter")
        STAFF = "staff", _("staff")
        PROVIDER = "provider", _("the provider")
        UPLOAD = "upload", _("an upload")

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+")
    address_kind = models.CharField(max_length=10, choices=AddressKind.choices)
    address = models.CharField(max_length=120)
    scope = models.CharField(max_length=12, choices=Scope.choices, default=Scope.ORGANIZATION)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="+", db_index=False)
    program = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    reason = models.CharField(max_length=200, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    objects = managers.OptOutManager()

    class Meta:
        indexes = [
            # is_opted_out: asked by every send, every claim of the outbox, every upload
            models.Index(
                fields=["address", "address_kind"], name="opt_out_in_force", condition=Q(revoked_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["address_kind", "address", "scope", "organization", "channel", "program"],
                name="opt_out_once",
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
            ),
        ]


class Flag(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="flags")
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "message"], name="flag_once", nulls_distinct=False),
        ]


class ReadMarker(models.Model):
    """How far a person has read: unread is a subtraction."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    sequence = models.PositiveIntegerField(default=0)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="read_marker_once")]


class Tag(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    #: who may apply it: `texter-tags` are the texters'
    group = models.CharField(max_length=60, blank=True)
    retired_at = models.DateTimeField(null=True)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="tag_once")]


class ConversationTag(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+")
    comment = models.TextField(blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    objects = ScopedManager(organization="organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="conversation_tag_once")]


class BackgroundTask(models.Model):
    """Long work that a person started: its progress, its end, its failure, in words."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    #: texting.upload, texting.export …
    kind = models.CharField(max_length=40)
    #: at most one waiting or running task of a kind for a subject
    subject_key = models.CharField(max_length=60, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: what is being done, or how it ended
    message = models.TextField(blank=True)
    arguments = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[BackgroundTask]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_key"],
                name="background_task_one_at_a_time",
                condition=Q(state__in=["waiting", "running"]),
            ),
        ]


class StoredFile(models.Model):
    """An upload or an export, kept in the database in pieces, so that any process can serve it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[StoredFile]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"


class StoredPiece(models.Model):
    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="stored_piece_in_order")]


class WorkerHeartbeat(models.Model):
    """Workers that are alive: `/readyz` looks here."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
