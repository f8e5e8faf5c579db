"""Exporting a campaign: its contacts with their answers, and its messages, as two CSV files.

PostgreSQL writes the CSV text itself, formulas made harmless included, some ten thousand contacts at a
time; what it says goes straight into the stored files. Nothing is held, no statement is long, and the
work is about a second per 50,000 contacts. Columns are those that the field's tools read: see
docs/uploads-and-exports.md.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import psycopg
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import formats
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from parley.accounts.actions import audit
from parley.accounts.models import User
from parley.conversations import direct, files, tasks
from parley.conversations.models import BackgroundTask, ConversationTag, StoredFile
from parley.texting.models import Campaign, Contact, InteractionStep, QuestionResponse

KIND: Final = "texting.export"
#: contacts of one statement
SLICE: Final = 10_000


class Refused(Exception):
    """Not possible now; `str()` says why."""


def start_export(*, actor: User, campaign: Campaign) -> BackgroundTask:
    """Begin to write the campaign's two files.

    Raises Refused for a campaign without contacts, tasks.AlreadyRunning while another export of it runs.
    """
    if not Contact.everywhere.filter(campaign=campaign).exists():
        raise Refused(_("This campaign has no contacts: there is nothing to export."))
    with transaction.atomic():
        task = tasks.start(
            kind=KIND,
            organization=campaign.organization_id,
            subject_key=str(campaign.pk),
            started_by=actor.pk,
            arguments={"campaign": campaign.pk},
            total=campaign.contacts_count,
        )
        audit.record(
            "campaign.exported", actor=actor, organization=campaign.organization_id, target=campaign, task=task.pk
        )
    return task


def record_download(*, actor: User, file: StoredFile, campaign: Campaign) -> None:
    """Write down that someone fetched it."""
    audit.record(
        "campaign.export_downloaded",
        actor=actor,
        organization=campaign.organization_id,
        target=campaign,
        file=file.pk,
        bytes=file.size,
    )


def write_files(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
    """The work of an export. Run again after a crash, it starts afresh; what was begun expires."""
    campaign = Campaign.everywhere.get(pk=task.arguments["campaign"])
    stem = slugify(campaign.title) or f"campaign-{campaign.pk}"
    with direct.connect() as own:
        counted = own.execute(
            "SELECT count(*) FROM texting_contact WHERE campaign_id = %s AND organization_id = %s",
            [campaign.pk, campaign.organization_id],
        ).fetchone()
        total = counted[0] if counted else 0
        if not total:
            raise tasks.Failure(_("This campaign has no contacts: there is nothing to export."))
        steps = _questions(campaign)
        written: dict[str, StoredFile] = {}
        counts: dict[str, int] = {}
        has_tags = ConversationTag.objects.filter(
            conversation__program="texting", conversation__subject_key=str(campaign.pk)
        ).exists()
        sheets: dict[str, tuple[Sequence[str], Callable[[int, int], sql.Composed]]] = {
            "contacts": (
                _contact_header(campaign, steps),
                functools.partial(_contacts_sql, campaign, steps, has_tags),
            ),
            "messages": (_MESSAGE_HEADER, functools.partial(_messages_sql, campaign)),
        }
        for place, (name, (header, statement)) in enumerate(sheets.items()):
            with files.Writer(
                organization=campaign.organization_id,
                name=f"{stem}-{name}.csv",
                content_type="text/csv; charset=utf-8",
                created_by=task.started_by_id,
            ) as writer:
                # the mark tells Excel that this is UTF-8
                writer.write(b"\xef\xbb\xbf" + _line(header))
                counts[name] = 0
                done = 0
                for first, last, contacts in _ranges(own, campaign):
                    counts[name] += _copy(own, statement(first, last), into=writer)
                    done += contacts
                    progress.set(place * total + done, 2 * total, _("Writing %(name)s") % {"name": writer.file.name})
            written[name] = writer.file
    return {
        "campaign": campaign.pk,
        "files": {name: file.pk for name, file in written.items()},
        "names": {name: file.name for name, file in written.items()},
        "sizes": {name: file.size for name, file in written.items()},
        "counts": counts,
        "expires_at": written["contacts"].expires_at.isoformat(),
        "message": _("%(contacts)s and %(messages)s. The files are kept for 24 hours.")
        % {
            "contacts": ngettext("%(count)s contact", "%(count)s contacts", counts["contacts"])
            % {"count": formats.number_format(counts["contacts"], force_grouping=True)},
            "messages": ngettext("%(count)s message", "%(count)s messages", counts["messages"])
            % {"count": formats.number_format(counts["messages"], force_grouping=True)},
        },
    }


# --- what is written -----------------------------------------------------------------------------

#: first characters with which a spreadsheet takes a cell for a formula (OWASP, "CSV Injection"):
#: = + - @ tab, line feed, carriage return, and the full-width forms of the first four
_FORMULA_STARTS: Final = (61, 43, 45, 64, 9, 10, 13, 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)
#: a number is no formula, a phone number with its + neither
_PLAIN_NUMBER: Final = r"^[-+]?[0-9]+([.,][0-9]+)*$"

_CONTACT_HEADER: Final = (
    "id",
    "campaign_id",
    "assignment_id",
    "optOutCampaign",
    "optedOut",
    "texterFirst",
    "texterLast",
    "texterEmail",
    "texterCell",
    "texterAlias",
    "external_id",
    "first_name",
    "last_name",
    "cell",
    "city",
    "state",
    "zip",
    "message_status",
    "error_code",
)
_MESSAGE_HEADER: Final = (
    "campaign_contact_id",
    "campaign_id",
    "user_number",
    "contact_number",
    "is_from_contact",
    "send_status",
    "attempted_at",
    "text",
    "error_code",
)


def harmless(value: str) -> str:
    """The same for a header in Python as `_safe` in SQL: a formula gets an apostrophe before it."""
    if value and ord(value[0]) in _FORMULA_STARTS and not re.match(_PLAIN_NUMBER, value):
        return f"'{value}"
    return value


def _safe(expression: sql.Composable) -> sql.Composed:
    # The first character is looked at before any pattern is: nearly no cell reaches the pattern.
    return sql.SQL(
        "CASE WHEN ascii({value}) IN ({starts}) AND {value} !~ {number} THEN '''' || {value} ELSE {value} END"
    ).format(
        value=expression,
        starts=sql.SQL(", ").join(map(sql.Literal, _FORMULA_STARTS)),
        number=sql.Literal(_PLAIN_NUMBER),
    )


def _line(cells: Sequence[str]) -> bytes:
    return (",".join('"' + harmless(cell).replace('"', '""') + '"' for cell in cells) + "\n").encode()


def _questions(campaign: Campaign) -> dict[int, str]:
    """Step -> its column. A question that is asked again has `_1`, `_2` … after its words."""
    found: dict[int, str] = {}
    asked: Counter[str] = Counter()
    answered = Exists(QuestionResponse.everywhere.filter(step=OuterRef("pk")))
    steps = InteractionStep.everywhere.filter(Q(is_deleted=False) | answered, campaign=campaign)
    for step in steps.exclude(question="").order_by("position", "id"):
        again = asked[step.question]
        asked[step.question] += 1
        found[step.pk] = f"question[{step.question}{f'_{again}' if again else ''}]"
    return found


def _contact_header(campaign: Campaign, steps: dict[int, str]) -> list[str]:
    return [*_CONTACT_HEADER, *campaign.custom_fields, "tags", *steps.values()]


def _contacts_sql(campaign: Campaign, steps: dict[int, str], has_tags: bool, first: int, last: int) -> sql.Composed:
    def custom(name: str) -> sql.Composed:
        return sql.SQL("(c.custom_fields ->> {})").format(sql.Literal(name))

    city = next((name for name in campaign.custom_fields if name.casefold() == "city"), None)
    tags = (
        sql.SQL(
            "(SELECT string_agg(t.name, ', ' ORDER BY t.name) FROM conversations_conversationtag ct"
            " JOIN conversations_tag t ON t.id = ct.tag_id"
            " WHERE ct.conversation_id = c.conversation_id AND ct.resolved_at IS NULL)"
        )
        if has_tags
        else sql.SQL("''::text")
    )
    texts: list[sql.Composable] = [
        sql.SQL("u.first_name"),
        sql.SQL("u.last_name"),
        sql.SQL("u.email"),
        sql.SQL("u.cell"),
        sql.SQL("u.alias"),
        sql.SQL("c.external_id"),
        sql.SQL("c.first_name"),
        sql.SQL("c.last_name"),
    ]
    answers: list[sql.Composable] = [sql.SQL("(r.answers ->> {})").format(sql.Literal(str(step))) for step in steps]
    later = [
        *(_safe(custom(name)) for name in campaign.custom_fields),
        _safe(tags),
        *(_safe(answer) for answer in answers),
    ]
    answered = (
        sql.SQL(
            " LEFT JOIN (SELECT contact_id, jsonb_object_agg(step_id::text, value) AS answers"
            " FROM texting_questionresponse WHERE contact_id BETWEEN {first} AND {last} GROUP BY contact_id) r"
            " ON r.contact_id = c.id"
        ).format(first=sql.Literal(first), last=sql.Literal(last))
        if steps
        else sql.SQL("").format()
    )
    return sql.SQL(
        "SELECT c.id, c.campaign_id, c.assignment_id,"
        " CASE WHEN o.here THEN 'true' ELSE 'false' END,"
        " CASE WHEN o.here IS NOT NULL THEN 'true' ELSE 'false' END,"
        " {texts}, c.cell, {city}, c.state, c.zip,"
        " (ARRAY['needsMessage', 'messaged', 'needsResponse', 'convo', 'closed'])[c.status + 1], c.error_code,"
        " {later}"
        " FROM texting_contact c"
        " LEFT JOIN texting_assignment a ON a.id = c.assignment_id"
        " LEFT JOIN accounts_user u ON u.id = a.user_id"
        " LEFT JOIN (SELECT s.id, bool_or(m.conversation_id IS NOT NULL OR coalesce(x.made_by_id = sa.user_id, false)) AS here"
        "   FROM texting_contact s"
        "   JOIN conversations_optout x ON x.address = s.cell AND x.address_kind = 'phone' AND x.revoked_at IS NULL"
        "   LEFT JOIN conversations_message m ON m.id = x.message_id AND m.conversation_id = s.conversation_id"
        "   LEFT JOIN texting_assignment sa ON sa.id = s.assignment_id"
        "   WHERE s.campaign_id = {campaign} AND s.id BETWEEN {first} AND {last} AND CASE x.scope"
        "     WHEN 'everyone' THEN true WHEN 'organization' THEN x.organization_id = {organization}"
        "     WHEN 'channel' THEN x.channel_id = {channel}"
        "     ELSE x.organization_id = {organization} AND x.program = 'texting' END"
        "   GROUP BY s.id) o ON o.id = c.id"
        "{answered}"
        " WHERE c.campaign_id = {campaign} AND c.organization_id = {organization}"
        " AND c.id BETWEEN {first} AND {last} ORDER BY c.id"
    ).format(
        texts=sql.SQL(", ").join(_safe(text) for text in texts),
        city=_safe(custom(city)) if city else sql.SQL("''"),
        later=sql.SQL(", ").join(later),
        answered=answered,
        campaign=sql.Literal(campaign.pk),
        organization=sql.Literal(campaign.organization_id),
        channel=sql.Literal(campaign.channel_id),
        first=sql.Literal(first),
        last=sql.Literal(last),
    )


def _messages_sql(campaign: Campaign, first: int, last: int) -> sql.Composed:
    return sql.SQL(
        "SELECT c.id, c.campaign_id, v.local_address, c.cell,"
        " CASE WHEN m.direction = 1 THEN 'true' ELSE 'false' END,"
        " CASE WHEN m.direction = 1 THEN 'DELIVERED' ELSE CASE m.status WHEN 10 THEN 'QUEUED' WHEN 20 THEN 'SENDING'"
        "   WHEN 30 THEN 'UNCONFIRMED' WHEN 40 THEN 'SENT' WHEN 50 THEN 'DELIVERED' ELSE 'ERROR' END END,"
        " to_char(coalesce(m.said_at, m.sent_at, m.created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),"
        " {text}, m.error_code"
        " FROM texting_contact c"
        " JOIN conversations_conversation v ON v.id = c.conversation_id"
        " JOIN conversations_message m ON m.conversation_id = c.conversation_id"
        " WHERE c.campaign_id = {campaign} AND c.organization_id = {organization}"
        " AND c.id BETWEEN {first} AND {last} ORDER BY c.id, m.sequence"
    ).format(
        text=_safe(sql.SQL("m.text")),
        campaign=sql.Literal(campaign.pk),
        organization=sql.Literal(campaign.organization_id),
        first=sql.Literal(first),
        last=sql.Literal(last),
    )


# --- how it is fetched ---------------------------------------------------------------------------


def _ranges(own: psycopg.Connection[Any], campaign: Campaign) -> Iterator[tuple[int, int, int]]:
    """The campaign's contacts as ranges of ids, in order: first, last, how many."""
    after = 0
    while True:
        row = own.execute(
            "SELECT min(id), max(id), count(*) FROM (SELECT id FROM texting_contact"
            " WHERE campaign_id = %s AND id > %s ORDER BY id LIMIT %s) s",
            [campaign.pk, after, SLICE],
        ).fetchone()
        if row is None or row[0] is None:
            return
        yield row[0], row[1], row[2]
        after = row[1]


def _copy(own: psycopg.Connection[Any], statement: sql.Composed, *, into: files.Writer) -> int:
    """Stream the rows of one range into the file; returns how many."""
    with own.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(statement)) as copy:
            for lines in copy:
                into.write(lines)
        return cursor.rowcount
