"""How allauth signs people in here.

Sign-in is allauth's: password, Slack, Google, OpenID Connect, second factor, reset. Becoming a user is
ours: only through the door of a join link or an invitation (`joining`), whichever way one signs in.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from parley.accounts import addresses, joining
from parley.accounts.models import User


def waiting_door(request: HttpRequest) -> str | None:
    """The token of the open door that this visitor stands at, if any."""
    token = request.session.get(joining.WAITING_AT)
    return token if token and joining.find(token) else None


class AccountAdapter(DefaultAccountAdapter):
    """allauth's rules for sign-in by address and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return waiting_door(request) is not None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Through the door that one stands at, else home."""
        token = request.session.get(joining.WAITING_AT)
        return reverse("join:door", kwargs={"token": token}) if token else "/"

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:security")

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return addresses.absolute(path.replace("UID-KEY", key), request=context.request)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return addresses.absolute(path, request=request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to people in their own language."""
        user = context.get("user")
        language = user.language if isinstance(user, User) else ""
        with translation.override(language or translation.get_language()):
            super().send_mail(template_prefix, email, context)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """allauth's rules for sign-in with Slack, Google or any OpenID Connect server."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return waiting_door(request) is not None

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """Take name and address over; whoever has no first name is called by their address's first part."""
        user = super().populate_user(request, sociallogin, data)
        user.email = (user.email or "").lower()
        if not user.first_name:
            name = str(data.get("name") or "").strip() or user.email.partition("@")[0]
            user.first_name, _, user.last_name = name.partition(" ")
        user.first_name, user.last_name = user.first_name[:100], (user.last_name or "")[:100]
        return user
