"""Provider accounts in the clear, for the hot paths: read once, kept for half a minute."""

from __future__ import annotations

import dataclasses
import threading
import time

from django.conf import settings

from parley.conversations import contracts, credentials
from parley.conversations.models import Channel, ProviderAccount

#: seconds until a change of an account is seen by other processes
KEPT = 30.0


@dataclasses.dataclass(frozen=True, slots=True)
class Connection:
    """An account with its channels by address."""

    account: contracts.Account
    channels: dict[str, int]
    address_kinds: dict[int, str]


_lock = threading.Lock()
_kept: dict[int, tuple[float, Connection]] = {}


def connection(account_id: int) -> Connection:
    """Raises ProviderAccount.DoesNotExist."""
    found = _kept.get(account_id)
    if found and found[0] > time.monotonic():
        return found[1]
    row = ProviderAccount.objects.get(pk=account_id)
    channels = list(
        Channel.objects.filter(account_id=account_id).values_list("address", "id", "address_kind").order_by("id")
    )
    made = Connection(
        account=contracts.Account(
            id=row.pk,
            organization_id=row.organization_id,
            provider=row.provider,
            credentials=credentials.reveal(row.credentials),
            settings=row.settings,
            webhook_secret=row.webhook_secret,
            webhook_base=f"{settings.WEBHOOK_BASE_URL}/webhooks/{row.provider}/{row.pk}/",
        ),
        channels={address: number for address, number, _ in channels},
        address_kinds={number: kind for _, number, kind in channels},
    )
    with _lock:
        _kept[account_id] = (time.monotonic() + KEPT, made)
    return made


def kept(account_id: int) -> Connection | None:
    """The connection as last read, however old: for a moment without a database."""
    found = _kept.get(account_id)
    return found[1] if found else None


def forget(account_id: int | None = None) -> None:
    with _lock:
        if account_id is None:
            _kept.clear()
        else:
            _kept.pop(account_id, None)
