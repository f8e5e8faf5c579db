"""Pages for superadmins."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parley.accounts import access, actions, forms, pages, queries
from parley.accounts.models import Organization, Role, User


def _superadmin(request: pages.PersonRequest) -> User:
    return cast("User", getattr(request.user, "_wrapped", request.user))


@pages.superadmin_page
@require_http_methods(["GET", "HEAD", "POST"])
def organizations(request: pages.PersonRequest) -> HttpResponse:
    user = _superadmin(request)
    form = forms.NewOrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            organization = actions.create_organization(name=form.cleaned_data["name"], actor=user)
            owner = access.access_organization_by_id(user, organization.pk, role=Role.OWNER)
            actions.invite(owner, role=Role.OWNER, email=form.cleaned_data["owner"])
        messages.success(request, _("%(name)s is there, and its owner is invited.") % {"name": organization.name})
        return redirect("accounts:organizations")
    search = request.GET.get("q", "").replace("\0", "").strip()
    page = Paginator(queries.organizations(search=search), 50).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/organizations.html",
        {"form": form, "page": page, "search": search},
        status=422 if form.is_bound else 200,
    )


@pages.superadmin_page
@require_POST
def close_organization(request: pages.PersonRequest, number: int) -> HttpResponse:
    organization = get_object_or_404(Organization, pk=number)
    closed = request.POST.get("closed") == "1"
    actions.set_closed(_superadmin(request), organization, closed=closed)
    words = {"name": organization.name}
    messages.success(request, _("%(name)s is closed.") % words if closed else _("%(name)s is open again.") % words)
    return redirect("accounts:organizations")
