"""What every page's shell shows; nothing is asked of the database until a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from parley.accounts import navigation, queries, sessions
from parley.accounts.models import Membership, Organization, Role, User
from parley.web import live
from parley.web import navigation as web_navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of base templates: organization, membership, organizations, navigation, live updates."""
    seen = _Shell(request)
    return {
        "organization": SimpleLazyObject(lambda: seen.organization),
        "membership": SimpleLazyObject(lambda: seen.membership),
        "organizations": SimpleLazyObject(lambda: seen.organizations),
        "navigation": SimpleLazyObject(lambda: seen.navigation),
        "user_navigation": SimpleLazyObject(lambda: seen.user_navigation),
        "events_url": events_url(request),
        "events_token": SimpleLazyObject(lambda: seen.events_token),
    }


def events_url(request: HttpRequest) -> str:
    """Where the browser listens for news.

    In the demo the stream runs on another port of the same machine: the host is the one that the page was
    asked for under, whatever name or forwarded address that is.
    """
    parts = urlsplit(settings.EVENTS_URL)
    if not settings.DEMO or not parts.netloc:
        return str(settings.EVENTS_URL)
    host = urlsplit(f"//{request.get_host()}").hostname or parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    netloc = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


def events_origin(request: HttpRequest) -> str:
    """What the content policy must allow beside the settings' own address; empty for nothing."""
    if not settings.DEMO:
        return ""
    parts = urlsplit(events_url(request))
    if not parts.netloc or parts.netloc == urlsplit(settings.EVENTS_URL).netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


class _Shell:
    """The parts of the shell, each found once and only when a template wants it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def memberships(self) -> list[Membership]:
        return queries.memberships_of(self.user) if self.user else []

    @cached_property
    def membership(self) -> Membership | None:
        """The page's own; outside an organization that of the one opened last, so that one finds back."""
        found: Membership | None = getattr(self.request, "membership", None)
        if found is not None or self.user is None:
            return found
        last = self.request.session.get(sessions.ORGANIZATION)
        for membership in self.memberships:
            if membership.organization_id == last:
                return membership
        if self.user.is_superadmin:
            for organization in self.organizations:
                if organization.pk == last:
                    return Membership(organization=organization, user=self.user, role=Role.OWNER)
        return self.memberships[0] if self.memberships else None

    @cached_property
    def organization(self) -> Organization | None:
        return self.membership.organization if self.membership else None

    @cached_property
    def organizations(self) -> list[Organization]:
        if self.user is None:
            return []
        if self.user.is_superadmin:
            return queries.organizations_open_to(self.user)
        return [membership.organization for membership in self.memberships]

    @cached_property
    def navigation(self) -> list[web_navigation.NavigationItem]:
        items = navigation.entries(self.membership) if self.membership else []
        if self.user is not None and self.user.is_superadmin:
            items.append(
                web_navigation.NavigationItem(
                    label=_("Organizations"),
                    url=reverse("accounts:organizations"),
                    icon="buildings",
                    section=_("This instance"),
                )
            )
        return web_navigation.mark_active(items, path=self.request.path)

    @cached_property
    def user_navigation(self) -> list[web_navigation.NavigationItem]:
        if self.user is None:
            return []
        items = [
            web_navigation.NavigationItem(
                label=_("Sign-in and security"), url=reverse("accounts:security"), icon="shield-lock"
            ),
            web_navigation.NavigationItem(label=_("API tokens"), url=reverse("accounts:tokens"), icon="key"),
        ]
        if self.user.is_staff:
            url = reverse("staff:index")
            items.append(web_navigation.NavigationItem(label=_("Staff site"), url=url, icon="database-gear"))
        return items

    @cached_property
    def events_token(self) -> str:
        topics: list[str] = getattr(self.request, "live_topics", [])
        if self.user is None or not topics:
            return ""
        return live.token(topics, self.user.pk)
