"""Exporting a campaign and fetching the files."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations import files, tasks
from parley.conversations.models import BackgroundTask, StoredFile
from parley.conversations.tasks import pages as task_pages
from parley.texting import access
from parley.texting.actions import exports
from parley.texting.models import Campaign
from parley.texting.queries import background


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A finished file on the page."""

    name: str
    url: str
    size: int
    rows: int


@pages.organization_page(role=Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id, role=Role.ADMIN)
    if request.method != "POST":
        return _page(request, campaign)
    try:
        exports.start_export(actor=request.user, campaign=campaign)
    except (exports.Refused, tasks.AlreadyRunning) as refused:
        return _page(request, campaign, error=str(refused), status=409)
    return HttpResponseRedirect(reverse("texting:export", args=[request.organization.slug, campaign.pk]))


@pages.organization_page(role=Role.ADMIN)
@require_safe
def export_file(request: pages.OrganizationRequest, campaign_id: int, task_id: int, which: str) -> HttpResponseBase:
    """One of the two files of an export, for as long as it is kept."""
    campaign = access.access_campaign(request.membership, campaign_id, role=Role.ADMIN)
    task = BackgroundTask.objects.filter(
        pk=task_id, organization=request.organization, kind=exports.KIND, subject_key=str(campaign.pk)
    ).first()
    file_id: int = task.result.get("files", {}).get(which, 0) if task is not None else 0
    file = StoredFile.objects.filter(
        pk=file_id, organization=request.organization, complete=True, expires_at__gt=timezone.now()
    ).first()
    if file is None:
        raise Http404
    if request.method == "GET":
        exports.record_download(actor=request.user, file=file, campaign=campaign)
    return files.respond(file)


def _page(
    request: pages.OrganizationRequest, campaign: Campaign, *, error: str = "", status: int = 200
) -> HttpResponse:
    task = background.last_task(campaign, exports.KIND)
    ready, expires = _files(request, campaign, task)
    context: dict[str, Any] = {
        "campaign": campaign,
        "error": error,
        "task": task_pages.shown(task, request.organization) if task else None,
        "files": ready,
        "expires_at": expires,
    }
    return render(request, "texting/export.html", context, status=status)


def _files(
    request: pages.OrganizationRequest, campaign: Campaign, task: BackgroundTask | None
) -> tuple[list[File], dt.datetime | None]:
    if task is None or task.state != BackgroundTask.State.DONE:
        return [], None
    expires = dt.datetime.fromisoformat(task.result["expires_at"])
    if expires <= timezone.now():
        return [], expires
    found = [
        File(
            name=task.result["names"][which],
            url=reverse("texting:export_file", args=[request.organization.slug, campaign.pk, task.pk, which]),
            size=task.result["sizes"][which],
            rows=task.result["counts"][which],
        )
        for which in task.result["files"]
    ]
    return found, expires
