"""What comes in: stored before the 200, applied by the worker in the order of each conversation.

A batch is applied with a fixed number of set-based statements, whatever its size. If it fails, its
events are applied one by one; one that keeps failing is parked where staff see it, and later events of
its lane wait for it.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import itertools
import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from parley.conversations import connections, contracts, registry, sql_functions
from parley.conversations.actions import messages, opt_outs
from parley.conversations.models import InboundEvent, Status
from parley.conversations.opt_out_recognition import is_help, is_start, recognise
from parley.web import announcer

log = logging.getLogger(__name__)

#: one applier at a time, over all workers: pg_advisory_xact_lock
APPLIER_LOCK = 7_300_001
ATTEMPTS_BEFORE_PARKING = 5
REPORT_STATUS = {"sent": Status.SENT, "delivered": Status.DELIVERED, "failed": Status.FAILED}


def store_events(account_id: int, events: Sequence[contracts.NewEvent]) -> int:
    """Insert events; those already known (by key) are passed over. Returns how many are new.

    One statement, autocommitted: the webhook's 200 follows it."""
    if not events:
        return 0
    values = ", ".join(["(%s, %s, %s, %s, %s::jsonb, now(), 0, '')"] * len(events))
    arguments: list[Any] = []
    for event in events:
        arguments += [
            account_id,
            event.key[:160],
            event.kind,
            event.lane[:120],
            json.dumps(event.body).replace("\\u0000", ""),
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_inboundevent (account_id, key, kind, lane, body, received_at, attempts, error) "
            f"VALUES {values} ON CONFLICT (account_id, key) DO NOTHING",
            arguments,
        )
        return cursor.rowcount


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    id: int
    account_id: int
    kind: str
    lane: str
    body: contracts.Json
    attempts: int
    received_at: dt.datetime


def apply_events(limit: int = 500) -> int:
    """Apply the next events. Returns how many were dealt with; 0 when there are none or another worker
    is at it."""
    try:
        with transaction.atomic():
            events = _claim(limit)
            _apply(events)
            return len(events)
    except Exception as error:
        # Anything may be wrong with one event, and it must not hold up the others.
        log.warning("a batch of inbound events failed (%s); applying them one by one", type(error).__name__)
    return _apply_one_by_one(limit)


def _claim(limit: int) -> list[_Event]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [APPLIER_LOCK])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT * FROM conversations_claim_inbound_v1(%s)", [limit])
        return [_Event(r[0], r[1], r[2], r[3], _parsed(r[4]), r[5], r[6]) for r in cursor.fetchall()]


def _parsed(body: Any) -> contracts.Json:
    parsed: contracts.Json = json.loads(body) if isinstance(body, str) else body
    return parsed


def _apply_one_by_one(limit: int) -> int:
    with transaction.atomic():
        events = _claim(limit)
    blocked: set[tuple[int, str]] = set()
    done = 0
    for event in events:
        if (event.account_id, event.lane) in blocked:
            continue
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [APPLIER_LOCK])
                    if not cursor.fetchone()[0]:
                        return done
                if not InboundEvent.objects.filter(pk=event.id, applied_at=None).exists():
                    continue
                _apply([event])
        except Exception as error:
            blocked.add((event.account_id, event.lane))
            _fail(event, error)
        done += 1
    return done


def _fail(event: _Event, error: Exception) -> None:
    attempts = event.attempts + 1
    parked = attempts >= ATTEMPTS_BEFORE_PARKING
    InboundEvent.objects.filter(pk=event.id, applied_at=None).update(
        attempts=attempts,
        retry_at=timezone.now() + dt.timedelta(seconds=2**attempts),
        parked_at=timezone.now() if parked else None,
        error=f"{type(error).__name__}: {error}"[:2000],
    )
    log.log(
        logging.ERROR if parked else logging.WARNING,
        "inbound event %s failed (%s), %s",
        event.id,
        type(error).__name__,
        "parked" if parked else f"attempt {attempts}",
    )
    if parked:
        announcer.announce("parked")


def _apply(events: Sequence[_Event]) -> None:
    if not events:
        return
    accounts = {event.id: event.account_id for event in events}
    readings: list[contracts.Reading] = []
    for event in events:
        account = connections.connection(event.account_id).account
        readings.append(registry.provider(account.provider).read(event_id=event.id, kind=event.kind, body=event.body))
    # Kinds may be taken together only as long as nothing that moves a conversation stands between them.
    for kind, run in itertools.groupby(readings, key=_phase):
        part = list(run)
        if kind == "said":
            _store([r for r in part if isinstance(r, contracts.Inbound)], accounts)
            _report([r for r in part if isinstance(r, contracts.Report)], accounts)
        else:
            for reading in part:
                _change(reading, accounts)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_inboundevent SET applied_at = clock_timestamp(), error = '' WHERE id = ANY(%s)",
            [[event.id for event in events]],
        )


def _phase(reading: contracts.Reading) -> str:
    return "said" if isinstance(reading, contracts.Inbound | contracts.Report | contracts.Ignored) else "changed"


