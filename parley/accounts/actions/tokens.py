"""Keys for programs."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from parley.accounts import access
from parley.accounts.actions import audit
from parley.accounts.models import ApiToken, Membership, Role, User

#: what every key begins with, so that secret scanners know it and other bearer tokens are left alone
MARK = "parley_"
#: how exact "last used" is
USED_EVERY = datetime.timedelta(minutes=5)


@dataclasses.dataclass(frozen=True)
class NewToken:
    """A token and its secret, which is seen this once."""

    token: ApiToken
    secret: str


def digest(secret: str) -> str:
    """What is kept of a secret. A plain hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(owner: Membership, *, name: str, expires_at: datetime.datetime | None = None) -> NewToken:
    """A key that acts as `owner.user` inside `owner.organization`, with whatever role they have at the time."""
    access.require_role(owner, Role.TEXTER)
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.everywhere.create(
        organization=owner.organization,
        user=owner.user,
        name=name.strip(),
        prefix=secret[:12],
        digest=digest(secret),
        expires_at=expires_at,
    )
    audit.record("api_token.created", actor=owner.user, organization=owner.organization, target=token)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(user: User, token_id: int) -> None:
    """End one of the person's own keys, at once."""
    token = access.access_token(user, token_id)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record("api_token.revoked", actor=user, organization=token.organization, target=token)


def token_used(token: ApiToken) -> None:
    """Note the use, at most once in `USED_EVERY`, so that reading through the API does not write each time."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.everywhere.filter(stale, pk=token.pk).update(last_used_at=now)
