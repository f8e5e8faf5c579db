"""What Telegram's refusals mean to us, as data.

Telegram gives no error codes beyond the HTTP status: the description tells. It is matched by a part
of it, in lower case. Descriptions are collected in https://github.com/TelegramBotAPI/errors and
https://github.com/vrumger/telegram-errors, and are written by
https://github.com/tdlib/telegram-bot-api (Client.cpp); the `parameters` are documented in
https://core.telegram.org/bots/api#responseparameters. What no row names is a refusal for good, kept
with its status as code and shown to staff.
"""

from __future__ import annotations

import dataclasses

from parley.conversations import contracts


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """One row: `part` of the description → what becomes of the message."""

    status: int
    part: str
    code: str
    result: contracts.Result = contracts.Result.FAILED
    #: the chat cannot be reached by us as things are
    unreachable: bool = False
    #: applies to these operations only
    operations: tuple[str, ...] = ("send", "edit", "delete")


STOP = contracts.Result.STOP_CHANNEL
SENT = contracts.Result.SENT

MEANINGS: tuple[Meaning, ...] = (
    # The token is wrong or was revoked; Telegram answers 404 where it is not even of a token's form.
    Meaning(401, "", "token_revoked", STOP),
    Meaning(404, "", "token_unknown", STOP),
    # Blocking the bot is not an opt-out in our sense: the person may unblock it and go on.
    Meaning(403, "bot was blocked by the user", "blocked", unreachable=True),
    Meaning(403, "user is deactivated", "person_gone", unreachable=True),
    Meaning(403, "bot can't initiate conversation", "not_started", unreachable=True),
    Meaning(403, "bot can't send messages to bots", "is_a_bot", unreachable=True),
    Meaning(403, "bot was kicked", "removed_from_group", unreachable=True),
    Meaning(403, "bot is not a member", "removed_from_group", unreachable=True),
    Meaning(403, "group chat was deleted", "group_gone", unreachable=True),
    Meaning(403, "message_delete_forbidden", "cannot_delete", operations=("delete",)),
    Meaning(403, "", "forbidden", unreachable=True),
    Meaning(400, "chat not found", "chat_unknown", unreachable=True),
    Meaning(400, "user not found", "chat_unknown", unreachable=True),
    Meaning(400, "peer_id_invalid", "chat_unknown", unreachable=True),
    Meaning(400, "group is deactivated", "group_gone", unreachable=True),
    Meaning(400, "channel_private", "removed_from_group", unreachable=True),
    Meaning(400, "have no rights to send", "may_not_write", unreachable=True),
    Meaning(400, "not enough rights to send", "may_not_write", unreachable=True),
    Meaning(400, "chat_write_forbidden", "may_not_write", unreachable=True),
    Meaning(400, "chat_restricted", "may_not_write", unreachable=True),
    Meaning(400, "chat_send_plain_forbidden", "may_not_write", unreachable=True),
    Meaning(400, "topic_closed", "topic_closed"),
    Meaning(400, "topic_deleted", "topic_closed"),
    Meaning(400, "message thread not found", "topic_closed"),
    # What was wanted is already so.
    Meaning(400, "message is not modified", "", SENT, operations=("edit",)),
    Meaning(400, "message to delete not found", "", SENT, operations=("delete",)),
    Meaning(400, "message to edit not found", "message_gone", operations=("edit",)),
    Meaning(400, "message_id_invalid", "message_gone"),
    Meaning(400, "message can't be edited", "cannot_edit", operations=("edit",)),
    # https://core.telegram.org/bots/api#deletemessage: only within 48 hours, or as administrator
    Meaning(400, "message can't be deleted", "cannot_delete", operations=("delete",)),
    Meaning(400, "text is empty", "empty"),
    Meaning(400, "text must be non-empty", "empty"),
    Meaning(400, "message is too long", "too_long"),
    Meaning(400, "message_too_long", "too_long"),
    Meaning(400, "caption is too long", "too_long"),
    Meaning(400, "reply message not found", "replied_message_gone"),
    Meaning(400, "message to be replied not found", "replied_message_gone"),
    Meaning(400, "wrong file identifier", "attachment_refused"),
    Meaning(400, "wrong remote file", "attachment_refused"),
    Meaning(400, "failed to get http url content", "attachment_refused"),
    Meaning(400, "wrong type of the web page content", "attachment_refused"),
    Meaning(400, "file is too big", "attachment_too_large"),
    Meaning(413, "", "attachment_too_large"),
)


def meaning(status: int, description: str, *, operation: str = "send") -> Meaning:
    """The first row that fits; an unknown refusal is one for good, with the status as its code."""
    text = description.lower()
    for row in MEANINGS:
        if row.status == status and row.part in text and operation in row.operations:
            return row
    return Meaning(status, "", str(status or "refused"))
