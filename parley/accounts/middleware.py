"""Who asks, and in which language and time zone; a request that needs neither costs no query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from parley.accounts import bearer, context, sessions

#: pages of a person's own account and the staff site: never open to a token
_CLOSED_TO_TOKENS = ("account/", "admin/")


class Tenancy:
    """API tokens, and the language and time zone that the session remembers.

    The organization's scope is opened by the decorators of `parley.accounts.pages`, around the view: they
    know the organization, and every query that they make is one the view would have made anyway.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = bearer.secret_of(request)
        if secret is not None and not bearer.authenticate(request, secret):
            answer = JsonResponse({"error": _("This token is not valid: it was revoked, has expired or is mistyped.")})
            answer.status_code = 401
            answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return answer
        if secret is not None:
            response = self.get_response(request)
            request.session.modified = False  # a program gets no cookies
            response.cookies.clear()
            return response
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self._events_allowed(request, self.get_response(request))
        language = request.session.get(sessions.LANGUAGE)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        zone = request.session.get(sessions.TIMEZONE)
        if not zone:
            return self._events_allowed(request, self.get_response(request))
        with timezone.override(zone):
            return self._events_allowed(request, self.get_response(request))

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Keep tokens out of the pages where a person's own account is changed."""
        if getattr(request, "api_token", None) is not None:
            match = request.resolver_match
            if match is not None and match.route.startswith(_CLOSED_TO_TOKENS):
                raise PermissionDenied

    def _events_allowed(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Let the page connect to the event stream where that has an address of its own."""
        origin = context.events_origin(request)
        if origin and not hasattr(response, "_csp_update"):
            response._csp_update = {"connect-src": [origin]}  # type: ignore[attr-defined]
        return response
