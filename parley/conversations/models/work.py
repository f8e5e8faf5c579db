"""Long work, its files, and the workers that do it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from parley.accounts.models import Organization


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
