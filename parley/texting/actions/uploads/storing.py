"""The database's side of an upload."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types import json

from parley.texting.actions.uploads.refused import Refused
from parley.texting.models import Campaign

#: slices that may wait for the database
AHEAD: Final = 2


class Storing:
    """The database's side of an upload, on a connection and in a thread of its own, in one transaction.

    Rolled back unless `switch` has been reached.
    """

    def __init__(self, own: psycopg.Connection[Any], *, campaign: Campaign) -> None:
        self._own = own
        self._campaign = campaign
        self._waiting: queue.Queue[tuple[bytes, int] | None] = queue.Queue(maxsize=AHEAD)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name=f"upload-{campaign.pk}", daemon=True)
        self._statement: sql.Composed | None = None
        self.inserted = 0
        self.opted_out = 0

    def __enter__(self) -> Storing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            if kind is not None:
                self._error = self._error or error
                self._own.cancel_safe(timeout=5)
            self._waiting.put(None)
            self._thread.join()
        if kind is not None and not self._own.closed:
            self._own.rollback()

    def begin(self, custom: Sequence[str]) -> None:
        """Open the transaction, remove the former list, start to take slices."""
        fields = [sql.Identifier(f"c{number}") for number in range(len(custom))]
        declared = sql.SQL("").join(sql.SQL(", {} text").format(field) for field in fields)
        self._own.autocommit = False
        execute = self._own.execute
        execute("SET LOCAL temp_buffers = '32MB'")
        # The queue of deferred constraint checks would grow with the list.
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute(
            sql.SQL(
                "CREATE TEMP TABLE upload_row (number int, cell text, first_name text, last_name text,"
                " external_id text, zip text, state text, hours_group bigint{}) ON COMMIT DROP"
            ).format(declared)
        )
        execute("CREATE TEMP TABLE upload_opted_out (cell text PRIMARY KEY) ON COMMIT DROP")
        execute("DELETE FROM texting_contact WHERE campaign_id = %s", [self._campaign.pk])
        self._statement = _insertion(custom, fields)
        self._thread.start()

    def put(self, lines: bytes, count: int) -> None:
        """Hand over the rows of a slice; waits while the database is behind."""
        self._raise()
        if count:
            self._waiting.put((lines, count))
        self._raise()

    def finish(self) -> None:
        """Wait until all slices are in."""
        self._waiting.put(None)
        self._thread.join()
        self._raise()

    def switch(self, *, result: Mapping[str, Any], custom_fields: Sequence[str], file_name: str) -> None:
        """Make the new list the campaign's, if it is still a draft and this upload still ours; commit."""
        row = self._own.execute(
            "UPDATE texting_campaign SET contacts_count = %s, custom_fields = %s, upload_result = %s,"
            " contact_file_name = %s, upload_version = upload_version + 1, updated_at = now()"
            " WHERE id = %s AND status = 'draft' AND upload_version = %s RETURNING id",
            [
                self.inserted,
                list(custom_fields),
                json.Jsonb(dict(result)),
                file_name[:200],
                self._campaign.pk,
                self._campaign.upload_version,
            ],
        ).fetchone()
        if row is None:
            raise Refused(
                _("The campaign was started, or another list was loaded, in the meantime. Nothing was changed.")
            )
        self._own.commit()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while True:
            item = self._waiting.get()
            if item is None:
                return
            if self._error is None:
                try:
                    self._insert(item[0])
                except BaseException as error:  # raised again in the thread that waits
                    self._error = error

    def _insert(self, lines: bytes) -> None:
        assert self._statement is not None
        with self._own.cursor() as cursor:
            cursor.execute("TRUNCATE upload_row")
            with cursor.copy("COPY upload_row FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
                copy.write(lines)
            cursor.execute(
                _OPTED_OUT, {"organization": self._campaign.organization_id, "channel": self._campaign.channel_id}
            )
            self.opted_out += cursor.rowcount
            cursor.execute(
                self._statement, {"organization": self._campaign.organization_id, "campaign": self._campaign.pk}
            )
            self.inserted += cursor.rowcount


_OPTED_OUT: Final = """
    INSERT INTO upload_opted_out
    SELECT DISTINCT row.cell FROM upload_row row
    JOIN conversations_optout o ON o.address = row.cell
    WHERE o.address_kind = 'phone' AND o.revoked_at IS NULL
      AND CASE o.scope
            WHEN 'everyone' THEN true
            WHEN 'organization' THEN o.organization_id = %(organization)s
            WHEN 'channel' THEN o.channel_id = %(channel)s
            ELSE o.organization_id = %(organization)s AND o.program = 'texting'
          END
    ON CONFLICT DO NOTHING
"""


def _insertion(custom: Sequence[str], fields: Sequence[sql.Identifier]) -> sql.Composed:
    """Rows in the file's order, so that the first of a number wins and texting follows the list."""
    values = (
        sql.SQL("jsonb_object({}::text[], ARRAY[{}])").format(sql.Literal(list(custom)), sql.SQL(", ").join(fields))
        if custom
        else sql.SQL("'{{}}'::jsonb").format()
    )
    return sql.SQL(
        "INSERT INTO texting_contact (organization_id, campaign_id, hours_group_id, external_id, first_name,"
        " last_name, cell, zip, state, custom_fields, status, pass_number, likely_opt_out, opted_out, updated_at)"
        " SELECT %(organization)s, %(campaign)s, hours_group, external_id, first_name,"
        " last_name, cell, zip, state, {values}, 0, 1, false, false, now()"
        " FROM upload_row WHERE NOT EXISTS (SELECT FROM upload_opted_out o WHERE o.cell = upload_row.cell)"
        " ORDER BY number ON CONFLICT (campaign_id, cell) DO NOTHING"
    ).format(values=values)
