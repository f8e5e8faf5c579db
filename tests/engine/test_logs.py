"""Nothing that identifies a contact reaches a log."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from parley.engine import logs


@pytest.mark.parametrize(
    "secret",
    ["+15558675309", "15558675309", "5558675309", "(555) 867-5309", "555-867-5309", "555.867.5309", "+44 20 7946 0958",
     "+1 (555) 867 5309", "867-5309", "ana@example.org", "ana.b+list@mail.example.co.uk", "0049 30 901820"],
)  # fmt: skip
@pytest.mark.parametrize("sentence", ["{}", "to {} failed", "cell='{}'", "({})", '{{"To": "{}"}}', "<{}>", "{}, {}."])
def test_numbers_and_addresses_are_masked(secret: str, sentence: str) -> None:
    masked = logs.mask(sentence.replace("{}", secret))

    assert secret not in masked
    assert not any(part in masked for part in ("867", "5309", "7946", "901820", "example"))


@pytest.mark.parametrize(
    "text",
    ["conversation 123456", "SM0123456789abcdef0123456789abcdef", "2026-11-21", "2026-11-21 12:30:01.123", "in 12.5 ms",
     "127.0.0.1:8000", "status 200, 1234 bytes", "version 5.2.19"],
)  # fmt: skip
def test_what_operators_need_stays_readable(text: str) -> None:
    assert logs.mask(text) == text


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "parley.test", "levelname": "WARNING", "msg": message, "args": arguments})
    vars(made).update(extra)
    return made


def test_a_json_line_masks_message_extra_and_traceback() -> None:
    line = record("to %s", "+15558675309", contact="ana@example.org", attempts=3)
    try:
        raise ValueError("bad number 555-867-5309")
    except ValueError:
        line.exc_info = sys.exc_info()

    found = json.loads(logs.Json().format(line))

    assert (found["message"], found["contact"], found["attempts"]) == ("to [phone]", "[email]", 3)
    assert "ValueError: bad number [phone]" in found["traceback"]
    assert "867" not in json.dumps(found)


def test_a_readable_line_is_masked_too() -> None:
    assert logs.Lines().format(record("to %s", "+15558675309")).endswith("WARNING parley.test: to [phone]")
