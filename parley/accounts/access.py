"""Fetching with permission: every view, GraphQL field and action of Parley comes through here.

A program's view does not call this itself; it wears a decorator of `parley.accounts.pages`, which fetches
the membership, opens the organization's scope and hands both over:

    from parley.accounts import access, pages
    from parley.accounts.models import GrantKind, Role

    @pages.organization_page(role=Role.SUPERVOLUNTEER)       # /org/<slug:organization>/…
    def campaigns(request: pages.OrganizationRequest) -> HttpResponse:
        request.organization, request.membership, request.user       # no further query for any of them
        Campaign.objects.all()                                       # already scoped to the organization

    @pages.organization_page(grant=GrantKind.AUDIT_LEAD)     # a grant instead of a higher role
    @pages.person_page                                       # signed in, outside any organization: /texter/…
    @pages.superadmin_page                                   # the instance's own pages

Outside views (GraphQL, commands, pages whose address names something else than the organization):

    membership = access.access_organization(user, slug, role=Role.ADMIN)
    membership = access.access_organization_by_id(user, campaign.organization_id)
    with django_scopes.scope(organization=membership.organization): …

A program's own `access.py` builds on these: fetch the row, then the membership of its organization.

Answers: Http404 for an organization that does not exist, is closed, or that the person is not a member of
(nobody learns which organizations there are); PermissionDenied for a member without the role, suspended
ones included. A superadmin passes everywhere with an OWNER membership that exists in memory only (no
primary key). A person who came with an API token passes only in the token's organization.
"""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from parley.accounts.models import ApiToken, Grant, GrantKind, Invitation, Membership, Organization, Role, User


def access_organization(user: User | AnonymousUser, slug: str, *, role: Role = Role.TEXTER) -> Membership:
    """The person's membership of the organization with this short name, if it has at least `role`. One query."""
    return _access(user, role=role, slug=slug)


def access_organization_by_id(
    user: User | AnonymousUser, organization_id: int, *, role: Role = Role.TEXTER
) -> Membership:
    """The person's membership of the organization with this id, if it has at least `role`. One query."""
    return _access(user, role=role, id=organization_id)


def access_membership(actor: Membership, user_id: int, *, role: Role = Role.ADMIN) -> Membership:
    """Another person's membership of the actor's organization, for an actor with at least `role`. One query."""
    require_role(actor, role)
    found = (
        Membership.everywhere.filter(organization_id=actor.organization_id, user_id=user_id)
        .select_related("user")
        .first()
    )
    if found is None:
        raise Http404
    found.organization = actor.organization
    return found


def access_grant(membership: Membership, kind: GrantKind) -> None:
    """Pass if the person holds the grant here; superadmins always do. Raises PermissionDenied. One query."""
    if not has_grant(membership, kind):
        raise PermissionDenied


def has_grant(membership: Membership, kind: GrantKind) -> bool:
    """Whether the person holds the grant in this organization, directly or as superadmin. One query."""
    if membership.role < Role.TEXTER:
        return False
    if membership.user.is_superadmin:
        return True
    return Grant.everywhere.filter(
        organization_id=membership.organization_id, user_id=membership.user_id, kind=kind
    ).exists()


def access_invitation(actor: Membership, invitation_id: int) -> Invitation:
    """An invitation of the actor's organization, for admins."""
    require_role(actor, Role.ADMIN)
    found = Invitation.everywhere.filter(organization_id=actor.organization_id, pk=invitation_id).first()
    if found is None:
        raise Http404
    found.organization = actor.organization
    return found


def access_token(user: User, token_id: int) -> ApiToken:
    """One of the person's own API tokens."""
    found = ApiToken.everywhere.filter(user_id=user.pk, pk=token_id).select_related("organization").first()
    if found is None:
        raise Http404
    return found


def access_instance(user: User | AnonymousUser) -> User:
    """Pass for a superadmin who signed in; a token never reaches past its organization."""
    if not user.is_authenticated or not user.is_superadmin or user.is_suspended or user.restricted_to is not None:
        raise PermissionDenied
    return _person(user)


def require_role(membership: Membership, role: Role) -> None:
    """Raise PermissionDenied unless the membership has at least `role` and is not suspended."""
    if membership.role < max(role, Role.TEXTER):
        raise PermissionDenied


def _access(user: User | AnonymousUser, *, role: Role, **which: object) -> Membership:
    if not user.is_authenticated:
        raise PermissionDenied
    if user.is_suspended:
        raise PermissionDenied
    membership = _as_superadmin(user, **which) if user.is_superadmin else _as_member(user, **which)
    if user.restricted_to is not None and membership.organization_id != user.restricted_to:
        raise Http404
    require_role(membership, role)
    return membership


def _as_member(user: User, **which: object) -> Membership:
    found = (
        Membership.everywhere.filter(
            user_id=user.pk,
            organization__deactivated_at=None,
            **{f"organization__{field}": value for field, value in which.items()},
        )
        .select_related("organization")
        .first()
    )
    if found is None:
        raise Http404
    found.user = _person(user)
    return found


def _as_superadmin(user: User, **which: object) -> Membership:
    organization = Organization.objects.filter(**which).first()
    if organization is None:
        raise Http404
    return Membership(organization=organization, user=_person(user), role=Role.OWNER)


def _person(user: User) -> User:
    """The person behind `request.user`, which is a lazy stand-in."""
    return cast("User", getattr(user, "_wrapped", user))
