"""A mail server that is written wrongly is named at start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from parley.providers.email import address


def mail_server(**options: Any) -> list[checks.CheckMessage]:
    """Whether EMAIL_URL can be read."""
    try:
        if settings.EMAIL_URL:
            address.parse(settings.EMAIL_URL)
    except address.BadAddress as error:
        return [
            checks.Error(f"{error}.", hint="EMAIL_URL=smtp://user:password@host:port", id="parley.providers.email.E001")
        ]
    return []
