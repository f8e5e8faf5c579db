"""What Twilio's error codes mean for us: a table (errors.csv), because Twilio changes them.

Twilio itself advises against logic on codes (changelog of 2024-07-10), so a code that the table
does not know is a plain failure that is counted and shown, never an exception.
"""

from __future__ import annotations

import csv
import dataclasses
import enum
import functools
import pathlib
from collections.abc import Mapping

import prometheus_client

TABLE = pathlib.Path(__file__).with_name("errors.csv")

unknown_codes = prometheus_client.Counter(
    "parley_twilio_unknown_error_codes", "Error codes of Twilio's that our table does not have", ["code"]
)


class Kind(enum.StrEnum):
    #: this text to this number will never pass; the number may be fine
    PERMANENT = "permanent"
    #: come again after `seconds`
    LATER = "later"
    #: nothing passes on this channel until somebody repairs it
    STOP_CHANNEL = "stop_channel"
    #: the recipient has stopped us at Twilio
    OPTED_OUT = "opted_out"
    #: nothing can be texted to this number
    BAD_NUMBER = "bad_number"
    #: the carrier or the recipient blocks us: treated as a likely opt-out by people, not by the machine
    BLOCKED = "blocked"
    #: taken for spam: never sent again in the same words
    FILTERED = "filtered"
    #: it waited too long at Twilio
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorClass:
    """One row of the table."""

    code: str
    kind: Kind
    #: for people; never contains a number or a text
    meaning: str
    #: for LATER: what waits (message | channel | account), and for how many seconds
    holds: str = "message"
    seconds: float = 0.0
    #: where the rule comes from
    source: str = ""


@functools.cache
def table() -> Mapping[str, ErrorClass]:
    """The whole table by code."""
    with TABLE.open(encoding="utf-8", newline="") as rows:
        return {
            row["code"]: ErrorClass(
                code=row["code"],
                kind=Kind(row["class"]),
                meaning=row["meaning"],
                holds=row["holds"] or "message",
                seconds=float(row["seconds"] or 0),
                source=row["source"],
            )
            for row in csv.DictReader(rows)
        }


def classify(code: str | int | None) -> ErrorClass:
    """The class of a code. One that the table lacks is counted and UNKNOWN."""
    text = str(code or "")
    known = table().get(text)
    if known is not None:
        return known
    unknown_codes.labels(code=text or "none").inc()
    return ErrorClass(code=text, kind=Kind.UNKNOWN, meaning=f"Twilio's error {text}" if text else "No error code")
