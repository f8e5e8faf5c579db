"""`make run`: everything comes up, everything ends, and trouble is one line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from parley.engine.postgres import cluster
from tests import stack as stacks

PROJECT = Path(__file__).resolve().parents[2]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parley.engine.run", *words],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def family(process: int) -> list[psutil.Process]:
    """All that a process has started, the database's supervisor too."""
    return list(psutil.Process(process).children(recursive=True))


def gone(processes: list[psutil.Process], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while any(cluster.alive(one.pid) for one in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def own() -> Iterator[stacks.Stack]:
    with stacks.running() as running:
        yield running


def test_everything_answers_and_a_few_connections_are_enough(own: stacks.Stack) -> None:
    with psycopg.connect(own.database_url) as connection:
        row = connection.execute("select count(*) from pg_stat_activity where datname = 'parley'").fetchone()

    assert row is not None
    assert row[0] < 30
    assert any(line.startswith(f"Parley runs at   {own.url}") for line in own.lines)


def test_a_second_start_says_where_the_first_is(own: stacks.Stack) -> None:
    refused = run("--state", str(own.state), PORT=str(stacks.free_ports()))

    assert refused.returncode == 1
    assert refused.stderr == f"Parley already runs here at {own.url}. End it first (Ctrl-C in its window).\n"


def test_a_process_that_dies_is_started_again(own: stacks.Stack) -> None:
    (worker,) = [
        p
        for p in family(own.process.pid)
        if p.cmdline()[-2:] == ["manage.py", "worker"] and "leash.py" not in " ".join(p.cmdline())
    ]

    worker.kill()

    deadline = time.monotonic() + 30
    while not any(line.startswith("The worker process ended; starting it again") for line in own.lines):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    while not any(p.cmdline()[-2:] == ["manage.py", "worker"] for p in family(own.process.pid)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_runner_leaves_nothing_behind() -> None:
    with stacks.running() as running:
        started = family(running.process.pid)
        state = cluster.read_state(cluster.Files(running.state / "postgres"))
        assert state is not None
        assert len(started) > 6

        running.process.send_signal(signal.SIGKILL)
        running.process.wait()

        assert gone(started)
        assert gone([psutil.Process(state.server)] if psutil.pid_exists(state.server) else [])


def test_ending_it_ends_all_of_it() -> None:
    with stacks.running() as running:
        started = family(running.process.pid)

        running.process.send_signal(signal.SIGINT)
        code = running.process.wait(60)

        assert code == 0
        assert gone(started, seconds=0.5)


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    first = stacks.free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 1))
        taken.listen()

        refused = run("--state", str(tmp_path), PORT=str(first))

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {first + 1} is in use ({first} to {first + 3} are needed).")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"UPLOAD_LIMIT": "much"}, "UPLOAD_LIMIT is 'much'; it should be a whole number from 1 up.\n"),
        ({"PORT": "eighty"}, "PORT is 'eighty'; it must be a number from 1 to 65532.\n"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "DATABASE_URL: "),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(tmp_path: Path, variables: dict[str, str], said: str) -> None:
    refused = run("--state", str(tmp_path), **{"PORT": str(stacks.free_ports()), **variables})

    assert refused.returncode == 1
    assert refused.stderr.startswith(said)
    assert refused.stderr.count("\n") == 1


def test_a_database_of_somebody_else_is_never_deleted(tmp_path: Path) -> None:
    refused = run("--state", str(tmp_path), "--reset", DATABASE_URL="postgresql://me@db.example.org/theirs")

    assert refused.returncode == 1
    assert refused.stderr.startswith("DATABASE_URL is set")


def test_starting_over_forgets_the_data_and_keeps_what_was_installed(tmp_path: Path) -> None:
    for name in ("simulators/state", "spool/one", "environment.json", "log/web.log", "static/a.css", "secret_key"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")

    done = run("--state", str(tmp_path), "--reset", DATABASE_URL="")

    assert done.returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"log", "static", "secret_key", "run.lock"}
