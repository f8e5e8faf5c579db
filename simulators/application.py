"""One aiohttp application out of all simulators, and the command line that runs it."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import pathlib
import signal
import sys
import threading
from collections.abc import Sequence
from types import ModuleType

from aiohttp import web

from simulators import shell as shell_module

#: Sub-packages in the order of their links on the page. Each has `routes(app, shell)`, and may have
#: `arguments(parser)` for options of its own. One that is not there yet is passed over.
SIMULATORS = ("twilio", "telegram", "mail")


def simulators(only: Sequence[str] = ()) -> list[ModuleType]:
    """The sub-packages that are present, or those of them that are named."""
    names = [f"simulators.{name}" for name in SIMULATORS if not only or name in only]
    found = [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
    return [module for module in found if hasattr(module, "routes")]


def parse(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; each simulator brings options of its own."""
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument(
        "--only", action="append", default=[], choices=SIMULATORS, help="leave out the others; repeatable"
    )
    chosen, _ = first.parse_known_args(given)
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__, parents=[first])
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on; 0 picks a free one")
    parser.add_argument("--data", type=pathlib.Path, help="folder that keeps what happened over a restart")
    parser.add_argument(
        "--parent-pipe",
        action="store_true",
        help="end when standard input closes, that is when the parent process is gone",
    )
    for module in simulators(chosen.only):
        if hasattr(module, "arguments"):
            module.arguments(parser)
    return parser.parse_args(given)


def build(options: argparse.Namespace) -> web.Application:
    """The application with every simulator's routes. `options` comes from `parse()`."""
    app = web.Application(client_max_size=20 * 1024 * 1024)
    shell = shell_module.Shell(options=options)
    app[shell_module.SHELL] = shell
    shell_module.routes(app, shell)
    for module in simulators(options.only):
        module.routes(app, shell)
    return app


def _wait_for_parent(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(ended.set)


async def serve(options: argparse.Namespace) -> None:
    """Listen until SIGTERM, SIGINT, or the end of the parent."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    runner = web.AppRunner(build(options), access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port, backlog=1024)
    await site.start()
    port = runner.addresses[0][1]
    runner.app[shell_module.SHELL].base_url = f"http://{options.host}:{port}"
    print(f"Simulators listen on http://{options.host}:{port}/simulator/", flush=True)
    if options.parent_pipe:
        # a thread of its own: one of the loop's executor would hold up the end of the process
        threading.Thread(target=_wait_for_parent, args=(loop, ended), daemon=True).start()
    await ended.wait()
    await runner.cleanup()


def main(given: Sequence[str] | None = None) -> int:
    """Run until stopped. A port in use is one line with the remedy, not a trace."""
    options = parse(given)
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    try:
        with runner:
            runner.run(serve(options))
    except OSError as error:
        print(
            f"The simulators cannot listen on {options.host}:{options.port}: {error.strerror}. "
            "Choose another port with --port.",
            file=sys.stderr,
        )
        return 1
    return 0
