"""What only a simulator has: accounts on request, faults, counters, and the handset's page."""

from __future__ import annotations

import dataclasses
import html
import json
import pathlib
import re
import time
from typing import Any

from aiohttp import web

from simulators import shell as shell_module
from simulators.twilio import errors, faults, handset, numbers, records
from simulators.twilio import exchange as exchange_module

HERE = pathlib.Path(__file__).parent
_ = shell_module.translate

#: pictures that a handset may send
PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp"}


def refuse(message: str, *, status: int = 400) -> web.Response:
    return web.json_response({"error": message}, status=status)


async def given(request: web.Request, *required: str) -> dict[str, Any]:
    """The JSON object of a request, with the names that it must have. Answers 400 naming what is wrong."""
    value = await request.json() if request.can_read_body else {}
    missing = [name for name in required if name not in value] if isinstance(value, dict) else ["a JSON object"]
    if missing:
        raise web.HTTPBadRequest(
            text=json.dumps({"error": f"missing: {', '.join(missing)}"}), content_type="application/json"
        )
    return dict(value)


class Control:
    def __init__(self, exchange: exchange_module.Exchange) -> None:
        self.exchange = exchange

    # --- setting up -----------------------------------------------------------------------------

    async def add_account(self, request: web.Request) -> web.Response:
        """`{sid?, token?, name?}` → the account; the same sid again changes its token."""
        wanted = await given(request)
        account = self.exchange.add_account(
            sid=wanted.get("sid"), token=wanted.get("token"), name=wanted.get("name", "")
        )
        return web.json_response(numbers.fields(account), status=201)

    async def set_up(self, request: web.Request) -> web.Response:
        """Everything that a campaign needs, in one call that may be repeated:
        `{account_sid, auth_token, service_sid?, service_name?, inbound_url?, status_callback?, numbers: [...]}`.
        """
        wanted = await given(request, "account_sid", "auth_token")
        exchange = self.exchange
        account = exchange.accounts.get(wanted["account_sid"])
        if account is None or account.token != wanted["auth_token"]:
            account = exchange.add_account(
                sid=wanted["account_sid"], token=wanted["auth_token"], name=wanted.get("name", "")
            )
        service = exchange.services.get(wanted.get("service_sid") or "")
        if service is None:
            service = exchange.add_service(
                account, sid=wanted.get("service_sid"), name=wanted.get("service_name", "Parley")
            )
        service.inbound_request_url = wanted.get("inbound_url", service.inbound_request_url)
        service.status_callback = wanted.get("status_callback", service.status_callback)
        exchange.journal.record("service", service)
        try:
            for phone in wanted.get("numbers", ()):
                number = exchange.by_phone.get(phone) or exchange.add_number(account, phone)
                if number.service != service.sid:
                    exchange.leave_service(number)
                    exchange.join_service(service, number)
        except errors.Refusal as refusal:
            return refusal.response()
        return web.json_response(
            {
                "account_sid": account.sid,
                "auth_token": account.token,
                "service_sid": service.sid,
                "numbers": [exchange.numbers[sid].phone for sid in service.numbers],
            }
        )

    async def settings(self, request: web.Request) -> web.Response:
        """GET the settings; POST some of them to change those."""
        settings = self.exchange.settings
        if request.method == "POST":
            for name, value in (await given(request)).items():
                if not hasattr(settings, name):
                    return refuse(f"{name} is no setting; there are {', '.join(dataclasses.asdict(settings))}")
                kind = type(getattr(settings, name))
                try:
                    setattr(settings, name, kind(value))
                except (TypeError, ValueError):
                    return refuse(f"{name} must be of type {kind.__name__}")
            self.exchange.shell.announce("settings", dataclasses.asdict(settings))
        return web.json_response(dataclasses.asdict(settings))

    async def reset(self, request: web.Request) -> web.Response:
        """Forget messages, phones, blocks, faults and counters; `?all=1` also accounts and numbers."""
        exchange = self.exchange
        kept = (exchange.accounts, exchange.credentials, exchange.services, exchange.numbers, exchange.by_phone)
        exchange.clear()
        exchange.journal.erase()
        if not request.query.get("all"):
            (
                exchange.accounts,
                exchange.credentials,
                exchange.services,
                exchange.numbers,
                exchange.by_phone,
            ) = kept
            for kind, things in (("account", kept[0]), ("service", kept[2]), ("number", kept[3])):
                for thing in things.values():
                    exchange.journal.record(kind, thing)
        exchange.shell.announce("reload", {})
        return web.json_response({"reset": True})

    # --- faults and counters --------------------------------------------------------------------

    async def list_faults(self, request: web.Request) -> web.Response:
        rules = [rule.as_dict() for rule in self.exchange.faults.rules]
        kinds = sorted(faults.KINDS, key=lambda kind: (kind.isdecimal() and len(kind) == 5, kind))
        return web.json_response(
            {"rules": rules, "kinds": kinds, "labels": {kind: faults.label(kind) for kind in kinds}}
        )

    async def add_fault(self, request: web.Request) -> web.Response:
        try:
            rule = self.exchange.faults.add(await given(request))
        except (faults.BadRule, ValueError) as error:
            return refuse(str(error))
        self.exchange.shell.announce("faults", {})
        return web.json_response(rule.as_dict(), status=201)

    async def remove_faults(self, request: web.Request) -> web.Response:
        which = request.match_info.get("rule")
        self.exchange.faults.remove(int(which) if which else None)
        self.exchange.shell.announce("faults", {})
        return web.json_response({"rules": [rule.as_dict() for rule in self.exchange.faults.rules]})

    async def state(self, request: web.Request) -> web.Response:
        """Counters; with `?messages=1` also every attempted text, optionally of one number (`to=`)."""
        exchange = self.exchange
        tallies = exchange.tallies.values()
        accepted = sum(len(tally.messages) for tally in tallies)
        answer: dict[str, Any] = {
            "calls": dict(exchange.calls),
            "webhooks": dict(exchange.sender.counts),
            "webhooks_under_way": len(exchange.sender.tasks),
            "webhook_failures": list(exchange.sender.failures),
            "faults": [rule.as_dict() for rule in exchange.faults.rules],
            "attempted_texts": len(exchange.tallies),
            "accepted_texts": sum(bool(tally.messages) for tally in tallies),
            "accepted_messages": accepted,
            "doubled": sum(len(tally.messages) > 1 for tally in tallies),
            "received": sum(m.direction == "inbound" for m in exchange.messages.values()),
            "on_their_way": sum(
                m.status in ("accepted", "queued", "sent") and m.direction == "outbound-api"
                for m in exchange.messages.values()
            ),
            "phones": len(exchange.phones),
            "blocked": [{"sender": s, "number": n} for s, n in sorted(exchange.blocks)][:1000],
        }
        if request.query.get("messages"):
            wanted = request.query.get("to")
            answer["messages"] = [t.as_dict() for t in tallies if wanted is None or t.to == wanted]
        return web.json_response(answer)

    # --- the handset ----------------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.Response:
        words = {
            name: html.escape(text)
            for name, text in {
                "phones": _("Phones"),
                "search": _("Name a number or search"),
                "nothing": _("No text has arrived yet. Send one, and its phone shows up here."),
                "choose": _("Pick up a phone to read and answer."),
                "write": _("Answer as this person"),
                "send": _("Send"),
                "picture": _("Add a picture"),
                "image": _("Picture"),
                "back": _("All phones"),
                "faults": _("Faults"),
                "faults_hint": _("What the provider does wrong, from now on."),
                "answers": _("People answer by themselves"),
                "silent": _("Share that never answers"),
                "delay": _("Seconds until they answer"),
                "latency": _("Seconds until the provider answers"),
                "how": _("How often"),
                "always": _("always"),
                "next": _("the next"),
                "every": _("every"),
                "clear": _("Take all away"),
                "to": _("To"),
                "live": _("live"),
                "lost": _("reconnecting"),
                "blocked": _("This phone has stopped texts from the number."),
                "unread": _("unread"),
                "add": _("Switch on"),
                "quick": _("Quick answers"),
            }.items()
        }
        return self.exchange.shell.page(
            HERE / "templates" / "phone.html", title=_("Phones"), current="/simulator/", **words
        )

    async def phones(self, request: web.Request) -> web.Response:
        """The latest first; `q` searches number and last text."""
        wanted = request.query.get("q", "").strip().lower()
        digits = re.sub(r"\D", "", wanted)
        found: list[dict[str, Any]] = []
        for phone in reversed(self.exchange.phones.values()):
            last = phone.messages[-1] if phone.messages else None
            text = last.body if last else ""
            if wanted and not ((digits and digits in phone.number) or wanted in text.lower()):
                continue
            found.append(
                {
                    "number": phone.number,
                    "name": records.pretty(phone.number),
                    "unread": phone.unread,
                    "at": phone.at,
                    "text": text[:120],
                    "mine": bool(last and last.direction == "inbound"),
                    "media": len(last.media) if last else 0,
                }
            )
            if len(found) == 100:
                break
        return web.json_response({"phones": found, "total": len(self.exchange.phones)})

    async def phone(self, request: web.Request) -> web.Response:
        """What the handset shows; opening it reads it."""
        exchange = self.exchange
        number = request.match_info["number"]
        phone = exchange.phones.get(number) or records.Phone(number=number)
        if phone.unread:
            phone.unread = 0
            exchange.journal.record("read", {"number": number})
        partners = {m.sender if m.direction != "inbound" else m.to: None for m in reversed(phone.messages)}
        if not partners:
            partners = {n.phone: None for n in exchange.numbers.values()}
        local = next(iter(partners), None)
        own = exchange.by_phone.get(local or "")
        blocked = own is not None and (own.service or own.phone, number) in exchange.blocks
        return web.json_response(
            {
                "number": number,
                "name": records.pretty(number),
                "partners": [p for p in partners if p][:50],
                "blocked": blocked,
                "messages": [self._bubble(m) for m in phone.messages[-200:]],
            }
        )

    def _bubble(self, message: records.Message) -> dict[str, Any]:
        return {
            "sid": message.sid,
            "mine": message.direction == "inbound",
            "automatic": message.direction == "outbound-reply",
            "text": message.body,
            "at": message.created,
            "partner": message.to if message.direction == "inbound" else message.sender,
            "media": [
                {
                    "url": self.exchange.attachments[sid].url or "/twilio" + records.media_path(message, sid),
                    "type": self.exchange.attachments[sid].content_type,
                }
                for sid in message.media
            ],
        }

    async def say(self, request: web.Request) -> web.Response:
        """Answer from the handset: form fields `body`, `to`, and a file `picture`; or JSON of the first two."""
        exchange = self.exchange
        number = request.match_info["number"]
        if not exchange_module.E164.match(number):
            return refuse(_("This is no phone number: {}").format(number))
        picture = None
        if request.content_type == "application/json":
            said: Any = await given(request)
        else:
            said = await request.post()
            file = said.get("picture")
            if isinstance(file, web.FileField) and file.filename:
                if file.content_type not in PICTURES:
                    return refuse(_("Only JPEG, PNG, GIF and WebP pictures can be sent."))
                picture = (file.content_type, file.file.read())
        text = str(said.get("body", ""))
        if not text and picture is None:
            return refuse(_("Write something first."))
        try:
            message = handset.say(exchange, number, text, to=str(said.get("to", "")), picture=picture)
        except errors.Refusal:
            return refuse(_("Nobody has the number that this goes to."), status=404)
        return web.json_response(self._bubble(message), status=201)

    async def overview(self, request: web.Request) -> web.Response:
        """Services and numbers, for whoever wants to know where to text."""
        return web.json_response(
            {
                "numbers": [numbers.fields(n) for n in list(self.exchange.numbers.values())[:500]],
                "services": [numbers.fields(s) for s in self.exchange.services.values()],
                "at": time.time(),
            }
        )


@web.middleware
async def refusals(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refusals become Twilio's JSON; so does an address that does not exist below /twilio/."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except errors.Refusal as refusal:
        return refusal.response()
    except json.JSONDecodeError as error:
        return refuse(f"not JSON: {error}")
    except web.HTTPNotFound:
        if request.path.startswith("/twilio/"):
            return errors.Refusal(20404).response()
        raise
