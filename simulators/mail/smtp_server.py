"""An SMTP server (RFC 5321) that takes everything, or refuses on request.

Faults are replies at a stage: `{"stage": "recipient", "reply": "451 4.7.1 come again", "next": 1}`; the
replies `hangup` and `silence` close the connection and say nothing. At stage `taken` the mail is kept and
then the reply is given, so `hangup` there is an answer that is lost.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import dataclasses
import re
from typing import Any

from simulators.mail import mailbox as mailbox_module

STAGES = ("greeting", "hello", "sign_in", "sender", "recipient", "data", "taken")
LARGEST = 10 * 1024 * 1024
LIMIT = 64 * 1024
ADDRESS = re.compile(r"^(?:FROM|TO):\s*<([^>]*)>", re.IGNORECASE)
REPLY = re.compile(r"^([245]\d\d [^\r\n]*|hangup|silence)$")


class BadRule(ValueError):
    """What was asked for is not a rule; the text says why."""


@dataclasses.dataclass(slots=True)
class Rule:
    stage: str
    reply: str
    #: strikes this many times, then never again; None = always
    next: int | None = None
    #: only this recipient (stages recipient, data, taken)
    to: str | None = None
    struck: int = 0


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, wanted: dict[str, Any]) -> Rule:
        """Raises BadRule."""
        stage, reply = str(wanted.get("stage", "")), str(wanted.get("reply", ""))
        if stage not in STAGES:
            raise BadRule(f"stage must be one of {', '.join(STAGES)}")
        if not REPLY.match(reply):
            raise BadRule("reply must be a line such as '450 4.2.1 busy', or hangup, or silence")
        number = wanted.get("next")
        if not isinstance(number, int | None):
            raise BadRule("next must be a whole number")
        rule = Rule(stage, reply, next=number, to=wanted.get("to"))
        self.rules.append(rule)
        return rule

    def strike(self, stage: str, recipients: list[str] | None = None) -> str | None:
        """The reply that goes wrong here, if any does."""
        for rule in self.rules:
            if rule.stage != stage or (rule.next is not None and rule.struck >= rule.next):
                continue
            if rule.to is None or rule.to in (recipients or []):
                rule.struck += 1
                return rule.reply
        return None


class Server:
    """`user` and `password` are asked for when set."""

    def __init__(self, mailbox: mailbox_module.Mailbox) -> None:
        self.mailbox = mailbox
        self.faults = Faults()
        self.user = ""
        self.password = ""
        self.port = 0
        self.connections = 0
        self.server: asyncio.Server | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> None:
        """Raises OSError for a port in use."""
        self.server = await asyncio.start_server(self._serve, host, port, limit=LIMIT)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, Hangup):
            pass
        finally:
            self.tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()


class Hangup(Exception):
    """The connection ends here."""


class Session:
    """One client's connection."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.signed_in = False
        self.sender: str | None = None
        self.recipients: list[str] = []

    async def run(self) -> None:
        await self._reply("220 mail.simulator.invalid ESMTP", stage="greeting")
        while line := await self.reader.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            handler = getattr(self, f"_{verb.lower()}", None) if verb.isalpha() and len(verb) == 4 else None
            if handler is None:
                await self._reply("502 5.5.1 command not implemented")
            else:
                await handler(rest)

    async def _reply(self, text: str, *, stage: str = "") -> bool:
        """Say `text`, or what a fault says instead; whether it was `text`."""
        fault = self.server.faults.strike(stage, self.recipients) if stage else None
        if fault == "hangup":
            raise Hangup
        if fault == "silence":
            await asyncio.sleep(3600)
        self.writer.write(f"{fault or text}\r\n".encode())
        await self.writer.drain()
        if fault and fault.startswith("421"):
            raise Hangup
        return fault is None

    async def _ehlo(self, rest: str) -> None:
        sign_in = "250-AUTH PLAIN LOGIN\r\n" if self.server.user else ""
        await self._reply(
            f"250-mail.simulator.invalid\r\n{sign_in}250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES",
            stage="hello",
        )

    async def _helo(self, rest: str) -> None:
        await self._reply("250 mail.simulator.invalid", stage="hello")

    async def _noop(self, rest: str) -> None:
        await self._reply("250 2.0.0 fine")

    async def _rset(self, rest: str) -> None:
        self.sender, self.recipients = None, []
        await self._reply("250 2.0.0 forgotten")

    async def _quit(self, rest: str) -> None:
        await self._reply("221 2.0.0 goodbye")
        raise Hangup

    async def _auth(self, rest: str) -> None:
        method, _, given = rest.partition(" ")
        if method.upper() == "PLAIN":
            parts = _decoded(given or await self._ask("334 ")).split("\0")
            user, password = (parts[1], parts[2]) if len(parts) == 3 else ("", "")
        elif method.upper() == "LOGIN":
            user = _decoded(given or await self._ask("334 VXNlcm5hbWU6"))
            password = _decoded(await self._ask("334 UGFzc3dvcmQ6"))
        else:
            await self._reply("504 5.5.4 unknown way to sign in")
            return
        if (user, password) != (self.server.user, self.server.password):
            await self._reply("535 5.7.8 wrong user or password")
        elif await self._reply("235 2.7.0 welcome", stage="sign_in"):
            self.signed_in = True

    async def _ask(self, text: str) -> str:
        await self._reply(text)
        return (await self.reader.readline()).decode("ascii", "replace").strip()

    async def _mail(self, rest: str) -> None:
        found = ADDRESS.match(rest)
        size = re.search(r"\bSIZE=(\d+)", rest, re.IGNORECASE)
        if self.server.user and not self.signed_in:
            await self._reply("530 5.7.0 sign in first")
        elif found is None:
            await self._reply("501 5.5.4 write MAIL FROM:<address>")
        elif size and int(size.group(1)) > LARGEST:
            await self._reply("552 5.3.4 too large")
        elif await self._reply("250 2.1.0 fine", stage="sender"):
            self.sender, self.recipients = found.group(1), []

    async def _rcpt(self, rest: str) -> None:
        found = ADDRESS.match(rest)
        if self.sender is None:
            await self._reply("503 5.5.1 MAIL first")
        elif found is None or "@" not in found.group(1):
            await self._reply("501 5.1.3 write RCPT TO:<address>")
        else:
            self.recipients.append(found.group(1))
            if not await self._reply("250 2.1.5 fine", stage="recipient"):
                self.recipients.pop()

    async def _data(self, rest: str) -> None:
        if self.sender is None or not self.recipients:
            await self._reply("503 5.5.1 no recipient yet")
            return
        await self._reply("354 go on, end with a dot")
        lines: list[bytes] = []
        size = 0
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise Hangup
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b".") else line)
        sender, recipients = self.sender, self.recipients
        if size > LARGEST:
            await self._reply("552 5.3.4 too large")
        else:
            fault = self.server.faults.strike("data", recipients)
            if fault == "hangup":
                raise Hangup
            if fault:
                await self._reply(fault)
            else:
                mail = self.server.mailbox.take(sender=sender, recipients=recipients, content=b"".join(lines))
                await self._reply(f"250 2.0.0 kept as {mail.number}", stage="taken")
        self.sender, self.recipients = None, []


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except binascii.Error:
        return ""
