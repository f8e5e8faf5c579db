"""The Messages resource, as in https://www.twilio.com/docs/messaging/api/message-resource."""

from __future__ import annotations

import asyncio
import calendar
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from simulators.twilio import errors, records, rest
from simulators.twilio import exchange as exchange_module


def as_json(message: records.Message, *, fresh: bool = False) -> dict[str, Any]:
    """The resource. In the answer to a create (`fresh`) through a service the sender and the
    segments are not known yet."""
    unsettled = fresh and message.service is not None
    uri = f"/2010-04-01/Accounts/{message.account}/Messages/{message.sid}"
    return {
        "account_sid": message.account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": records.rfc2822(message.created),
        "date_sent": None if fresh else records.rfc2822(message.sent),
        "date_updated": records.rfc2822(message.updated),
        "direction": message.direction,
        "error_code": None if fresh else message.error_code,
        "error_message": None
        if fresh or message.error_code is None
        else errors.FAILURES.get(message.error_code, ("", "Unknown error"))[1],
        "from": None if unsettled else message.sender,
        "messaging_service_sid": message.service,
        "num_media": str(len(message.media)),
        "num_segments": "0" if unsettled else str(message.segments),
        "price": None,
        "price_unit": None if fresh else "USD",
        "sid": message.sid,
        # the answer was written before anything else happened to the message
        "status": message.history[0] if fresh else message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "tags": None,
        "to": message.to,
        "uri": f"{uri}.json",
    }


