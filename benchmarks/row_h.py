"""Row h: the outbox. Queued texts handed by one worker to a provider that answers in 100 ms, two reports for each coming back."""

from __future__ import annotations

import json
import time
import urllib.request

from benchmarks import people, stack
from benchmarks.results import Figure

TARGET = 500


def run(*, seconds: float = 180.0) -> list[Figure]:
    texts = int(TARGET * seconds * 1.05)
    with stack.stack() as made:
        people.setup(made.environment)
        made.start_web()
        made.start_simulator("--only", "twilio", "--latency", "0.1", "--silent", "1", "--reports", "sent,delivered")
        campaign, _ = people.campaign(contacts=texts, provider_url=f"{made.simulator}/twilio", texters=1, assign=True)
        made.open_account(_account(campaign))
        _queue(campaign)
        made.start_worker()
        before = made.cpu()
        sent, reported, memory = _watch(made, texts, limit=seconds * 3)
        spent = {name: used - before[name] for name, used in made.cpu().items()}
        lost, doubled, undelivered = _compare(made, texts)
        return [
            Figure(
                "h", f"{texts:,} queued texts handed over by one worker", "throughput", texts / sent, "texts/s", ">=500"
            ),
            Figure(
                "h", "delivery reports applied meanwhile", "throughput", 2 * texts / reported, "reports/s", ">=1000"
            ),
            *[
                Figure("h", f"processor time per text: {name}", "cpu", 1000 * used / texts, "ms")
                for name, used in spent.items()
            ],
            Figure("h", "worker's memory at the end", "resident", memory, "MB"),
            Figure("h", "at the provider and in the database afterwards", "lost", lost, "texts", "<1"),
            Figure("h", "at the provider and in the database afterwards", "doubled", doubled, "texts", "<1"),
            Figure("h", "at the provider and in the database afterwards", "not delivered", undelivered, "texts", "<1"),
        ]


def _account(campaign: int) -> int:
    from parley.texting.models import Campaign

    channel = Campaign.everywhere.select_related("channel").get(pk=campaign).channel
    assert channel is not None
    return channel.account_id


def _queue(campaign: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM texting_contact c CROSS JOIN LATERAL texting_send_v1((SELECT user_id FROM texting_assignment "
            "WHERE id = c.assignment_id), 1, c.assignment_id, c.id, 'Hi, this is Tess', '[]', 1, NULL, NULL, NULL, NULL) s "
            "WHERE c.campaign_id = %s",
            [campaign],
        )


def _watch(made: stack.Stack, texts: int, *, limit: float) -> tuple[float, float, float]:
    """Seconds until all are handed over, and until all reports are applied; megabytes of the worker."""
    began = time.perf_counter()
    sent = 0.0
    with made.connect() as connection:
        while time.perf_counter() - began < limit:
            left, unapplied = connection.execute(
                "SELECT (SELECT count(*) FROM conversations_outbox), "
                "(SELECT count(*) FROM conversations_inboundevent WHERE applied_at IS NULL)"
            ).fetchone() or (1, 1)
            if not left and not sent:
                sent = time.perf_counter() - began
            if not left and not unapplied:
                done = connection.execute(
                    "SELECT count(*) FROM conversations_message WHERE status >= 50"
                ).fetchone() or (0,)
                if done[0] >= texts:
                    return sent, time.perf_counter() - began, made.memory()["worker"]
            time.sleep(0.25)
    raise TimeoutError(f"{left} texts and {unapplied} reports are left after {limit:.0f} s")


def _compare(made: stack.Stack, texts: int) -> tuple[int, int, int]:
    with urllib.request.urlopen(f"{made.simulator}/simulator/state", timeout=60) as answer:
        state = json.loads(answer.read())
    with made.connect() as connection:
        distinct, delivered = connection.execute(
            "SELECT count(DISTINCT provider_id), count(*) FILTER (WHERE status = 50) FROM conversations_message "
            "WHERE direction = 2"
        ).fetchone() or (0, 0)
    return texts - distinct, state["doubled"], texts - delivered
