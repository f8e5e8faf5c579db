"""Full addresses of our pages, for mails and for links to pass on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def absolute(path: str, *, request: HttpRequest | None = None) -> str:
    """`path` with scheme and host.

    The host is the configured one, so that a forged Host header never ends up in somebody's mail. Only the
    demo, which is looked at under whatever name the machine has, takes the request's.
    """
    if settings.DEMO and request is not None:
        return request.build_absolute_uri(path)
    return f"{settings.BASE_URL}{path}"


def join_link(token: object, *, request: HttpRequest | None = None) -> str:
    """The link that opens the door of `token`."""
    return absolute(reverse("join:door", kwargs={"token": str(token)}), request=request)
