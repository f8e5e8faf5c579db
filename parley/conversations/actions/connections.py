"""Accounts at providers and their channels."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from parley.accounts import actions as accounts
from parley.accounts.models import Organization, User
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


def resume_channel(channel_id: int, *, decided_by: User | None = None) -> None:
    """Send on this channel again, and on its account."""
    with transaction.atomic():
        channel = Channel.objects.select_related("account").get(pk=channel_id)
        Channel.objects.filter(pk=channel_id).update(stopped_at=None, stop_reason="")
        ProviderAccount.objects.filter(pk=channel.account_id).update(stopped_at=None, stop_reason="")
        if decided_by is not None:
            accounts.record(
                "channel.resumed", actor=decided_by, organization=channel.account.organization_id, target=channel
            )
        announcer.announce(f"channels:{channel.organization_id}", "outbox")


def connect_channel(
    *,
    organization: Organization,
    provider: str,
    name: str,
    values: Mapping[str, str],
    kind: str,
    address_kind: str,
    address: str,
    settings: Mapping[str, Any] | None = None,
    decided_by: User,
) -> ProviderAccount:
    """An organization's own account at a provider with its first channel, both called `name`."""
    with transaction.atomic():
        account = connect_account(
            organization=organization, provider=provider, name=name, values=values, settings=settings
        )
        add_channel(account, kind=kind, address_kind=address_kind, address=address, name=name)
        accounts.record(
            "channel.connected", actor=decided_by, organization=organization, target=account, provider=provider
        )
        announcer.announce(f"channels:{organization.pk}")
    return account


def replace_credentials(account: ProviderAccount, *, values: Mapping[str, str], decided_by: User) -> None:
    """Keep `values` in place of those of the same names; the others stay. What they were is not kept."""
    with transaction.atomic():
        locked = ProviderAccount.objects.select_for_update().get(pk=account.pk)
        try:
            before = credentials.reveal(locked.credentials)
        except credentials.Unreadable:
            before = {}
        locked.credentials = credentials.seal({**before, **values})
        locked.save(update_fields=["credentials"])
        accounts.record(
            "channel.credentials_replaced", actor=decided_by, organization=locked.organization_id, target=locked
        )
        announcer.announce(f"channels:{locked.organization_id}")
    connections.forget(account.pk)


def set_rates(
    account: ProviderAccount, *, account_rate: float | None, channel_rates: Mapping[int, float | None], decided_by: User
) -> None:
    """Messages a second over the whole account, and by channel id; None is without a limit of our own."""
    with transaction.atomic():
        ProviderAccount.objects.filter(pk=account.pk).update(rate=account_rate)
        for number, rate in sorted(channel_rates.items()):
            Channel.objects.filter(pk=number, account=account).update(rate=rate)
        accounts.record("channel.rate_changed", actor=decided_by, organization=account.organization_id, target=account)
        announcer.announce(f"channels:{account.organization_id}", "outbox")
