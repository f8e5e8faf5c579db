"""Row c: a texter sends an initial text. 32 texters, closed loop, over the address that the texter's page posts to."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks import load, people, stack
from benchmarks.results import Figure


def run(*, seconds: float = 20.0, contacts: int = 50_000, texters: int = 32) -> list[Figure]:
    figures = []
    with stack.stack() as made:
        people.setup(made.environment)
        made.start_web()
        small = _measure(made, contacts=2_000, texters=texters, seconds=seconds)
        figures += _figures("2,000 contacts", small)
        middle = _measure(made, contacts=contacts, texters=texters, seconds=seconds)
        figures += _figures(f"{contacts:,} contacts", middle)
        large = _measure(made, contacts=500_000, texters=texters, seconds=seconds)
        figures += _figures("500,000 contacts", large)
        figures += _check(made)
    return figures


def _measure(made: stack.Stack, *, contacts: int, texters: int, seconds: float) -> load.Result:
    _, everybody = people.campaign(contacts=contacts, provider_url=made.simulator, texters=texters, assign=True)
    host, port = made.web.removeprefix("http://"), int(made.web.rsplit(":", 1)[1])
    clients = [_texts(texter, people.contacts_of(texter.assignment_id), host) for texter in everybody]
    before = made.cpu()
    result = load.run(clients, port=port, seconds=seconds)
    result.cpu = {name: (used - before[name]) / max(1, len(result.latencies)) for name, used in made.cpu().items()}
    return result


def _texts(texter: people.Texter, contacts: list[int], host: str) -> Iterator[bytes]:
    for contact in contacts:
        body = json.dumps({"contact": contact, "text": "Hi Person, this is Tess. Will you come on Saturday?"}).encode()
        yield load.post(
            f"/texter/{texter.assignment_id}/send", body, host=host, Cookie=texter.cookie, X_CSRFToken=texter.csrf
        )


def _figures(what: str, result: load.Result) -> list[Figure]:
    wrong = sum(n for status, n in result.statuses.items() if status != 200)
    return [
        Figure("c", f"send an initial, {what}", "throughput", result.rate, "req/s", ">=800"),
        Figure("c", f"send an initial, {what}", "p50", result.percentile(0.50), "ms"),
        Figure("c", f"send an initial, {what}", "p95", result.percentile(0.95), "ms", "<75"),
        Figure("c", f"send an initial, {what}", "p99", result.percentile(0.99), "ms"),
        *[
            Figure("c", f"send an initial, {what}", f"cpu, {name}", 1000 * used, "ms/req")
            for name, used in result.cpu.items()
        ],
        Figure("c", f"send an initial, {what}", "refused", wrong, "requests", "<1"),
    ]


def _check(made: stack.Stack) -> list[Figure]:
    with made.connect() as connection:
        lost, doubled = connection.execute(
            "SELECT (SELECT count(*) FROM texting_contact WHERE status = 1) - count(DISTINCT conversation_id), "
            "count(*) - count(DISTINCT conversation_id) FROM conversations_outbox"
        ).fetchone() or (None, None)
    return [
        Figure("c", "send an initial, in the database afterwards", "lost", lost, "texts", "<1"),
        Figure("c", "send an initial, in the database afterwards", "doubled", doubled, "texts", "<1"),
    ]
