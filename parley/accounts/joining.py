"""Doors: what is behind `/join/<token>`.

Each kind of link registers a resolver. It gets the token and returns the door that it opens, or None for a
token of another kind, a wrong, used, revoked or expired one: those all look alike to a visitor.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from parley.accounts import actions
from parley.accounts.models import Invitation, Organization, User

#: session key: the token of the door that an anonymous visitor stands at; signing in leads through it
WAITING_AT = "joining"
#: characters; a longer token is nobody's
LONGEST_TOKEN = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Door:
    """What a link leads into. `accept` lets the person in and returns where to go next.

    `accept` may be called again by the same person and raises `errors.Refused` with a sentence for them.
    """

    organization: Organization
    title: str
    description: str = ""
    accept: Callable[[User], str]
    #: fills in the sign-up form
    email: str = ""


Resolver = Callable[[str], Door | None]

_resolvers: list[Resolver] = []


def register(resolver: Resolver) -> None:
    """Ask `resolver` about tokens. It makes at most one query and none for tokens of another shape."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def find(token: str) -> Door | None:
    """The door of this token, if it is open."""
    if len(token) > LONGEST_TOKEN or not token.isprintable():
        return None
    for resolver in _resolvers:
        door = resolver(token)
        if door is not None and door.organization.deactivated_at is None:
            return door
    return None


def organization_door(token: str) -> Door | None:
    """The organization's own join link: a uuid."""
    try:
        number = uuid.UUID(token)
    except ValueError:
        return None
    organization = Organization.objects.filter(join_token=number).first()
    if organization is None:
        return None

    def accept(user: User) -> str:
        actions.join_organization(organization, user)
        return reverse("home:organization", args=[organization.slug])

    return Door(
        organization=organization,
        title=_("Join %(organization)s") % {"organization": organization.name},
        description=_("You are invited to volunteer. It takes a minute, and works on your phone."),
        accept=accept,
    )


def invitation_door(token: str) -> Door | None:
    """A personal invitation."""
    invitation = Invitation.everywhere.filter(token=token).select_related("organization", "invited_by").first()
    if invitation is None or not invitation.is_open:
        return None
    organization = invitation.organization
    words = {
        "person": invitation.invited_by.get_full_name() if invitation.invited_by else organization.name,
        "role": invitation.get_role_display(),
        "organization": organization.name,
    }

    def accept(user: User) -> str:
        actions.accept_invitation(token, user)
        return reverse("home:organization", args=[organization.slug])

    return Door(
        organization=organization,
        title=_("Join %(organization)s") % words,
        description=_("%(person)s invites you to work here as %(role)s.") % words,
        accept=accept,
        email=invitation.email,
    )


register(organization_door)
register(invitation_door)
