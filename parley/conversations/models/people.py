"""Who is on the other side, and who wants to hear no more."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from parley.accounts.models import Organization
from parley.conversations import managers
from parley.conversations.models.connections import AddressKind, Channel


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
    message = models.ForeignKey("conversations.Message", models.SET_NULL, null=True, related_name="+", db_index=False)
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
