"""A provider that lives in memory: says what it was told to, remembers what it was given.

For what is slow or impossible with a real wire; the slices themselves are tested over HTTP.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import AsyncIterator, Callable, Sequence

from parley.conversations import contracts


class MemoryProvider:
    name = "memory"
    address_kind = "phone"

    def __init__(self) -> None:
        self.can_look_up = True
        self.sent: list[contracts.Dispatch] = []
        self.answer: Callable[[contracts.Dispatch], contracts.Outcome] = sent
        self.found: Callable[[contracts.Dispatch], contracts.Outcome | None] = lambda dispatch: None
        self.missed: list[contracts.NewEvent] = []

    async def send(self, batch: Sequence[contracts.Dispatch]) -> AsyncIterator[contracts.Outcome]:
        for dispatch in batch:
            self.sent.append(dispatch)
            yield self.answer(dispatch)

    async def look_up(self, dispatch: contracts.Dispatch) -> contracts.Outcome | None:
        return self.found(dispatch)

    def parse_webhook(self, request: contracts.RawWebhook) -> list[contracts.NewEvent]:
        if not hmac.compare_digest(request.headers.get("x-signature", ""), request.account.webhook_secret):
            raise contracts.WrongSignature
        try:
            body = json.loads(request.body)
        except ValueError as error:
            raise contracts.Malformed("not JSON") from error
        return [event(**body)]

    def read(self, *, event_id: int, kind: str, body: contracts.Json) -> contracts.Reading:
        if body.get("broken"):
            raise ValueError("broken on purpose")
        fields = {k: v for k, v in body.items() if k not in {"id", "lane"}}
        if kind == "message":
            return contracts.Inbound(
                event_id=event_id,
                channel_address=fields.pop("channel_address", None),
                local_address=fields.pop("local_address", None),
                provider_id=str(body["id"]),
                said_at=dt.datetime.fromisoformat(fields.pop("said_at")) if "said_at" in fields else None,
                **fields,
            )
        if kind == "report":
            return contracts.Report(event_id=event_id, **fields)
        if kind == "moved":
            return contracts.Moved(event_id=event_id, **fields)
        if kind == "edited":
            return contracts.Edited(event_id=event_id, **fields)
        if kind == "group":
            return contracts.GroupChanged(event_id=event_id, **fields)
        return contracts.Ignored(event_id=event_id, why=kind)

    def webhook_reply(self, request: contracts.RawWebhook) -> tuple[str, bytes]:
        return "text/plain", b"thanks"

    async def catch_up(self, account: contracts.Account, since: dt.datetime) -> list[contracts.NewEvent]:
        return self.missed

    async def check_configuration(self, account: contracts.Account) -> list[contracts.Problem]:
        return []

    async def close(self) -> None: ...


def sent(dispatch: contracts.Dispatch) -> contracts.Outcome:
    return contracts.Outcome(
        outbox_id=dispatch.outbox_id,
        message_id=dispatch.message_id,
        result=contracts.Result.SENT,
        provider_id=f"M{dispatch.message_id}",
        segments=1,
    )


def outcome(result: contracts.Result, **fields: object) -> Callable[[contracts.Dispatch], contracts.Outcome]:
    def answer(dispatch: contracts.Dispatch) -> contracts.Outcome:
        return contracts.Outcome(
            outbox_id=dispatch.outbox_id,
            message_id=dispatch.message_id,
            result=result,
            **fields,  # type: ignore[arg-type]
        )

    return answer


def event(
    *,
    id: object,  # noqa: A002 (as providers call it)
    kind: str = "message",
    lane: str = "",
    **body: object,
) -> contracts.NewEvent:
    return contracts.NewEvent(
        key=f"{kind}:{id}",
        kind=kind,
        lane=lane or str(body.get("address", id)),
        body={"id": id, **{k: v.isoformat() if isinstance(v, dt.datetime) else v for k, v in body.items()}}
        if kind == "message"
        else dict(body),
    )
