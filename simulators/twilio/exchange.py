"""The simulated provider itself: who may send, what becomes of a message, who answers."""

from __future__ import annotations

import asyncio
import base64
import collections
import dataclasses
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from simulators import shell as shell_module
from simulators.twilio import errors, faults, journal, records, replies, segments, webhooks

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: whole message, whatever the case
STOP_WORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
START_WORDS = {"START", "YES", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
# toll-free numbers: the network handles these alone and nothing else
TOLL_FREE_STOP, TOLL_FREE_START = {"STOP"}, {"START", "UNSTOP"}

E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}\Z")
NUMBERS_PER_SERVICE = 400


@dataclasses.dataclass
class Settings:
    """Changeable while it runs, at POST /simulator/settings. Times in seconds."""

    #: before a create is answered
    latency: float = 0.0
    #: from acceptance to "sent", and from there to "delivered"
    sending_delay: float = 0.2
    delivery_delay: float = 0.3
    #: from delivery to the answer of the person
    reply_delay: float = 1.0
    #: share of numbers that never answer; 1 silences everybody
    silent: float = 0.3
    #: statuses that are reported; failures always are
    reports: str = "queued,sent,delivered"
    #: True: a blocked recipient is refused at once (21610); False: accepted, then reported failed
    refuse_blocked: bool = True


