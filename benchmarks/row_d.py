"""Row d: inbound webhooks. Signed like Twilio's, verified, stored, answered; applied by the worker and announced to pages."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator

from benchmarks import load, people, stack
from benchmarks.results import Figure

SENDERS = 32


def run(*, seconds: float = 20.0, conversations: int = 5_000) -> list[Figure]:
    with stack.stack() as made:
        people.setup(made.environment)
        made.start_web()
        campaign, _ = people.campaign(contacts=conversations, provider_url=made.simulator, texters=4, assign=True)
        hook = _Hook(made, campaign)
        _text_everybody(campaign)

        answered = load.run([hook.requests(i, conversations) for i in range(SENDERS)], port=hook.port, seconds=seconds)
        stored = made.connect().execute("SELECT count(*) FROM conversations_inboundevent").fetchone()[0]  # type: ignore[index]
        made.start_worker()
        _drain(made)
        applied = _applying(made)
        paced, visible = asyncio.run(_paced(made, hook, rate=500, seconds=seconds, conversations=conversations))
        _drain(made)
        kept, distinct = made.connect().execute(
            "SELECT count(*), count(DISTINCT provider_id) FROM conversations_message WHERE direction = 1"
        ).fetchone() or (0, 0)
        sent = len(answered.latencies) + paced
        return [
            Figure("d", "webhook answered, 32 senders", "throughput", answered.rate, "req/s", ">=1500"),
            Figure("d", "webhook answered, 32 senders", "p50", answered.percentile(0.5), "ms"),
            Figure("d", "webhook answered, 32 senders", "p95", answered.percentile(0.95), "ms", "<40"),
            Figure("d", "webhook answered, 32 senders", "p99", answered.percentile(0.99), "ms"),
            Figure("d", "webhook answered, 32 senders", "not 200", _wrong(answered.statuses), "requests", "<1"),
            Figure(
                "d", "applied by one worker, backlog of the above", "throughput", stored / applied, "events/s", ">=1000"
            ),
            Figure("d", "webhooks at 500/s, from request to announcement", "p50", _share(visible, 0.5), "ms"),
            Figure("d", "webhooks at 500/s, from request to announcement", "p95", _share(visible, 0.95), "ms", "<500"),
            Figure("d", "in the database afterwards", "lost", sent - distinct, "messages", "<1"),
            Figure("d", "in the database afterwards", "doubled", kept - distinct, "messages", "<1"),
        ]


class _Hook:
    """Signed requests to the webhook of the campaign's account."""

    def __init__(self, made: stack.Stack, campaign: int) -> None:
        from parley.texting.models import Campaign

        channel = Campaign.everywhere.select_related("channel").get(pk=campaign).channel
        assert channel is not None
        self.account, self.service = channel.account_id, channel.address
        self.host, self.port = made.web.removeprefix("http://"), int(made.web.rsplit(":", 1)[1])
        self.path = f"/webhooks/twilio/{self.account}/message"
        self.url = f"{made.web}{self.path}"

    def request(self, sender: str, sid: str, text: str) -> bytes:
        from parley.providers.twilio import webhook

        params = [
            ("AccountSid", "AC" + "0" * 32),
            ("Body", text),
            ("From", sender),
            ("MessageSid", sid),
            ("MessagingServiceSid", self.service),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("To", "+18005550100"),
        ]
        signed = webhook.signature(self.url, params, "bench")
        return load.post(
            self.path,
            urllib.parse.urlencode(params).encode(),
            host=self.host,
            content_type="application/x-www-form-urlencoded",
            X_Twilio_Signature=signed,
        )

    def requests(self, sender: int, conversations: int) -> Iterator[bytes]:
        """Endless; every 32nd conversation belongs to this sender."""
        number = 0
        while True:
            cell = f"+1617{2_000_000 + (sender + SENDERS * number) % conversations}"
            yield self.request(cell, f"SM{sender:04x}{number:028x}", "Yes, I will be there")
            number += 1


