"""A background task's progress, as a fragment that asks again until the end."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from parley.accounts import access, pages
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import pages as task_pages


@pages.organization_page()
@require_safe
def task(request: pages.OrganizationRequest, task_id: int) -> HttpResponse:
    """The task's component. When it has ended, htmx is told to load the whole page anew."""
    return _component(request, _access(request, task_id))


@pages.organization_page()
@require_POST
def cancel(request: pages.OrganizationRequest, task_id: int) -> HttpResponse:
    found = _access(request, task_id)
    tasks.cancel(found)
    found.refresh_from_db()
    return _component(request, found)


def _access(request: pages.OrganizationRequest, task_id: int) -> BackgroundTask:
    found = BackgroundTask.objects.filter(pk=task_id, organization=request.organization).first()
    if found is None:
        raise Http404
    try:
        kind = tasks.kind_of(found.kind)
    except KeyError:
        raise Http404 from None
    access.require_role(request.membership, kind.role)
    return found


def _component(request: pages.OrganizationRequest, found: BackgroundTask) -> HttpResponse:
    shown = task_pages.shown(found, request.organization)
    response = render(request, "conversations/task.html", {"task": shown})
    if not shown.working and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response
