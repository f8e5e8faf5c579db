"""The page that shows caught mails, and faults on request."""

from __future__ import annotations

import dataclasses
import html
import pathlib
from typing import Any

from aiohttp import web

from simulators import shell as shell_module
from simulators.mail import mailbox as mailbox_module
from simulators.mail import smtp_server

HERE = pathlib.Path(__file__).parent
_ = shell_module.translate

#: A mail's HTML is a stranger's page: no script, no request to anywhere, its own styles only. Links may
#: open a new window.
FOREIGN = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Control:
    def __init__(self, mailbox: mailbox_module.Mailbox, server: smtp_server.Server) -> None:
        self.mailbox = mailbox
        self.server = server

    def _mail(self, request: web.Request) -> mailbox_module.Mail:
        mail = self.mailbox.find(int(request.match_info["number"]))
        if mail is None:
            raise web.HTTPNotFound
        return mail

    async def mails(self, request: web.Request) -> web.Response:
        """The newest first; `?to=` only one recipient's."""
        wanted = request.query.get("to")
        found = [m for m in reversed(self.mailbox.mails) if wanted is None or wanted in m.recipients]
        return web.json_response({"mails": [m.summary() for m in found[:200]], "smtp_port": self.server.port})

    async def mail(self, request: web.Request) -> web.Response:
        """One mail: text, links, headers. Opening it reads it."""
        mail = self._mail(request)
        mail.read = self.mailbox.dirty = True
        return web.json_response(mail.whole())

    async def html(self, request: web.Request) -> web.Response:
        """The HTML part as a page of its own, for a sandboxed frame."""
        text = '<base target="_blank">' + self._mail(request).part("html")
        return web.Response(text=text, content_type="text/html", headers=FOREIGN)

    async def raw(self, request: web.Request) -> web.Response:
        """The mail as it came."""
        content = self._mail(request).raw.encode("latin-1")
        return web.Response(body=content, content_type="text/plain", headers=shell_module.SECURITY_HEADERS)

    async def clear(self, request: web.Request) -> web.Response:
        self.mailbox.clear()
        return web.json_response({"mails": []})

    async def state(self, request: web.Request) -> web.Response:
        """Where mail is taken, and how much was."""
        return web.json_response(
            {
                "smtp_port": self.server.port,
                "mails": len(self.mailbox.mails),
                "connections": self.server.connections,
                "message_ids": [mail.whole()["message_id"] for mail in self.mailbox.mails],
            }
        )

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response({"rules": [dataclasses.asdict(rule) for rule in self.server.faults.rules]})

    async def add_fault(self, request: web.Request) -> web.Response:
        """`{stage, reply, next?, to?}`"""
        try:
            given: Any = await request.json()
            rule = self.server.faults.add(given if isinstance(given, dict) else {})
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(dataclasses.asdict(rule), status=201)

    async def remove_faults(self, request: web.Request) -> web.Response:
        self.server.faults.rules.clear()
        return web.json_response({"rules": []})

    async def page(self, request: web.Request) -> web.Response:
        words = {
            "mails": _("Mails"),
            "nothing": _("No mail has come yet. Ask for a new password or invite somebody, and it shows up here."),
            "choose": _("Open a mail to read it."),
            "clear": _("Throw all away"),
            "from": _("From"),
            "to": _("To"),
            "text": _("Text"),
            "html": _("As designed"),
            "raw": _("As it came"),
            "links": _("Links"),
            "back": _("All mails"),
            "taken_at": _("Mail is taken at"),
        }
        escaped = {name: html.escape(text) for name, text in words.items()}
        return self.mailbox.shell.page(
            HERE / "templates" / "mails.html",
            title=_("Mail"),
            current="/simulator/mail/",
            port=str(self.server.port or "–"),
            **{f"w_{name}": text for name, text in escaped.items()},
        )
