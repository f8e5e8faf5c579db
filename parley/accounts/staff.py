"""The staff site, `/admin/`: tables for support, inside one organization at a time.

An app registers its models in its `admin.py`:

    from parley.accounts import staff

    @staff.register(Campaign)
    class CampaignAdmin(staff.OrganizationAdmin):
        list_display = ("title", "status")

Everything on the site runs in the scope of the organization chosen at its top; only superusers choose all.
Django's groups and permissions say who may see which table; roles do not count here, but the choice of
organizations is that of the person's admin memberships. Tables are read-only unless their admin says
otherwise: rules live in actions, and the site would go around them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_scopes import scope, scopes_disabled

from parley.accounts import pages, queries
from parley.accounts.models import Organization, Role, User

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin

#: session key: the chosen organization's id, or "all"
CHOSEN = "staff_organization"
ALL = "all"


def organizations_for(user: User) -> list[Organization]:
    """What the person may choose from: all for superusers, else where they are admin."""
    if user.is_superuser:
        return list(Organization.objects.order_by("name", "pk"))
    return [found.organization for found in queries.memberships_of(user) if found.role >= Role.ADMIN]


def organization_of(request: HttpRequest) -> Organization | None:
    """The chosen organization; None when a superuser has chosen all. Raises PermissionDenied if there is none."""
    known: Organization | None
    if hasattr(request, "staff_organization"):
        known = request.staff_organization
        return known
    user = cast("User", request.user)
    open_to_them = organizations_for(user)
    chosen = request.session.get(CHOSEN)
    if user.is_superuser and (chosen == ALL or not open_to_them):
        known = None
    elif open_to_them:
        known = next((found for found in open_to_them if found.pk == chosen), open_to_them[0])
    else:
        raise PermissionDenied
    request.staff_organization = known  # type: ignore[attr-defined]
    request.staff_organizations = open_to_them  # type: ignore[attr-defined]
    return known


@contextmanager
def chosen_scope(request: HttpRequest) -> Iterator[None]:
    """The scope of the chosen organization, or none for a superuser who has chosen all."""
    organization = organization_of(request)
    if organization is None:
        with scopes_disabled():
            yield
    else:
        with scope(organization=organization):
            yield


class StaffSite(admin.AdminSite):
    """Django's admin site inside one organization, behind Parley's own sign-in."""

    site_header = gettext_lazy("Parley staff site")
    site_title = gettext_lazy("Parley staff site")
    index_title = gettext_lazy("Tables")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and user.is_staff and user.restricted_to is None

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with chosen_scope(request):
                response: HttpResponseBase = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                    response = response.render()
            return response

        site_view = super().admin_view(inside, cacheable)

        @functools.wraps(site_view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return pages.sign_in_first(request)
            if not self.has_permission(request):
                raise PermissionDenied
            return site_view(request, *args, **kwargs)

        return gate

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Parley's own sign-in, with its limits and second factor."""
        if not request.user.is_authenticated:
            return pages.sign_in_first(request)
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("staff:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if self.has_permission(request):
            context["staff_organization"] = organization_of(request)
            context["staff_organizations"] = getattr(request, "staff_organizations", [])
            context["may_choose_all"] = cast("User", request.user).is_superuser
        return context

    def get_urls(self) -> list[URLResolver | URLPattern]:
        choose = path("choose-organization/", self.admin_view(require_POST(self.choose)), name="choose_organization")
        return [choose, *super().get_urls()]

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Work in another organization from now on."""
        wanted = request.POST.get("organization", "")
        if wanted == ALL:
            if not cast("User", request.user).is_superuser:
                raise PermissionDenied
            request.session[CHOSEN] = ALL
        else:
            organization_of(request)
            open_to_them: list[Organization] = getattr(request, "staff_organizations", [])
            found = next((one for one in open_to_them if str(one.pk) == wanted), None)
            if found is None:
                raise PermissionDenied
            request.session[CHOSEN] = found.pk
        return redirect("staff:index")


class OrganizationAdmin(AnyModelAdmin):
    """A table on the staff site: read-only, and of the chosen organization only."""

    #: the way from the model to its organization
    organization_path = "organization"

    def has_add_permission(self, request: HttpRequest, *_rest: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        organization = organization_of(request)
        if organization is None:
            return rows
        # a subquery rather than a join: a path over many rows would double the table's
        here = self.model._base_manager.filter(**{self.organization_path: organization.pk})
        return rows.filter(pk__in=here.values("pk"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices are the chosen organization's own: itself, and its members."""
        organization = organization_of(request)
        target = db_field.remote_field.model
        if organization is not None and target is Organization:
            kwargs["queryset"] = Organization.objects.filter(pk=organization.pk)
        elif organization is not None and target is User:
            kwargs["queryset"] = User.objects.filter(memberships__organization=organization)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


site = StaffSite(name="staff")


def register(*registered: type[models.Model]) -> Callable[[type[OrganizationAdmin]], type[OrganizationAdmin]]:
    """Put tables on the staff site. Only OrganizationAdmin and what derives from it keeps to the organization."""

    def decorate(admin_class: type[OrganizationAdmin]) -> type[OrganizationAdmin]:
        if not issubclass(admin_class, OrganizationAdmin):
            raise ImproperlyConfigured(f"{admin_class.__name__} must derive from staff.OrganizationAdmin")
        site.register(registered, admin_class)
        return admin_class

    return decorate
