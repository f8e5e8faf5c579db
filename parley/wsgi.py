"""The web application: granian runs it, one process a core, with kept database connections.

Three ways through it: webhooks, which go past Django's handler; what a texter's page posts in the background
(JSON, no page), which passes only the middleware that such a call needs; and everything else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler

from parley.engine import environment

environment.require()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  (Django is set up above)

from parley.conversations import webhooks  # noqa: E402

TEXTER_CALL = re.compile(r"^/texter/\d+/(claim|send|contacts/\d+/(status|opt-out))$")


def _handler(middleware: Sequence[str]) -> WSGIHandler:
    """Django's handler with this middleware; it reads the setting once, when it is made."""
    usual, settings.MIDDLEWARE = settings.MIDDLEWARE, list(middleware)
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = usual


_pages = _handler(settings.MIDDLEWARE)
_texter_calls = _handler([name for name in settings.MIDDLEWARE if name not in settings.MIDDLEWARE_OF_PAGES])


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """One request."""
    path = environ.get("PATH_INFO", "")
    if path.startswith("/webhooks/"):
        # answered whatever else is slow
        return webhooks.application(environ, start_response)
    if path.startswith("/texter/") and TEXTER_CALL.match(path):
        return _texter_calls(environ, start_response)
    return _pages(environ, start_response)
