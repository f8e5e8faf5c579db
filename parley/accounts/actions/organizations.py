"""What happens to organizations."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parley.accounts import access, errors
from parley.accounts.actions import audit
from parley.accounts.models import Membership, Organization, Role, User


def free_slug(name: str) -> str:
    """A short name for addresses that nobody has: "Spring Walk" -> "spring-walk", else "spring-walk-2"."""
    base = slugify(name)[:50] or "organization"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate


@transaction.atomic
def create_organization(*, name: str, slug: str = "", is_home: bool = False, actor: User | None = None) -> Organization:
    """A new organization, without members; for superadmins and commands.

    The first one of an instance, or the one with `is_home`, is the home organization. Raises Refused when
    the short name is taken.
    """
    if is_home:
        Organization.objects.filter(is_home=True).update(is_home=False)
    elif not Organization.objects.exists():
        is_home = True
    try:
        with transaction.atomic():
            organization = Organization.objects.create(name=name.strip(), slug=slug or free_slug(name), is_home=is_home)
    except IntegrityError as taken:
        raise errors.Refused(_("This short name is taken. Choose another one.")) from taken
    audit.record("organization.created", actor=actor, organization=organization, target=organization)
    return organization


@transaction.atomic
def update_organization(actor: Membership, *, name: str, slug: str) -> Organization:
    """Rename it; for owners. A new short name changes every address of its pages. Raises Refused when taken."""
    access.require_role(actor, Role.OWNER)
    organization = actor.organization
    before = (organization.name, organization.slug)
    organization.name, organization.slug = name.strip(), slug
    try:
        with transaction.atomic():
            organization.save(update_fields=["name", "slug"])
    except IntegrityError as taken:
        organization.name, organization.slug = before
        raise errors.Refused(_("This short name is taken. Choose another one.")) from taken
    if before != (organization.name, organization.slug):
        audit.record(
            "organization.changed",
            actor=actor.user,
            organization=organization,
            target=organization,
            old_slug=before[1],
            new_slug=organization.slug,
        )
    return organization


@transaction.atomic
def reset_join_link(actor: Membership) -> Organization:
    """A new join link; the old one stops working at once. For owners."""
    access.require_role(actor, Role.OWNER)
    organization = actor.organization
    organization.join_token = uuid.uuid4()
    organization.save(update_fields=["join_token"])
    audit.record("organization.join_link_reset", actor=actor.user, organization=organization, target=organization)
    return organization


@transaction.atomic
def set_closed(actor: User, organization: Organization, *, closed: bool) -> None:
    """Close an organization to everybody but superadmins, or open it again; for superadmins."""
    access.access_instance(actor)
    organization.deactivated_at = timezone.now() if closed else None
    organization.save(update_fields=["deactivated_at"])
    audit.record(
        "organization.closed" if closed else "organization.opened",
        actor=actor,
        organization=organization,
        target=organization,
    )
