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
from simulators.twilio import errors, faults, handset, journal, records, segments, webhooks

E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
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

    def add_account(self, *, sid: str | None = None, token: str | None = None, name: str = "") -> records.Account:
        """Open an account, or change the token of the one that has this sid."""
        account = records.Account(
            sid=sid or records.new_sid("AC"), token=token or secrets.token_hex(16), name=name, created=time.time()
        )
        old = self.accounts.get(account.sid)
        if old:
            self.credentials.pop(self._basic(old), None)
        self.open_account(account)
        self.journal.record("account", account)
        return account

    def open_account(self, account: records.Account) -> None:
        self.accounts[account.sid] = account
        self.credentials[self._basic(account)] = account

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
        if not is_number(phone):
            raise errors.Refusal(21421, phone)
        if phone in self.by_phone:
            raise errors.Refusal(21422, phone)
        now = time.time()
        values.setdefault("name", records.pretty(phone))
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
        _check(to=to, body=body, sender=sender, service_sid=service_sid, validity=validity, media=media)
        if status_callback and not _is_address(status_callback):
            raise errors.Refusal(21609, status_callback)
        service, number = self._sender(account, sender=sender, service_sid=service_sid, to=to)
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
            self.attach(message, url=address)
        self.store(message)
        self._start(message, blocked=blocked)
        return message

    def _sender(
        self, account: records.Account, *, sender: str | None, service_sid: str | None, to: str
    ) -> tuple[records.Service | None, records.Number]:
        """The messaging service, if one was named, and the number that sends."""
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
        return service, number

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
            self.become(message, "queued")
        else:
            self._report(message, "queued")
        final = "delivered"
        if wait > message.validity:
            wait, code = float(message.validity), 30036
        if code is not None:
            final = errors.FAILURES[code][0]
        if final == "failed":
            self.later(wait, self.become, message, "failed", code)
            return
        self.later(wait, self.become, message, "sent")
        if arrive is not None:
            self.later(wait + arrive, self.become, message, final, code)

    def later(self, seconds: float, act: Callable[..., object], *arguments: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, act, *arguments)

    def become(self, message: records.Message, status: str, code: int | None = None) -> None:
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
            handset.arrive(self, message)

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
        self.post(message.status_callback, params, account=message.account, to=message.to)

    def post(self, url: str, params: dict[str, str], *, account: str, to: str) -> asyncio.Task[int] | None:
        """Post a webhook, unless a fault loses, delays or repeats it."""
        token = self.accounts[account].token
        fault = self.faults.on_webhook(to)
        if fault is not None and fault.kind == "lost_webhooks":
            self.sender.counts["lost on request"] += 1
            return None
        if fault is not None and fault.kind == "reorder_webhooks":
            self.sender.counts["delayed on request"] += 1
            self.later(fault.seconds, lambda: self.sender.post(url, params, token=token))
            return None
        return self.sender.post(url, params, token=token, copies=fault.copies if fault else 1)

    # --- storing ------------------------------------------------------------------------------

    def attach(
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

    def store(self, message: records.Message, *, note: bool = True) -> None:
        whole = self.lists[message.account]
        message.position = len(whole)
        whole.append(message)
        self.messages[message.sid] = message
        self.by_address[message.account, message.to].append(message)
        if message.sender:
            self.by_address[message.account, message.sender].append(message)
        if note:
            self.journal.record("message", message)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def is_number(phone: str) -> bool:
    """E.164, and where it is North American, of that plan's form."""
    return bool(E164.match(phone)) and not (phone.startswith("+1") and not records.NORTH_AMERICA.match(phone))


def _check(
    *, to: str, body: str, sender: str | None, service_sid: str | None, validity: int | None, media: list[str]
) -> None:
    """Refuse what is wrong in itself, whoever sends it."""
    if not to:
        raise errors.Refusal(21604)
    if not body and not media:
        raise errors.Refusal(21602)
    if not sender and not service_sid:
        raise errors.Refusal(21603)
    if not is_number(to):
        raise errors.Refusal(21211, to)
    if len(body) > 1600:
        raise errors.Refusal(21617)
    if validity is not None and not 1 <= validity <= 36000:
        raise errors.Refusal(21624, str(validity))
    for address in media:
        if not _is_address(address):
            raise errors.Refusal(21620, address)
