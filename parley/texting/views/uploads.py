"""Sending a list of contacts, and what became of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations import files, tasks
from parley.conversations.tasks import pages as task_pages
from parley.texting import access
from parley.texting.actions import uploads
from parley.texting.csv_reading import columns
from parley.texting.models import Campaign
from parley.texting.queries import background

#: bytes of a form around its file
_AROUND = 64 * 1024


@csrf_exempt  # the token is checked in `_received`: reading it reads the form, and the file must be stored while it is read
@pages.organization_page(role=Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponseBase:
    campaign = access.access_campaign(request.membership, campaign_id, role=Role.ADMIN)
    if request.method != "POST":
        return _page(request, campaign)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT + _AROUND:
        return _page(request, campaign, error=_too_large(), status=413)
    try:
        uploads.refuse_if_started(campaign)
        uploads.refuse_if_busy(campaign)
    except (uploads.Refused, tasks.AlreadyRunning) as refused:
        return _page(request, campaign, error=str(refused), status=409)
    handler = files.UploadHandler(
        organization=campaign.organization_id, created_by=request.user.pk, limit=settings.UPLOAD_LIMIT
    )
    request.upload_handlers = [handler]
    try:
        answer: HttpResponseBase = csrf_protect(_received)(request, campaign, handler)
    except BaseException:
        _forget(handler)
        raise
    if answer.status_code == 403:
        _forget(handler)
    return answer


def _received(request: pages.OrganizationRequest, campaign: Campaign, handler: files.UploadHandler) -> HttpResponse:
    request.POST  # noqa: B018 - reading the form is what stores the file
    if handler.too_large:
        return _page(request, campaign, error=_too_large(), status=413)
    if handler.stored is None:
        return _page(request, campaign, error=_("Choose a file first."), status=400)
    try:
        uploads.start_upload(actor=request.user, campaign=campaign, file=handler.stored)
    except (uploads.Refused, tasks.AlreadyRunning) as refused:
        return _page(request, campaign, error=str(refused), status=409)
    return HttpResponseRedirect(reverse("texting:upload", args=[request.organization.slug, campaign.pk]))


def _forget(handler: files.UploadHandler) -> None:
    if handler.stored is not None:
        files.delete(handler.stored.pk)


def _too_large() -> str:
    return _("This file is larger than %(limit)s, the most that can be uploaded. Split it, or remove columns.") % {
        "limit": filesizeformat(settings.UPLOAD_LIMIT)
    }


def _page(
    request: pages.OrganizationRequest, campaign: Campaign, *, error: str = "", status: int = 200
) -> HttpResponse:
    task = background.last_task(campaign, uploads.KIND)
    context: dict[str, Any] = {
        "campaign": campaign,
        "error": error,
        "task": task_pages.shown(task, request.organization) if task else None,
        "result": campaign.upload_result,
        "limit": settings.UPLOAD_LIMIT,
        "required": [(name, columns.ALIASES[name][1:5]) for name in columns.REQUIRED],
        "optional": [(name, columns.ALIASES[name][1:5]) for name in columns.ALIASES if name not in columns.REQUIRED],
        "most_columns": columns.MAX_CUSTOM,
    }
    return render(request, "texting/upload.html", context, status=status)
