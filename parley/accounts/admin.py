"""Accounts on the staff site."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest

from parley.accounts import staff
from parley.accounts.models import ApiToken, AuditEvent, Grant, Invitation, Membership, Organization, User


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


@staff.register(Organization)
class OrganizationAdmin(staff.OrganizationAdmin):
    organization_path = "pk"
    list_display = ("name", "slug", "is_home", "deactivated_at", "created_at")
    search_fields = ("name", "slug")
    exclude = ("join_token",)


@staff.register(User)
class UserAdmin(staff.OrganizationAdmin):
    """People. Superusers change here who may open the staff site, and what they may see on it."""

    organization_path = "memberships__organization"
    list_display = ("email", "first_name", "last_name", "is_suspended", "is_staff", "created_at")
    list_filter = ("is_suspended", "is_staff", "is_superadmin")
    search_fields = ("email", "first_name", "last_name")
    exclude = ("password", "session_epoch")
    filter_horizontal = ("groups", "user_permissions")
    editable = ("is_staff", "groups", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [field.name for field in User._meta.get_fields() if field.concrete and not field.auto_created]
        return [name for name in fields if name not in {*self.editable, *self.exclude}]


@staff.register(Group)
class GroupAdmin(staff.OrganizationAdmin):
    """Bundles of staff-site permissions; they belong to the instance, so only superusers see them."""

    search_fields = ("name",)
    filter_horizontal = ("permissions",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return Group.objects.all()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest, *_rest: Any) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


@staff.register(Membership)
class MembershipAdmin(staff.OrganizationAdmin):
    list_display = ("user", "organization", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "user__first_name", "user__last_name")


@staff.register(Grant)
class GrantAdmin(staff.OrganizationAdmin):
    list_display = ("user", "organization", "kind", "granted_by", "created_at")
    list_filter = ("kind",)
    list_select_related = ("user", "organization", "granted_by")


@staff.register(Invitation)
class InvitationAdmin(staff.OrganizationAdmin):
    list_display = ("email", "organization", "role", "invited_by", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("organization", "invited_by")
    exclude = ("token",)


@staff.register(ApiToken)
class ApiTokenAdmin(staff.OrganizationAdmin):
    list_display = ("name", "prefix", "user", "organization", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("user", "organization")
    exclude = ("digest",)


@staff.register(AuditEvent)
class AuditEventAdmin(staff.OrganizationAdmin):
    list_display = ("at", "actor", "verb", "target_kind", "target_id", "organization")
    list_filter = ("verb",)
    list_select_related = ("actor", "organization")