# --- messages ------------------------------------------------------------------------------------


def _channel(link: connections.Connection, channel_address: str | None) -> int:
    if channel_address is not None and channel_address in link.channels:
        return link.channels[channel_address]
    if not link.channels:
        raise LookupError(f"account {link.account.id} has no channel for what arrives on it")
    return next(iter(link.channels.values()))


def _store(said: Sequence[contracts.Inbound], accounts: dict[int, int]) -> None:
    if not said:
        return
    links = [connections.connection(accounts[message.event_id]) for message in said]
    rows: list[contracts.Json] = []
    for i, (message, link) in enumerate(zip(said, links, strict=True)):
        channel = _channel(link, message.channel_address)
        rows.append(
            {
                "i": i,
                "channel": channel,
                "organization": link.account.organization_id,
                "address_kind": link.address_kinds[channel],
                "address": message.address,
                "local_address": message.local_address,
                "provider_id": message.provider_id,
                "kind": "group" if message.group else "direct",
                "title": message.group_title,
                "text": message.text.replace("\x00", ""),
                "media": json.loads(messages.media_json(message.media)),
                "payload": message.payload,
                "sender_address": message.sender_address or ("" if message.group else message.address),
                "sender_name": message.sender_name,
                "recognised": _recognised(message),
                "said_at": message.said_at.isoformat() if message.said_at else None,
                "from_us": message.from_us,
                "conversation": None,
                "program": "inbox",
                "subject_key": "",
            }
        )
    _route(rows, links)
    rows = [row for row in rows if not row.pop("stored")]
    if not rows:
        return
    by_index = {row["i"]: row for row in rows}
    stopped = {i for i, row in by_index.items() if row["recognised"] == "stop" and not row["from_us"]}
    applied: dict[str, list[contracts.Applied]] = collections.defaultdict(list)
    opting: list[contracts.Json] = []
    topics: set[str] = set()
    for i, number, conversation, organization, program, subject, sequence in sql_functions.rows(
        "conversations_store_inbound_v1", rows
    ):
        message, link = said[i], links[i]
        row = by_index[i]
        opted_out = i in stopped
        if opted_out:
            sender = row["sender_address"] if message.group else row["address"]
            opting.append(
                {
                    "organization_id": organization,
                    "address_kind": row["address_kind"],
                    "address": sender,
                    "source": "provider" if message.handled_keyword else "reply",
                    "message_id": number,
                }
            )
        applied[program].append(
            contracts.Applied(
                message_id=number,
                conversation_id=conversation,
                organization_id=organization,
                subject_key=subject,
                sequence=sequence,
                address=row["address"],
                text=row["text"],
                recognised=row["recognised"],
                opted_out=opted_out and not message.group,
                handled_keyword=message.handled_keyword,
                channel_id=row["channel"],
                address_kind=row["address_kind"],
                group=message.group,
            )
        )
        topics.add(f"conversation:{conversation}")
        if program == "inbox":
            topics.add(f"inbox:{organization}")
    opt_outs.record_opt_outs(opting)
    _returns(applied)
    _flag_groups(applied)
    for name, messages_applied in applied.items():
        if handler := registry.program(name):
            handler.handle(messages_applied)
    announcer.announce(*topics)


def _recognised(message: contracts.Inbound) -> str:
    if message.from_us:
        return ""
    if is_start(message.text):
        return "start"
    if is_help(message.text):
        return "help"
    return str(recognise(message.text))


def _route(rows: list[contracts.Json], links: Sequence[connections.Connection]) -> None:
    """Set each row's conversation, or the program and subject that take it, or leave it to the inbox."""
    keys = ("i", "channel", "address", "local_address", "provider_id")
    found = sql_functions.rows("conversations_route_inbound_v1", [{k: row[k] for k in keys} for row in rows])
    for i, conversation, stored in found:
        rows[i]["conversation"], rows[i]["stored"] = conversation, stored
    unclaimed = [row for row in rows if row["conversation"] is None and not row["stored"]]
    if not unclaimed:
        return
    offers = [
        contracts.Routing(
            account_id=links[row["i"]].account.id,
            organization_id=row["organization"],
            channel_id=row["channel"],
            address_kind=row["address_kind"],
            address=row["address"],
            group=row["kind"] == "group",
            text=row["text"],
        )
        for row in unclaimed
    ]
    for program in registry.programs():
        for place, subject in program.route(offers).items():
            if unclaimed[place]["program"] == "inbox":
                unclaimed[place]["program"], unclaimed[place]["subject_key"] = program.name, subject


def _returns(applied: dict[str, list[contracts.Applied]]) -> None:
    for message in itertools.chain.from_iterable(applied.values()):
        if message.recognised == "start" and not message.group:
            opt_outs.revoke_opt_out(
                organization_id=message.organization_id, address_kind=message.address_kind, address=message.address
            )


