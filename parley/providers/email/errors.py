"""What an SMTP server's replies mean to us, as data.

Reply codes: RFC 5321 §4.2; enhanced codes (x.y.z): RFC 3463 and the registry
https://www.iana.org/assignments/smtp-enhanced-status-codes. The enhanced code decides where there is one.
"""

from __future__ import annotations

import dataclasses
import re

from parley.conversations import contracts

FAILED, LATER, STOP = contracts.Result.FAILED, contracts.Result.LATER, contracts.Result.STOP_CHANNEL
#: seconds until the next try of a mail that the server put off; greylisting lets the second one in
PAUSES = (60.0, 600.0, 3600.0, 14400.0)
#: seconds until the next try where the server as a whole is out of reach or busy
SERVER_PAUSE = 30.0
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
ADDRESS = re.compile(r"[^\s<>\"]+@[^\s<>\"]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """One row. `stage`: session (greeting, TLS, sign-in) | sender | recipient | data | any."""

    stage: str
    #: a reply code, or an enhanced code of which the last parts may be missing
    code: str
    name: str
    result: contracts.Result = FAILED
    holds: str = "message"
    unreachable: bool = False


MEANINGS: tuple[Meaning, ...] = (
    # 421: the server is closing its doors for a while
    Meaning("any", "421", "server_busy", LATER, holds="account"),
    # what is temporary before a mail is handed over concerns all mails
    Meaning("session", "4", "server_busy", LATER, holds="account"),
    Meaning("session", "530", "tls_or_sign_in_needed", STOP),
    Meaning("session", "5", "sign_in_refused", STOP),
    Meaning("any", "530", "tls_or_sign_in_needed", STOP),
    Meaning("any", "5.7.8", "sign_in_refused", STOP),
    Meaning("any", "535", "sign_in_refused", STOP),
    # sizes are announced with the sender (RFC 1870)
    Meaning("any", "5.3.4", "too_large"),
    Meaning("any", "552", "too_large"),
    # our own sender address is not ours there: no mail will go
    Meaning("sender", "5", "sender_refused", STOP),
    Meaning("recipient", "5.1.8", "sender_refused", STOP),
    Meaning("recipient", "5.1.7", "sender_refused", STOP),
    Meaning("recipient", "5.1", "no_such_mailbox", unreachable=True),
    Meaning("recipient", "5.2.1", "mailbox_closed", unreachable=True),
    Meaning("recipient", "5.2.2", "mailbox_full"),
    Meaning("recipient", "5.4", "no_such_domain", unreachable=True),
    Meaning("recipient", "5.7", "refused"),
    Meaning("recipient", "551", "no_such_mailbox", unreachable=True),
    Meaning("recipient", "553", "no_such_mailbox", unreachable=True),
    Meaning("recipient", "550", "no_such_mailbox", unreachable=True),
    Meaning("data", "5.6", "content_refused"),
    Meaning("data", "5.7", "content_refused"),
    Meaning("any", "4", "put_off", LATER),
)


def meaning(stage: str, reply: int, text: str) -> Meaning:
    """The row that fits best; an unknown refusal is one for good, with the reply code as its name."""
    found = ENHANCED.search(text)
    codes = []
    if found and found.group(1) == str(reply)[0]:
        codes += [found.group(0), f"{found.group(1)}.{found.group(2)}"]
    codes += [str(reply), str(reply)[0]]
    for code in codes:
        for row in MEANINGS:
            if row.stage in (stage, "any") and row.code == code:
                return row
    return Meaning(stage, str(reply), str(reply))


def pause(attempts: int) -> float:
    """Seconds until the next try after this many."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def without_addresses(text: str) -> str:
    """A server's words, fit for a log."""
    return ADDRESS.sub("[address]", text)[:200]
