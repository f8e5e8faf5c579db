"""Twilio as the core sees it: send, look up, parse, read, catch up, check."""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import logging
import math
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from parley.conversations import contracts
from parley.providers.twilio import errors, urls, webhook

if TYPE_CHECKING:
    from parley.conversations import configuration
    from parley.providers.twilio import client as client_module

logger = logging.getLogger(__name__)

#: calls under way at once for one account
AT_ONCE = 128
#: Seconds that a text may wait at Twilio: what the field uses, and Twilio's own limit
#: (https://www.twilio.com/docs/api/errors/90007).
USUAL_VALIDITY = 14_400
LONGEST_VALIDITY = 36_000
#: what is taken off the time left before `send_before`, for the way to the phone
ON_THE_WAY = 30
#: after this many attempts a server error is no longer repeated by itself
MOST_ATTEMPTS = 5
LONGEST_PAUSE = 300.0
#: clocks differ; a look-up starts this much before the text was handed over
CLOCK_SKEW = dt.timedelta(seconds=60)


def validity(dispatch: contracts.Dispatch, *, now: dt.datetime) -> int:
    """Seconds that Twilio may keep the text queued: what the account sets (`validity_period`, else
    four hours), cut by `send_before`, never under 1 nor over Twilio's 36,000."""
    wanted = int(dispatch.account.settings.get("validity_period") or USUAL_VALIDITY)
    if dispatch.send_before is not None:
        wanted = min(wanted, math.floor((dispatch.send_before - now).total_seconds()) - ON_THE_WAY)
    return max(1, min(wanted, LONGEST_VALIDITY))


