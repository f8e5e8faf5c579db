"""What the simulated provider knows: accounts, services, numbers, messages, blocks."""

from __future__ import annotations

import dataclasses
import re
import secrets
import time
from email.utils import formatdate
from typing import Any

NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}\Z")


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


_dates: dict[int, str] = {}


def rfc2822(moment: float | None) -> str | None:
    """As in the 2010-04-01 API; the same second is formatted once."""
    if moment is None:
        return None
    second = int(moment)
    text = _dates.get(second)
    if text is None:
        if len(_dates) > 1000:
            _dates.clear()
        text = _dates[second] = formatdate(second).replace("-0000", "+0000")
    return text


def iso8601(moment: float) -> str:
    """As in the newer APIs."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


@dataclasses.dataclass(slots=True)
class Account:
    sid: str
    token: str
    name: str
    created: float


@dataclasses.dataclass(slots=True)
class Number:
    sid: str
    account: str
    phone: str
    name: str
    created: float
    updated: float
    service: str | None = None
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    status_callback: str = ""
    voice_url: str = ""

    @property
    def toll_free(self) -> bool:
        return self.phone[2:5] in {"800", "833", "844", "855", "866", "877", "888"}


@dataclasses.dataclass(slots=True)
class Service:
    sid: str
    account: str
    name: str
    created: float
    updated: float
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    status_callback: str | None = None
    validity_period: int = 36000
    sticky_sender: bool = True
    smart_encoding: bool = True
    area_code_geomatch: bool = True
    use_inbound_webhook_on_number: bool = False
    usecase: str = "undeclared"
    #: number sids in the order of their addition
    numbers: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class Message:
    sid: str
    account: str
    service: str | None
    sender: str | None
    to: str
    body: str
    direction: str
    status: str
    created: float
    updated: float
    #: place in the account's list; pages are cut by it
    position: int = 0
    sent: float | None = None
    error_code: int | None = None
    segments: int = 1
    validity: int = 36000
    status_callback: str = ""
    media: list[str] = dataclasses.field(default_factory=list)
    #: what its status was, in order
    history: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class Tally:
    """Every attempt to send one text to one number: lost and doubled ones are seen here."""

    to: str
    body: str
    calls: int = 0
    status_callbacks: set[str] = dataclasses.field(default_factory=set)
    messages: list[Message] = dataclasses.field(default_factory=list)
    refusals: dict[str, int] = dataclasses.field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "to": self.to,
            "body": self.body,
            "calls": self.calls,
            "accepted": len(self.messages),
            "refusals": self.refusals,
            "status_callbacks": sorted(self.status_callbacks),
            "messages": [{"sid": m.sid, "statuses": m.history, "error_code": m.error_code} for m in self.messages],
        }


@dataclasses.dataclass(slots=True)
class Attachment:
    sid: str
    message: str
    account: str
    content_type: str
    content: bytes
    #: where an outbound picture is; ours are served from `content`
    url: str = ""


@dataclasses.dataclass(slots=True)
class Phone:
    """A handset: what arrived on it and what was said on it."""

    number: str
    messages: list[Message] = dataclasses.field(default_factory=list)
    unread: int = 0
    at: float = 0.0


def media_path(message: Message, sid: str) -> str:
    return f"/2010-04-01/Accounts/{message.account}/Messages/{message.sid}/Media/{sid}"


def pretty(phone: str) -> str:
    """(617) 555-0100 for a North American number; others as they are."""
    if NORTH_AMERICA.match(phone):
        return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    return phone
