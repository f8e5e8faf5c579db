"""What staff should look at: stopped channels, unconfirmed texts, parked events."""

from __future__ import annotations

import dataclasses

from django.db import connection

from parley.accounts.models import Organization

#: counted no further: "100 or more"
ENOUGH = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Attention:
    """Counts up to `ENOUGH`."""

    stopped: int
    unconfirmed: int
    parked: int

    def __bool__(self) -> bool:
        return bool(self.stopped or self.unconfirmed or self.parked)


def of(organization: Organization) -> Attention:
    """One query. Served by message_unconfirmed and inbound_event_blocked, which hold nothing on a good day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM conversations_channel c JOIN conversations_provideraccount a ON a.id = c.account_id "
            "WHERE (c.organization_id = %(organization)s OR a.organization_id = %(organization)s "
            "OR (c.shared AND c.kind <> 'mailbox')) "
            "AND (c.stopped_at IS NOT NULL OR a.stopped_at IS NOT NULL)), "
            "(SELECT count(*) FROM (SELECT FROM conversations_message m "
            "WHERE m.organization_id = %(organization)s AND m.status = 30 LIMIT %(enough)s) few), "
            "(SELECT count(*) FROM (SELECT FROM conversations_inboundevent e "
            "JOIN conversations_provideraccount a ON a.id = e.account_id "
            "WHERE a.organization_id = %(organization)s AND e.applied_at IS NULL AND e.attempts > 0 "
            "AND e.parked_at IS NOT NULL LIMIT %(enough)s) few)",
            {"organization": organization.pk, "enough": ENOUGH},
        )
        return Attention(*cursor.fetchone())
