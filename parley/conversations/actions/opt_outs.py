"""Opting out and coming back. `OptOut` is the only truth; programs follow it in the same transaction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from parley.accounts.models import User
from parley.conversations import contracts, registry
from parley.conversations.models import OptOut


def opt_out(
    *,
    organization_id: int | None,
    address_kind: str,
    address: str,
    source: str,
    scope: str | None = None,
    channel_id: int | None = None,
    program: str = "",
    reason: str = "",
    message_id: int | None = None,
    made_by: User | None = None,
) -> bool:
    """Stop texting this address, from now on and for what is queued. False if it had stopped already."""
    return bool(
        record_opt_outs(
            [
                {
                    "organization_id": organization_id,
                    "address_kind": address_kind,
                    "address": address,
                    **({"scope": scope} if scope else {}),
                    "channel_id": channel_id,
                    "program": program,
                    "source": source,
                    "reason": reason,
                    "message_id": message_id,
                    "made_by_id": made_by.pk if made_by else None,
                }
            ]
        )
    )


def record_opt_outs(rows: Sequence[contracts.Json]) -> int:
    """Many at once; keys as the columns of `OptOut`. Returns how many are new."""
    if not rows:
        return 0
    rows = [{"program": "", "reason": "", **_scoped(row)} for row in rows]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO conversations_optout (organization_id, address_kind, address, scope, channel_id, program, source, "
                "reason, message_id, made_by_id, made_at) SELECT r.*, now() "
                "FROM jsonb_to_recordset(%s::jsonb) AS r(organization_id bigint, address_kind text, address text, scope text, "
                "channel_id bigint, program text, source text, reason text, message_id bigint, made_by_id bigint) "
                "ON CONFLICT DO NOTHING",
                [json.dumps(rows)],
            )
            new = int(cursor.rowcount)
        _tell(
            contracts.OptOutApplied(
                organization_id=row["organization_id"],
                address_kind=row["address_kind"],
                address=row["address"],
                scope=row["scope"],
                channel_id=row.get("channel_id"),
                program=row.get("program", ""),
            )
            for row in rows
        )
    return new


def revoke_opt_out(
    *,
    organization_id: int,
    address_kind: str,
    address: str,
    revoked_by: User | None = None,
    said_at: dt.datetime | None = None,
) -> int:
    """The person came back (START), or staff (`revoked_by`) correct a mistake. Returns how many are lifted.

    What a person asked for everywhere only the person can take back, not one organization's staff. A START that is
    applied late lifts nothing that was asked for after it was said."""
    mine = Q(organization_id=organization_id)
    if revoked_by is None:
        mine |= Q(scope=OptOut.Scope.EVERYONE)
    with transaction.atomic():
        in_force = OptOut.objects.filter(mine, address_kind=address_kind, address=address, revoked_at=None)
        if said_at is not None:
            in_force = in_force.filter(made_at__lte=said_at)
        lifted = list(in_force.select_for_update())
        OptOut.objects.filter(pk__in=[o.pk for o in lifted]).update(revoked_at=timezone.now(), revoked_by=revoked_by)
        _tell(
            contracts.OptOutApplied(
                organization_id=o.organization_id,
                address_kind=address_kind,
                address=address,
                scope=o.scope,
                revoked=True,
                channel_id=o.channel_id,
                program=o.program,
            )
            for o in lifted
        )
    return len(lifted)


def _scoped(row: contracts.Json) -> contracts.Json:
    """Without a scope of its own an opt-out holds in its organization, or, where the instance shares them, everywhere."""
    if "scope" in row:
        return row
    if settings.OPTOUTS_SHARE_ALL_ORGS:
        return {**row, "scope": OptOut.Scope.EVERYONE, "organization_id": None}
    return {**row, "scope": OptOut.Scope.ORGANIZATION}


def _tell(opt_outs: Iterable[contracts.OptOutApplied]) -> None:
    applied = list(opt_outs)
    if not applied:
        return
    for program in registry.programs():
        program.handle_opt_outs(applied)
