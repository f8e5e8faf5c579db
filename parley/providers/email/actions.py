"""What is done to the instance's mail account. Mail is a message in the core's outbox like any other."""

from __future__ import annotations

import email.utils

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from parley.accounts.models import Organization
from parley.conversations import actions, connections, credentials
from parley.conversations.models import Channel, ProviderAccount
from parley.providers.email import address

#: why an account without a server is stopped; /readyz names the account
NO_SERVER = "There is no mail server: set EMAIL_URL."


class NoHome(Exception):
    """There is no organization yet that mail could be sent for."""


def ensure_mail_account() -> Channel:
    """The mail channel of the home organization, with the server that EMAIL_URL names.

    Made at the first mail, brought up to date when EMAIL_URL changes. Without EMAIL_URL the account is
    stopped: mails wait in the outbox, and /readyz shows the account. Raises NoHome, address.BadAddress.
    """
    server = address.parse(settings.EMAIL_URL) if settings.EMAIL_URL else None
    wanted = server.credentials() if server else {}
    sender = email.utils.parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "parley@localhost"
    channel = _found(sender, wanted)
    return channel or _made(sender, wanted)


def refresh_mail_account() -> None:
    """Bring the account up to EMAIL_URL, where there is one: mails that wait for a server are then sent
    without waiting for the next mail. Part of every `migrate`, and so of every start of a new release."""
    if ProviderAccount.objects.filter(provider="email", organization__is_home=True).exists():
        ensure_mail_account()


def _found(sender: str, wanted: dict[str, str]) -> Channel | None:
    """The channel, if all is as wanted already."""
    channel = (
        Channel.objects.filter(account__provider="email", account__organization__is_home=True, address=sender)
        .select_related("account")
        .order_by("id")
        .first()
    )
    if channel is None or _sealed_as(channel.account) != wanted:
        return None
    return channel if wanted or channel.account.stopped_at else None


def _sealed_as(account: ProviderAccount) -> dict[str, str] | None:
    try:
        return credentials.reveal(account.credentials)
    except credentials.Unreadable:
        return None


@transaction.atomic
def _made(sender: str, wanted: dict[str, str]) -> Channel:
    # the lock: two processes that send the first mail at the same moment make one account
    home = Organization.objects.select_for_update().filter(is_home=True).first()
    if home is None:
        raise NoHome("mail needs a home organization: create one first")
    account = ProviderAccount.objects.filter(provider="email", organization=home).order_by("id").first()
    if account is None:
        account = actions.connect_account(
            organization=home, provider="email", name="E-mail", values=wanted, shared=True
        )
    changed = _sealed_as(account) != wanted
    if changed:
        account.credentials = credentials.seal(wanted)
    if not wanted:
        account.stopped_at, account.stop_reason = account.stopped_at or timezone.now(), NO_SERVER
    elif changed or account.stop_reason == NO_SERVER:
        account.stopped_at, account.stop_reason = None, ""
    account.save(update_fields=["credentials", "stopped_at", "stop_reason"])
    if changed:
        # what stopped with the old server may go with the new one
        Channel.objects.filter(account=account).update(stopped_at=None, stop_reason="")
    connections.forget(account.pk)
    channel = Channel.objects.filter(account=account, address=sender).first()
    return channel or actions.add_channel(
        account, kind=Channel.Kind.MAILBOX, address_kind="email", address=sender, name=sender
    )