class Messages:
    def __init__(self, exchange: exchange_module.Exchange) -> None:
        self.exchange = exchange

    async def create(self, request: web.Request) -> web.Response:
        exchange = self.exchange
        account = rest.account(exchange, request)
        exchange.calls["messages.create"] += 1
        form = await rest.form(request)
        to, body = form.get("To", ""), form.get("Body", "")
        tally = exchange.tally(to, body)
        tally.calls += 1
        callback = form.get("StatusCallback", "")
        if callback:
            tally.status_callbacks.add(callback)
        fault = exchange.faults.on_create(to, body)
        if exchange.settings.latency:
            await asyncio.sleep(exchange.settings.latency)
        try:
            if fault is not None:
                await self._before(fault, request)
            message = exchange.create(
                account,
                to=to,
                body=body,
                sender=form.get("From") or None,
                service_sid=form.get("MessagingServiceSid") or None,
                status_callback=callback,
                validity=rest.seconds(form, "ValidityPeriod"),
                media=form.lists.get("MediaUrl", []),
            )
        except errors.Refusal as refusal:
            exchange.calls[f"refused {refusal.code}"] += 1
            tally.refusals[str(refusal.code)] = tally.refusals.get(str(refusal.code), 0) + 1
            raise
        tally.messages.append(message)
        exchange.calls["accepted"] += 1
        if fault is not None and fault.kind in ("late", "hangup"):
            exchange.calls[f"answered {fault.kind}"] += 1
            await self._silence(fault.seconds if fault.kind == "late" else 0.0, request, cut=fault.kind == "hangup")
        return rest.answer(as_json(message, fresh=True), status=201)

    async def _before(self, fault: Any, request: web.Request) -> None:
        """Faults that meet a message before it is taken."""
        if fault.kind == "429":
            raise errors.Refusal(20429, headers={"Retry-After": str(fault.retry_after)})
        if fault.kind == "500":
            raise errors.Refusal(20500)
        if fault.kind in ("timeout", "refuse"):
            self.exchange.calls[f"not answered {fault.kind}"] += 1
            await self._silence(fault.seconds if fault.kind == "timeout" else 0.0, request, cut=True)
            raise errors.Refusal(20500)
        if fault.kind not in ("late", "hangup"):
            raise errors.Refusal(int(fault.kind))

    @staticmethod
    async def _silence(seconds: float, request: web.Request, *, cut: bool) -> None:
        await asyncio.sleep(seconds)
        if cut and request.transport is not None:
            request.transport.abort()

    async def fetch(self, request: web.Request) -> web.Response:
        return rest.answer(as_json(self._find(request)))

    async def remove(self, request: web.Request) -> web.Response:
        message = self._find(request)
        exchange = self.exchange
        exchange.messages.pop(message.sid)
        for address in (message.to, message.sender or ""):
            held = exchange.by_address.get((message.account, address), [])
            if message in held:
                held.remove(message)
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        self.exchange.calls["messages.list"] += 1
        query = request.query
        size = rest.page_size(query)
        page = rest.page_number(query)
        before = query.get("PageToken", "")
        limit = int(before[2:]) if before.startswith("PA") and before[2:].isdigit() else None
        found: list[records.Message] = []
        for message in self._matching(account.sid, query, limit):
            found.append(message)
            if len(found) > size:
                break
        more = len(found) > size
        found = found[:size]
        path = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
        kept = [(k, v) for k, v in query.items() if k not in ("Page", "PageToken", "PageSize")]

        def link(number: int, token: str = "") -> str:
            extra = [("PageSize", str(size)), ("Page", str(number))] + ([("PageToken", token)] if token else [])
            return f"{path}?{urllib.parse.urlencode(kept + extra)}"

        return rest.answer(
            {
                "end": max(0, page * size + len(found) - 1),
                "first_page_uri": link(0),
                "messages": [as_json(message) for message in found],
                "next_page_uri": link(page + 1, f"PA{found[-1].position}") if more else None,
                "page": page,
                "page_size": size,
                "previous_page_uri": None,
                "start": page * size,
                "uri": link(page, before),
            }
        )

    def _matching(self, account: str, query: Any, limit: int | None) -> Iterator[records.Message]:
        """Newest first."""
        exchange = self.exchange
        to, sender = query.get("To"), query.get("From")
        address = to or sender
        source = exchange.by_address.get((account, address), []) if address else exchange.lists[account]
        bounds = []
        for name, value in query.items():
            if name.startswith("DateSent"):
                bounds.append((name, *span(value)))
        for message in reversed(source):
            if limit is not None and message.position >= limit:
                continue
            if message.sid not in exchange.messages:
                continue
            if (to and message.to != to) or (sender and message.sender != sender):
                continue
            moment = int(message.sent if message.sent is not None else message.created)
            if all(within(name, moment, first, last) for name, first, last in bounds):
                yield message

    def _find(self, request: web.Request) -> records.Message:
        account = rest.account(self.exchange, request)
        message = self.exchange.messages.get(request.match_info["message"])
        if message is None or message.account != account.sid:
            raise errors.Refusal(20404)
        return message

    async def media_list(self, request: web.Request) -> web.Response:
        message = self._find(request)
        return rest.answer(
            {
                "media_list": [self._media_json(message, sid) for sid in message.media],
                "page": 0,
                "page_size": 50,
                "next_page_uri": None,
                "uri": str(request.rel_url),
            }
        )

    def _media_json(self, message: records.Message, sid: str) -> dict[str, Any]:
        return {
            "sid": sid,
            "account_sid": message.account,
            "parent_sid": message.sid,
            "content_type": self.exchange.attachments[sid].content_type,
            "date_created": records.rfc2822(message.created),
            "date_updated": records.rfc2822(message.updated),
            "uri": records.media_path(message, sid) + ".json",
        }

    async def media(self, request: web.Request) -> web.Response:
        """The picture itself, or with `.json` what is known about it. As at Twilio, its address is
        its protection unless HTTP authentication for media is on."""
        sid, _, extension = request.match_info["media"].partition(".")
        attachment = self.exchange.attachments.get(sid)
        if attachment is None:
            raise errors.Refusal(20404)
        if extension == "json":
            return rest.answer(self._media_json(self._find(request), sid))
        if attachment.url:
            raise web.HTTPTemporaryRedirect(attachment.url)
        return web.Response(body=attachment.content, content_type=attachment.content_type)


def span(value: str) -> tuple[int, int]:
    """First and last second that a date or a moment names. Raises Refusal for what is neither."""
    for form, length in (("%Y-%m-%dT%H:%M:%SZ", 1), ("%Y-%m-%d", 86400)):
        try:
            start = calendar.timegm(time.strptime(value, form))
        except ValueError:
            continue
        return start, start + length - 1
    raise errors.Refusal(20404, value)


def within(name: str, moment: int, first: int, last: int) -> bool:
    if name == "DateSent<":
        return moment <= last
    if name == "DateSent>":
        return moment >= first
    return first <= moment <= last
