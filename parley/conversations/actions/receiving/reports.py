"""Delivery reports: the status rises, the programs hear of it, opt-outs made at the provider are kept."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parley.conversations import contracts, registry, sql_functions
from parley.conversations.actions import opt_outs
from parley.conversations.actions.connections import stop_channel
from parley.conversations.models import Message, Status
from parley.web import announcer

REPORT_STATUS = {"sent": Status.SENT, "delivered": Status.DELIVERED, "failed": Status.FAILED}


def apply(reports: Sequence[contracts.Report], accounts: Mapping[int, int]) -> None:
    """Raise the statuses that these reports tell of."""
    if not reports:
        return
    rows = [
        {
            "i": i,
            "account": accounts[report.event_id],
            "message": report.message_id,
            "provider_id": report.provider_id,
            "status": int(REPORT_STATUS[report.status]),
            "error_code": report.error_code,
            "segments": report.segments,
            "local_address": report.local_address,
            "unreachable": report.unreachable,
            "opted_out": report.opted_out,
        }
        for i, report in enumerate(reports)
    ]
    risen = sql_functions.rows("conversations_apply_reports_v1", rows)
    tell_programs(risen)
    _stop_channels(reports, [row[0] for row in risen])


def _stop_channels(reports: Sequence[contracts.Report], risen: Sequence[int]) -> None:
    """The provider says by report that nothing passes (unregistered, suspended): stop, and lose no more texts."""
    reasons = {r.provider_id: f"{r.error_code}: {r.stop_reason}" for r in reports if r.stop_reason}
    if not reasons:
        return
    stopped = Message.objects.filter(pk__in=risen, provider_id__in=reasons).values_list("channel_id", "provider_id")
    for channel_id, provider_id in dict(stopped).items():
        stop_channel(channel_id, reason=reasons[provider_id or ""])


def tell_programs(risen: Iterable[tuple[Any, ...]]) -> None:
    """Hand messages whose status has risen to their programs; record opt-outs made at the provider.

    Rows as `conversations_apply_reports_v1` returns them."""
    names = {int(Status.SENT): "sent", int(Status.DELIVERED): "delivered", int(Status.FAILED): "failed"}
    by_program: dict[str, list[contracts.ReportApplied]] = collections.defaultdict(list)
    opting: list[contracts.Json] = []
    for (
        number,
        conversation,
        organization,
        program,
        subject,
        purpose,
        status,
        error,
        kind,
        address,
        unreachable,
        out,
    ) in risen:
        by_program[program].append(
            contracts.ReportApplied(
                message_id=number,
                conversation_id=conversation,
                organization_id=organization,
                subject_key=subject,
                purpose=purpose,
                status=names[status],
                error_code=error,
                unreachable=unreachable,
            )
        )
        if out:
            opting.append(
                {
                    "organization_id": organization,
                    "address_kind": kind,
                    "address": address,
                    "source": "provider",
                    "message_id": number,
                }
            )
    opt_outs.record_opt_outs(opting)
    for name, reports in by_program.items():
        if handler := registry.program(name):
            handler.handle_reports(reports)
    announcer.announce(
        *{f"conversation:{report.conversation_id}" for reports in by_program.values() for report in reports}
    )
