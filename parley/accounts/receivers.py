"""What happens when somebody signs in, changes their password, or fails to."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from parley.accounts import actions, sessions
from parley.accounts.models import User


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    """The cookie holds what hot views need."""
    sessions.remember(request, user)


@receiver([account_signals.password_changed, account_signals.password_set], dispatch_uid="accounts.password_changed")
def password_changed(request: HttpRequest, user: User, **_rest: Any) -> None:
    """The new password ended every session; this one goes on with the new epoch."""
    sessions.remember(request, user)
    actions.record("user.password_changed", actor=user, target=user)


@receiver(account_signals.password_reset, dispatch_uid="accounts.password_reset")
def password_reset(user: User, **_rest: Any) -> None:
    """Written down: whoever has somebody's mailbox has their account."""
    actions.record("user.password_reset", actor=user, target=user)


@receiver(account_signals.email_changed, dispatch_uid="accounts.email_changed")
def email_changed(user: User, to_email_address: EmailAddress, **_rest: Any) -> None:
    """Written down, without the addresses."""
    actions.record("user.email_changed", actor=user, target=user)


@receiver([mfa_signals.authenticator_added, mfa_signals.authenticator_removed], dispatch_uid="accounts.second_factor")
def second_factor_changed(user: User, signal: Any, **_rest: Any) -> None:
    """Written down: a second factor that disappears is how a taken-over account looks."""
    added = signal is mfa_signals.authenticator_added
    actions.record("user.second_factor_added" if added else "user.second_factor_removed", actor=user, target=user)
