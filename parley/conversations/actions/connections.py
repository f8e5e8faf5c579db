"""Accounts at providers and their channels."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from parley.accounts.models import Organization
from parley.conversations import connections, credentials
from parley.conversations.models import Channel, ProviderAccount, RateBudget
from parley.web import announcer


def connect_account(
    *,
    organization: Organization,
    provider: str,
    name: str,
    values: Mapping[str, str],
    shared: bool = False,
    settings: Mapping[str, Any] | None = None,
    rate: float | None = None,
    webhook_secret: str = "",
) -> ProviderAccount:
    """Keep an account's credentials (`values`, encrypted). `rate`: messages a second over all channels."""
    with transaction.atomic():
        account = ProviderAccount.objects.create(
            organization=organization,
            provider=provider,
            name=name,
            credentials=credentials.seal(values),
            shared=shared,
            settings=dict(settings or {}),
            rate=rate,
            webhook_secret=webhook_secret or secrets.token_urlsafe(24),
        )
        RateBudget.objects.create(account=account, refilled_at=timezone.now())
    return account


def add_channel(
    account: ProviderAccount,
    *,
    kind: str,
    address_kind: str,
    address: str,
    name: str,
    organization: Organization | None = None,
    shared: bool | None = None,
    rate: float | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Channel:
    """A way to speak through an account. `rate`: messages a second."""
    with transaction.atomic():
        channel = Channel.objects.create(
            account=account,
            organization=organization or account.organization,
            shared=account.shared if shared is None else shared,
            kind=kind,
            address_kind=address_kind,
            address=address,
            name=name,
            rate=rate,
            settings=dict(settings or {}),
        )
        RateBudget.objects.create(channel=channel, refilled_at=timezone.now())
    connections.forget(account.pk)
    return channel


def stop_channel(channel_id: int, *, reason: str, account: bool = False) -> None:
    """Nothing more is sent on this channel (or its whole account) until staff resume it."""
    now = timezone.now()
    channel = Channel.objects.get(pk=channel_id)
    rows: Any = (
        ProviderAccount.objects.filter(pk=channel.account_id) if account else Channel.objects.filter(pk=channel_id)
    )
    rows.filter(stopped_at=None).update(stopped_at=now, stop_reason=reason[:300])
    announcer.announce(f"channels:{channel.organization_id}")


def resume_channel(channel_id: int) -> None:
    channel = Channel.objects.get(pk=channel_id)
    Channel.objects.filter(pk=channel_id).update(stopped_at=None, stop_reason="")
    ProviderAccount.objects.filter(pk=channel.account_id).update(stopped_at=None, stop_reason="")
    announcer.announce(f"channels:{channel.organization_id}", "outbox")
