"""Texting's background work: thin, each calls one action, safe to run twice."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parley.accounts.models import Role
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.texting.actions import exports, starting, uploads


@tasks.kind(uploads.KIND, label=_("Upload of contacts"), role=Role.ADMIN, clean_up=uploads.clean_up)
def upload_contacts(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
    return uploads.load_contacts(task, progress)


@tasks.kind(
    exports.KIND,
    label=_("Export of contacts and messages"),
    role=Role.ADMIN,
    result_label=_("To the files"),
)
def export_campaign(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
    return exports.write_files(task, progress)


def _live_page(task: BackgroundTask) -> str:
    return reverse("texting:campaign", args=[task.organization.slug, task.arguments["campaign"]])


@tasks.kind(
    starting.KIND,
    label=_("Starting the campaign"),
    role=Role.ADMIN,
    result_url=_live_page,
    result_label=_("Open the campaign"),
)
def start_campaign(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
    return starting.finish_start(task, progress)
