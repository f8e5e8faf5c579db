"""Messages: routed, stored in order, recognised as opt-outs, handed to their programs."""

from __future__ import annotations

import collections
import itertools
import json
from collections.abc import Mapping, Sequence

from django.db import connection

from parley.conversations import connections, contracts, registry, sql_functions
from parley.conversations.actions import messages, opt_outs
from parley.conversations.opt_out_recognition import is_help, is_start, recognise
from parley.web import announcer


def channel_of(link: connections.Connection, channel_address: str | None) -> int:
    if channel_address is not None and channel_address in link.channels:
        return link.channels[channel_address]
    if not link.channels:
        raise LookupError(f"account {link.account.id} has no channel for what arrives on it")
    return next(iter(link.channels.values()))


def store(said: Sequence[contracts.Inbound], accounts: Mapping[int, int]) -> None:
    if not said:
        return
    links = [connections.connection(accounts[message.event_id]) for message in said]
    rows: list[contracts.Json] = []
    for i, (message, link) in enumerate(zip(said, links, strict=True)):
        channel = channel_of(link, message.channel_address)
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
    route(rows, links)
    rows = [row for row in rows if not row.pop("stored")]
    if not rows:
        return
    by_index = {row["i"]: row for row in rows}
    stopped = {i for i, row in by_index.items() if row["recognised"] == "stop" and not row["from_us"]}
    last_word = _last_words(rows)
    applied: dict[str, list[contracts.Applied]] = collections.defaultdict(list)
    opting: list[contracts.Json] = []
    topics: set[str] = set()
    for i, number, conversation, organization, program, subject, sequence in sql_functions.rows(
        "conversations_store_inbound_v1", rows
    ):
        message, link = said[i], links[i]
        row = by_index[i]
        sender = row["sender_address"] if message.group else row["address"]
        # An anonymous admin speaks as the group itself: that stops nobody.
        opted_out = i in stopped and not (message.group and sender == row["address"])
        if opted_out:
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
                opted_out=opted_out and not message.group and last_word[row["channel"], row["address"]] == "stop",
                handled_keyword=message.handled_keyword,
                channel_id=row["channel"],
                address_kind=row["address_kind"],
                group=message.group,
                said_at=message.said_at,
            )
        )
        topics.add(f"conversation:{conversation}")
        if program == "inbox":
            topics.add(f"inbox:{organization}")
    opt_outs.record_opt_outs(opting)
    _returns(applied, last_word)
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


def route(rows: list[contracts.Json], links: Sequence[connections.Connection]) -> None:
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


def _last_words(rows: Sequence[contracts.Json]) -> dict[tuple[int, str], str]:
    """By channel and address, which of stop and start was said last: many replies may be applied together
    after an outage, and the last word holds."""
    ordered = sorted(rows, key=lambda row: row["i"])
    return {
        (row["channel"], row["address"]): row["recognised"]
        for row in ordered
        if row["recognised"] in {"stop", "start"} and row["kind"] == "direct" and not row["from_us"]
    }


def _returns(applied: Mapping[str, Sequence[contracts.Applied]], last_word: Mapping[tuple[int, str], str]) -> None:
    for message in itertools.chain.from_iterable(applied.values()):
        came_back = message.recognised == "start" and not message.group
        if came_back and last_word[message.channel_id, message.address] == "start":
            opt_outs.revoke_opt_out(
                organization_id=message.organization_id,
                address_kind=message.address_kind,
                address=message.address,
                said_at=message.said_at,
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
