"""What registers with the conversation core, and what passes between them.

The core never imports a provider or a program. Both hand themselves over at start-up
(`registry.register_provider`, `registry.register_program`), and everything that crosses the border
is one of the small frozen dataclasses below.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.http import HttpResponse

    from parley.accounts.models import Membership

Json = dict[str, Any]


# --- what a provider is given and gives back ---------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """A provider account with its credentials in the clear; lives only in memory."""

    id: int
    organization_id: int
    provider: str
    credentials: Mapping[str, str]
    settings: Mapping[str, Any]
    webhook_secret: str
    #: where the provider reaches us: `<base>/webhooks/<provider>/<account>/`
    webhook_base: str


@dataclasses.dataclass(frozen=True, slots=True)
class Media:
    """One attachment. `url` is where it is now; `reference` is the provider's own handle on it."""

    url: str = ""
    content_type: str = ""
    reference: str = ""
    name: str = ""
    size: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Dispatch:
    """One outbox row on its way to the provider."""

    outbox_id: int
    message_id: int
    account: Account
    channel_id: int
    #: the channel's own address at the provider: messaging service sid, bot name, workspace id
    channel_address: str
    operation: str  # send | edit | delete
    address: str
    local_address: str | None
    text: str
    media: Sequence[Media]
    payload: Json
    purpose: str
    send_before: dt.datetime | None
    #: the provider's id of the message that an edit or delete is about
    target_provider_id: str | None = None
    #: only this member sees it (Slack's ephemeral messages)
    visible_to: str | None = None
    attempts: int = 1
    #: when the message was first handed to the provider; look-ups start there
    handed_at: dt.datetime | None = None


class Result(enum.StrEnum):
    """What became of one call."""

    SENT = "sent"
    #: the provider refused for good
    FAILED = "failed"
    #: the provider asked to come again (`retry_after`)
    LATER = "later"
    #: no answer is not a no: settled by a report or a look-up, never repeated in silence
    UNANSWERED = "unanswered"
    #: the account or channel is out of order; nothing more is sent on it until staff resume it
    STOP_CHANNEL = "stop_channel"
    #: a group moved to `new_address`; the core moves the conversation and sends again
    MOVED = "moved"


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    outbox_id: int
    message_id: int
    result: Result
    provider_id: str | None = None
    error_code: str | None = None
    error_text: str = ""
    #: seconds until the next try, for LATER
    retry_after: float | None = None
    #: what LATER holds back: `message` | `channel` | `account`
    holds: str = "message"
    #: the recipient stopped us at the provider: the core records an opt-out
    opted_out: bool = False
    #: the number cannot be texted (landline, invalid): programs hear of it
    unreachable: bool = False
    segments: int | None = None
    local_address: str | None = None
    new_address: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RawWebhook:
    """An HTTP request as it arrived."""

    account: Account
    #: the last part of the address: message | status | update | events | interactive | command
    kind: str
    #: the full public URL, with the query string
    url: str
    headers: Mapping[str, str]
    body: bytes
    content_type: str = ""


class WrongSignature(Exception):
    """The request does not come from the provider: answered 403, stored nowhere."""


class Malformed(Exception):
    """The request is signed but cannot be an event: answered 400 with this text."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewEvent:
    """One row of the inbound queue.

    `key` is the provider's *event* key (`update_id`, MessageSid + status): the same event twice is
    one row. Events of one `lane` are applied in the order of their arrival; the lane is the other
    side's address (or, for reports, the message).
    """

    key: str
    kind: str
    lane: str
    body: Json


@dataclasses.dataclass(frozen=True, slots=True)
class Inbound:
    """Something said to us, read from a stored event."""

    event_id: int
    #: how the provider names the channel (messaging service sid, bot, workspace), or None to find
    #: it by `local_address` or by the account's only channel
    channel_address: str | None
    #: the conversation's address: the phone number, or the chat
    address: str
    local_address: str | None
    provider_id: str
    text: str
    media: Sequence[Media] = ()
    payload: Json = dataclasses.field(default_factory=dict)
    #: who said it; in a direct conversation the same as `address`
    sender_address: str = ""
    sender_name: str = ""
    group: bool = False
    group_title: str = ""
    #: the provider has answered this opt-out keyword itself: we send no confirmation
    handled_keyword: bool = False
    said_at: dt.datetime | None = None
    #: our own message, written from another client of the same account
    from_us: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """How a message fares: read from a status callback."""

    event_id: int
    #: our own id if the callback carried it
    message_id: int | None
    provider_id: str
    #: sent | delivered | failed
    status: str
    error_code: str | None = None
    opted_out: bool = False
    unreachable: bool = False
    segments: int | None = None
    local_address: str | None = None
    #: nothing passes on the channel until staff repair it: why, in words; empty = it goes on
    stop_reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Edited:
    """The other side changed what it said."""

    event_id: int
    provider_id: str
    text: str
    channel_address: str | None = None
    deleted: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Moved:
    """A conversation has a new address (a Telegram group became a supergroup)."""

    event_id: int
    old_address: str
    new_address: str
    channel_address: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class GroupChanged:
    """A group was made, renamed, or its members changed; `bot_present` False when we were removed."""

    event_id: int
    address: str
    title: str = ""
    joined: Sequence[tuple[str, str]] = ()
    left: Sequence[tuple[str, str]] = ()
    bot_present: bool | None = None
    channel_address: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Ignored:
    """An event of no consequence; `why` is kept beside it."""

    event_id: int
    why: str


Reading = Inbound | Report | Edited | Moved | GroupChanged | Ignored


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an account's configuration, in words for the person who runs it."""

    where: str
    message: str
    remedy: str = ""


