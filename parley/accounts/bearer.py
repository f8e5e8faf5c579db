"""`Authorization: Bearer parley_…`: a program acts as a person, inside one organization."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.http import HttpRequest

from parley.accounts import actions
from parley.accounts.actions import tokens
from parley.accounts.models import ApiToken


def secret_of(request: HttpRequest) -> str | None:
    """The token in the request's header; None where there is none of ours (`/metrics` has its own)."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    value = value.strip()
    return value if kind.lower() == "bearer" and value.startswith(tokens.MARK) else None


def authenticate(request: HttpRequest, secret: str) -> bool:
    """Make the token's person the request's user; False if the token is void. One query.

    The request has no session from here on, and no CSRF check: that one guards cookies, which a browser
    sends by itself, and nobody's browser sends a token by itself.
    """
    token = (
        ApiToken.everywhere.filter(digest=tokens.digest(secret), user__is_suspended=False)
        .select_related("user", "organization")
        .first()
    )
    if token is None or not token.is_valid:
        return False
    actions.token_used(token)
    token.user.restricted_to = token.organization_id
    request.api_token = token  # type: ignore[attr-defined]
    request.user = token.user
    request._cached_user = token.user  # type: ignore[attr-defined]
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    return True
