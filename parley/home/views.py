"""Where everybody lands."""

from __future__ import annotations

from typing import cast

from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from parley.accounts import joining, pages, queries
from parley.accounts.models import Role, User
from parley.home import landing


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The public page; for people who are signed in, the page where their work is."""
    if not request.user.is_authenticated:
        return render(
            request,
            "home/public.html",
            {"host": queries.home_organization(), "providers": get_social_adapter(request).list_providers(request)},
        )
    user = cast("User", getattr(request.user, "_wrapped", request.user))
    waiting_at = request.session.get(joining.WAITING_AT)
    if waiting_at:
        return redirect("join:door", token=waiting_at)
    if user.is_superadmin:
        return _superadmin_start(request, user)
    memberships = queries.memberships_of(user)
    if len(memberships) == 1:
        return HttpResponseRedirect(landing.address(memberships[0]))
    if memberships and all(membership.role < Role.SUPERVOLUNTEER for membership in memberships):
        # the texter's page shows the work of all organizations together
        return HttpResponseRedirect(landing.address(memberships[0]))
    places = [(membership, landing.address(membership)) for membership in memberships]
    return render(request, "home/places.html", {"places": places, "organization": None, "navigation": []})


@pages.organization_page()
@require_safe
def organization(request: pages.OrganizationRequest) -> HttpResponse:
    """To the page of this organization where the person's work is."""
    return HttpResponseRedirect(landing.address(request.membership))


def _superadmin_start(request: HttpRequest, user: User) -> HttpResponse:
    organizations = queries.organizations_open_to(user)
    if len(organizations) != 1:
        return redirect("accounts:organizations")
    return redirect(reverse("home:organization", args=[organizations[0].slug]))
