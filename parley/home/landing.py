"""The page each role lands on."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from parley.accounts.models import Membership, Role


def address(membership: Membership) -> str:
    """Texters to their work, supervolunteers and up to the campaigns; the nearest page that is installed."""
    slug = membership.organization.slug
    organizers: list[tuple[str, list[str]]] = [("texting:campaigns", [slug])]
    texters: list[tuple[str, list[str]]] = [("texting:texter-home", []), ("texting:texter_home", [])]
    wanted = organizers + texters if membership.role >= Role.SUPERVOLUNTEER else texters
    if membership.role >= Role.ADMIN:
        wanted.append(("organization:people", [slug]))
    for name, arguments in wanted:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return reverse("accounts:profile")