def _flag_groups(applied: dict[str, list[contracts.Applied]]) -> None:
    """In a group, words that look like an opt-out are flagged for staff."""
    flagged = [
        (message.organization_id, message.message_id)
        for message in itertools.chain.from_iterable(applied.values())
        if message.group and message.recognised in {"stop", "likely"}
    ]
    if flagged:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO conversations_flag (organization_id, message_id, note, created_at) VALUES (%s, %s, %s, now()) "
                "ON CONFLICT DO NOTHING",
                [(organization, number, "opt-out?") for organization, number in flagged],
            )


# --- reports -------------------------------------------------------------------------------------


def _report(reports: Sequence[contracts.Report], accounts: dict[int, int]) -> None:
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
    tell_programs(sql_functions.rows("conversations_apply_reports_v1", rows))


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


# --- what changes a conversation -----------------------------------------------------------------


def _change(reading: contracts.Reading, accounts: dict[int, int]) -> None:
    link = connections.connection(accounts[reading.event_id])
    if isinstance(reading, contracts.Moved):
        move_conversations(_channel(link, reading.channel_address), old=reading.old_address, new=reading.new_address)
    elif isinstance(reading, contracts.Edited):
        _edit(_channel(link, reading.channel_address), reading)
    elif isinstance(reading, contracts.GroupChanged):
        _change_group(link, _channel(link, reading.channel_address), reading)


def move_conversations(channel_id: int, *, old: str, new: str) -> int:
    """A chat has a new address. History stays with the conversation; a conversation that has meanwhile been
    begun under the new address is joined into the old one. Returns how many moved; safe to repeat."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, n.id FROM conversations_conversation o LEFT JOIN conversations_conversation n "
            "ON n.channel_id = o.channel_id AND n.address = %s AND n.id <> o.id "
            "AND ((n.program, n.subject_key) = (o.program, o.subject_key) OR n.program = 'inbox') "
            "WHERE o.channel_id = %s AND o.address = %s ORDER BY o.id FOR NO KEY UPDATE OF o",
            [new, channel_id, old],
        )
        pairs = cursor.fetchall()
        for kept, begun in pairs:
            if begun is not None:
                cursor.execute(
                    "WITH base AS (SELECT last_sequence FROM conversations_conversation WHERE id = %s), moved AS ("
                    "UPDATE conversations_message m SET conversation_id = %s, sequence = m.sequence + base.last_sequence "
                    "FROM base WHERE m.conversation_id = %s RETURNING m.sequence) "
                    "UPDATE conversations_conversation SET last_sequence = greatest(last_sequence, "
                    "(SELECT max(sequence) FROM moved)) WHERE id = %s",
                    [kept, kept, begun, kept],
                )
                cursor.execute(
                    "UPDATE conversations_outbox SET conversation_id = %s WHERE conversation_id = %s", [kept, begun]
                )
                cursor.execute("DELETE FROM conversations_conversation WHERE id = %s", [begun])
            cursor.execute("UPDATE conversations_conversation SET address = %s WHERE id = %s", [new, kept])
        announcer.announce(*[f"conversation:{kept}" for kept, _ in pairs])
    return len(pairs)


def _edit(channel_id: int, reading: contracts.Edited) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_message SET payload = jsonb_set(payload, '{edits}', coalesce(payload->'edits', '[]'::jsonb) "
            "|| jsonb_build_object('text', text, 'at', clock_timestamp())) || %s::jsonb, "
            "text = CASE WHEN %s THEN text ELSE %s END WHERE channel_id = %s AND provider_id = %s "
            "AND (text <> %s OR %s) RETURNING conversation_id",
            [
                json.dumps({"deleted": True} if reading.deleted else {}),
                reading.deleted,
                reading.text,
                channel_id,
                reading.provider_id,
                reading.text,
                reading.deleted,
            ],
        )
        announcer.announce(*[f"conversation:{number}" for (number,) in cursor.fetchall()])


def _change_group(link: connections.Connection, channel_id: int, reading: contracts.GroupChanged) -> None:
    """A group is known from the moment that the bot is in it, before anybody speaks."""
    row = {
        "i": 0,
        "channel": channel_id,
        "organization": link.account.organization_id,
        "address_kind": link.address_kinds[channel_id],
        "address": reading.address,
        "local_address": None,
        "provider_id": "",
        "kind": "group",
        "text": "",
        "program": "inbox",
        "subject_key": "",
    }
    rows = [row]
    _route(rows, [link])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_conversation AS c (organization_id, channel_id, program, subject_key, kind, address_kind, "
            "address, title, last_sequence, created_at) SELECT %s, %s, %s, %s, 'group', %s, %s, %s, 0, now() "
            "WHERE NOT EXISTS (SELECT 1 FROM conversations_conversation k WHERE k.channel_id = %s AND k.address = %s) "
            "ON CONFLICT DO NOTHING",
            [
                row["organization"],
                channel_id,
                row["program"],
                row["subject_key"],
                row["address_kind"],
                reading.address,
                reading.title,
                channel_id,
                reading.address,
            ],
        )
        if reading.title:
            cursor.execute(
                "UPDATE conversations_conversation SET title = %s WHERE channel_id = %s AND address = %s AND title <> %s",
                [reading.title, channel_id, reading.address, reading.title],
            )
