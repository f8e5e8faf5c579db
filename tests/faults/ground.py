"""The ground that the faults are done on: a stack, a campaign on it, and ways to talk to both."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from benchmarks import people, stack
from parley.engine import postgres

T = TypeVar("T")
CLUSTER = stack.PROJECT / "var" / "postgres-faults"
TEXT = "Hi, this is Tess"


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the table. `stuck`: neither sent nor shown as unconfirmed, or a contact nobody can text."""

    fault: str
    tried: int
    lost: int
    doubled: int
    stuck: int
    told: str = ""

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.stuck)

    def __str__(self) -> str:
        note = f"  ({self.told})" if self.told else ""
        return f"{self.fault:66} tried {self.tried:6}  lost {self.lost:3}  doubled {self.doubled:3}  stuck {self.stuck:3}{note}"


@dataclasses.dataclass
class Ground:
    stack: stack.Stack
    campaign: int
    account: int
    texters: Sequence[people.Texter]

    # --- the texter's side ---------------------------------------------------------------------

    def send(self, texter: people.Texter, contact: int, *, key: str | None = None, text: str = TEXT) -> int:
        """The HTTP status; 0 when there was no answer."""
        body: dict[str, object] = {"contact": contact, "text": text}
        if key:
            body["key"] = key
        return self.post(texter, "send", body)[0]

    def claim(self, texter: people.Texter, wanted: int) -> int:
        status, answer = self.post(texter, "claim", {"wanted": wanted})
        return int(answer["count"]) if status == 200 else 0

    def post(self, texter: people.Texter, what: str, body: dict[str, object]) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"{self.stack.web}/texter/{texter.assignment_id}/{what}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Cookie": texter.cookie, "X-CSRFToken": texter.csrf},
        )
        return _answer(request, timeout=20)

    def send_until_accepted(self, texter: people.Texter, contact: int, seconds: float = 60.0) -> bool:
        """As the texter's page does: the same request again until the server has answered it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self.send(texter, contact)
            if status == 200:
                return True
            if 400 <= status < 500:
                return False
            time.sleep(0.1)
        return False

    # --- the provider's side -------------------------------------------------------------------

    def webhook(self, sid: str, sender: str, text: str = "Yes") -> int:
        from parley.providers.twilio import webhook

        url = f"{self.stack.web}/webhooks/twilio/{self.account}/message"
        params = [
            ("AccountSid", stack.ACCOUNT_SID),
            ("Body", text),
            ("From", sender),
            ("MessageSid", sid),
            ("MessagingServiceSid", stack.SERVICE_SID),
            ("NumMedia", "0"),
            ("To", "+18005550100"),
        ]
        request = urllib.request.Request(
            url,
            urllib.parse.urlencode(params).encode(),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": webhook.signature(url, params, stack.AUTH_TOKEN),
            },
        )
        return _answer(request, timeout=15)[0]

    def provider(self, what: str, body: dict[str, object] | None = None, method: str | None = None) -> Any:
        """Ask the simulator, or tell it to misbehave."""
        request = urllib.request.Request(
            f"{self.stack.simulator}/simulator/{what}",
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    # --- the database ----------------------------------------------------------------------------

    def ask(self, question: str, *arguments: object) -> Any:
        """The one row of a query; waits out a restart of the database."""
        import psycopg

        for _ in range(100):
            try:
                with self.stack.connect() as connection:
                    return connection.execute(question, arguments).fetchone()
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise TimeoutError("no database")

    def until(self, question: str, wanted: object = 0, seconds: float = 60.0) -> bool:
        """Whether a count reaches what is wanted in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.ask(question)[0] == wanted:
                return True
            time.sleep(0.1)
        return False

    def settled(self, seconds: float = 60.0) -> bool:
        return self.until("SELECT count(*) FROM conversations_outbox", 0, seconds) and self.until(
            "SELECT count(*) FROM conversations_inboundevent WHERE applied_at IS NULL", 0, seconds
        )


@contextlib.contextmanager
def ground(
    *,
    name: str,
    contacts: int = 0,
    texters: int = 4,
    assign: bool = True,
    simulator: Sequence[str] = (),
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Ground]:
    """A stack with its web processes and simulator running, and a campaign on it; the worker is the row's to start."""
    os.environ["BENCH_DATABASE_URL"] = postgres.ensure(CLUSTER, durable=True)
    with stack.stack(name=f"faults_{name}", **settings) as made:
        people.setup(made.environment)
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = f"faults_{name}"
        made.start_web()
        made.start_simulator("--only", "twilio", "--silent", "1", "--reports", "sent,delivered", *simulator)
        campaign, everybody = people.campaign(
            contacts=contacts, provider_url=f"{made.simulator}/twilio", texters=texters, assign=assign
        )
        connection.close()
        with made.connect() as link:
            account = link.execute("SELECT max(id) FROM conversations_provideraccount").fetchone()[0]  # type: ignore[index]
        made.open_account(account)
        yield Ground(stack=made, campaign=campaign, account=account, texters=everybody)


def at_once(calls: Iterable[Callable[[], T]], *, threads: int = 16) -> list[T]:
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def sid() -> str:
    return f"SM{uuid.uuid4().hex}"


def contacts_of(made: Ground, texter: people.Texter) -> list[int]:
    with made.stack.connect() as connection:
        rows = connection.execute(
            "SELECT id FROM texting_contact WHERE assignment_id = %s AND status = 0 ORDER BY id", [texter.assignment_id]
        )
        return [number for (number,) in rows]


def _answer(request: urllib.request.Request, *, timeout: float) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            body = answer.read()
            return answer.status, json.loads(body) if answer.headers.get_content_type() == "application/json" else body
    except urllib.error.HTTPError as error:
        error.read()
        return error.code, None
    except OSError:
        return 0, None
