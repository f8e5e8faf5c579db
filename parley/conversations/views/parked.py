"""Events that could not be applied: try again, or give up."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations import access, actions
from parley.conversations.queries import parked as queries
from parley.conversations.views import tabs

EVENTS_ON_A_PAGE = 25


@pages.organization_page(role=Role.ADMIN)
@require_safe
def parked(request: pages.OrganizationRequest) -> HttpResponse:
    page = Paginator(queries.events(request.organization), EVENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    events = list(page.object_list)
    behind = queries.waiting_behind(events)
    kinds = _kinds()
    pages.follow(request, "parked")
    return render(
        request,
        "conversations/parked.html",
        {
            "page": page,
            "rows": [
                {
                    "event": event,
                    "what": kinds.get(event.kind, event.kind),
                    "behind": behind.get(event.pk, 0),
                    "body": json.dumps(event.body, indent=2, ensure_ascii=False),
                }
                for event in events
            ],
            "tabs": tabs.staff_tabs(request, "parked"),
        },
    )


def _kinds() -> dict[str, str]:
    return {
        "message": _("A message to us"),
        "status": _("A delivery report"),
        "report": _("A delivery report"),
        "update": _("A Telegram update"),
        "events": _("A Slack event"),
    }


@pages.organization_page(role=Role.ADMIN)
@require_POST
def replay(request: pages.OrganizationRequest, event_id: int) -> HttpResponse:
    found = access.access_event(request.membership, event_id)
    if actions.replay_event(found, decided_by=request.user):
        messages.success(request, _("It is being tried again. If it fails five more times, it comes back here."))
    else:
        messages.info(request, _("That event is no longer parked; nothing was changed."))
    return redirect("conversations:parked", request.organization.slug)


@pages.organization_page(role=Role.ADMIN)
@require_POST
def give_up(request: pages.OrganizationRequest, event_id: int) -> HttpResponse:
    found = access.access_event(request.membership, event_id)
    if actions.give_up_event(found, decided_by=request.user):
        messages.success(request, _("Given up. What waited behind it goes on."))
    else:
        messages.info(request, _("That event is no longer parked; nothing was changed."))
    return redirect("conversations:parked", request.organization.slug)
