"""Opting out and coming back. `OptOut` is the only truth; programs follow it in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
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
    scope: str = OptOut.Scope.ORGANIZATION,
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
                    "scope": scope,
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
    defaults = {"scope": OptOut.Scope.ORGANIZATION, "program": "", "reason": ""}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO conversations_optout (organization_id, address_kind, address, scope, channel_id, program, source, "
                "reason, message_id, made_by_id, made_at) SELECT r.*, now() "
                "FROM jsonb_to_recordset(%s::jsonb) AS r(organization_id bigint, address_kind text, address text, scope text, "
                "channel_id bigint, program text, source text, reason text, message_id bigint, made_by_id bigint) "
                "ON CONFLICT DO NOTHING",
                [json.dumps([{**defaults, **row} for row in rows])],
            )
            new = int(cursor.rowcount)
        _tell(
            contracts.OptOutApplied(
                organization_id=row["organization_id"],
                address_kind=row["address_kind"],
                address=row["address"],
                scope=row.get("scope", OptOut.Scope.ORGANIZATION),
            )
            for row in rows
        )
    return new


def revoke_opt_out(*, organization_id: int, address_kind: str, address: str, revoked_by: User | None = None) -> int:
    """The person came back (START), or staff correct a mistake. Opt-outs for everyone stay, unless the
    person revoked them: what was asked for everywhere is not undone by one organization."""
    with transaction.atomic():
        in_force = OptOut.objects.filter(
            address_kind=address_kind, address=address, revoked_at=None, organization_id=organization_id
        )
        count = in_force.update(revoked_at=timezone.now(), revoked_by=revoked_by)
        if count:
            _tell(
                [
                    contracts.OptOutApplied(
                        organization_id=organization_id,
                        address_kind=address_kind,
                        address=address,
                        scope=OptOut.Scope.ORGANIZATION,
                        revoked=True,
                    )
                ]
            )
    return count


def _tell(opt_outs: Iterable[contracts.OptOutApplied]) -> None:
    applied = list(opt_outs)
    for program in registry.programs():
        program.handle_opt_outs(applied)
