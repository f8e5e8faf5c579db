"""Accounts at providers and their channels, as an organization may see them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Prefetch, Q

from parley.accounts.models import Organization
from parley.conversations.models import Channel, Outbox, ProviderAccount


@dataclasses.dataclass(frozen=True, slots=True)
class ChannelRow:
    """`queued`: messages that wait; in an account of others, only the organization's own ones count."""

    channel: Channel
    queued: int
    stopped_at: dt.datetime | None
    stop_reason: str

    @property
    def state(self) -> str:
        return "channel_stopped" if self.stopped_at else "channel_open"


@dataclasses.dataclass(frozen=True, slots=True)
class AccountRow:
    """`own`: the organization may change it."""

    account: ProviderAccount
    own: bool
    channels: Sequence[ChannelRow]


def accounts(organization: Organization, *, account_id: int | None = None) -> list[AccountRow]:
    """The organization's own accounts, then those that others share with it. Three queries."""
    visible = ProviderAccount.objects.for_organization(organization).select_related("organization")
    # the instance's own mail is its home organization's business
    visible = visible.exclude(~Q(organization=organization), channels__kind=Channel.Kind.MAILBOX)
    if account_id is not None:
        visible = visible.filter(pk=account_id)
    shown = Channel.objects.filter(
        Q(account__organization=organization) | Q(organization=organization) | Q(shared=True)
    )
    found = list(visible.order_by("pk").prefetch_related(Prefetch("channels", queryset=shown.order_by("pk"))))
    waiting = _waiting(organization, [channel for account in found for channel in account.channels.all()])
    rows = []
    for account in found:
        own = account.organization_id == organization.pk
        rows.append(
            AccountRow(
                account=account,
                own=own,
                channels=[
                    _row(account, channel, waiting[channel.pk][0 if own else 1]) for channel in account.channels.all()
                ],
            )
        )
    return sorted(rows, key=lambda row: not row.own)


def _waiting(organization: Organization, channels: Sequence[Channel]) -> dict[int, tuple[int, int]]:
    """Channel id -> how many messages wait, of everybody and of the organization. One query."""
    counts = dict.fromkeys((channel.pk for channel in channels), (0, 0))
    rows = (
        Outbox.everywhere.filter(channel_id__in=list(counts))
        .order_by()
        .values("channel_id")
        .annotate(all=Count("pk"), own=Count("pk", filter=Q(organization=organization)))
    )
    for row in rows:
        counts[row["channel_id"]] = (row["all"], row["own"])
    return counts


def _row(account: ProviderAccount, channel: Channel, queued: int) -> ChannelRow:
    stopped = channel if channel.stopped_at else account
    return ChannelRow(channel=channel, queued=queued, stopped_at=stopped.stopped_at, stop_reason=stopped.stop_reason)
