"""Texts of which nobody knows whether they arrived: staff decide."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations import access, actions, forms
from parley.conversations.queries import unconfirmed as queries
from parley.conversations.views import tabs

TEXTS_ON_A_PAGE = 25


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def unconfirmed(request: pages.OrganizationRequest) -> HttpResponse:
    page = Paginator(queries.messages(request.organization), TEXTS_ON_A_PAGE).get_page(request.GET.get("page"))
    pages.follow(request, "unconfirmed")
    return render(
        request,
        "conversations/unconfirmed.html",
        {
            "page": page,
            "rows": queries.described(list(page.object_list), organization=request.organization),
            "whole": access.sees_addresses(request.membership),
            "tabs": tabs.staff_tabs(request, "unconfirmed"),
        },
    )


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_POST
def settle(request: pages.OrganizationRequest, message_id: int) -> HttpResponse:
    found = access.access_message(request.membership, message_id)
    form = forms.SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the two buttons."))
    else:
        arrived = form.cleaned_data["outcome"] == "arrived"
        if not actions.settle_unconfirmed(found, arrived=arrived, decided_by=request.user):
            messages.info(request, _("That text has been settled in the meantime; nothing was changed."))
        elif arrived:
            messages.success(request, _("Noted as arrived."))
        else:
            messages.success(request, _("It is being sent again."))
    return redirect("conversations:unconfirmed", request.organization.slug)
