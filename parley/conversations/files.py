"""Files in the database, in pieces of one megabyte: any process can serve them, none holds them whole."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import psycopg
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import connection
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from parley.conversations.models import StoredFile

#: bytes of one piece
PIECE = 1024 * 1024
#: how long a file is kept
KEPT = dt.timedelta(hours=24)


class TooLarge(Exception):
    """More bytes than allowed; nothing of it is kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"more than {limit} bytes")


class Writer:
    """Takes bytes as they come and stores them a piece at a time, each in a short transaction of its own.

    The file counts only once `close` has been called. As a context manager it is discarded by an
    exception, and closed without one.
    """

    def __init__(
        self,
        *,
        organization: int,
        name: str,
        content_type: str,
        created_by: int | None,
        limit: int | None = None,
        kept: dt.timedelta = KEPT,
    ) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._number = 0
        self._size = 0
        self.file = StoredFile.everywhere.create(
            organization_id=organization,
            name=name[:200],
            content_type=content_type[:100],
            created_by_id=created_by,
            expires_at=timezone.now() + kept,
        )

    def write(self, content: bytes | bytearray | memoryview) -> None:
        """Raises TooLarge when the limit is passed; then what was written is gone."""
        self._size += len(content)
        if self._limit is not None and self._size > self._limit:
            self.discard()
            raise TooLarge(self._limit)
        self._buffer += content
        while len(self._buffer) >= PIECE:
            with memoryview(self._buffer) as view:
                self._store(view[:PIECE])
            del self._buffer[:PIECE]

    def close(self) -> StoredFile:
        """Store the rest and make the file count."""
        if self._buffer:
            self._store(memoryview(self._buffer))
            self._buffer = bytearray()
        self.file.size = self._size
        self.file.complete = True
        self.file.save(update_fields=["size", "complete"])
        return self.file

    def discard(self) -> None:
        """Leave nothing."""
        self._buffer = bytearray()
        delete(self.file.pk)

    def _store(self, content: memoryview) -> None:
        with _binary_cursor() as cursor:
            cursor.execute(
                "INSERT INTO conversations_storedpiece (file_id, number, content) VALUES (%s, %s, %b)",
                [self.file.pk, self._number, bytes(content)],
                prepare=False,
            )
        self._number += 1

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif kind is not TooLarge:
            self.discard()


class UploadHandler(FileUploadHandler):
    """Django's upload handler that stores the first file of a form as it arrives, instead of on disk.

    After parsing, `stored` is the file, or None; `too_large` says that the limit was passed. The view
    must set it on `request.upload_handlers` before the form is read (so before the CSRF check).
    """

    chunk_size = 256 * 1024

    def __init__(self, *, organization: int, created_by: int | None, limit: int, field: str = "file") -> None:
        super().__init__()
        self._organization = organization
        self._created_by = created_by
        self._limit = limit
        self._field = field
        self._writer: Writer | None = None
        self._mine = False
        self.stored: StoredFile | None = None
        self.too_large = False

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self._mine = self.field_name == self._field and self.stored is None and bool(self.file_name)
        if self._mine:
            self._writer = Writer(
                organization=self._organization,
                name=self.file_name or "",
                content_type=self.content_type or "",
                created_by=self._created_by,
                limit=self._limit,
            )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self._mine:
            return
        assert self._writer is not None
        try:
            self._writer.write(raw_data)
        except TooLarge:
            self._writer = None
            self.too_large = True
            raise StopUpload(connection_reset=True) from None

    def file_complete(self, file_size: int) -> None:
        if self._mine and self._writer is not None:
            self.stored = self._writer.close()
            self._writer = None
            self._mine = False

    def upload_interrupted(self) -> None:
        if self._writer is not None:
            self._writer.discard()
            self._writer = None


def read(file_id: int) -> Iterator[bytes]:
    """The file's bytes, a piece at a time; each is its own short query."""
    number = 0
    while True:
        with _binary_cursor() as cursor:
            row = cursor.execute(
                "SELECT content FROM conversations_storedpiece WHERE file_id = %s AND number = %s",
                [file_id, number],
                prepare=False,
            ).fetchone()
        if row is None:
            return
        yield bytes(row[0])
        number += 1


@contextlib.contextmanager
def _binary_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on Django's connection that carries bytes as they are: Django's own writes them out in hex."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.format = psycopg.pq.Format.BINARY
        yield cursor


def respond(file: StoredFile) -> StreamingHttpResponse:
    """A download of the file, streamed."""
    response = StreamingHttpResponse(read(file.pk), content_type=file.content_type)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def delete(file_id: int) -> None:
    """Remove the file, a few pieces at a time so that no statement is long."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM conversations_storedpiece WHERE file_id = %s AND number IN"
                " (SELECT number FROM conversations_storedpiece WHERE file_id = %s ORDER BY number LIMIT 64)",
                [file_id, file_id],
            )
            if not cursor.rowcount:
                break
    StoredFile.everywhere.filter(pk=file_id).delete()


def delete_expired(*, now: dt.datetime | None = None) -> int:
    """Remove the files whose time is over; returns how many."""
    expired = list(StoredFile.everywhere.filter(expires_at__lt=now or timezone.now()).values_list("pk", flat=True))
    for file_id in expired:
        delete(file_id)
    return len(expired)
