"""Reading the journal: what happened before the restart, and what was still on its way."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from simulators.twilio import handset, records
from simulators.twilio.exchange import Exchange

Row = dict[str, Any]


def restore(exchange: Exchange) -> None:
    """Bring back everything; messages that were on their way when it ended go on."""
    for row in exchange.journal.read():
        kind = row.pop("kind")
        if kind in READERS:
            READERS[kind](exchange, row)
    delays = exchange.settings
    for message in exchange.messages.values():
        if message.status in ("accepted", "queued"):
            exchange.later(delays.sending_delay, exchange.become, message, "sent")
        if message.status in ("accepted", "queued", "sent"):
            exchange.later(delays.sending_delay + delays.delivery_delay, exchange.become, message, "delivered")


def _account(exchange: Exchange, row: Row) -> None:
    exchange.open_account(records.Account(**row))


def _service(exchange: Exchange, row: Row) -> None:
    exchange.services[row["sid"]] = records.Service(**row)


def _delete_service(exchange: Exchange, row: Row) -> None:
    exchange.services.pop(row["sid"], None)


def _number(exchange: Exchange, row: Row) -> None:
    number = records.Number(**row)
    exchange.numbers[number.sid] = exchange.by_phone[number.phone] = number


def _release(exchange: Exchange, row: Row) -> None:
    released = exchange.numbers.pop(row["sid"], None)
    if released:
        exchange.by_phone.pop(released.phone, None)


def _attachment(exchange: Exchange, row: Row) -> None:
    row["content"] = base64.b64decode(row["content"])
    exchange.attachments[row["sid"]] = records.Attachment(**row)


def _message(exchange: Exchange, row: Row) -> None:
    message = records.Message(**row)
    exchange.store(message, note=False)
    if message.direction == "inbound":
        _recall(exchange, message.sender or "", message)
    elif message.direction == "outbound-api":
        tally = exchange.tally(message.to, message.body)
        tally.calls += 1
        tally.messages.append(message)


def _status(exchange: Exchange, row: Row) -> None:
    message = exchange.messages.get(row["sid"])
    if message is None:
        return
    message.status, message.error_code = row["status"], row["error_code"]
    message.updated = row["at"]
    message.history.append(row["status"])
    if row["status"] == "sent":
        message.sent = row["at"]
    if row["status"] == "delivered":
        _recall(exchange, message.to, message)


def _block(exchange: Exchange, row: Row) -> None:
    block = (row["sender"], row["number"])
    (exchange.blocks.add if row["blocked"] else exchange.blocks.discard)(block)


def _read(exchange: Exchange, row: Row) -> None:
    handset.phone(exchange, row["number"]).unread = 0


def _recall(exchange: Exchange, number: str, message: records.Message) -> None:
    phone = handset.phone(exchange, number)
    phone.messages.append(message)
    phone.at = message.updated
    phone.unread = 0 if message.direction == "inbound" else phone.unread + 1
    exchange.phones[number] = exchange.phones.pop(number)


READERS: dict[str, Callable[[Exchange, Row], None]] = {
    "account": _account,
    "service": _service,
    "delete_service": _delete_service,
    "number": _number,
    "release": _release,
    "attachment": _attachment,
    "message": _message,
    "status": _status,
    "block": _block,
    "read": _read,
}
