"""What every test stands on: real PostgreSQL (a cluster of the tests' own), and threads with real connections."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, Protocol

import pytest

from parley.engine import postgres

PROJECT = Path(__file__).resolve().parent.parent

# Django reads its settings when pytest-django loads, which is before any hook of ours: set them at import.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
os.environ.setdefault("PARLEY_TESTING", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("PARLEY_TEST_DATABASE", "test_parley")
if "DATABASE_URL" not in os.environ:
    try:
        # The one difference from production: a commit does not wait for the disk.
        os.environ["DATABASE_URL"] = postgres.ensure(PROJECT / "var" / "postgres-test", durable=False)
    except postgres.Failure as failure:
        pytest.exit(str(failure), returncode=3)


class RunConcurrently(Protocol):
    def __call__(self, callables: Iterable[Callable[[], Any]]) -> list[Any]: ...


@pytest.fixture
def run_concurrently(transactional_db: None) -> RunConcurrently:
    """Call all at the same moment, each in a thread with its own connection; results in order.

    The first exception is raised, after all have ended.
    """
    from django.db import connections

    def run(callables: Iterable[Callable[[], Any]]) -> list[Any]:
        todo = list(callables)
        together = Barrier(len(todo))

        def one(call: Callable[[], Any]) -> Any:
            try:
                together.wait(timeout=30)
                return call()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=len(todo)) as pool:
            futures = [pool.submit(one, call) for call in todo]
        return [future.result() for future in futures]

    return run
