"""The key to an event stream: which topics its bearer may hear of, signed, for a shift's time.

Used by the application, which issues keys to pages, and by the stream process, which reads them
without loading Django.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass

#: seconds; a texter's shift. An expired page asks for a new one by reloading.
LIFETIME = 12 * 60 * 60
#: a page that follows more asks for a topic that stands for them all
MOST_TOPICS = 200


@dataclass(frozen=True)
class Key:
    topics: frozenset[str]
    user_id: int
    expires_at: int


def token(topics: list[str], user_id: int) -> str:
    """A key for `topics`, to be put into a page that `user_id` may see. The topics are not checked here."""
    from django.conf import settings

    return sign(topics, user_id, secret=settings.SECRET_KEY, now=time.time())


def sign(topics: list[str], user_id: int, *, secret: str, now: float) -> str:
    if not 0 < len(topics) <= MOST_TOPICS:
        raise ValueError(f"A stream has 1 to {MOST_TOPICS} topics, not {len(topics)}")
    body = json.dumps([sorted(set(topics)), user_id, int(now) + LIFETIME], separators=(",", ":")).encode()
    return f"{_encode(body)}.{_encode(_signature(body, secret))}"


def read(token: str, *, secret: str, now: float) -> Key | None:
    """What the key opens; None when it is not ours or has expired."""
    try:
        body, signature = (_decode(part) for part in token.split("."))
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(signature, _signature(body, secret)):
        return None
    topics, user_id, expires_at = json.loads(body)
    return Key(frozenset(topics), user_id, expires_at) if now < expires_at else None


def _signature(body: bytes, secret: str) -> bytes:
    key = hashlib.sha256(b"parley.web.live:" + secret.encode()).digest()
    return hmac.digest(key, body, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
