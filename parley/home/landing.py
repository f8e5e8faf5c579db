"""The page each role lands on."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from parley.accounts.models import Membership, Role


def address(membership: Membership) -> str:
    """Texters to their work, supervolunteers and up to the campaigns; the nearest page that is installed."""
    slug = membership.organization.slug
    wanted: list[tuple[str, list[str]]] = [("texter:home", [])]
    if membership.role >= Role.SUPERVOLUNTEER:
        wanted.insert(0, ("texting:campaigns", [slug]))
    if membership.role >= Role.ADMIN:
        wanted.append(("organization:people", [slug]))
    for name, arguments in wanted:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return reverse("accounts:profile")