class Provider(Protocol):
    """One wire protocol."""

    name: str
    #: phone | telegram | slack | email
    address_kind: str
    #: False where the provider cannot be asked about a message: no answer is *unconfirmed* at once
    can_look_up: bool

    def send(self, batch: Sequence[Dispatch]) -> AsyncIterator[Outcome]:
        """Call the provider concurrently; yield each outcome as it comes. Never raises for a single
        message: what is unknown is UNANSWERED. Called outside any transaction."""
        ...

    async def look_up(self, dispatch: Dispatch) -> Outcome | None:
        """Ask what became of a message that got no answer; None while nothing is known."""
        ...

    def parse_webhook(self, request: RawWebhook) -> list[NewEvent]:
        """Verify the signature and name the events. No database, no network.

        Raises WrongSignature or Malformed."""
        ...

    def read(self, *, event_id: int, kind: str, body: Json) -> Reading:
        """Read a stored event. Pure. Raises for what cannot be read: the event is parked."""
        ...

    def webhook_reply(self, request: RawWebhook) -> tuple[str, bytes]:
        """Content type and body of the 200 (empty TwiML for Twilio)."""
        ...

    async def catch_up(self, account: Account, since: dt.datetime) -> list[NewEvent]:
        """Everything said to us since then, as the same events that the webhook would have made."""
        ...

    async def check_configuration(self, account: Account) -> list[Problem]: ...

    async def close(self) -> None:
        """End long-lived sessions."""
        ...


# --- what a program is given and gives back ----------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """One inbound message as the core has stored it, handed to its program in the same transaction."""

    message_id: int
    conversation_id: int
    organization_id: int
    subject_key: str
    sequence: int
    address: str
    text: str
    #: stop | likely | no | start | help
    recognised: str
    opted_out: bool
    #: the provider has answered this keyword itself: no confirmation from us
    handled_keyword: bool = False
    channel_id: int = 0
    address_kind: str = ""
    group: bool = False
    said_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ReportApplied:
    """A message of the program's reached a new status."""

    message_id: int
    conversation_id: int
    organization_id: int
    subject_key: str
    purpose: str
    #: sent | delivered | failed
    status: str
    error_code: str | None
    unreachable: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class OptOutApplied:
    """An address stopped (or came back): scope as in `OptOut`."""

    organization_id: int | None
    address_kind: str
    address: str
    scope: str
    revoked: bool = False
    #: for the scopes of one channel or one program
    channel_id: int | None = None
    program: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Routing:
    """A message that no conversation claims; a program may (a group of its own, a join word)."""

    account_id: int
    organization_id: int
    channel_id: int
    address_kind: str
    address: str
    group: bool
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    id: int
    text: str
    allowed: Sequence[str]
    chosen: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    """What a conversation is about, in words that audits, exports and timelines can show."""

    conversation_id: int
    subject_id: int
    subject_kind: str
    subject_title: str
    handler_id: int | None
    handler_name: str
    handler_email: str
    questions: Sequence[Question] = ()
    tags: Sequence[str] = ()
    opted_out: bool = False
    script_version: str = ""
    url: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class NavigationEntry:
    label: str
    url: str
    icon: str
    badge: int | None = None


class Program(Protocol):
    """One of the programs on the core. `programs.BaseProgram` answers every verb with nothing."""

    name: str

    def route(self, unclaimed: Sequence[Routing]) -> Mapping[int, str]:
        """Index → subject_key for those that this program takes."""
        ...

    def handle(self, applied: Sequence[Applied]) -> None:
        """Move the program's own rows; in the transaction that stored the messages."""
        ...

    def handle_reports(self, reports: Sequence[ReportApplied]) -> None: ...

    def handle_opt_outs(self, opt_outs: Sequence[OptOutApplied]) -> None: ...

    def interact(self, interaction: Json) -> HttpResponse | None: ...

    def describe(self, conversation_ids: Sequence[int]) -> Mapping[int, Description]: ...

    def finished(
        self, organization_id: int, *, since: dt.datetime, cursor: int, limit: int
    ) -> Sequence[Description]: ...

    def changed_since(self, conversation_ids: Sequence[int], when: dt.datetime) -> Sequence[int]: ...

    def give_feedback(self, conversation_id: int, *, author_id: int, text: str) -> None: ...

    def on_person(self, event: Json) -> None: ...

    def navigation(self, membership: Membership) -> Sequence[NavigationEntry]: ...
