"""What the signed session cookie says, read without a query.

After sign-in the session holds, beside Django's own keys, `epoch` (the person's `session_epoch`), `language`
and `timezone`. A hot view reads `identity(request)` and lets its one statement compare user and epoch with
the row; every other view uses `request.user`, which loads the person once and compares a hash of password
and epoch.

A cookie cannot be taken back. What ends a session before its time is the epoch: suspension, a new password
and "sign out everywhere" raise it, and every cookie with the older epoch is void from that moment on.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

if TYPE_CHECKING:
    from parley.accounts.models import ApiToken, User

EPOCH = "epoch"
LANGUAGE = "language"
TIMEZONE = "timezone"
#: id of the organization that was open last: pages outside an organization keep its navigation
ORGANIZATION = "organization"


@dataclasses.dataclass(frozen=True)
class Identity:
    """Who asks, as the cookie or the token says; not yet compared with the database."""

    user_id: int
    epoch: int
    #: with an API token: the one organization where it may act
    organization_id: int | None = None


def identity(request: HttpRequest) -> Identity | None:
    """Who asks, without loading the person; None for an anonymous visitor.

    From a cookie nothing is compared with the database yet: the caller's statement must check that the user
    has this `session_epoch` and is not suspended.
    """
    token: ApiToken | None = getattr(request, "api_token", None)
    if token is not None:
        return Identity(token.user_id, token.user.session_epoch, token.organization_id)
    if not hasattr(request, "session"):
        return None
    try:
        return Identity(int(request.session[SESSION_KEY]), int(request.session[EPOCH]))
    except (KeyError, TypeError, ValueError):
        return None


def remember(request: HttpRequest, user: User) -> None:
    """Write into the session what views read from it: epoch, language, time zone."""
    request.session[EPOCH] = user.session_epoch
    for key, value in ((LANGUAGE, user.language), (TIMEZONE, user.timezone)):
        if value:
            request.session[key] = value
        else:
            request.session.pop(key, None)
