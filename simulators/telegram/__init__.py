"""Telegram's Bot API, well enough for an unchanged bot library, and the people who use Telegram.

The library is pointed to `<simulators>/telegram` as its server. People act on `/simulator/telegram/`,
by hand on the page or by the requests behind it.
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
from collections.abc import AsyncIterator

from aiohttp import web

from simulators import shell as shell_module
from simulators.telegram import bot_api, control
from simulators.telegram.network import Network

__all__ = ["NETWORK", "Network", "arguments", "routes"]

NETWORK: web.AppKey[Network] = web.AppKey("telegram")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The simulator's options on the command line."""
    own = parser.add_argument_group("telegram")
    own.add_argument(
        "--telegram-bot",
        action="append",
        default=[],
        metavar="TOKEN",
        help="the token of a bot that exists; repeatable",
    )


def routes(app: web.Application, shell: shell_module.Shell) -> None:
    """Add the Bot API below /telegram/, and people and controls below /simulator/telegram/."""
    folder = shell.folder("telegram")
    network = Network(shell, path=folder / "snapshot.json" if folder else None)
    app[NETWORK] = network
    app.cleanup_ctx.append(_life)
    shell.add_section(shell_module.translate("Telegram"), "/simulator/telegram/")
    api = bot_api.BotApi(network)
    app.router.add_route("GET", "/telegram/file/bot{token}/{path:.+}", api.download)
    app.router.add_route("*", "/telegram/bot{token}/{method}", api.handle)
    _control_routes(app, control.Control(network, api))


def _control_routes(app: web.Application, own: control.Control) -> None:
    base = "/simulator/telegram"
    app.router.add_static(base + "/static/", pathlib.Path(__file__).parent / "static")
    for method, path, handler in (
        ("GET", "/", own.page),
        ("GET", "/state", own.state),
        ("POST", "/reset", own.reset),
        ("POST", "/bots", own.add_bot),
        ("POST", "/people", own.add_person),
        ("GET", "/chats", own.chats),
        ("POST", "/groups", own.make_group),
        ("POST", "/private", own.open_private),
        ("GET", "/chats/{chat}", own.chat),
        ("POST", "/chats/{chat}/messages", own.say),
        ("POST", r"/chats/{chat}/messages/{message:\d+}", own.edit),
        ("POST", "/chats/{chat}/members", own.add_member),
        ("DELETE", r"/chats/{chat}/members/{member:\d+}", own.remove_member),
        ("POST", "/chats/{chat}/title", own.rename),
        ("POST", "/chats/{chat}/upgrade", own.upgrade),
        ("POST", "/chats/{chat}/block", own.block),
        ("GET", "/files/{file}", own.file),
        ("GET", "/faults", own.faults),
        ("POST", "/faults", own.add_fault),
        ("DELETE", "/faults", own.remove_faults),
    ):
        app.router.add_route(method, base + path, control.answered(handler))


async def _life(app: web.Application) -> AsyncIterator[None]:
    """Load what was kept, go on delivering, write what happens."""
    network = app[NETWORK]
    network.load()
    for token in network.shell.options.telegram_bot:
        network.add_bot(token)
    for bot in network.bots.values():
        network.delivery.start(bot)

    async def write() -> None:
        while True:
            await asyncio.sleep(0.25)
            network.save()

    writer = asyncio.create_task(write())
    yield
    writer.cancel()
    await network.delivery.close()
    network.save()
