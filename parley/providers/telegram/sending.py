"""One dispatch becomes one call, and its answer one outcome."""

from __future__ import annotations

import dataclasses

import aiogram.exceptions as refusals
import aiohttp
from aiogram import Bot, methods, types

from parley.conversations import contracts
from parley.providers.telegram import client, errors

#: an edit or a deletion does no harm twice: without an answer it is tried again, this often
REPEATS = 5
#: https://core.telegram.org/bots/api#sendphoto
PHOTO_TYPES = {"image/jpeg", "image/png", "image/webp"}

Call = methods.SendMessage | methods.SendPhoto | methods.SendDocument | methods.EditMessageText | methods.DeleteMessage


class Unsendable(ValueError):
    """The dispatch cannot be put as one call; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def provider_id(chat: int | str, message: int) -> str:
    """Message ids are counted per chat, so ours carries the chat: `-100123:5`."""
    return f"{chat}:{message}"


def split_provider_id(text: str) -> tuple[int, int]:
    """Chat and message. Raises Unsendable for what is no such id."""
    chat, _, message = text.rpartition(":")
    try:
        return int(chat), int(message)
    except ValueError as error:
        raise Unsendable("message_gone") from error


def call(dispatch: contracts.Dispatch) -> Call:
    """The Bot API method that does what the dispatch wants. Raises Unsendable.

    `payload` may hold `reply_to` (a provider id) and `silent` (no sound at the other side).
    """
    if dispatch.operation in ("edit", "delete"):
        return _change(dispatch)
    try:
        chat = int(dispatch.address)
    except ValueError as error:
        raise Unsendable("chat_unknown") from error
    reply = dispatch.payload.get("reply_to")
    reply_to = (
        types.ReplyParameters(message_id=split_provider_id(reply)[1], allow_sending_without_reply=True)
        if reply
        else None
    )
    silent = bool(dispatch.payload.get("silent")) or None
    if not dispatch.media:
        return methods.SendMessage(
            chat_id=chat, text=dispatch.text, reply_parameters=reply_to, disable_notification=silent
        )
    if len(dispatch.media) > 1:
        # an album is several messages to Telegram, each with an id of its own
        raise Unsendable("several_attachments")
    attachment = dispatch.media[0]
    file = attachment.reference or attachment.url
    if not file:
        raise Unsendable("attachment_refused")
    caption = dispatch.text or None
    if attachment.content_type in PHOTO_TYPES:
        return methods.SendPhoto(
            chat_id=chat, photo=file, caption=caption, reply_parameters=reply_to, disable_notification=silent
        )
    return methods.SendDocument(
        chat_id=chat, document=file, caption=caption, reply_parameters=reply_to, disable_notification=silent
    )


def _change(dispatch: contracts.Dispatch) -> Call:
    chat, message = split_provider_id(dispatch.target_provider_id or "")
    if dispatch.operation == "delete":
        return methods.DeleteMessage(chat_id=chat, message_id=message)
    return methods.EditMessageText(chat_id=chat, message_id=message, text=dispatch.text)


async def deliver(bots: client.Bots, dispatch: contracts.Dispatch) -> contracts.Outcome:
    """Make the call. Never raises: what is unknown is UNANSWERED."""
    blank = contracts.Outcome(
        outbox_id=dispatch.outbox_id, message_id=dispatch.message_id, result=contracts.Result.UNANSWERED
    )
    try:
        bot, method = bots.bot(dispatch.account), call(dispatch)
    except client.BadToken:
        return dataclasses.replace(
            blank,
            result=contracts.Result.STOP_CHANNEL,
            error_code="token_unknown",
            error_text="The account has no valid bot token.",
        )
    except ValueError as error:
        code = error.code if isinstance(error, Unsendable) else "unsendable"
        return dataclasses.replace(blank, result=contracts.Result.FAILED, error_code=code)
    try:
        return _sent(blank, dispatch, await _make(bot, method))
    except refusals.AiogramError as error:
        return _refused(blank, dispatch, error)
    except Exception as error:
        # The request may have been on its way: never to be repeated in silence.
        return dataclasses.replace(blank, error_code="no_answer", error_text=type(error).__name__)


async def _make(bot: Bot, method: Call) -> types.Message | bool:
    # aiogram gives each method's own type; the union is ours
    answer: types.Message | bool = await bot(method)  # type: ignore[arg-type]
    return answer


def _sent(blank: contracts.Outcome, dispatch: contracts.Dispatch, answer: types.Message | bool) -> contracts.Outcome:
    if isinstance(answer, types.Message):
        name = provider_id(answer.chat.id, answer.message_id)
    else:
        name = dispatch.target_provider_id or ""
    return dataclasses.replace(blank, result=contracts.Result.SENT, provider_id=name)


#: aiogram's refusals that only say a status
STATUSES: dict[type[refusals.TelegramAPIError], int] = {
    refusals.TelegramEntityTooLarge: 413,
    refusals.TelegramBadRequest: 400,
    refusals.TelegramUnauthorizedError: 401,
    refusals.TelegramForbiddenError: 403,
    refusals.TelegramNotFound: 404,
    refusals.TelegramConflictError: 409,
    refusals.TelegramAPIError: 0,
}


def _refused(blank: contracts.Outcome, dispatch: contracts.Dispatch, error: refusals.AiogramError) -> contracts.Outcome:
    too_many = isinstance(error, refusals.TelegramAPIError) and "too many requests" in error.message.lower()
    if too_many or isinstance(error, refusals.TelegramRetryAfter):
        return dataclasses.replace(
            blank,
            result=contracts.Result.LATER,
            error_code="429",
            # aiogram knows a 429 only by a time that is not 0
            retry_after=float(getattr(error, "retry_after", 1)),
            holds="message" if dispatch.address.startswith("-") else "channel",
        )
    if isinstance(error, refusals.TelegramMigrateToChat):
        if dispatch.operation != "send":
            # what was said in the old group stays there, out of reach
            return dataclasses.replace(blank, result=contracts.Result.FAILED, error_code="message_gone")
        return dataclasses.replace(blank, result=contracts.Result.MOVED, new_address=str(error.migrate_to_chat_id))
    if isinstance(error, refusals.TelegramAPIError) and type(error) in STATUSES:
        return _meant(blank, dispatch, STATUSES[type(error)], error.message)
    if isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        # no connection: Telegram has not seen the message
        return dataclasses.replace(
            blank, result=contracts.Result.LATER, error_code="no_connection", retry_after=5.0, holds="account"
        )
    # the network, a server's error, an answer that cannot be read: it may have been done
    return _no_answer(blank, dispatch)


def _no_answer(blank: contracts.Outcome, dispatch: contracts.Dispatch) -> contracts.Outcome:
    if dispatch.operation == "send":
        return dataclasses.replace(blank, error_code="no_answer")
    if dispatch.attempts >= REPEATS:
        return dataclasses.replace(blank, result=contracts.Result.FAILED, error_code="no_answer")
    return dataclasses.replace(
        blank, result=contracts.Result.LATER, error_code="no_answer", retry_after=2.0**dispatch.attempts
    )


def _meant(blank: contracts.Outcome, dispatch: contracts.Dispatch, status: int, description: str) -> contracts.Outcome:
    row = errors.meaning(status, description, operation=dispatch.operation)
    if row.result == contracts.Result.SENT:
        return dataclasses.replace(blank, result=row.result, provider_id=dispatch.target_provider_id)
    return dataclasses.replace(
        blank,
        result=row.result,
        error_code=row.code,
        error_text=description[:200],
        unreachable=row.unreachable,
    )
