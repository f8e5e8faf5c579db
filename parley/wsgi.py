"""The web application: granian runs it, one process a core, with kept database connections."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from parley.engine import environment

environment.require()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
_pages = get_wsgi_application()

from parley.conversations import webhooks  # noqa: E402  (needs the applications above)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Webhooks go past Django's middleware: they must be answered whatever else is slow."""
    if environ.get("PATH_INFO", "").startswith("/webhooks/"):
        return webhooks.application(environ, start_response)
    return _pages(environ, start_response)