def _text_everybody(campaign: int) -> None:
    """Everybody has had a text, so that replies find their conversation."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_conversation (organization_id, channel_id, program, subject_key, kind, address_kind, address, "
            "title, last_sequence, last_outbound_at, created_at) SELECT c.organization_id, p.channel_id, 'texting', p.id::text, "
            "'direct', 'phone', c.cell, '', 0, now(), now() FROM texting_contact c JOIN texting_campaign p ON p.id = c.campaign_id "
            "WHERE p.id = %s",
            [campaign],
        )
        cursor.execute(
            "UPDATE texting_contact c SET conversation_id = v.id, status = 1 FROM conversations_conversation v "
            "WHERE v.address = c.cell AND c.campaign_id = %s AND v.subject_key = %s",
            [campaign, str(campaign)],
        )
        cursor.execute("VACUUM ANALYZE conversations_conversation")


def _applying(made: stack.Stack) -> float:
    """Seconds from the first event applied to the last."""
    with made.connect() as connection:
        seconds = connection.execute(
            "SELECT extract(epoch FROM max(applied_at) - min(applied_at))::float FROM conversations_inboundevent"
        ).fetchone() or (0.0,)
    return float(seconds[0]) or float("nan")


def _drain(made: stack.Stack, limit: float = 120.0) -> None:
    """Wait until every stored event is applied."""
    began = time.perf_counter()
    with made.connect() as connection:
        while time.perf_counter() - began < limit:
            left = connection.execute(
                "SELECT count(*) FROM conversations_inboundevent WHERE applied_at IS NULL"
            ).fetchone()
            if left == (0,):
                return
            time.sleep(0.05)
    raise TimeoutError(f"events are not applied within {limit} s")


async def _paced(
    made: stack.Stack, hook: _Hook, *, rate: int, seconds: float, conversations: int
) -> tuple[int, list[float]]:
    """Send at a steady rate; for each message the milliseconds until its conversation is announced."""
    with made.connect() as connection:
        numbers: dict[str, int] = dict(
            connection.execute("SELECT address, id FROM conversations_conversation").fetchall()
        )
    waiting: dict[str, float] = {}
    heard: list[float] = []
    ending = threading.Event()
    listener = threading.Thread(target=_listen, args=(made, waiting, heard, ending))
    listener.start()
    await asyncio.sleep(0.3)
    queue: asyncio.Queue[tuple[bytes, str] | None] = asyncio.Queue()

    async def sender() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", hook.port)
        while (item := await queue.get()) is not None:
            request, topic = item
            waiting[topic] = time.perf_counter()
            writer.write(request)
            await load.answer(reader)
        writer.close()

    senders = [asyncio.create_task(sender()) for _ in range(SENDERS)]
    total = int(rate * seconds)
    began = time.perf_counter()
    for i in range(total):
        cell = f"+1617{2_000_000 + i % conversations}"
        queue.put_nowait((hook.request(cell, f"SMpaced{i:027x}", "Thank you"), f"conversation:{numbers[cell]}"))
        ahead = began + i / rate - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
    for _ in senders:
        queue.put_nowait(None)
    await asyncio.gather(*senders)
    await asyncio.sleep(2)
    ending.set()
    await asyncio.to_thread(listener.join)
    return total, heard


def _listen(made: stack.Stack, waiting: dict[str, float], heard: list[float], ending: threading.Event) -> None:
    with made.connect() as connection:
        connection.execute("LISTEN parley_changed")
        while not ending.is_set():
            for notification in connection.notifies(timeout=0.2):
                now = time.perf_counter()
                for topic in notification.payload.split():
                    began = waiting.pop(topic, None)
                    if began is not None:
                        heard.append((now - began) * 1000)


def _wrong(statuses: Counter[int]) -> int:
    return sum(count for status, count in statuses.items() if status != 200)


def _share(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else float("nan")
