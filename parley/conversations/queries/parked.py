"""Events that could not be applied, and what waits behind them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from parley.accounts.models import Organization
from parley.conversations.models import InboundEvent


def events(organization: Organization) -> QuerySet[InboundEvent]:
    """Parked events of the organization's own accounts, oldest first. Served by inbound_event_blocked."""
    return (
        InboundEvent.objects.filter(
            account__organization=organization, applied_at=None, attempts__gt=0, parked_at__isnull=False
        )
        .select_related("account")
        .order_by("pk")
    )


def waiting_behind(found: Sequence[InboundEvent]) -> dict[int, int]:
    """How many later events of the same lane wait for each of these: event id -> count. One query."""
    if not found:
        return {}
    later = (
        InboundEvent.objects.filter(
            Q(parked_at=None),
            applied_at=None,
            account=OuterRef("account"),
            lane=OuterRef("lane"),
            pk__gt=OuterRef("pk"),
        )
        .order_by()
        .values("account")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = InboundEvent.objects.filter(pk__in=[event.pk for event in found])
    return dict(rows.annotate(behind=Coalesce(Subquery(later), 0)).values_list("pk", "behind"))
