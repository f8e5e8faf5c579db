"""The rows of the fault table. Each does one thing to a running Parley and counts afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from functools import partial

from parley.engine import postgres
from tests.faults import ground as grounds
from tests.faults.ground import Ground, Line

#: look-ups and "unconfirmed" come within seconds here instead of minutes
IMPATIENT = {"OUTBOX_LOOK_UP_AFTER": "2", "OUTBOX_UNCONFIRMED_AFTER": "6", "OUTBOX_LEASE": "2"}


def same_webhook_three_times(*, short: bool) -> list[Line]:
    """One after another, and all at once."""
    count = 20 if short else 100
    with grounds.ground(name="webhooks") as made:
        made.stack.start_worker()
        serial = [grounds.sid() for _ in range(count)]
        statuses = [made.webhook(sid, "+16175550101") for sid in serial for _ in range(3)]
        together = [grounds.sid() for _ in range(count)]
        statuses += grounds.at_once(partial(made.webhook, sid, "+16175550102") for sid in together for _ in range(3))
        made.settled()
        rows, distinct = made.ask(
            "SELECT count(*), count(DISTINCT provider_id) FROM conversations_message WHERE direction = 1"
        )
        wrong = sum(status != 200 for status in statuses)
        return [
            Line(
                "the same webhook 3 times, serially and at once",
                6 * count,
                2 * count - distinct,
                rows - distinct,
                wrong,
            )
        ]


def database_restarts_under_webhooks(*, short: bool) -> list[Line]:
    count = 300 if short else 1571
    with grounds.ground(name="restart") as made:
        made.stack.start_worker()
        ending = threading.Event()

        def restart() -> None:
            # four times: the supervisor takes a server that ends more often for broken
            for _ in range(4):
                if ending.wait(0.9):
                    return
                postgres.restart(grounds.CLUSTER, crash=random.random() < 0.5)

        restarter = threading.Thread(target=restart)
        sids = [grounds.sid() for _ in range(count)]

        def call(number: int, sid: str) -> bool:
            time.sleep(number / count * (2 if short else 6))
            return made.webhook(sid, f"+1617555{number:04}") == 200

        restarter.start()
        accepted = grounds.at_once((partial(call, i, sid) for i, sid in enumerate(sids)), threads=64)
        ending.set()
        restarter.join()
        answered = sum(accepted)
        made.until("SELECT count(*) FROM conversations_message WHERE direction = 1", answered, 60)
        made.settled()
        rows, distinct = made.ask(
            "SELECT count(*), count(DISTINCT provider_id) FROM conversations_message WHERE direction = 1"
        )
        told = f"{answered} of {count} answered 200"
        return [
            Line(
                "the database restarted while webhooks arrive",
                count,
                answered - min(answered, distinct),
                rows - distinct,
                0,
                told,
            )
        ]


def same_send_twice(*, short: bool) -> list[Line]:
    count = 20 if short else 100
    with grounds.ground(name="twice", contacts=2 * count, texters=1) as made:
        texter = made.texters[0]
        contacts = grounds.contacts_of(made, texter)
        statuses = [made.send(texter, contact) for contact in contacts[:count] for _ in range(2)]
        statuses += grounds.at_once(partial(made.send, texter, c) for c in contacts[count:] for _ in range(2))
        made.stack.start_worker()
        made.settled()
        return [
            _texts(made, "the same send twice, serially and at once", 2 * count, wrong=sum(s != 200 for s in statuses))
        ]


def killed_while_sending(*, short: bool) -> list[Line]:
    """kill -9 of web or worker, again and again, while texters send."""
    kills, each = (4, 60) if short else (20, 150)
    with grounds.ground(
        name="kills", contacts=kills * each, texters=4, simulator=("--latency", "0.05"), settings=IMPATIENT
    ) as made:
        made.stack.start_worker()
        accepted: list[int] = []
        ending = threading.Event()

        def text(texter: object, contacts: list[int]) -> None:
            for contact in contacts:
                if ending.is_set():
                    return
                if made.send_until_accepted(texter, contact):  # type: ignore[arg-type]
                    accepted.append(contact)

        threads = [threading.Thread(target=text, args=(t, grounds.contacts_of(made, t))) for t in made.texters]
        for thread in threads:
            thread.start()
        for number in range(kills):
            time.sleep(random.uniform(0.3, 1.2))
            if number % 2:
                made.stack.kill("web")
                made.stack.start_web()
            else:
                made.stack.kill("worker")
                made.stack.start_worker()
        for thread in threads:
            thread.join(120)
        ending.set()
        made.settled(120)
        return [_texts(made, f"kill -9 of web or worker while sending, {kills} times", len(accepted))]


def cap_with_parallel_requests(*, short: bool) -> list[Line]:
    trials = 3 if short else 20
    exceeded = 0
    with grounds.ground(name="cap", contacts=200 * trials, texters=trials, assign=False) as made:
        with made.stack.connect() as connection:
            connection.execute("UPDATE texting_assignment SET max_contacts = 30")
        for texter in made.texters:
            grounds.at_once([partial(made.claim, texter, 100)] * 8, threads=8)
        with made.stack.connect() as connection:
            counts = connection.execute(
                "SELECT count(*) FROM texting_contact WHERE assignment_id IS NOT NULL GROUP BY assignment_id"
            )
            held = [count for (count,) in counts]
        exceeded = sum(count > 30 for count in held)
        missing = sum(count < 30 for count in held) + trials - len(held)
        return [Line("a cap of 30 with 8 requests at once", trials, 0, exceeded, missing, "doubled = cap exceeded")]


def unknown_number_writes(*, short: bool) -> list[Line]:
    count = 10 if short else 100
    with grounds.ground(name="unknown") as made:
        made.stack.start_worker()
        for i in range(count):
            made.webhook(grounds.sid(), f"+1617555{i:04}")
        made.settled()
        found = made.ask(
            "SELECT count(*) FROM conversations_conversation WHERE program = 'inbox' AND handled_at IS NULL"
        )[0]
        return [Line("inbound from unknown numbers: in the catch-all inbox", count, count - found, 0, 0)]


def provider_misbehaves(*, short: bool) -> list[Line]:
    """429, 500, no answer, and an answer that comes too late."""
    count = 10 if short else 40
    lines = []
    for kind, words in (
        ("429", "the provider answers 429"),
        ("500", "the provider answers 500"),
        ("hangup", "the provider takes the text and cuts the line"),
        ("late", "the provider answers after our time-out"),
        ("timeout", "the provider takes nothing and does not answer"),
    ):
        if short and kind in {"late", "timeout"}:
            continue  # each waits for our own 15 s time-out; the whole run has them
        with grounds.ground(name=f"provider_{kind}", contacts=count, texters=1, settings=IMPATIENT) as made:
            made.provider("faults", {"kind": kind, "next": count // 2, "seconds": 20, "retry_after": 1})
            made.stack.start_worker()
            texter = made.texters[0]
            grounds.at_once(partial(made.send, texter, c) for c in grounds.contacts_of(made, texter))
            made.settled(90)
            lines.append(_texts(made, words, count))
    return lines


def duplicate_and_reordered_reports(*, short: bool) -> list[Line]:
    count = 20 if short else 200
    with grounds.ground(name="reports", contacts=count, texters=1) as made:
        for kind in ("duplicate_webhooks", "reorder_webhooks"):
            made.provider("faults", {"kind": kind, "probability": 0.5, "seconds": 1})
        made.stack.start_worker()
        texter = made.texters[0]
        grounds.at_once(partial(made.send, texter, c) for c in grounds.contacts_of(made, texter))
        made.settled()
        made.until("SELECT count(*) FROM conversations_message WHERE status = 50", count)
        delivered = made.ask("SELECT count(*) FROM conversations_message WHERE status = 50")[0]
        return [_texts(made, "reports repeated and out of order", count, wrong=count - delivered)]


def _texts(made: Ground, fault: str, accepted: int, *, wrong: int = 0) -> Line:
    """Compare what we acknowledged, what the provider has, and what staff are shown."""
    state = made.provider("state")
    unconfirmed, failed, waiting, messages, contacts_twice, stuck_contacts = made.ask(
        "SELECT (SELECT count(*) FROM conversations_message WHERE status = 30), "
        "(SELECT count(*) FROM conversations_message WHERE direction = 2 AND status = 60), "
        "(SELECT count(*) FROM conversations_outbox), "
        "(SELECT count(*) FROM conversations_message WHERE direction = 2), "
        "(SELECT count(*) FROM (SELECT 1 FROM conversations_message WHERE direction = 2 AND purpose = 'initial' "
        "GROUP BY conversation_id HAVING count(*) > 1) x), "
        "(SELECT count(*) FROM texting_contact c WHERE c.status = 0 AND c.conversation_id IS NOT NULL)"
    )
    lost = max(0, accepted - messages) + max(0, messages - state["accepted_texts"] - unconfirmed - failed - waiting)
    told = ", ".join(
        f"{count} {what}"
        for count, what in ((unconfirmed, "shown as unconfirmed"), (failed, "shown as failed"))
        if count
    )
    return Line(fault, accepted, lost, state["doubled"] + contacts_twice, waiting + stuck_contacts + wrong, told)


ROWS: list[Callable[..., list[Line]]] = [
    same_webhook_three_times,
    database_restarts_under_webhooks,
    same_send_twice,
    killed_while_sending,
    cap_with_parallel_requests,
    unknown_number_writes,
    provider_misbehaves,
    duplicate_and_reordered_reports,
]
