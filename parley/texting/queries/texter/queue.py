"""The first texts that an assignment still has to send, finished, in the order in which to send them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection

from parley.texting.queries import open_hours
from parley.texting.queries.texter import home
from parley.texting.scripts import rendering

#: texts that a page carries; the page goes on with the next ones by itself
CARRIED: Final = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class Assignment:
    """What opening an assignment finds. With another verdict than `ok` only `card` may be read, if it is there."""

    verdict: str
    card: home.Card | None
    #: whose it is
    texter_id: int | None = None
    texter: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text:
    """One first text, ready to be sent."""

    id: int
    name: str
    text: str
    #: the contact's time zones: more than one where the number and the address disagree
    zones: Sequence[str]
    state: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Queue:
    assignment: Assignment
    initials: bool
    texts: Sequence[Text]


ASSIGNMENT_COLUMNS: Final = """
    f.verdict, f.initials, f.person_role, a.campaign_id, a.organization_id, o.name, c.title, c.intro, c.status,
    c.custom_fields, a.user_id, u.first_name, u.last_name, u.alias
"""
ASSIGNMENT_TABLES: Final = """
    texting_may_act_v1(%(user)s, %(epoch)s, %(assignment)s) f
    LEFT JOIN texting_assignment a ON a.id = %(assignment)s
    LEFT JOIN texting_campaign c ON c.id = a.campaign_id
    LEFT JOIN accounts_organization o ON o.id = a.organization_id
    LEFT JOIN accounts_user u ON u.id = a.user_id
"""
_COLUMNS: Final = 14


def open_assignment(*, user_id: int, epoch: int, assignment_id: int) -> Assignment:
    """The assignment alone. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ASSIGNMENT_COLUMNS} FROM {ASSIGNMENT_TABLES}",  # noqa: S608 (constants)
            {"user": user_id, "epoch": epoch, "assignment": assignment_id},
        )
        return read_assignment(assignment_id, cursor.fetchone() or ())


def open_queue(*, user_id: int, epoch: int, assignment_id: int) -> Queue:
    """Open an assignment for first texts: permission, script and the queue of those who may be texted now,
    in one statement (two more once a minute, for the open hours).

    Those whose evening comes first are first.
    """
    known = open_hours.of_assignment(assignment_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {ASSIGNMENT_COLUMNS},
              (SELECT s.script FROM texting_interactionstep s
               WHERE s.campaign_id = a.campaign_id AND s.parent_id IS NULL AND NOT s.is_deleted),
              CASE WHEN f.verdict = 'ok' AND f.initials THEN (
                SELECT coalesce(json_agg(q), '[]'::json)::text FROM (
                  SELECT t.id, t.first_name, t.last_name, t.cell, t.zip, t.external_id, t.custom_fields,
                         h.zones, coalesce(nullif(t.state, ''), h.state) AS state
                  FROM texting_contact t JOIN texting_hoursgroup h ON h.id = t.hours_group_id
                  WHERE t.assignment_id = a.id AND t.status = 0 AND NOT t.opted_out
                    AND (%(groups)s::int[] IS NULL OR t.hours_group_id = ANY (%(groups)s))
                  ORDER BY array_position(%(groups)s::int[], t.hours_group_id::int), t.id LIMIT %(carried)s) q)
              ELSE '[]' END
            FROM {ASSIGNMENT_TABLES}
            """,  # noqa: S608 (constants of these modules)
            {
                "user": user_id,
                "epoch": epoch,
                "assignment": assignment_id,
                "groups": known.groups,
                "carried": CARRIED,
            },
        )
        row: tuple[Any, ...] = cursor.fetchone() or ()
    assignment = read_assignment(assignment_id, row)
    script, contacts = row[_COLUMNS] or "", json.loads(row[_COLUMNS + 1])
    fields = row[9] or ()
    return Queue(
        assignment=assignment,
        initials=bool(row[1]),
        texts=[
            Text(
                id=contact["id"],
                name=rendering.capitalise(contact["first_name"]),
                text=rendered(script, contact, assignment.texter, fields),
                zones=[zone for zone in contact["zones"].split(",") if zone],
                state=contact["state"] or "",
            )
            for contact in contacts
        ],
    )


def rendered(script: str, contact: Mapping[str, Any], texter: Mapping[str, str], custom_fields: Sequence[str]) -> str:
    """A script as this contact gets it from this texter."""
    return rendering.render(script, contact, texter, contact["custom_fields"] or {}, known_fields=custom_fields)


def read_assignment(assignment_id: int, row: Sequence[Any]) -> Assignment:
    """What ASSIGNMENT_COLUMNS say."""
    verdict, initials, _role, campaign, organization, organization_name, title, intro, status, _fields = row[:10]
    user, first_name, last_name, alias = row[10:14]
    if campaign is None:
        return Assignment(verdict=verdict, card=None)
    return Assignment(
        verdict=verdict,
        texter_id=user,
        texter={"firstName": first_name, "lastName": last_name, "alias": alias},
        card=home.Card(
            assignment_id=assignment_id,
            campaign_id=campaign,
            organization_id=organization,
            organization=organization_name,
            title=title,
            intro=intro,
            status="closed_for_initials" if status == "active" and not initials else status,
            suspended=verdict == "suspended",
        ),
    )
