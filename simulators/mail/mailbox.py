"""The mails that were caught."""

from __future__ import annotations

import dataclasses
import email
import email.message
import email.policy
import json
import pathlib
import re
import time
from typing import Any

from simulators import shell as shell_module

#: the oldest go when there are more
MOST = 500
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@dataclasses.dataclass
class Mail:
    """As it came over the wire; `raw` is latin-1 text of its bytes."""

    number: int
    sender: str
    recipients: list[str]
    raw: str
    at: float
    read: bool = False

    def parsed(self) -> email.message.EmailMessage:
        message = email.message_from_bytes(self.raw.encode("latin-1"), policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        return message

    def part(self, subtype: str) -> str:
        """The text/plain or text/html part; empty where there is none."""
        body = self.parsed().get_body((subtype,))
        return str(body.get_content()) if body is not None else ""

    def summary(self) -> dict[str, Any]:
        message = self.parsed()
        return {
            "number": self.number,
            "from": str(message.get("From", self.sender)),
            "to": ", ".join(self.recipients),
            "subject": str(message.get("Subject", "")),
            "at": self.at,
            "read": self.read,
        }

    def whole(self) -> dict[str, Any]:
        message = self.parsed()
        text = self.part("plain")
        return {
            **self.summary(),
            "text": text,
            "html": bool(message.get_body(("html",))),
            "links": list(dict.fromkeys(LINK.findall(text))),
            "message_id": str(message.get("Message-ID", "")),
            "headers": [[name, str(value)] for name, value in message.items()],
        }


class Mailbox:
    """`path` keeps the mails over a restart; None keeps nothing."""

    def __init__(self, shell: shell_module.Shell, *, path: pathlib.Path | None) -> None:
        self.shell = shell
        self.path = path
        self.mails: list[Mail] = []
        self.last = 0
        self.dirty = False

    def take(self, *, sender: str, recipients: list[str], content: bytes) -> Mail:
        """Keep a mail and tell the open pages."""
        self.last += 1
        mail = Mail(self.last, sender, recipients, content.decode("latin-1"), time.time())
        self.mails.append(mail)
        del self.mails[:-MOST]
        self.dirty = True
        self.shell.announce("mail", {"number": mail.number})
        return mail

    def find(self, number: int) -> Mail | None:
        return next((mail for mail in self.mails if mail.number == number), None)

    def clear(self) -> None:
        self.mails.clear()
        self.dirty = True
        self.shell.announce("mail", {})

    def load(self) -> None:
        if self.path is not None and self.path.exists():
            self.mails = [Mail(**row) for row in json.loads(self.path.read_text("utf-8"))]
            self.last = max((mail.number for mail in self.mails), default=0)

    def save(self) -> None:
        if self.path is None or not self.dirty:
            return
        self.dirty = False
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps([dataclasses.asdict(mail) for mail in self.mails]), "utf-8")
        new.replace(self.path)
