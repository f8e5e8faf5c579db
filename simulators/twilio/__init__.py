"""Twilio's REST and webhook protocol, well enough for the unchanged official SDK.

The SDK is pointed to `<simulators>/twilio`, whatever the host it wanted: api, messaging and lookups
do not overlap below that.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from simulators import shell as shell_module
from simulators.twilio import control, messages, numbers, restoring
from simulators.twilio.exchange import Exchange, Settings

__all__ = ["EXCHANGE", "Exchange", "Settings", "arguments", "routes"]

EXCHANGE: web.AppKey[Exchange] = web.AppKey("twilio")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The simulator's options on the command line."""
    own = parser.add_argument_group("twilio")
    own.add_argument(
        "--account", action="append", default=[], metavar="SID:TOKEN", help="an account that exists; repeatable"
    )
    own.add_argument("--latency", type=float, default=0.0, help="seconds before a create is answered")
    own.add_argument("--sending-delay", type=float, default=0.2, help="seconds from accepted to sent")
    own.add_argument("--delivery-delay", type=float, default=0.3, help="seconds from sent to delivered")
    own.add_argument("--reply-delay", type=float, default=1.0, help="seconds from delivered to an answer")
    own.add_argument("--silent", type=float, default=0.3, help="share of numbers that never answer, 0..1")
    own.add_argument("--reports", default="queued,sent,delivered", help="statuses reported; failures always are")


def routes(app: web.Application, shell: shell_module.Shell) -> None:
    """Add the REST resources below /twilio/, and the handset and controls below /simulator/."""
    options = shell.options
    exchange = Exchange(
        shell,
        Settings(
            latency=options.latency,
            sending_delay=options.sending_delay,
            delivery_delay=options.delivery_delay,
            reply_delay=options.reply_delay,
            silent=options.silent,
            reports=options.reports,
        ),
    )
    app[EXCHANGE] = exchange
    app.middlewares.append(control.refusals)
    app.cleanup_ctx.append(_life)
    shell.add_section(shell_module.translate("Phones"), "/simulator/")
    _rest_routes(app, exchange)
    _control_routes(app, exchange)


def _rest_routes(app: web.Application, exchange: Exchange) -> None:
    accounts, owned = numbers.Accounts(exchange), numbers.Numbers(exchange)
    services, texts = numbers.Services(exchange), messages.Messages(exchange)
    api = "/twilio/2010-04-01/Accounts"
    add = app.router.add_route
    add("POST", api + "/{account}/Messages.json", texts.create)
    add("GET", api + "/{account}/Messages.json", texts.list)
    add("GET", api + "/{account}/Messages/{message}.json", texts.fetch)
    add("DELETE", api + "/{account}/Messages/{message}.json", texts.remove)
    add("GET", api + "/{account}/Messages/{message}/Media.json", texts.media_list)
    add("GET", api + "/{account_of_media}/Messages/{message}/Media/{media}", texts.media)
    add("GET", api + ".json", accounts.list)
    add("POST", api + ".json", accounts.create)
    add("GET", api + "/{account}.json", accounts.fetch)
    add("GET", api + "/{account}/Balance.json", accounts.balance)
    for kind in ("", "/Local", "/TollFree"):
        add("POST", api + "/{account}/IncomingPhoneNumbers" + kind + ".json", owned.buy)
        add("GET", api + "/{account}/IncomingPhoneNumbers" + kind + ".json", owned.list)
    add("GET", api + "/{account}/IncomingPhoneNumbers/{number}.json", owned.fetch)
    add("POST", api + "/{account}/IncomingPhoneNumbers/{number}.json", owned.update)
    add("DELETE", api + "/{account}/IncomingPhoneNumbers/{number}.json", owned.release)
    add("GET", api + "/{account}/AvailablePhoneNumbers/{country}/{kind}.json", owned.search)
    add("GET", "/twilio/v2/PhoneNumbers/{number}", owned.look_up)
    base = "/twilio/v1/Services"
    add("POST", base, services.create)
    add("GET", base, services.list)
    add("GET", base + "/{service}", services.fetch)
    add("POST", base + "/{service}", services.update)
    add("DELETE", base + "/{service}", services.remove)
    add("POST", base + "/{service}/PhoneNumbers", services.add_number)
    add("GET", base + "/{service}/PhoneNumbers", services.list_numbers)
    add("GET", base + "/{service}/PhoneNumbers/{number}", services.fetch_number)
    add("DELETE", base + "/{service}/PhoneNumbers/{number}", services.remove_number)


def _control_routes(app: web.Application, exchange: Exchange) -> None:
    own = control.Control(exchange)
    add = app.router.add_route
    add("GET", "/simulator/", own.page)
    add("GET", "/simulator/phones", own.phones)
    add("GET", "/simulator/phones/{number}", own.phone)
    add("POST", "/simulator/phones/{number}/messages", own.say)
    add("GET", "/simulator/overview", own.overview)
    add("GET", "/simulator/faults", own.list_faults)
    add("POST", "/simulator/faults", own.add_fault)
    add("DELETE", "/simulator/faults", own.remove_faults)
    add("DELETE", r"/simulator/faults/{rule:\d+}", own.remove_faults)
    add("GET", "/simulator/state", own.state)
    add("GET", "/simulator/settings", own.settings)
    add("POST", "/simulator/settings", own.settings)
    add("POST", "/simulator/accounts", own.add_account)
    add("POST", "/simulator/setup", own.set_up)
    add("POST", "/simulator/reset", own.reset)


async def _life(app: web.Application) -> AsyncIterator[None]:
    """Load what was kept, write what happens, close in order."""
    exchange = app[EXCHANGE]
    restoring.restore(exchange)
    for given in exchange.shell.options.account:
        sid, _, token = given.partition(":")
        if sid not in exchange.accounts or exchange.accounts[sid].token != token:
            exchange.add_account(sid=sid, token=token, name="From the command line")

    async def write() -> None:
        while True:
            await asyncio.sleep(0.25)
            exchange.journal.flush()

    writer = asyncio.create_task(write())
    yield
    writer.cancel()
    await exchange.sender.close()
    exchange.journal.close()
