"""Announcing: after the commit, gathered, once each, through an outage."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from parley.engine import postgres
from parley.web import announcer, topics

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_announcer(monkeypatch: pytest.MonkeyPatch) -> Iterator[announcer.Announcer]:
    one = announcer.Announcer()
    monkeypatch.setattr(announcer, "_announcer", one)
    yield one
    one.close()


@contextmanager
def hearing() -> Iterator[Callable[[int], list[str]]]:
    """A listener; call it with the number of notifications to wait for, at most, for their payloads."""
    with psycopg.connect(announcer.address(), autocommit=True) as link:
        link.execute(f"listen {topics.CHANNEL}")

        def heard(number: int) -> list[str]:
            return [n.payload for n in link.notifies(timeout=5 if number else 0.3, stop_after=number or None)]

        yield heard


def test_a_rolled_back_transaction_announces_nothing(fresh_announcer: announcer.Announcer) -> None:
    with hearing() as heard:
        with transaction.atomic():
            announcer.announce("conversation:1")
            transaction.set_rollback(True)

        assert heard(0) == []
    assert fresh_announcer._thread is None


def test_topics_wait_for_the_commit(fresh_announcer: announcer.Announcer) -> None:
    with hearing() as heard:
        with transaction.atomic():
            announcer.announce("conversation:1")
            before = heard(0)

        assert (before, heard(1)) == ([], ["conversation:1"])


def test_a_burst_becomes_few_notifications_with_each_topic_once() -> None:
    with hearing() as heard:
        announcer.announce("first")
        assert heard(1) == ["first"]
        started = time.monotonic()

        for number in range(1000):
            announcer.announce(f"campaign:{number % 10}")
        announcer.flush()

        elapsed = time.monotonic() - started
        payloads = heard(0)
    assert {name for payload in payloads for name in payload.split()} == {f"campaign:{n}" for n in range(10)}
    assert len(payloads) <= elapsed / announcer.INTERVAL + 1


def test_more_topics_than_one_payload_holds_are_split() -> None:
    names = [f"conversation:{10**12 + number}" for number in range(2000)]

    with hearing() as heard:
        announcer.announce(*names)
        announcer.flush()
        payloads = heard(0)

    assert all(len(payload) < 8000 for payload in payloads)
    assert sorted(name for payload in payloads for name in payload.split()) == names


def test_a_lost_connection_loses_no_topic() -> None:
    announcer.announce("before")
    announcer.flush()
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'parley announcer' and datname = current_database()"
        )

    with hearing() as heard:
        announcer.announce("after")

        assert heard(1) == ["after"]


def test_topics_wait_while_the_database_restarts(
    fresh_announcer: announcer.Announcer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "var" / "postgres"
    address = postgres.ensure(directory, durable=False)
    monkeypatch.setattr(announcer, "_address", lambda: address)
    try:
        announcer.announce("before")
        assert fresh_announcer.flush(seconds=10)

        postgres.restart(directory, crash=True)
        with psycopg.connect(address, autocommit=True) as link:
            link.execute(f"listen {topics.CHANNEL}")
            announcer.announce("after")

            assert [n.payload for n in link.notifies(timeout=10, stop_after=1)] == ["after"]
    finally:
        fresh_announcer.close()
        postgres.stop(directory)
        elsewhere = directory.with_name("postgres.location")
        if elsewhere.exists():
            shutil.rmtree(elsewhere.read_text().strip())


def test_nothing_is_opened_before_the_first_topic(
    fresh_announcer: announcer.Announcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(psycopg, "connect", lambda *args, **kwargs: opened.append(args))

    assert fresh_announcer.flush()
    fresh_announcer.close()

    assert opened == []


def test_closing_sends_what_is_left(fresh_announcer: announcer.Announcer) -> None:
    with hearing() as heard:
        announcer.announce("one")
        announcer.announce("two")
        fresh_announcer.close()

        assert {name for payload in heard(0) for name in payload.split()} == {"one", "two"}


@pytest.mark.parametrize("name", ["", "two words", "line\nbreak", "x" * 201])
def test_what_is_no_topic_is_refused_where_it_is_written(name: str) -> None:
    with pytest.raises(ValueError, match="Not a topic"):
        announcer.announce(name)
