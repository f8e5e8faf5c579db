"""Reads with a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from parley.accounts.models import ApiToken, AuditEvent, Grant, Invitation, Membership, Organization, Role, User

#: how many organizations the switcher of a superadmin lists
SWITCHER_LIMIT = 50


def memberships_of(user: User) -> list[Membership]:
    """Where the person works, by name: not where suspended, nor closed organizations. One query."""
    rows = Membership.everywhere.filter(
        user_id=user.pk, role__gt=Role.SUSPENDED, organization__deactivated_at=None
    ).select_related("organization")
    if user.restricted_to is not None:
        rows = rows.filter(organization_id=user.restricted_to)
    found = list(rows.order_by("organization__name", "organization_id"))
    for membership in found:
        membership.user = user
    return found


def organizations_open_to(user: User) -> list[Organization]:
    """What the organization switcher lists, by name; for a superadmin the first `SWITCHER_LIMIT` of all."""
    if user.is_superadmin and user.restricted_to is None:
        return list(Organization.objects.filter(deactivated_at=None).order_by("name", "pk")[:SWITCHER_LIMIT])
    return [membership.organization for membership in memberships_of(user)]


def people(organization: Organization, *, search: str = "", role: int | None = None) -> QuerySet[Membership]:
    """The organization's members, highest role first; `search` looks in names and addresses."""
    rows = Membership.everywhere.filter(organization=organization).select_related("user")
    for word in search.split()[:5]:
        rows = rows.filter(
            Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
            | Q(user__alias__icontains=word)
            | Q(user__email__icontains=word)
        )
    if role is not None:
        rows = rows.filter(role=role)
    return rows.order_by("-role", "user__first_name", "user__last_name", "pk")


def grants_of(membership: Membership) -> set[str]:
    """The kinds of the person's grants in the membership's organization."""
    return set(
        Grant.everywhere.filter(organization_id=membership.organization_id, user_id=membership.user_id).values_list(
            "kind", flat=True
        )
    )


def grants_by_user(organization: Organization, user_ids: Sequence[int]) -> dict[int, list[str]]:
    """The grants of many people at once: user id -> labels."""
    found: dict[int, list[str]] = {}
    for grant in Grant.everywhere.filter(organization=organization, user_id__in=user_ids).order_by("kind"):
        found.setdefault(grant.user_id, []).append(str(grant.get_kind_display()))
    return found


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Invitations that can still be used, newest first."""
    return (
        Invitation.everywhere.filter(
            organization=organization, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )
        .select_related("invited_by")
        .order_by("-pk")
    )


def audit_events(organization: Organization, *, verb: str = "", person: int | None = None) -> QuerySet[AuditEvent]:
    """The organization's audit log, newest first."""
    rows = AuditEvent.everywhere.filter(organization=organization).select_related("actor")
    if verb:
        rows = rows.filter(verb=verb)
    if person is not None:
        rows = rows.filter(Q(actor_id=person) | Q(target_kind="user", target_id=person))
    return rows.order_by("-at", "-pk")


def member_names(organization: Organization, user_ids: Iterable[int]) -> dict[int, str]:
    """The names of those of these people who are members: user id -> name."""
    rows = Membership.everywhere.filter(organization=organization, user_id__in=set(user_ids)).select_related("user")
    return {row.user_id: str(row.user) for row in rows}


def audit_verbs(organization: Organization) -> list[str]:
    """The verbs that occur in the organization's audit log."""
    return list(
        AuditEvent.everywhere.filter(organization=organization)
        .order_by("verb")
        .values_list("verb", flat=True)
        .distinct()
    )


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's API tokens, newest first; revoked ones are gone from the list."""
    return ApiToken.everywhere.filter(user=user, revoked_at=None).select_related("organization").order_by("-pk")


def organizations(*, search: str = "") -> QuerySet[Organization]:
    """Every organization of the instance, for superadmins."""
    rows = Organization.objects.annotate(
        has_owner=Exists(Membership.everywhere.filter(organization=OuterRef("pk"), role=Role.OWNER))
    )
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(slug__icontains=search))
    return rows.order_by("name", "pk")


def home_organization() -> Organization | None:
    """The organization whose public page the instance shows."""
    return Organization.objects.filter(is_home=True).first()


def is_last_owner(membership: Membership) -> bool:
    """Whether the organization would be without an owner who may act."""
    return (
        membership.role == Role.OWNER
        and not Membership.everywhere.filter(
            organization_id=membership.organization_id, role=Role.OWNER, user__is_suspended=False
        )
        .exclude(user_id=membership.user_id)
        .exists()
    )
