"""Who works where, as what."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from parley.accounts import access, errors, queries
from parley.accounts.actions import audit, users
from parley.accounts.models import Grant, GrantKind, Membership, Organization, Role, User


@transaction.atomic
def add_member(
    organization: Organization, user: User, *, role: Role = Role.TEXTER, actor: User | None = None
) -> Membership:
    """Make someone a member, or raise the role of one who is; never lowers a role.

    For joins, commands and demo data: no right is checked. Raises Refused for a suspended member, who does
    not come back in by another link.
    """
    membership, is_new = Membership.everywhere.select_for_update().get_or_create(
        organization=organization, user=user, defaults={"role": role}
    )
    if is_new:
        audit.record(
            "membership.created", actor=actor or user, organization=organization, target=user, role=Role(role).name
        )
    elif membership.role == Role.SUSPENDED:
        raise errors.Refused(_("Your access to this organization is suspended. Ask one of its admins."))
    elif membership.role < role:
        old, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        audit.record(
            "membership.role_changed",
            actor=actor or user,
            organization=organization,
            target=user,
            old=Role(old).name,
            new=Role(role).name,
        )
    return membership


@transaction.atomic
def change_role(actor: Membership, user_id: int, *, role: Role) -> Membership:
    """Give a member another role; SUSPENDED ends what they may do at once and signs them out.

    OWNER is needed where the old or the new role is OWNER, otherwise ADMIN. Raises PermissionDenied without
    that, Refused for one's own role and for the last owner.
    """
    membership, actor_role = _lock(actor, user_id)
    old = Role(membership.role)
    _check_change(actor, membership, actor_role=actor_role, new=role)
    if old == role:
        return membership
    if role != Role.OWNER and queries.is_last_owner(membership):
        raise errors.Refused(_("This is the last owner. Make someone else owner first."))
    membership.role = role
    membership.save(update_fields=["role"])
    if role == Role.SUSPENDED:
        users.end_sessions(membership.user)
    audit.record(
        "membership.role_changed",
        actor=actor.user,
        organization=actor.organization,
        target=membership.user,
        old=old.name,
        new=role.name,
    )
    return membership


@transaction.atomic
def remove_member(actor: Membership, user_id: int) -> None:
    """Take someone out of the organization, with their grants, and sign them out. Same rules as change_role."""
    membership, actor_role = _lock(actor, user_id)
    _check_change(actor, membership, actor_role=actor_role, new=Role.SUSPENDED)
    if queries.is_last_owner(membership):
        raise errors.Refused(_("This is the last owner. Make someone else owner first."))
    Grant.everywhere.filter(organization_id=actor.organization_id, user_id=user_id).delete()
    membership.delete()
    users.end_sessions(membership.user)
    audit.record("membership.removed", actor=actor.user, organization=actor.organization, target=membership.user)


@transaction.atomic
def give_grant(actor: Membership, user_id: int, kind: GrantKind) -> Grant:
    """Give a right beside the role. ADMIN is needed; nobody but owners gives one to themselves."""
    membership = access.access_membership(actor, user_id)
    _check_own_grant(actor, membership)
    grant, is_new = Grant.everywhere.get_or_create(
        organization=actor.organization, user=membership.user, kind=kind, defaults={"granted_by": actor.user}
    )
    if is_new:
        audit.record(
            "grant.given", actor=actor.user, organization=actor.organization, target=membership.user, kind=str(kind)
        )
    return grant


@transaction.atomic
def take_grant(actor: Membership, user_id: int, kind: GrantKind) -> None:
    """Take a right beside the role away; the same rules as give_grant."""
    membership = access.access_membership(actor, user_id)
    _check_own_grant(actor, membership)
    count, _rows = Grant.everywhere.filter(
        organization_id=actor.organization_id, user_id=membership.user_id, kind=kind
    ).delete()
    if count:
        audit.record(
            "grant.taken", actor=actor.user, organization=actor.organization, target=membership.user, kind=str(kind)
        )


def _check_own_grant(actor: Membership, membership: Membership) -> None:
    if actor.user_id == membership.user_id and actor.role < Role.OWNER:
        raise errors.Refused(_("You cannot change your own rights. Ask an owner."))


def _lock(actor: Membership, user_id: int) -> tuple[Membership, int]:
    """The member's row and the actor's role as they are now.

    The organization is locked first: two owners who demote each other at the same moment would otherwise
    both see another owner left.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=actor.organization_id)
    membership = access.access_membership(actor, user_id)
    if actor.user.is_superadmin:
        return membership, Role.OWNER
    now = Membership.everywhere.filter(organization_id=actor.organization_id, user_id=actor.user_id).first()
    return membership, now.role if now is not None else Role.SUSPENDED


def _check_change(actor: Membership, membership: Membership, *, actor_role: int, new: Role) -> None:
    needed = Role.OWNER if Role.OWNER in {membership.role, new} else Role.ADMIN
    if actor_role < needed:
        raise PermissionDenied
    if actor.user_id == membership.user_id:
        raise errors.Refused(_("You cannot change your own role. Ask another admin."))
