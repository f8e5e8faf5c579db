"""A texter's conversations: the list, and one of them with its script."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from django.db import connection
from django.utils import dateparse
from django.utils.translation import gettext as _

from parley.conversations.models import Direction, Status
from parley.texting.models import ContactStatus
from parley.texting.queries import open_hours
from parley.texting.queries.texter import COUNTED, queue
from parley.texting.scripts import rendering

Show = Literal["active", "texted", "closed"]
SHOWS: Final[Sequence[Show]] = ("active", "texted", "closed")

#: rows of a list, messages of a thread: the newest
LISTED: Final = 200
MESSAGES: Final = 200

#: which contacts a list shows; the first also when searching, then of any status
_WHERE: Final[Mapping[Show, str]] = {
    "active": "t.status IN (2, 3) AND NOT t.opted_out",
    "texted": "t.status = 1 AND NOT t.opted_out",
    "closed": "(t.status = 4 OR t.status IN (1, 2, 3) AND t.opted_out)",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    id: int
    conversation_id: int | None
    name: str
    #: ContactStatus
    status: int
    likely_opt_out: bool
    opted_out: bool
    #: it is inside texting hours where they are
    open: bool
    snippet: str
    theirs: bool
    at: dt.datetime | None

    @property
    def needs_reply(self) -> bool:
        return self.status == ContactStatus.NEEDS_RESPONSE and not self.opted_out

    @property
    def state(self) -> str:
        """The code of the status badge."""
        return state_of(self.status, opted_out=self.opted_out)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Listing:
    assignment: queue.Assignment
    rows: Sequence[Row]
    #: by `Show`, up to COUNTED + 1; and `replies`: those of `active` that need a response
    counts: Mapping[str, int]

    @property
    def needing(self) -> Sequence[Row]:
        return [row for row in self.rows if row.needs_reply]

    @property
    def others(self) -> Sequence[Row]:
        return [row for row in self.rows if not row.needs_reply]

    @property
    def cut(self) -> bool:
        """There are more than are shown."""
        return len(self.rows) >= LISTED


@dataclasses.dataclass(frozen=True, kw_only=True)
class Message:
    """As `{% bubble %}` shows it. Media are links: a page loads nothing from a provider by itself."""

    id: int
    direction: str
    text: str
    at: dt.datetime
    status: str
    author: str
    media: Sequence[Mapping[str, str]]
    problem: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Thread:
    assignment: queue.Assignment
    contact: Mapping[str, Any]
    messages: Sequence[Message]
    #: {id, parent, answer, script (rendered), question}
    steps: Sequence[Mapping[str, Any]]
    #: step id -> the answer that is saved
    answers: Mapping[int, str]
    #: it is inside texting hours where they are
    open: bool

    @property
    def name(self) -> str:
        return rendering.capitalise(self.contact["first_name"]) or _("No name")

    @property
    def masked_number(self) -> str:
        """Enough to tell two Marias apart, and no more."""
        return f"••• {self.contact['cell'][-4:]}"

    @property
    def zones(self) -> Sequence[str]:
        return [zone for zone in self.contact["zones"].split(",") if zone]

    @property
    def state(self) -> str:
        return state_of(self.contact["status"], opted_out=self.contact["opted_out"])

    @property
    def likely_opt_out(self) -> bool:
        return bool(self.contact["likely_opt_out"]) and not self.contact["opted_out"]

    @property
    def last_reply(self) -> str:
        return next((message.text for message in reversed(self.messages) if message.direction == "in"), "")


def state_of(status: int, *, opted_out: bool) -> str:
    """A contact's status as the page's badges know it."""
    return "opted_out" if opted_out else ContactStatus(status).name.lower()


def conversations(*, user_id: int, epoch: int, assignment_id: int, show: Show = "active", search: str = "") -> Listing:
    """An assignment's conversations: those that need a response first (inside texting hours, then longest
    waiting), then the latest. `search` looks for names among all of them. One statement, as `open_queue`.
    """
    known = open_hours.of_assignment(assignment_id)
    where = "t.status > 0 AND (t.first_name || ' ' || t.last_name) ILIKE %(search)s" if search else _WHERE[show]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {queue.ASSIGNMENT_COLUMNS},
              CASE WHEN f.verdict = 'ok' THEN (
                SELECT coalesce(json_agg(q), '[]'::json)::text FROM (
                  SELECT r.*, m.text, m.direction, m.created_at FROM (
                    SELECT t.id, t.conversation_id, t.first_name, t.last_name, t.status, t.likely_opt_out, t.opted_out,
                           v.last_sequence, greatest(v.last_inbound_at, v.last_outbound_at) AS at,
                           t.status = 2 AND NOT t.opted_out AS needs, v.last_inbound_at,
                           coalesce(t.hours_group_id = ANY (%(groups)s::int[]), true) AS open
                    FROM texting_contact t LEFT JOIN conversations_conversation v ON v.id = t.conversation_id
                    WHERE t.assignment_id = a.id AND {where}
                    ORDER BY needs DESC, CASE WHEN t.status = 2 AND NOT t.opted_out THEN NOT
                               coalesce(t.hours_group_id = ANY (%(groups)s::int[]), true) END,
                             CASE WHEN t.status = 2 AND NOT t.opted_out THEN v.last_inbound_at END,
                             at DESC NULLS LAST, t.id
                    LIMIT {LISTED}) r
                  LEFT JOIN conversations_message m
                    ON m.conversation_id = r.conversation_id AND m.sequence = r.last_sequence
                  ORDER BY r.needs DESC, CASE WHEN r.needs THEN NOT r.open END,
                           CASE WHEN r.needs THEN r.last_inbound_at END, r.at DESC NULLS LAST, r.id) q)
              ELSE '[]' END,
              (SELECT json_object_agg(s.status, x.number)::text FROM generate_series(1, 4) s(status)
               CROSS JOIN LATERAL (SELECT count(*) AS number FROM (
                 SELECT 1 FROM texting_contact t WHERE t.assignment_id = a.id AND t.status = s.status
                   AND (t.status = 4 OR NOT t.opted_out) LIMIT {COUNTED + 1}) y) x)
            FROM {queue.ASSIGNMENT_TABLES}
            """,  # noqa: S608 (constants of these modules)
            {
                "user": user_id,
                "epoch": epoch,
                "assignment": assignment_id,
                "groups": known.groups,
                "search": f"%{_literal(search)}%",
            },
        )
        row: tuple[Any, ...] = cursor.fetchone() or ()
    *_rest, rows, numbers = row
    by_status = {int(status): number for status, number in json.loads(numbers or "{}").items()}
    return Listing(
        assignment=queue.read_assignment(assignment_id, row),
        rows=[_row(found) for found in json.loads(rows)],
        counts={
            "active": by_status.get(2, 0) + by_status.get(3, 0),
            "texted": by_status.get(1, 0),
            "closed": by_status.get(4, 0),
            "replies": by_status.get(2, 0),
        },
    )


