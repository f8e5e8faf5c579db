"""What every test stands on: real PostgreSQL (a cluster of the tests' own), and threads with real connections."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, Protocol

import django
import pytest

from parley.engine import postgres

PROJECT = Path(__file__).resolve().parent.parent

# Nothing but this file names the settings, so that pytest-django leaves setting up Django to it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
os.environ.setdefault("PARLEY_TESTING", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("PARLEY_TEST_DATABASE", "test_parley")
if not os.environ.get("DATABASE_URL"):
    try:
        # The one difference from production: a commit does not wait for the disk.
        os.environ["DATABASE_URL"] = postgres.ensure(PROJECT / "var" / "postgres-test", durable=False)
    except postgres.Failure as failure:
        pytest.exit(str(failure), returncode=3)
# whitenoise warns of a folder that only `make run` fills
(PROJECT / "var" / "static").mkdir(parents=True, exist_ok=True)
django.setup()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database; what this process keeps open there is closed before it is dropped."""
    from parley.web import announcer

    yield
    announcer.close()


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
