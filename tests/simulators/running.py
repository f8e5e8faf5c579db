"""Servers of the tests, each on a loop and a thread of its own: the simulators, and a place that receives webhooks."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import web

from simulators import application
from simulators import shell as shell_module

T = TypeVar("T")


class Running:
    """An aiohttp application on a free port, until `stop()`."""

    def __init__(self, build: Callable[[], web.Application]) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.app: web.Application
        self.runner: web.AppRunner
        self.url = self.run(self._start(build))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    async def _start(self, build: Callable[[], web.Application]) -> str:
        self.app = build()
        self.runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        if shell_module.SHELL in self.app:
            self.app[shell_module.SHELL].base_url = url
        return url

    async def _end(self) -> None:
        """Leave nothing behind that the loop's end would find open: handlers that still wait, sockets just aborted."""
        await self.runner.cleanup()
        # a connection accepted at the last moment is made by a task, and ends when its other side is seen to be gone
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        if waiting:
            await asyncio.wait(waiting, timeout=0.5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        # under load a connection may be accepted after the server has closed the others: the loop knows them all
        for transport in list(getattr(self.loop, "_transports", {}).values()):
            if transport is not None:
                transport.abort()
        for _ in range(5):
            await asyncio.sleep(0)

    def stop(self) -> None:
        self.run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


def simulators(*options: str) -> Running:
    """All simulators, started as from the command line, with quick defaults."""
    quick = ["--sending-delay", "0.01", "--delivery-delay", "0.01", "--reply-delay", "0.01", "--silent", "1"]
    return Running(lambda: application.build(application.parse([*quick, *options])))


def ask(url: str, body: Any = None, *, method: str | None = None) -> Any:
    """JSON from and to the control addresses below `<simulators>/simulator/`."""
    request = urllib.request.Request(
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method or ("GET" if body is None else "POST"),
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@dataclasses.dataclass(frozen=True)
class Post:
    """A webhook as it arrived."""

    url: str
    headers: dict[str, str]
    params: dict[str, str]


class Receiver(Running):
    """Takes webhooks; `answers` scripts the HTTP statuses, 200 when it is empty."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answers: list[int] = []
        self.arrived = threading.Condition()
        super().__init__(self._build)

    def _build(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        params = dict(urllib.parse.parse_qsl(await request.text(), keep_blank_values=True))
        status = self.answers.pop(0) if self.answers else 200
        with self.arrived:
            self.posts.append(Post(self.url + request.path_qs, dict(request.headers), params))
            self.arrived.notify_all()
        return web.Response(status=status)

    def wait_for(self, count: int = 1, *, where: Callable[[Post], bool] = lambda post: True) -> list[Post]:
        """The first `count` posts that fit, waiting for them. Fails after 10 s."""

        def found() -> list[Post]:
            return [post for post in self.posts if where(post)]

        with self.arrived:
            if not self.arrived.wait_for(lambda: len(found()) >= count, timeout=10):
                raise AssertionError(f"{len(found())} of {count} webhooks came: {self.posts}")
            return found()
