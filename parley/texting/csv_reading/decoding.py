"""From bytes to text: which encoding a file is in, and whether it is text at all."""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parley.texting.csv_reading.problems import Unreadable

#: first bytes of files that people take for CSV: what it is, and what to do
_MAGIC: Final = (
    (
        b"PK\x03\x04",
        gettext_lazy(
            "This is an Excel or other spreadsheet file (or a zip archive), not a CSV file."
            " Open it and choose “Save as”, then “CSV UTF-8”."
        ),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        gettext_lazy(
            "This is an old Excel file (.xls), not a CSV file. Open it and choose “Save as”, then “CSV UTF-8”."
        ),
    ),
    (b"%PDF", gettext_lazy("This is a PDF, not a CSV file.")),
    (b"\x1f\x8b", gettext_lazy("This is a compressed file. Unpack it first and upload the CSV file inside.")),
    (b"SQLite format 3\0", gettext_lazy("This is a database, not a CSV file.")),
)
_MARKS: Final = (
    # the longer marks first: that of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: bytes that cp1252 leaves undefined
_NOT_CP1252: Final = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_CONTROL: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27})


@dataclasses.dataclass(frozen=True, slots=True)
class Decoding:
    """How a file is to be read."""

    encoding: str
    size: int
    #: line breaks: an upper bound of the rows, for progress
    lines: int
    #: what people should know about it; "" for plain UTF-8
    note: str = ""


def examine(pieces: Iterable[bytes]) -> Decoding:
    """Look at all bytes once, some at a time. Raises Unreadable for what is no text."""
    decoder: codecs.IncrementalDecoder | None = None
    encoding = "utf-8"
    size = returns = feeds = 0
    not_cp1252 = False
    for piece in pieces:
        if not size:
            encoding = _by_first_bytes(piece)
            decoder = codecs.getincrementaldecoder("utf-8")() if encoding.startswith("utf-8") else None
        size += len(piece)
        feeds += piece.count(b"\n")
        returns += piece.count(b"\r")
        if encoding in {"utf-16", "utf-32"}:
            continue
        if b"\0" in piece:
            raise Unreadable(_("This file is binary, not text. Save the list as “CSV UTF-8” and upload that."))
        if decoder is not None:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                decoder = None
                encoding = "cp1252"
        if decoder is None and encoding == "cp1252":
            not_cp1252 = not_cp1252 or len(piece.translate(None, _NOT_CP1252)) != len(piece)
    if decoder is not None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "cp1252"
    if encoding == "cp1252" and not_cp1252:
        encoding = "latin-1"
    return Decoding(encoding=encoding, size=size, lines=max(feeds, returns), note=_note(encoding))


def _by_first_bytes(piece: bytes) -> str:
    for magic, message in _MAGIC:
        if piece.startswith(magic):
            raise Unreadable(str(message))
    for mark, name in _MARKS:
        if piece.startswith(mark):
            return name
    head = piece[:4096]
    if len(head) - len(head.translate(None, _CONTROL)) > len(head) // 50:
        raise Unreadable(_("This file is binary, not text. Save the list as “CSV UTF-8” and upload that."))
    return "utf-8"


def _note(encoding: str) -> str:
    if encoding in {"utf-8", "utf-8-sig"}:
        return ""
    if encoding in {"utf-16", "utf-32"}:
        return _("The file is in %(encoding)s, and was read as such.") % {"encoding": encoding.upper()}
    return _(
        "The file is not UTF-8. It was read as %(encoding)s (Western European): check that names with accents"
        " look right, and if they do not, save the list as “CSV UTF-8” and upload it again."
    ) % {"encoding": "Windows-1252" if encoding == "cp1252" else "Latin-1"}
