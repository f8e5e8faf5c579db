"""Log lines: JSON in production, readable in the demo, and never anything that identifies a contact.

Whatever is logged passes the mask: phone numbers and e-mail addresses are replaced wherever they stand,
in messages, arguments and tracebacks. Request bodies are never logged.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+|[\w.+%'-]+@localhost")
# Seven digits or more, however they are grouped, unless they belong to a longer word (an id such as SM0123…),
# a date or a clock time. Ids of up to six digits stay readable; longer bare ones are hidden too.
PHONE = re.compile(r"(?<![\w.:-])(?:\+|00)?\(?\d(?:[ \t().\u2010-\u2015/-]{0,2}\d){6,14}(?![\w:])")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?|\d{2}:\d{2}:\d{2}.*")
#: what the standard library puts on every record
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def mask(text: str) -> str:
    """`text` without phone numbers and e-mail addresses."""
    text = EMAIL.sub("[email]", text)
    return PHONE.sub(lambda found: found[0] if DATE.fullmatch(found[0]) else "[phone]", text)


class _Masking(logging.Formatter):
    def formatException(  # noqa: N802  (the standard library's name)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return mask("".join(traceback.format_exception(*ei)).rstrip())

    def trouble(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class Lines(_Masking):
    """`12:30:01 WARNING parley.web.topics: The listener …`"""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")  # a person's own clock
        line = f"{at} {record.levelname} {record.name}: {mask(record.getMessage())}"
        trouble = self.trouble(record)
        return f"{line}\n{trouble}" if trouble else line


class Json(_Masking):
    """One JSON object a line: at, level, logger, message, and the record's `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in STANDARD and name != "request":
                line[name] = value if isinstance(value, bool | int | float | None) else mask(str(value))
        if trouble := self.trouble(record):
            line["traceback"] = trouble
        return json.dumps(line, ensure_ascii=False)


def configuration(*, style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: `style` is `lines` or `json`; everything goes to standard error."""
    formatter = Json if style == "json" else Lines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"parley": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "parley"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "parley": {"level": level},
            "django": {"level": "INFO" if level == "DEBUG" else "WARNING", "handlers": [], "propagate": True},
            # its warnings repeat each refused page, which the metrics count
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "procrastinate": {"level": "WARNING"},
        },
    }
