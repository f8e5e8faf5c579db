"""What all simulators share: the page around theirs, live updates, and where data is kept."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gettext
import html
import json
import pathlib
import string
from typing import Any

from aiohttp import web

HERE = pathlib.Path(__file__).parent
SHELL: web.AppKey[Shell] = web.AppKey("shell")

#: Strings for people pass through here; without a catalogue they stay English.
translate = gettext.translation("simulators", HERE / "locale", fallback=True).gettext

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@dataclasses.dataclass
class Section:
    """A simulator's link in the page's header."""

    title: str
    url: str


@dataclasses.dataclass
class Shell:
    """Handed to every simulator's `routes(app, shell)`."""

    options: argparse.Namespace
    #: where this process listens; known once it does
    base_url: str = ""
    sections: list[Section] = dataclasses.field(default_factory=list)
    listeners: set[asyncio.Queue[str | None]] = dataclasses.field(default_factory=set)

    def add_section(self, title: str, url: str) -> None:
        """Show a link to a simulator's page in the header of all of them."""
        self.sections.append(Section(title, url))

    def folder(self, name: str) -> pathlib.Path | None:
        """The simulator's own folder for what outlives a restart; None when nothing is kept."""
        if self.options.data is None:
            return None
        path: pathlib.Path = self.options.data / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def announce(self, event: str, value: Any) -> None:
        """Tell every open page. Costs nothing while no page is open; a page that does not keep up
        is told to load anew instead of holding memory."""
        if not self.listeners:
            return
        line = f"event: {event}\ndata: {json.dumps(value)}\n\n"
        for queue in self.listeners:
            if queue.qsize() < 500:
                queue.put_nowait(line)
            elif queue.qsize() == 500:
                queue.put_nowait("event: reload\ndata: {}\n\n")

    def page(self, template: pathlib.Path, *, title: str, current: str, **values: str) -> web.Response:
        """A whole page: `template` in the shared frame. `values` are HTML already."""
        links = "".join(
            '<a href="{url}"{here}>{title}</a>'.format(
                url=html.escape(section.url),
                title=html.escape(section.title),
                here=' aria-current="page"' if section.url == current else "",
            )
            for section in self.sections
        )
        frame = string.Template((HERE / "templates" / "frame.html").read_text("utf-8"))
        body = string.Template(template.read_text("utf-8")).substitute(values)
        text = frame.substitute(
            title=html.escape(title),
            links=links,
            body=body,
            notice=html.escape(translate("Nothing here leaves this machine.")),
            product=html.escape(translate("Simulator")),
            navigation=html.escape(translate("Simulators")),
        )
        return web.Response(text=text, content_type="text/html", headers=SECURITY_HEADERS)


@web.middleware
async def same_origin(request: web.Request, handler: Any) -> web.StreamResponse:
    """Other sites open in the same browser cannot press the simulator's buttons."""
    origin = request.headers.get("Origin")
    writes = request.method not in ("GET", "HEAD") and request.path.startswith("/simulator/")
    if origin and writes and origin.partition("://")[2] != request.host:
        raise web.HTTPForbidden(text=translate("This comes from another site."))
    response: web.StreamResponse = await handler(request)
    return response


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events for the open page."""
    shell = request.app[SHELL]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    shell.listeners.add(queue)
    try:
        await response.write(b"retry: 1000\n\n")
        while True:
            try:
                lines = [await asyncio.wait_for(queue.get(), timeout=15)]
                while not queue.empty():
                    lines.append(queue.get_nowait())
                if None in lines:
                    break
                await response.write("".join(line for line in lines if line).encode())
            except TimeoutError:
                await response.write(b": still here\n\n")
    except (ConnectionResetError, asyncio.CancelledError):
        pass
    finally:
        shell.listeners.discard(queue)
    return response


async def front(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/simulator/")


async def end_streams(app: web.Application) -> None:
    """Let the process end at once although pages are open."""
    for queue in app[SHELL].listeners:
        queue.put_nowait(None)


def routes(app: web.Application, shell: Shell) -> None:
    app.middlewares.append(same_origin)
    app.router.add_get("/simulator/events", events)
    app.router.add_static("/simulator/static/", HERE / "static")
    app.router.add_get("/", front)
    app.on_shutdown.append(end_streams)
