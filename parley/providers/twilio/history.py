"""What was said to us while we could not hear it: asked from Twilio's log of messages."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

from parley.conversations import contracts
from parley.providers.twilio import webhook

PAGE = 1000
#: numbers asked at once
AT_ONCE = 10


async def received_since(client: Any, since: dt.datetime) -> list[contracts.NewEvent]:
    """Messages to the account's numbers since then, oldest first, as the webhook would have brought them.

    The log is asked number by number: it cannot be filtered by direction, and holds many times more
    of what we sent. Raises what the calls raise.
    """
    numbers = await client.incoming_phone_numbers.list_async(page_size=PAGE)
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(number: str) -> list[Any]:
        async with places:
            listed: list[Any] = await client.messages.list_async(to=number, date_sent_after=since, page_size=PAGE)
            return listed

    answers = await asyncio.gather(*(ask(number.phone_number) for number in numbers))
    messages = [message for listed in answers for message in listed if message.direction == "inbound"]
    messages.sort(key=lambda message: message.date_sent or message.date_created)
    return [webhook.received(await _as_webhook(client, message)) for message in messages]


async def _as_webhook(client: Any, message: Any) -> contracts.Json:
    """The parameters that the webhook would have had; those that the log lacks stay away."""
    moment = message.date_sent or message.date_created
    body = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "To": message.to,
        "Body": (message.body or "").replace("\0", ""),
        "NumMedia": message.num_media or "0",
        "NumSegments": message.num_segments or "1",
        "our_date_sent": moment.isoformat() if moment else "",
    }
    if message.messaging_service_sid:
        body["MessagingServiceSid"] = message.messaging_service_sid
    if body["NumMedia"] != "0":
        media = await client.messages(message.sid).media.list_async()
        for index, item in enumerate(media):
            body[f"MediaUrl{index}"] = _media_address(client, item.uri)
            body[f"MediaContentType{index}"] = item.content_type
    return body


def _media_address(client: Any, uri: str) -> str:
    base = client.http_client.base_url or "https://api.twilio.com"
    return f"{base}{uri.removesuffix('.json')}"
