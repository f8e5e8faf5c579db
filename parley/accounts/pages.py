"""Decorators that open a page to the right people; `parley.accounts.access` says how to use them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django_scopes import scope

from parley.accounts import access, sessions
from parley.accounts.models import ApiToken, GrantKind, Membership, Organization, Role, User

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in (a type for annotations; nothing makes one)."""

    user: User
    api_token: ApiToken | None


class OrganizationRequest(PersonRequest):
    """A request inside an organization (a type for annotations; nothing makes one)."""

    organization: Organization
    membership: Membership


def organization_page(*, role: Role = Role.TEXTER, grant: GrantKind | None = None) -> Callable[[View], View]:
    """Open a view of `/org/<slug:organization>/…` to members with at least `role`, and with `grant` if given.

    The view runs in the organization's scope, and so do its template and its streamed content. It gets
    `request.organization` and `request.membership`; the address's slug is taken out of its arguments.
    One query (two with a grant) beside the one that loads the person. Anonymous visitors go to sign in.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def inside(request: HttpRequest, *args: Any, organization: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            membership = access.access_organization(request.user, organization, role=role)
            if grant is not None:
                access.access_grant(membership, grant)
            ours = cast("OrganizationRequest", request)
            ours.organization, ours.membership = membership.organization, membership
            if request.session.get(sessions.ORGANIZATION) != membership.organization_id:
                request.session[sessions.ORGANIZATION] = membership.organization_id
            with scope(organization=membership.organization):
                response = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                    response = response.render()
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                content = cast("Iterable[Any]", response.streaming_content)
                response.streaming_content = _in_scope(membership.organization, content)
            return response

        return inside

    return decorate


def person_page(view: View) -> View:
    """Open a view to everybody who is signed in and not suspended. Anonymous visitors go to sign in."""

    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return view(request, *args, **kwargs)

    return inside


def superadmin_page(view: View) -> View:
    """Open a view of the instance itself to superadmins. Anonymous visitors go to sign in."""

    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        access.access_instance(request.user)
        return view(request, *args, **kwargs)

    return inside


def follow(request: HttpRequest, *topics: str) -> None:
    """Have the page told when these topics change (`campaign:17`); the caller has checked that it may see them."""
    known: list[str] = getattr(request, "live_topics", [])
    request.live_topics = [*known, *topics]  # type: ignore[attr-defined]


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """The answer to an anonymous visitor: a person is led to sign in and back, a script gets a 401."""
    asks_for_page = request.accepts("text/html") and not request.headers.get("HX-Request")
    if not asks_for_page:
        return JsonResponse({"error": _("You have been signed out. Reload the page and sign in again.")}, status=401)
    back_to = request.get_full_path() if request.method == "GET" else ""
    address = reverse("account_login")
    return HttpResponseRedirect(f"{address}?{urlencode({'next': back_to})}" if back_to else address)


def _in_scope(organization: Organization, content: Iterable[Any]) -> Iterator[Any]:
    """Each piece of a streamed answer is made after the view has returned: open the scope for each."""
    pieces = iter(content)
    while True:
        with scope(organization=organization):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece
