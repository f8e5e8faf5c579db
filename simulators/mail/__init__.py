"""A mail catcher: an SMTP server that takes every mail and a page that shows them. Nothing leaves the machine."""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import sys
from collections.abc import AsyncIterator

from aiohttp import web

from simulators import shell as shell_module
from simulators.mail import control, smtp_server
from simulators.mail.mailbox import Mailbox

__all__ = ["MAILBOX", "SMTP", "Mailbox", "arguments", "routes"]

MAILBOX: web.AppKey[Mailbox] = web.AppKey("mail")
SMTP: web.AppKey[smtp_server.Server] = web.AppKey("smtp")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The simulator's options on the command line."""
    own = parser.add_argument_group("mail")
    own.add_argument(
        "--smtp-port", type=int, default=8025, help="port that takes mail; 0 picks a free one, -1 takes none"
    )


def routes(app: web.Application, shell: shell_module.Shell) -> None:
    """Add the page and its controls below /simulator/mail/, and listen for SMTP."""
    folder = shell.folder("mail")
    mailbox = Mailbox(shell, path=folder / "mails.json" if folder else None)
    app[MAILBOX] = mailbox
    app[SMTP] = smtp_server.Server(mailbox)
    app.cleanup_ctx.append(_life)
    shell.add_section(shell_module.translate("Mail"), "/simulator/mail/")
    own = control.Control(mailbox, app[SMTP])
    base = "/simulator/mail"
    app.router.add_static(base + "/static/", pathlib.Path(__file__).parent / "static")
    for method, path, handler in (
        ("GET", "/", own.page),
        ("GET", "/mails", own.mails),
        ("DELETE", "/mails", own.clear),
        ("GET", r"/mails/{number:\d+}", own.mail),
        ("GET", r"/mails/{number:\d+}/html", own.html),
        ("GET", r"/mails/{number:\d+}/raw", own.raw),
        ("GET", "/state", own.state),
        ("GET", "/faults", own.faults),
        ("POST", "/faults", own.add_fault),
        ("DELETE", "/faults", own.remove_faults),
    ):
        app.router.add_route(method, base + path, handler)


async def _life(app: web.Application) -> AsyncIterator[None]:
    """Load what was kept, listen, write what comes."""
    mailbox, server = app[MAILBOX], app[SMTP]
    options = mailbox.shell.options
    mailbox.load()
    if options.smtp_port >= 0:
        host = getattr(options, "host", "127.0.0.1")
        try:
            await server.start(host, options.smtp_port)
        except OSError as error:
            # the other simulators go on
            print(
                f"The mail catcher cannot listen on {host}:{options.smtp_port}: {error.strerror}. "
                "Choose another port with --smtp-port.",
                file=sys.stderr,
            )

    async def write() -> None:
        while True:
            await asyncio.sleep(0.25)
            mailbox.save()

    writer = asyncio.create_task(write())
    yield
    writer.cancel()
    await server.stop()
    mailbox.save()
