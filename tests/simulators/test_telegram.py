"""The simulated Telegram on the wire: answers as documented, updates delivered as Telegram does."""

from __future__ import annotations

import json
import pathlib
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from simulators.telegram import NETWORK
from tests.simulators import running

TOKEN = "7000000001:secret-of-the-bot"
BOT = 7000000001


@pytest.fixture
def simulator() -> Iterator[running.Running]:
    started = running.simulators("--telegram-bot", TOKEN, "--smtp-port", "-1")
    started.app[NETWORK].delivery.pause = 0.01
    yield started
    started.stop()


class Hook(running.Running):
    """Takes updates; `answers` scripts the statuses, 200 when it is empty."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.secrets: list[str | None] = []
        self.answers: list[int] = []
        self.arrived = threading.Condition()
        super().__init__(self._build)

    def _build(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 200
        with self.arrived:
            self.updates.append(await request.json())
            self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            self.arrived.notify_all()
        return web.Response(status=status)

    def wait_for(self, count: int) -> list[Any]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.updates) >= count, timeout=10), self.updates
        return self.updates


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.stop()


def ask(url: str, body: Any = None, *, method: str | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method or ("GET" if body is None else "POST"),
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def call(simulator: running.Running, method: str, *, token: str = TOKEN, **parameters: Any) -> tuple[int, Any]:
    return ask(f"{simulator.url}/telegram/bot{token}/{method}", parameters)


def control(simulator: running.Running, path: str, body: Any = None, *, method: str | None = None) -> Any:
    return ask(f"{simulator.url}/simulator/telegram{path}", body, method=method)[1]


@pytest.fixture
def ann(simulator: running.Running) -> int:
    number: int = control(simulator, "/people", {"first_name": "Ann"})["id"]
    return number


@pytest.fixture
def group(simulator: running.Running, ann: int) -> int:
    number: int = control(simulator, "/groups", {"title": "Walkers", "creator": ann, "bots": [BOT]})["id"]
    return number


def test_an_unknown_token_is_unauthorized(simulator: running.Running) -> None:
    status, answer = call(simulator, "getMe", token="7000000001:other")

    assert (status, answer) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


def test_an_unknown_method_is_not_found(simulator: running.Running) -> None:
    assert call(simulator, "makeCoffee")[0] == 404


def test_methods_take_queries_forms_and_json_in_any_case(simulator: running.Running, group: int) -> None:
    base = f"{simulator.url}/telegram/bot{TOKEN}"
    form = urllib.parse.urlencode({"chat_id": group, "text": "form"}).encode()
    query = urllib.parse.urlencode({"chat_id": group, "text": "query"})

    with urllib.request.urlopen(f"{base}/sendMessage", data=form, timeout=10) as answer:
        assert answer.status == 200
    ask(f"{base}/SENDMESSAGE?{query}")
    call(simulator, "sendmessage", chat_id=group, text="json")

    messages = control(simulator, f"/chats/{group}")["messages"]
    assert [m["text"] for m in messages if m["bot"]] == ["form", "query", "json"]


def test_ids_are_past_32_bits(ann: int, group: int) -> None:
    assert ann > 2**32
    assert group < -(2**31)


def test_an_upgraded_group_refuses_with_its_new_id(simulator: running.Running, group: int) -> None:
    new = control(simulator, f"/chats/{group}/upgrade", {})["id"]

    status, answer = call(simulator, "sendMessage", chat_id=group, text="hello")

    assert str(new).startswith("-100")
    assert (status, answer["parameters"]) == (400, {"migrate_to_chat_id": new})


def test_supergroups_count_their_own_messages(simulator: running.Running, ann: int, group: int) -> None:
    new = control(simulator, f"/chats/{group}/upgrade", {})["id"]

    first = control(simulator, f"/chats/{new}/messages", {"from": ann, "text": "hello"})

    assert first["message_id"] == 2


def test_an_update_that_fails_is_posted_again_before_the_next_of_its_chat(
    simulator: running.Running, hook: Hook, ann: int
) -> None:
    hook.answers = [500, 503]
    call(simulator, "setWebhook", url=hook.url + "/update", secret_token="s3cret")
    chat = control(simulator, "/private", {"person": ann, "bot": BOT})["key"]

    for text in ("one", "two"):
        control(simulator, f"/chats/{chat}/messages", {"from": ann, "text": text})

    updates = hook.wait_for(4)
    assert [update["message"]["text"] for update in updates] == ["one", "one", "one", "two"]
    assert len({update["update_id"] for update in updates}) == 2
    assert set(hook.secrets) == {"s3cret"}


def test_updates_wait_until_there_is_a_webhook(simulator: running.Running, hook: Hook, ann: int) -> None:
    chat = control(simulator, "/private", {"person": ann, "bot": BOT})["key"]
    control(simulator, f"/chats/{chat}/messages", {"from": ann, "text": "early"})
    waiting = call(simulator, "getWebhookInfo")[1]["result"]

    call(simulator, "setWebhook", url=hook.url + "/update")

    assert (waiting["url"], waiting["pending_update_count"]) == ("", 1)
    assert hook.wait_for(1)[0]["message"]["text"] == "early"
    assert hook.secrets == [None]


def test_only_the_updates_asked_for_come(simulator: running.Running, hook: Hook, ann: int) -> None:
    call(simulator, "setWebhook", url=hook.url + "/update", allowed_updates=["message"])

    control(simulator, "/groups", {"title": "Walkers", "creator": ann, "bots": [BOT]})

    (update,) = hook.wait_for(1)
    assert update["message"]["group_chat_created"] is True


@pytest.mark.parametrize("secret", ["with space", "x" * 257, "ü"])
def test_a_secret_of_other_characters_is_refused(secret: str, simulator: running.Running) -> None:
    assert call(simulator, "setWebhook", url="http://127.0.0.1:9/", secret_token=secret)[0] == 400


def test_faults_strike_as_often_as_asked(simulator: running.Running, group: int) -> None:
    control(simulator, "/faults", {"kind": "429", "next": 1, "retry_after": 3})

    first, second = (call(simulator, "sendMessage", chat_id=group, text="hello") for _ in range(2))

    assert (first[0], first[1]["parameters"]) == (429, {"retry_after": 3})
    assert second[0] == 200


@pytest.mark.parametrize(
    "rule", [{"kind": "flood"}, {"kind": "429", "colour": 1}, {"kind": "429", "next": "x"}, [], {}]
)
def test_what_is_no_fault_is_refused_with_the_reason(rule: Any, simulator: running.Running) -> None:
    status, answer = ask(f"{simulator.url}/simulator/telegram/faults", rule)

    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/people", {"first_name": " "}),
        ("/people", {}),
        ("/groups", {"title": "x", "creator": "nobody"}),
        ("/bots", {"token": "no token"}),
        ("/chats/-1/messages", {"from": 1, "text": "x"}),
    ],
)
def test_what_people_cannot_do_is_refused_with_the_reason(path: str, body: Any, simulator: running.Running) -> None:
    status, answer = ask(f"{simulator.url}/simulator/telegram{path}", body)

    assert status in (400, 404)
    assert answer["error"]


def test_a_file_can_be_fetched(simulator: running.Running, ann: int, group: int) -> None:
    sent = control(simulator, f"/chats/{group}/messages", {"from": ann, "photo": True})

    file = call(simulator, "getFile", file_id=sent["photo"][-1]["file_id"])[1]["result"]
    with urllib.request.urlopen(f"{simulator.url}/telegram/file/bot{TOKEN}/{file['file_path']}", timeout=10) as answer:
        content = answer.read()

    assert len(content) == file["file_size"]
    assert content.startswith(b"\x89PNG")


def test_everything_is_kept_over_a_restart(tmp_path: pathlib.Path) -> None:
    options = ("--telegram-bot", TOKEN, "--smtp-port", "-1", "--data", str(tmp_path))
    first = running.simulators(*options)
    ann = control(first, "/people", {"first_name": "Ann"})["id"]
    group = control(first, "/groups", {"title": "Walkers", "creator": ann, "bots": [BOT]})["id"]
    before = control(first, f"/chats/{group}")
    first.stop()

    second = running.simulators(*options)
    after, waiting = control(second, f"/chats/{group}"), call(second, "getWebhookInfo")[1]["result"]
    second.stop()

    assert after == before
    assert waiting["pending_update_count"] == 2


def test_the_page_is_served_with_its_parts(simulator: running.Running) -> None:
    for path in ("/", "/static/telegram.js", "/static/telegram.css"):
        with urllib.request.urlopen(f"{simulator.url}/simulator/telegram{path}", timeout=10) as answer:
            text = answer.read().decode()

        assert answer.status == 200
        assert "$" + "{" not in text or path.endswith(".js")
