"""The worker's side of the outbox: claim, write outcomes, settle what got no answer."""

from __future__ import annotations

import dataclasses
import json
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parley.conversations import connections, contracts, registry, sql_functions
from parley.conversations.actions import receiving
from parley.conversations.actions.connections import stop_channel
from parley.web import announcer

log = logging.getLogger(__name__)

#: tries of a message that the provider asks to bring later
MOST_ATTEMPTS = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Claimed:
    """A dispatch and what is needed to tell its program of a refusal."""

    dispatch: contracts.Dispatch
    conversation_id: int


def claim(worker: uuid.UUID, limit: int) -> list[Claimed]:
    """Take up to `limit` rows for this worker. What may no longer be sent (opted out, too late) is failed
    in the same transaction, and its program hears of it."""
    with transaction.atomic():
        rows = sql_functions.rows(
            "conversations_claim_outbox_v1", worker, limit, settings.OUTBOX_LEASE, settings.OUTBOX_LOOK_UP_AFTER
        )
        refused = [row for row in rows if row[18]]
        if refused:
            _tell_refused([row[1] for row in refused])
    return [_claimed(row) for row in rows if not row[18]]


def claim_unsettled(worker: uuid.UUID, limit: int = 100, hold: float = 30.0) -> list[Claimed]:
    """Rows without an answer that are due for a look-up."""
    return [_claimed(row) for row in sql_functions.rows("conversations_unsettled_outbox_v1", worker, limit, hold)]


def _claimed(row: Sequence[Any]) -> Claimed:
    (outbox, message, account, channel, channel_address, operation, conversation, address, local, text) = row[:10]
    (media, payload, purpose, send_before, target, visible_to, attempts, handed_at) = row[10:18]
    return Claimed(
        dispatch=contracts.Dispatch(
            outbox_id=outbox,
            message_id=message,
            account=connections.connection(account).account,
            channel_id=channel,
            channel_address=channel_address,
            operation=operation,
            address=address,
            local_address=local,
            text=text,
            media=[contracts.Media(**m) for m in _json(media)],
            payload=_json(payload),
            purpose=purpose,
            send_before=send_before,
            target_provider_id=target,
            visible_to=visible_to,
            attempts=attempts,
            handed_at=handed_at,
        ),
        conversation_id=conversation,
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _tell_refused(messages: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.conversation_id, m.organization_id, c.program, c.subject_key, m.purpose, m.status, m.error_code, "
            "c.address_kind, c.address, false, false FROM conversations_message m "
            "JOIN conversations_conversation c ON c.id = m.conversation_id WHERE m.id = ANY(%s) AND m.status = 60",
            [list(messages)],
        )
        receiving.tell_programs(cursor.fetchall())


def finish(outcomes: Sequence[tuple[contracts.Dispatch, contracts.Outcome]]) -> None:
    """Write what became of a batch of calls, in one statement, and act on what the outcomes say."""
    if not outcomes:
        return
    outcome_rows = [_outcome_row(dispatch, outcome) for dispatch, outcome in outcomes]
    with transaction.atomic():
        rows = sql_functions.rows("conversations_finish_outbox_v1", outcome_rows, settings.OUTBOX_LOOK_UP_AFTER)
        failed = [(*row[:6], 60, *row[6:]) for row in rows]
        receiving.tell_programs(failed)
        for dispatch, outcome in outcomes:
            if outcome.result is contracts.Result.MOVED and outcome.new_address:
                receiving.move_conversations(dispatch.channel_id, old=dispatch.address, new=outcome.new_address)
            elif outcome.result is contracts.Result.STOP_CHANNEL:
                stop_channel(dispatch.channel_id, reason=f"{outcome.error_code or ''} {outcome.error_text}".strip())
            elif outcome.result is contracts.Result.LATER and outcome.holds != "message":
                _pause(dispatch, outcome)
    announcer.announce(
        *{f"message:{dispatch.message_id}" for dispatch, o in outcomes if o.result != contracts.Result.SENT}
    )
    if any(row["result"] == "unconfirmed" for row in outcome_rows):
        announcer.announce("unconfirmed")


def _outcome_row(dispatch: contracts.Dispatch, outcome: contracts.Outcome) -> contracts.Json:
    result: str = outcome.result
    error = outcome.error_code
    if result == contracts.Result.UNANSWERED and not registry.provider(dispatch.account.provider).can_look_up:
        result = "unconfirmed"
    patient = outcome.holds != "message" or "429" in (error or "")  # waiting as told is no failed attempt
    if result == contracts.Result.LATER and not patient and dispatch.attempts >= MOST_ATTEMPTS:
        result, error = contracts.Result.FAILED, error or "gave_up"
    return {
        "outbox_id": dispatch.outbox_id,
        "message_id": dispatch.message_id,
        "result": result,
        "provider_id": outcome.provider_id,
        "error_code": error,
        "retry_after": outcome.retry_after,
        "segments": outcome.segments,
        "local_address": outcome.local_address,
        "unreachable": outcome.unreachable,
        "opted_out": outcome.opted_out,
    }


def _pause(dispatch: contracts.Dispatch, outcome: contracts.Outcome) -> None:
    account, channel = (dispatch.account.id, None) if outcome.holds == "account" else (None, dispatch.channel_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_ratebudget SET paused_until = greatest(paused_until, clock_timestamp() + "
            "make_interval(secs => %s)), tokens = least(tokens, 0) WHERE account_id = %s OR channel_id = %s",
            [outcome.retry_after or 1.0, account, channel],
        )


def give_up(dispatches: Sequence[contracts.Dispatch]) -> None:
    """No report and no look-up has told: the messages are unconfirmed, and staff decide."""
    rows = [{"outbox_id": d.outbox_id, "message_id": d.message_id, "result": "unconfirmed"} for d in dispatches]
    if rows:
        sql_functions.rows("conversations_finish_outbox_v1", rows, settings.OUTBOX_LOOK_UP_AFTER)
    announcer.announce("unconfirmed")
