"""Campaigns, their scripts, their contacts, and who texts whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from parley.accounts.models import Organization, new_token
from parley.conversations.models import Channel, Conversation


class TextingSettings(models.Model):
    """How an organization texts."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="texting", primary_key=True)
    texting_hours_enforced = models.BooleanField(_("texting hours enforced"), default=True)
    texting_hours_start = models.PositiveSmallIntegerField(_("first hour"), default=9)
    texting_hours_end = models.PositiveSmallIntegerField(_("last hour (excluded)"), default=21)
    opt_out_message = models.TextField(_("opt-out confirmation"), blank=True)
    max_contacts = models.PositiveIntegerField(_("contacts a campaign may have"), null=True, blank=True)
    max_message_length = models.PositiveIntegerField(_("characters a text may have"), null=True, blank=True)
    max_texters_per_campaign = models.PositiveIntegerField(null=True, blank=True)
    default_channel = models.ForeignKey(Channel, models.SET_NULL, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager[TextingSettings]] = models.Manager()


class HoursGroup(models.Model):
    """People whose clocks may show the same: the zones they may be in, and the state whose rules hold.

    Facts, shared by all organizations; a few hundred rows at most.
    """

    #: IANA names, sorted, joined by commas; empty = nothing known
    zones = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zones", "state"], name="hours_group_once")]


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    CLOSED_FOR_INITIALS = "closed_for_initials", _("replies only")
    CLOSED = "closed", _("closed")
    ARCHIVED = "archived", _("archived")


class Campaign(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    due_by = models.DateField(_("due date"), null=True, blank=True)
    status = models.CharField(max_length=20, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, related_name="+")
    intro = models.TextField(_("what texters read first"), blank=True)
    #: names of the columns that the upload brought beside the known ones
    custom_fields = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    contacts_count = models.PositiveIntegerField(default=0)
    contact_file_name = models.CharField(max_length=200, blank=True)
    #: what the last upload counted: valid, duplicates, missing, invalid, opted_out
    upload_result = models.JSONField(default=dict, blank=True)
    #: raised by every upload: two at once and the second is refused
    upload_version = models.PositiveIntegerField(default=0)

    use_dynamic_assignment = models.BooleanField(_("texters ask for contacts"), default=True)
    batch_size = models.PositiveIntegerField(_("contacts at a time"), default=100)
    #: strategies in order; empty = the instance's
    batch_strategies = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    max_contacts_per_texter = models.PositiveIntegerField(null=True, blank=True)
    response_window_hours = models.FloatField(default=48)
    join_token = models.CharField(max_length=64, unique=True, default=new_token)
    join_closed_at = models.DateTimeField(null=True, blank=True)

    override_texting_hours = models.BooleanField(_("own texting hours"), default=False)
    texting_hours_enforced = models.BooleanField(_("texting hours enforced"), default=True)
    texting_hours_start = models.PositiveSmallIntegerField(_("first hour"), default=9)
    texting_hours_end = models.PositiveSmallIntegerField(_("last hour (excluded)"), default=21)
    timezone = models.CharField(_("time zone"), max_length=64, default="America/New_York")

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[Campaign]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        indexes = [
            # the campaign list, current and archived, newest first
            models.Index(fields=["organization", "-id"], name="campaign_list"),
        ]

    def __str__(self) -> str:
        return self.title


class InteractionStep(models.Model):
    """One node of the script: what to say, and the question that its answers branch on."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="steps")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    #: the answer to the parent's question that leads here
    answer_option = models.CharField(_("answer"), max_length=200, blank=True)
    script = models.TextField(_("script"), blank=True)
    question = models.CharField(_("question"), max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_deleted = models.BooleanField(default=False)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[InteractionStep]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                name="interaction_step_one_root",
                condition=Q(parent__isnull=True, is_deleted=False),
            ),
        ]


class Assignment(models.Model):
    """A texter on a campaign."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="assignments", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    #: null = no cap, 0 = may receive no more
    max_contacts = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[Assignment]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        constraints = [models.UniqueConstraint(fields=["campaign", "user"], name="assignment_once")]


class ContactStatus(models.IntegerChoices):
    NEEDS_MESSAGE = 0, _("needs message")
    MESSAGED = 1, _("messaged")
    NEEDS_RESPONSE = 2, _("needs response")
    CONVO = 3, _("in conversation")
    CLOSED = 4, _("closed")


class Contact(models.Model):
    """A person on a campaign's list. Without an assignment it is *waiting*."""

    # Checked by the upload that writes it, not row by row: the two checks cost 40 % of loading a list.
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="contacts", db_index=False)
    assignment = models.ForeignKey(Assignment, models.SET_NULL, null=True, related_name="contacts", db_index=False)
    conversation = models.OneToOneField(Conversation, models.SET_NULL, null=True, related_name="+")
    hours_group = models.ForeignKey(HoursGroup, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    external_id = models.CharField(max_length=100, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    cell = models.CharField(max_length=20)
    zip = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=2, blank=True)
    custom_fields = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(choices=ContactStatus.choices, default=ContactStatus.NEEDS_MESSAGE)
    #: raised when a second pass makes the contact waiting again: part of the idempotency key
    pass_number = models.PositiveSmallIntegerField(default=1)
    #: the reply looks like an opt-out: the texter is asked to confirm with one key
    likely_opt_out = models.BooleanField(default=False)
    opted_out = models.BooleanField(default=False, help_text="for lists and counts; OptOut is the truth")
    error_code = models.CharField(max_length=40, null=True)
    claimed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[Contact]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        indexes = [
            # claim_contacts: the next waiting contacts of a campaign inside their hours, oldest first
            models.Index(
                fields=["campaign", "hours_group", "id"],
                name="contact_waiting",
                condition=Q(assignment__isnull=True, status=ContactStatus.NEEDS_MESSAGE),
            ),
            # the texter's lists and counts: an assignment by status
            models.Index(
                fields=["assignment", "status", "id"], name="contact_assigned", condition=Q(assignment__isnull=False)
            ),
        ]
        constraints = [
            # a household that shares a phone is texted once per campaign; the cell first, because opting out
            # closes the address's waiting contacts everywhere
            models.UniqueConstraint(fields=["cell", "campaign"], name="contact_once_per_campaign"),
        ]


class QuestionResponse(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="responses", db_index=False)
    step = models.ForeignKey(InteractionStep, models.CASCADE, related_name="responses")
    value = models.CharField(max_length=200)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[QuestionResponse]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        constraints = [
            # one value a question; answering again replaces it
            models.UniqueConstraint(fields=["contact", "step"], name="question_response_once"),
        ]


class Tally(models.Model):
    """Live counters as insert-only deltas, squashed by a job. A campaign's number is their sum."""

    class Kind(models.IntegerChoices):
        SENT = 1  # texts handed to the outbox
        INITIALS = 2
        DELIVERED = 3
        FAILED = 4
        REPLIES = 5
        OPT_OUTS = 6
        CLOSED = 7
        CLAIMED = 8
        REPLIED_CONTACTS = 9

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    count = models.IntegerField()
    squashed = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Tally]] = models.Manager()

    class Meta:
        indexes = [
            # the live campaign page: sums by kind
            models.Index(fields=["campaign", "kind"], include=["count"], name="tally_sum"),
        ]
