"""What providers told us, as it arrived."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from parley.conversations.models.connections import ProviderAccount


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