def _pause(dispatch: contracts.Dispatch) -> float:
    """Seconds before the next attempt: 5, 10, 20 … 300."""
    return min(LONGEST_PAUSE, 5.0 * (1 << min(dispatch.attempts - 1, 10)))


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Twilio:
    """Implements `contracts.Provider`."""

    name = "twilio"
    address_kind = "phone"
    can_look_up = True

    def __init__(self, *, now: Callable[[], dt.datetime] = _utc_now) -> None:
        self._now = now
        self._clients: client_module.Clients | None = None
        #: messages whose last attempt was clearly not carried out (429, no connection): these may be
        #: sent again without asking first
        self._clearly_refused: set[int] = set()
        #: codes that the table lacks, since the process started; shown by `check_configuration`
        self.unknown_codes: collections.Counter[str] = collections.Counter()

    def _client(self, account: contracts.Account) -> Any:
        if self._clients is None:
            from parley.providers.twilio import client as client_module

            self._clients = client_module.Clients()
        return self._clients.get(account)

    async def close(self) -> None:
        if self._clients is not None:
            await self._clients.close()

    # --- out ------------------------------------------------------------------------------------

    async def send(self, batch: Sequence[contracts.Dispatch]) -> AsyncIterator[contracts.Outcome]:
        """Send all at once (`AT_ONCE` calls at a time for one account); outcomes as they come.

        A text that was tried before is looked up first, unless that attempt was clearly refused:
        a 500 may hide a text that was taken.
        """
        places: dict[int, asyncio.Semaphore] = {}
        tasks = [
            asyncio.ensure_future(
                self._send_one(dispatch, places.setdefault(dispatch.account.id, asyncio.Semaphore(AT_ONCE)))
            )
            for dispatch in batch
        ]
        for done in asyncio.as_completed(tasks):
            yield await done

    async def _send_one(self, dispatch: contracts.Dispatch, places: asyncio.Semaphore) -> contracts.Outcome:
        if dispatch.operation != "send":
            return self._outcome(
                dispatch, contracts.Result.FAILED, code="unsupported", text=_("A text cannot be changed or taken back.")
            )
        if dispatch.send_before is not None and self._now() >= dispatch.send_before:
            return self._outcome(
                dispatch, contracts.Result.FAILED, code="too_late", text=_("The time for this text has passed.")
            )
        async with places:
            if dispatch.attempts > 1 and dispatch.message_id not in self._clearly_refused:
                try:
                    found = await self.look_up(dispatch)
                except Exception as error:
                    # nothing was sent now, and what became of the last attempt stays unknown
                    return self._not_known(dispatch, error)
                if found is not None:
                    return found
            self._clearly_refused.discard(dispatch.message_id)
            try:
                return await self._create(dispatch)
            except Exception as error:
                return self._refusal(dispatch, error)

    def _not_known(self, dispatch: contracts.Dispatch, error: Exception) -> contracts.Outcome:
        return self._outcome(
            dispatch,
            contracts.Result.LATER if dispatch.attempts < MOST_ATTEMPTS else contracts.Result.UNANSWERED,
            code=str(getattr(error, "status", "") or "connection"),
            text=_("Twilio cannot be asked what became of the last attempt."),
            retry_after=_pause(dispatch),
        )

    def _refuse_clearly(self, dispatch: contracts.Dispatch) -> None:
        if len(self._clearly_refused) > 100_000:
            self._clearly_refused.clear()  # only costs look-ups
        self._clearly_refused.add(dispatch.message_id)

    async def _create(self, dispatch: contracts.Dispatch) -> contracts.Outcome:
        values: dict[str, Any] = {
            "to": dispatch.address,
            "body": dispatch.text,
            "validity_period": validity(dispatch, now=self._now()),
            "status_callback": urls.status(dispatch.account, message_id=dispatch.message_id),
        }
        if dispatch.channel_address.startswith("MG"):
            values["messaging_service_sid"] = dispatch.channel_address
        else:
            values["from_"] = dispatch.local_address or dispatch.channel_address
        if dispatch.media:
            values["media_url"] = [item.url for item in dispatch.media]
        message = await self._client(dispatch.account).messages.create_async(**values)
        return self._settled(dispatch, message)

    def _settled(self, dispatch: contracts.Dispatch, message: Any) -> contracts.Outcome:
        """What Twilio's message says about ours."""
        if message.status in ("failed", "undelivered", "canceled"):
            known = self._classify(message.error_code)
            return self._outcome(
                dispatch,
                contracts.Result.FAILED,
                code=str(message.error_code or message.status),
                text=known.meaning,
                provider_id=message.sid,
                kind=known.kind,
            )
        segments = int(message.num_segments or 0)
        return contracts.Outcome(
            outbox_id=dispatch.outbox_id,
            message_id=dispatch.message_id,
            result=contracts.Result.SENT,
            provider_id=message.sid,
            segments=segments or None,
            local_address=message.from_,
        )

    def _outcome(
        self,
        dispatch: contracts.Dispatch,
        result: contracts.Result,
        *,
        code: str,
        text: str,
        provider_id: str | None = None,
        kind: errors.Kind | None = None,
        retry_after: float | None = None,
        holds: str = "message",
    ) -> contracts.Outcome:
        return contracts.Outcome(
            outbox_id=dispatch.outbox_id,
            message_id=dispatch.message_id,
            result=result,
            provider_id=provider_id,
            error_code=code,
            error_text=text,
            retry_after=retry_after,
            holds=holds,
            opted_out=kind is errors.Kind.OPTED_OUT,
            unreachable=kind is errors.Kind.BAD_NUMBER,
        )

    def _classify(self, code: object) -> errors.ErrorClass:
        known = errors.classify(None if code is None else str(code))
        if known.kind is errors.Kind.UNKNOWN:
            self.unknown_codes[known.code or "none"] += 1
        return known

    def _refusal(self, dispatch: contracts.Dispatch, error: Exception) -> contracts.Outcome:
        """What an exception out of the SDK means. Twilio's own words are not passed on: they may
        contain the number."""
        from parley.providers.twilio import client as client_module

        if isinstance(error, client_module.TooManyRequests):
            self._refuse_clearly(dispatch)
            known = errors.classify(20429)
            wait = known.seconds if error.retry_after is None else error.retry_after
            return self._outcome(
                dispatch,
                contracts.Result.LATER,
                code="20429",
                text=known.meaning,
                retry_after=wait,
                holds="account",
            )
        if isinstance(error, client_module.NotConnected):
            self._refuse_clearly(dispatch)
            return self._outcome(
                dispatch,
                contracts.Result.LATER,
                code="connection",
                text=_("Twilio cannot be reached."),
                retry_after=_pause(dispatch),
                holds="account",
            )
        if isinstance(error, client_module.ServerError) and dispatch.attempts < MOST_ATTEMPTS:
            return self._outcome(
                dispatch,
                contracts.Result.LATER,
                code=str(error.status),
                text=_("Twilio had an internal error."),
                retry_after=_pause(dispatch),
            )
        code = getattr(error, "code", None)
        if code is None:  # no answer, a last server error, or an answer that cannot be read
            if not isinstance(error, client_module.NoAnswer | client_module.ServerError):
                # its words may hold the number; its kind does not
                logger.error("A text to Twilio ended in %s", type(error).__name__)
            return self._outcome(
                dispatch,
                contracts.Result.UNANSWERED,
                code=str(getattr(error, "status", "") or "no_answer"),
                text=_("Twilio gave no answer."),
            )
        return self._refused_with(dispatch, self._classify(code))

    def _refused_with(self, dispatch: contracts.Dispatch, known: errors.ErrorClass) -> contracts.Outcome:
        result = {
            errors.Kind.LATER: contracts.Result.LATER,
            errors.Kind.STOP_CHANNEL: contracts.Result.STOP_CHANNEL,
        }.get(known.kind, contracts.Result.FAILED)
        if result is not contracts.Result.FAILED:
            self._refuse_clearly(dispatch)
        return self._outcome(
            dispatch,
            result,
            code=known.code,
            text=known.meaning,
            kind=known.kind,
            retry_after=known.seconds if result is contracts.Result.LATER else None,
            holds=known.holds,
        )

    async def look_up(self, dispatch: contracts.Dispatch) -> contracts.Outcome | None:
        """Find the text at Twilio by recipient, words and time; None while it is not there.

        Raises what the call raises: not to know is not the same as to know that it is not there.
        Two equal texts to one number within the same minutes cannot be told apart.
        """
        started = (dispatch.handed_at or self._now()) - CLOCK_SKEW
        listed = await self._client(dispatch.account).messages.list_async(to=dispatch.address, page_size=50, limit=200)
        wanted = dispatch.text.strip()
        fitting = [
            message
            for message in listed
            if message.direction == "outbound-api"
            and message.date_created is not None
            and message.date_created >= started.replace(microsecond=0)
            and (message.body or "").strip() == wanted
            and (
                not dispatch.channel_address.startswith("MG")
                or message.messaging_service_sid == dispatch.channel_address
            )
        ]
        # newest first: the earliest since the hand-over is the one that was handed over
        return self._settled(dispatch, fitting[-1]) if fitting else None

    # --- in -------------------------------------------------------------------------------------

    def parse_webhook(self, request: contracts.RawWebhook) -> list[contracts.NewEvent]:
        """See `webhook.parse`."""
        return webhook.parse(request)

    def read(self, *, event_id: int, kind: str, body: contracts.Json) -> contracts.Reading:
        """See `webhook.read`."""
        return webhook.read(event_id=event_id, kind=kind, body=body)

    def webhook_reply(self, request: contracts.RawWebhook) -> tuple[str, bytes]:
        return "text/xml", webhook.EMPTY_TWIML

    async def catch_up(self, account: contracts.Account, since: dt.datetime) -> list[contracts.NewEvent]:
        """See `history.received_since`."""
        from parley.providers.twilio import history

        return await history.received_since(self._client(account), since)

    def webhook_addresses(self, account: contracts.Account) -> list[configuration.Address]:
        """What is pasted into Twilio's console; reports come by themselves, since every text names their address."""
        from parley.conversations import configuration

        return [
            configuration.Address(
                label=_("Incoming messages"),
                url=urls.inbound(account),
                place=_("Messaging service, Integration: “Send a webhook”, Request URL"),
            ),
            configuration.Address(
                label=_("Delivery reports"),
                url=urls.status(account),
                place=_("Messaging service, Integration: Delivery status callback. Not needed: every text names it."),
            ),
        ]

    async def check_configuration(self, account: contracts.Account) -> list[contracts.Problem]:
        """See `configuration.problems`."""
        from parley.providers.twilio import configuration

        found = await configuration.problems(self._client(account), account)
        found += [
            contracts.Problem(
                where=_("Error codes"),
                message=_("Twilio answered %(count)s times with the unknown code %(code)s.")
                % {"count": count, "code": code},
                remedy=_("Look it up at https://www.twilio.com/docs/api/errors and add it to the table."),
            )
            for code, count in self.unknown_codes.items()
        ]
        return found
