"""The people's side: what arrives on a phone, what its owner answers, and the words that stop and start."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from simulators.twilio import errors, records, replies, segments

if TYPE_CHECKING:
    from simulators.twilio import exchange as exchange_module

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: whole message, whatever the case
STOP_WORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
START_WORDS = {"START", "YES", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
# toll-free numbers: the network handles these alone and nothing else
TOLL_FREE_STOP, TOLL_FREE_START = {"STOP"}, {"START", "UNSTOP"}


def phone(exchange: exchange_module.Exchange, number: str) -> records.Phone:
    found = exchange.phones.get(number)
    if found is None:
        found = exchange.phones[number] = records.Phone(number=number)
    return found


def _show(exchange: exchange_module.Exchange, phone: records.Phone, message: records.Message, *, unread: bool) -> None:
    phone.messages.append(message)
    phone.at = time.time()
    phone.unread += unread
    # the latest stands last
    exchange.phones[phone.number] = exchange.phones.pop(phone.number)
    exchange.shell.announce("phone", {"number": phone.number})


def arrive(exchange: exchange_module.Exchange, message: records.Message) -> None:
    """The text is on the handset; its owner may answer."""
    owner = phone(exchange, message.to)
    _show(exchange, owner, message, unread=True)
    if message.direction != "outbound-api":
        return
    said = sum(m.direction == "inbound" for m in owner.messages)
    answer = replies.reply(message.to, message.body, turn=said, silent=exchange.settings.silent)
    if answer is not None and not any(number == message.to for _, number in exchange.blocks):
        exchange.later(exchange.settings.reply_delay, _answer, exchange, message, answer)


def _answer(exchange: exchange_module.Exchange, message: records.Message, text: str) -> None:
    if message.sid in exchange.messages and message.sender in exchange.by_phone:
        say(exchange, message.to, text, to=message.sender)


def say(
    exchange: exchange_module.Exchange, sender: str, text: str, *, to: str, picture: tuple[str, bytes] | None = None
) -> records.Message:
    """Somebody texts one of the account's numbers. Raises Refusal 20404 when nobody owns `to`.

    `picture` is (content type, content)."""
    number = exchange.by_phone.get(to)
    if number is None:
        raise errors.Refusal(20404)
    now = time.time()
    message = records.Message(
        sid=records.new_sid("MM" if picture else "SM"),
        account=number.account,
        service=number.service,
        sender=sender,
        to=to,
        body=text,
        direction="inbound",
        status="received",
        created=now,
        updated=now,
        sent=now,
        segments=segments.count(text),
    )
    message.history.append("received")
    if picture:
        exchange.attach(message, content_type=picture[0], content=picture[1])
    exchange.store(message)
    _show(exchange, phone(exchange, sender), message, unread=False)
    _keywords(exchange, message, number)
    _inbound_webhook(exchange, message, number)
    return message


def _keywords(exchange: exchange_module.Exchange, message: records.Message, number: records.Number) -> None:
    """STOP blocks, START lifts, HELP answers: the provider's own doing, before any webhook."""
    assert message.sender is not None
    word = message.body.strip().upper()
    stop, start = (TOLL_FREE_STOP, TOLL_FREE_START) if number.toll_free else (STOP_WORDS, START_WORDS)
    block = (number.service or number.phone, message.sender)
    if word in stop and block not in exchange.blocks:
        _answer_keyword(exchange, message, "You are unsubscribed and will get no more texts. START brings them back.")
        exchange.blocks.add(block)
        exchange.journal.record("block", {"sender": block[0], "number": block[1], "blocked": True})
    elif word in start and block in exchange.blocks:
        exchange.blocks.discard(block)
        exchange.journal.record("block", {"sender": block[0], "number": block[1], "blocked": False})
        _answer_keyword(exchange, message, "You are subscribed again. STOP ends it.")
    elif word in HELP_WORDS:
        _answer_keyword(exchange, message, "STOP ends these texts. Message and data rates may apply.")


def _answer_keyword(exchange: exchange_module.Exchange, message: records.Message, text: str) -> None:
    now = time.time()
    answer = records.Message(
        sid=records.new_sid("SM"),
        account=message.account,
        service=message.service,
        sender=message.to,
        to=message.sender or "",
        body=text,
        direction="outbound-reply",
        status="queued",
        created=now,
        updated=now,
        segments=segments.count(text),
    )
    exchange.store(answer)
    exchange.later(exchange.settings.delivery_delay, exchange.become, answer, "delivered")


def _inbound_webhook(exchange: exchange_module.Exchange, message: records.Message, number: records.Number) -> None:
    service = exchange.services.get(number.service or "")
    url, fallback = number.sms_url, number.sms_fallback_url
    if service is not None and not (service.use_inbound_webhook_on_number and url):
        url, fallback = service.inbound_request_url or "", service.fallback_url or ""
    if not url:
        exchange.sender.counts["no inbound address"] += 1
        return
    assert message.sender is not None
    params = {
        "ToCountry": "US",
        "ToState": "MA",
        "SmsMessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "ToCity": "BOSTON",
        "FromZip": "02108",
        "SmsSid": message.sid,
        "FromState": "MA",
        "SmsStatus": "received",
        "FromCity": "BOSTON",
        "Body": message.body,
        "FromCountry": "US",
        "To": message.to,
        "ToZip": "02108",
        "NumSegments": str(message.segments),
        "MessageSid": message.sid,
        "AccountSid": message.account,
        "From": message.sender,
        "ApiVersion": "2010-04-01",
    }
    if number.service:
        params["MessagingServiceSid"] = number.service
    for index, sid in enumerate(message.media):
        params[f"MediaUrl{index}"] = exchange.shell.base_url + "/twilio" + records.media_path(message, sid)
        params[f"MediaContentType{index}"] = exchange.attachments[sid].content_type
    task = exchange.post(url, params, account=message.account, to=message.sender)
    if task is not None and fallback:
        token = exchange.accounts[message.account].token

        def fall_back(done: asyncio.Task[int]) -> None:
            if not done.cancelled() and not 200 <= done.result() < 300:
                exchange.sender.post(
                    fallback, {**params, "ErrorCode": "11200", "ErrorUrl": url.partition("#")[0]}, token=token
                )

        task.add_done_callback(fall_back)