def thread(*, user_id: int, epoch: int, assignment_id: int, contact_id: int) -> Thread | None:
    """One conversation with its script and answers; None when the contact is not in the assignment (any more).
    One statement, as `open_queue`."""
    known = open_hours.of_assignment(assignment_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {queue.ASSIGNMENT_COLUMNS},
              (SELECT row_to_json(q)::text FROM (
                 SELECT t.id, t.conversation_id, t.first_name, t.last_name, t.cell, t.zip, t.external_id, t.custom_fields,
                        t.status, t.likely_opt_out, t.opted_out, h.zones, coalesce(nullif(t.state, ''), h.state) AS state,
                        coalesce(t.hours_group_id = ANY (%(groups)s::int[]), true) AS open
                 FROM texting_contact t JOIN texting_hoursgroup h ON h.id = t.hours_group_id
                 WHERE t.id = %(contact)s AND t.assignment_id = a.id AND f.verdict = 'ok') q),
              (SELECT coalesce(json_agg(q ORDER BY q.sequence), '[]'::json)::text FROM (
                 SELECT m.id, m.sequence, m.direction, m.text, m.media, m.status, m.error_code, m.author_id,
                        w.first_name AS author, coalesce(m.said_at, m.created_at) AS at
                 FROM texting_contact t JOIN conversations_message m ON m.conversation_id = t.conversation_id
                 LEFT JOIN accounts_user w ON w.id = m.author_id
                 WHERE t.id = %(contact)s AND t.assignment_id = a.id
                 ORDER BY m.sequence DESC LIMIT {MESSAGES}) q),
              (SELECT coalesce(json_agg(q ORDER BY q.position, q.id), '[]'::json)::text FROM (
                 SELECT s.id, s.parent_id AS parent, s.answer_option AS answer, s.script, s.question, s.position
                 FROM texting_interactionstep s WHERE s.campaign_id = a.campaign_id AND NOT s.is_deleted) q),
              (SELECT coalesce(json_object_agg(r.step_id, r.value), '{{}}'::json)::text
               FROM texting_questionresponse r JOIN texting_contact t ON t.id = r.contact_id
               WHERE t.id = %(contact)s AND t.assignment_id = a.id)
            FROM {queue.ASSIGNMENT_TABLES}
            """,  # noqa: S608 (constants of these modules)
            {
                "user": user_id,
                "epoch": epoch,
                "assignment": assignment_id,
                "contact": contact_id,
                "groups": known.groups,
            },
        )
        row: tuple[Any, ...] = cursor.fetchone() or ()
    *_rest, contact_json, messages, steps, answers = row
    assignment = queue.read_assignment(assignment_id, row)
    if contact_json is None:
        return None if assignment.verdict == "ok" else Thread(
            assignment=assignment, contact={}, messages=[], steps=[], answers={}, open=False
        )  # fmt: skip
    contact = json.loads(contact_json)
    fields = row[9] or ()
    return Thread(
        assignment=assignment,
        contact=contact,
        messages=[_message(found, user_id) for found in json.loads(messages)],
        steps=[
            {**step, "script": queue.rendered(step["script"], contact, assignment.texter, fields)}
            for step in json.loads(steps)
        ],
        answers={int(step): value for step, value in json.loads(answers).items()},
        open=contact["open"],
    )


def _row(found: Mapping[str, Any]) -> Row:
    return Row(
        id=found["id"],
        conversation_id=found["conversation_id"],
        name=rendering.capitalise(found["first_name"]) or _("No name"),
        status=found["status"],
        likely_opt_out=found["likely_opt_out"],
        opted_out=found["opted_out"],
        open=found["open"],
        snippet=(found["text"] or "")[:140],
        theirs=found["direction"] == Direction.IN,
        at=dateparse.parse_datetime(found["at"]) if found["at"] else None,
    )


def _message(found: Mapping[str, Any], viewer: int) -> Message:
    at = dateparse.parse_datetime(found["at"])
    assert at is not None
    inward = found["direction"] == Direction.IN
    problem = ""
    if not inward and found["status"] == Status.FAILED:
        code = found["error_code"]
        problem = _("This text did not arrive (%(code)s).") % {"code": code} if code else _("This text did not arrive.")
    elif not inward and found["status"] == Status.UNCONFIRMED:
        problem = _("Nobody knows yet whether this text arrived.")
    return Message(
        id=found["id"],
        direction="in" if inward else "out",
        text=found["text"],
        at=at,
        status="received" if inward else Status(found["status"]).name.lower(),
        author="" if inward or found["author_id"] in (None, viewer) else found["author"] or "",
        media=[
            _link(part) for part in found["media"] or () if str(part.get("url", "")).startswith(("https://", "http://"))
        ],
        problem=problem,
    )


def _link(part: Mapping[str, Any]) -> Mapping[str, str]:
    kind = str(part.get("type") or part.get("content_type") or "")
    name = _("Open the picture") if kind.startswith("image") else _("Open the attachment")
    return {"url": part["url"], "type": "link", "name": name}


def _literal(search: str) -> str:
    return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