class Exchange:
    def __init__(self, shell: shell_module.Shell, settings: Settings) -> None:
        self.shell = shell
        self.settings = settings
        folder = shell.folder("twilio")
        self.journal = journal.Journal(folder / "journal.jsonl" if folder else None)
        self.sender = webhooks.Sender()
        self.faults = faults.Faults()
        self.clear()

    def clear(self) -> None:
        """Forget everything but the settings."""
        self.accounts: dict[str, records.Account] = {}
        self.credentials: dict[str, records.Account] = {}
        self.services: dict[str, records.Service] = {}
        self.numbers: dict[str, records.Number] = {}
        self.by_phone: dict[str, records.Number] = {}
        self.messages: dict[str, records.Message] = {}
        self.lists: dict[str, list[records.Message]] = collections.defaultdict(list)
        self.by_address: dict[tuple[str, str], list[records.Message]] = collections.defaultdict(list)
        self.attachments: dict[str, records.Attachment] = {}
        self.tallies: dict[tuple[str, str], records.Tally] = {}
        self.phones: dict[str, records.Phone] = {}
        self.blocks: set[tuple[str, str]] = set()
        self.sticky: dict[tuple[str, str], str] = {}
        self.calls: collections.Counter[str] = collections.Counter()
        self.faults = faults.Faults()
        self.sender.counts.clear()
        self.sender.failures.clear()

    # --- accounts, services, numbers ---------------------------------------------------------

    def add_account(
        self, *, sid: str | None = None, token: str | None = None, name: str = ""
    ) -> records.Account:
        """Open an account, or change the token of the one that has this sid."""
        account = records.Account(
            sid=sid or records.new_sid("AC"), token=token or secrets.token_hex(16), name=name, created=time.time()
        )
        old = self.accounts.get(account.sid)
        if old:
            self.credentials.pop(self._basic(old), None)
        self.accounts[account.sid] = account
        self.credentials[self._basic(account)] = account
        self.journal.record("account", account)
        return account

    @staticmethod
    def _basic(account: records.Account) -> str:
        return "Basic " + base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()

    def add_service(self, account: records.Account, *, sid: str | None = None, **values: Any) -> records.Service:
        now = time.time()
        service = records.Service(
            sid=sid or records.new_sid("MG"), account=account.sid, created=now, updated=now, **values
        )
        self.services[service.sid] = service
        self.journal.record("service", service)
        return service

    def add_number(self, account: records.Account, phone: str, **values: Any) -> records.Number:
        """Buy `phone`. Raises Refusal 21421 (no such number) or 21422 (somebody has it)."""
        if not E164.match(phone) or (phone.startswith("+1") and not NORTH_AMERICA.match(phone)):
            raise errors.Refusal(21421, phone)
        if phone in self.by_phone:
            raise errors.Refusal(21422, phone)
        now = time.time()
        values.setdefault("name", pretty(phone))
        number = records.Number(
            sid=records.new_sid("PN"), account=account.sid, phone=phone, created=now, updated=now, **values
        )
        self.numbers[number.sid] = number
        self.by_phone[phone] = number
        self.journal.record("number", number)
        return number

    def release_number(self, number: records.Number) -> None:
        self.leave_service(number)
        self.numbers.pop(number.sid, None)
        self.by_phone.pop(number.phone, None)
        self.journal.record("release", {"sid": number.sid})

    def join_service(self, service: records.Service, number: records.Number) -> None:
        if number.service == service.sid:
            raise errors.Refusal(21710)
        if number.service is not None:
            raise errors.Refusal(21712)
        if len(service.numbers) >= NUMBERS_PER_SERVICE:
            raise errors.Refusal(21714)
        number.service = service.sid
        service.numbers.append(number.sid)
        self.journal.record("number", number)
        self.journal.record("service", service)

    def leave_service(self, number: records.Number) -> None:
        service = self.services.get(number.service or "")
        if service is not None and number.sid in service.numbers:
            service.numbers.remove(number.sid)
            self.journal.record("service", service)
        number.service = None
        self.journal.record("number", number)

    def delete_service(self, service: records.Service) -> None:
        for sid in list(service.numbers):
            self.leave_service(self.numbers[sid])
        self.services.pop(service.sid, None)
        self.journal.record("delete_service", {"sid": service.sid})

    # --- out ----------------------------------------------------------------------------------

    def tally(self, to: str, body: str) -> records.Tally:
        key = (to, body)
        found = self.tallies.get(key)
        if found is None:
            found = self.tallies[key] = records.Tally(to=to, body=body)
        return found

    def create(
        self,
        account: records.Account,
        *,
        to: str,
        body: str,
        sender: str | None,
        service_sid: str | None,
        status_callback: str,
        validity: int | None,
        media: list[str],
    ) -> records.Message:
        """Accept a message to send. Raises Refusal as Twilio would."""
        if not to:
            raise errors.Refusal(21604)
        if not body and not media:
            raise errors.Refusal(21602)
        if not sender and not service_sid:
            raise errors.Refusal(21603)
        if not E164.match(to) or (to.startswith("+1") and not NORTH_AMERICA.match(to)):
            raise errors.Refusal(21211, to)
        if len(body) > 1600:
            raise errors.Refusal(21617)
        if validity is not None and not 1 <= validity <= 36000:
            raise errors.Refusal(21624, str(validity))
        if status_callback and not status_callback.startswith(("http://", "https://")):
            raise errors.Refusal(21609, status_callback)
        for address in media:
            if not address.startswith(("http://", "https://")):
                raise errors.Refusal(21620, address)
        service = None
        if service_sid:
            service = self.services.get(service_sid)
            if service is None or service.account != account.sid:
                raise errors.Refusal(21705)
            if not service.numbers:
                raise errors.Refusal(21704)
        if sender:
            number = self.by_phone.get(sender)
            if number is None or number.account != account.sid:
                raise errors.Refusal(21606, sender)
        else:
            assert service is not None
            number = self.numbers[self._choose(service, to)]
        blocked = (service.sid if service else number.phone, to) in self.blocks
        if blocked and self.settings.refuse_blocked:
            raise errors.Refusal(21610)
        now = time.time()
        message = records.Message(
            sid=records.new_sid("MM" if media else "SM"),
            account=account.sid,
            service=service.sid if service else None,
            sender=number.phone,
            to=to,
            body=body,
            direction="outbound-api",
            status="accepted" if service else "queued",
            created=now,
            updated=now,
            segments=segments.count(body),
            validity=validity or (service.validity_period if service else 36000),
            status_callback=status_callback or (service.status_callback or "" if service else number.status_callback),
        )
        message.history.append(message.status)
        for address in media:
            self._attach(message, url=address)
        self._store(message)
        self._start(message, blocked=blocked)
        return message

    def _choose(self, service: records.Service, to: str) -> str:
        """The same sender for the same recipient; else one of the recipient's area code; else any."""
        key = (service.sid, to)
        chosen = self.sticky.get(key)
        if chosen in self.numbers and self.numbers[chosen].service == service.sid:
            return chosen
        pool = service.numbers
        if service.area_code_geomatch:
            pool = [sid for sid in pool if self.numbers[sid].phone[:5] == to[:5]] or pool
        chosen = pool[int(hashlib.sha256(to.encode()).hexdigest()[:8], 16) % len(pool)]
        self.sticky[key] = chosen
        return chosen

    def _start(self, message: records.Message, *, blocked: bool = False) -> None:
        """Set a message on its way: queued, sent, then delivered or what the faults say."""
        fault = self.faults.on_delivery(message.to)
        code = 21610 if blocked else None
        wait = self.settings.sending_delay
        arrive: float | None = self.settings.delivery_delay
        if fault is not None:
            if fault.kind == "slow_delivery":
                wait += fault.seconds
            elif fault.kind == "never_delivered":
                arrive = None
            else:
                code = int(fault.kind)
        if message.service is not None:
            self._become(message, "queued")
        else:
            self._report(message, "queued")
        final = "delivered"
        if wait > message.validity:
            wait, code = float(message.validity), 30036
        if code is not None:
            final = errors.FAILURES[code][0]
        if final == "failed":
            self._later(wait, self._become, message, "failed", code)
            return
        self._later(wait, self._become, message, "sent")
        if arrive is not None:
            self._later(wait + arrive, self._become, message, final, code)

    def _later(self, seconds: float, act: Callable[..., None], *arguments: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, act, *arguments)

    def _become(self, message: records.Message, status: str, code: int | None = None) -> None:
        if message.sid not in self.messages:
            return  # everything was forgotten meanwhile
        now = time.time()
        message.status = status
        message.updated = now
        message.error_code = code
        message.history.append(status)
        if status == "sent":
            message.sent = now
        self.journal.record(
            "status",
            {"sid": message.sid, "status": status, "error_code": code, "at": now},
        )
        self._report(message, status)
        if status == "delivered":
            self._arrive(message)

    def _report(self, message: records.Message, status: str) -> None:
        failed = status in ("failed", "undelivered")
        if not message.status_callback or not (failed or status in self.settings.reports.split(",")):
            return
        params = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": message.to,
            "MessageSid": message.sid,
            "AccountSid": message.account,
            "From": message.sender or "",
            "ApiVersion": "2010-04-01",
        }
        if message.service:
            params["MessagingServiceSid"] = message.service
        if message.error_code is not None:
            params["ErrorCode"] = str(message.error_code)
        self._post(message.status_callback, params, account=message.account, to=message.to)

    def _post(self, url: str, params: dict[str, str], *, account: str, to: str) -> asyncio.Task[int] | None:
        """Post a webhook, unless a fault loses, delays or repeats it."""
        token = self.accounts[account].token
        fault = self.faults.on_webhook(to)
        if fault is not None and fault.kind == "lost_webhooks":
            self.sender.counts["lost on request"] += 1
            return None
        if fault is not None and fault.kind == "reorder_webhooks":
            self.sender.counts["delayed on request"] += 1
            self._later(fault.seconds, lambda: self.sender.post(url, params, token=token))
            return None
        return self.sender.post(url, params, token=token, copies=fault.copies if fault else 1)

    # --- the handset --------------------------------------------------------------------------

    def phone(self, number: str) -> records.Phone:
        found = self.phones.get(number)
        if found is None:
            found = self.phones[number] = records.Phone(number=number)
        return found

    def _show(self, phone: records.Phone, message: records.Message, *, unread: bool) -> None:
        phone.messages.append(message)
        phone.at = time.time()
        phone.unread += unread
        # the latest stands last
        self.phones[phone.number] = self.phones.pop(phone.number)
        self.shell.announce("phone", {"number": phone.number})

    def _arrive(self, message: records.Message) -> None:
        """The text is on the handset; its owner may answer."""
        phone = self.phone(message.to)
        self._show(phone, message, unread=True)
        if message.direction != "outbound-api":
            return
        said = sum(m.direction == "inbound" for m in phone.messages)
        answer = replies.reply(message.to, message.body, turn=said, silent=self.settings.silent)
        if answer is not None and not any(number == message.to for _, number in self.blocks):
            self._later(self.settings.reply_delay, self._answer, message, answer)

    def _answer(self, message: records.Message, text: str) -> None:
        if message.sid in self.messages and message.sender in self.by_phone:
            self.say(message.to, text, to=message.sender)

    def say(
        self, sender: str, text: str, *, to: str, picture: tuple[str, bytes] | None = None
    ) -> records.Message:
        """Somebody texts one of the account's numbers. Raises Refusal 20404 when nobody owns `to`.

        `picture` is (content type, content)."""
        number = self.by_phone.get(to)
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
            self._attach(message, content_type=picture[0], content=picture[1])
        self._store(message)
        self._show(self.phone(sender), message, unread=False)
        self._keywords(message, number)
        self._inbound_webhook(message, number)
        return message

    def _keywords(self, message: records.Message, number: records.Number) -> None:
        """STOP blocks, START lifts, HELP answers: the provider's own doing, before any webhook."""
        assert message.sender is not None
        word = message.body.strip().upper()
        stop, start = (TOLL_FREE_STOP, TOLL_FREE_START) if number.toll_free else (STOP_WORDS, START_WORDS)
        block = (number.service or number.phone, message.sender)
        if word in stop and block not in self.blocks:
            self._answer_keyword(message, "You are unsubscribed and will get no more texts. START brings them back.")
            self.blocks.add(block)
            self.journal.record("block", {"sender": block[0], "number": block[1], "blocked": True})
        elif word in start and block in self.blocks:
            self.blocks.discard(block)
            self.journal.record("block", {"sender": block[0], "number": block[1], "blocked": False})
            self._answer_keyword(message, "You are subscribed again. STOP ends it.")
        elif word in HELP_WORDS:
            self._answer_keyword(message, "STOP ends these texts. Message and data rates may apply.")

    def _answer_keyword(self, message: records.Message, text: str) -> None:
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
        self._store(answer)
        self._later(self.settings.delivery_delay, self._become, answer, "delivered")

    def _inbound_webhook(self, message: records.Message, number: records.Number) -> None:
        service = self.services.get(number.service or "")
        url, fallback = number.sms_url, number.sms_fallback_url
        if service is not None and not (service.use_inbound_webhook_on_number and url):
            url, fallback = service.inbound_request_url or "", service.fallback_url or ""
        if not url:
            self.sender.counts["no inbound address"] += 1
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
            params[f"MediaUrl{index}"] = self.shell.base_url + "/twilio" + media_path(message, sid)
            params[f"MediaContentType{index}"] = self.attachments[sid].content_type
        task = self._post(url, params, account=message.account, to=message.sender)
        if task is not None and fallback:
            token = self.accounts[message.account].token

            def fall_back(done: asyncio.Task[int]) -> None:
                if not done.cancelled() and not 200 <= done.result() < 300:
                    self.sender.post(
                        fallback, {**params, "ErrorCode": "11200", "ErrorUrl": url.partition("#")[0]}, token=token
                    )

            task.add_done_callback(fall_back)

    # --- storing ------------------------------------------------------------------------------

    def _attach(
        self, message: records.Message, *, url: str = "", content_type: str = "image/jpeg", content: bytes = b""
    ) -> None:
        attachment = records.Attachment(
            sid=records.new_sid("ME"),
            message=message.sid,
            account=message.account,
            content_type=content_type,
            content=content,
            url=url,
        )
        self.attachments[attachment.sid] = attachment
        message.media.append(attachment.sid)
        self.journal.record("attachment", attachment)

    def _store(self, message: records.Message, *, note: bool = True) -> None:
        whole = self.lists[message.account]
        message.position = len(whole)
        whole.append(message)
        self.messages[message.sid] = message
        self.by_address[message.account, message.to].append(message)
        if message.sender:
            self.by_address[message.account, message.sender].append(message)
        if note:
            self.journal.record("message", message)

    def load(self) -> None:
        """Read the journal; messages that were on their way when it ended go on."""
        for row in self.journal.read():
            kind = row.pop("kind")
            if kind == "account":
                account = records.Account(**row)
                self.accounts[account.sid] = account
                self.credentials[self._basic(account)] = account
            elif kind == "service":
                self.services[row["sid"]] = records.Service(**row)
            elif kind == "delete_service":
                self.services.pop(row["sid"], None)
            elif kind == "number":
                number = records.Number(**row)
                self.numbers[number.sid] = self.by_phone[number.phone] = number
            elif kind == "release":
                released = self.numbers.pop(row["sid"], None)
                if released:
                    self.by_phone.pop(released.phone, None)
            elif kind == "attachment":
                row["content"] = base64.b64decode(row["content"])
                self.attachments[row["sid"]] = records.Attachment(**row)
            elif kind == "message":
                message = records.Message(**row)
                self._store(message, note=False)
                if message.direction == "inbound":
                    self._recall(message.sender or "", message)
                elif message.direction == "outbound-api":
                    tally = self.tally(message.to, message.body)
                    tally.calls += 1
                    tally.messages.append(message)
            elif kind == "status" and row["sid"] in self.messages:
                message = self.messages[row["sid"]]
                message.status, message.error_code = row["status"], row["error_code"]
                message.updated = row["at"]
                message.history.append(row["status"])
                if row["status"] == "sent":
                    message.sent = row["at"]
                if row["status"] == "delivered":
                    self._recall(message.to, message)
            elif kind == "block":
                block = (row["sender"], row["number"])
                (self.blocks.add if row["blocked"] else self.blocks.discard)(block)
            elif kind == "read":
                self.phone(row["number"]).unread = 0
        for message in self.messages.values():
            if message.status in ("accepted", "queued"):
                self._later(self.settings.sending_delay, self._become, message, "sent")
            if message.status in ("accepted", "queued", "sent"):
                self._later(
                    self.settings.sending_delay + self.settings.delivery_delay, self._become, message, "delivered"
                )

    def _recall(self, number: str, message: records.Message) -> None:
        phone = self.phone(number)
        phone.messages.append(message)
        phone.at = message.updated
        phone.unread = 0 if message.direction == "inbound" else phone.unread + 1
        self.phones[number] = self.phones.pop(number)


def pretty(phone: str) -> str:
    """(617) 555-0100 for a North American number; others as they are."""
    if NORTH_AMERICA.match(phone):
        return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    return phone


def media_path(message: records.Message, sid: str) -> str:
    return f"/2010-04-01/Accounts/{message.account}/Messages/{message.sid}/Media/{sid}"
