"""What changes a conversation itself: it moves, something said is edited, a group is made or renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import connection, transaction

from parley.conversations import connections, contracts
from parley.conversations.actions.receiving import said
from parley.web import announcer


def change(reading: contracts.Reading, accounts: Mapping[int, int]) -> None:
    link = connections.connection(accounts[reading.event_id])
    if isinstance(reading, contracts.Moved):
        move_conversations(
            said.channel_of(link, reading.channel_address), old=reading.old_address, new=reading.new_address
        )
    elif isinstance(reading, contracts.Edited):
        _edit(said.channel_of(link, reading.channel_address), reading)
    elif isinstance(reading, contracts.GroupChanged):
        _change_group(link, said.channel_of(link, reading.channel_address), reading)


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
    row: contracts.Json = {
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
    said.route(rows, [link])
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
