"""Credentials at rest are encrypted; in the clear they live only in memory."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """No key that we have opens this: CREDENTIAL_KEYS or SECRET_KEY has changed."""


@functools.cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])


def _current() -> MultiFernet:
    return _cipher(tuple(settings.CREDENTIAL_KEYS) or (settings.SECRET_KEY,))


def seal(values: Mapping[str, str]) -> str:
    """Encrypt with the newest key."""
    return _current().encrypt(json.dumps(dict(values)).encode()).decode()


def reveal(sealed: str) -> dict[str, str]:
    """Decrypt with any key that fits. Raises Unreadable."""
    if not sealed:
        return {}
    try:
        values: dict[str, str] = json.loads(_current().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unreadable("credentials cannot be decrypted with CREDENTIAL_KEYS or SECRET_KEY") from error
    return values
