"""Our accounts at providers, and what we speak through."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
