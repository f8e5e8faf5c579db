"""The whole of Parley as real processes, for the browser tests, the fault tests and whoever measures it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Stack:
    """A running Parley on three ports in a row; see `python -m parley.engine.run`."""

    port: int
    database_url: str
    state: Path
    process: subprocess.Popen[str]
    #: what the runner has said so far
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def events_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}/events"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    def manage(self, *words: str) -> str:
        """Run a management command with the settings that the processes have."""
        environment = os.environ | {
            "DATABASE_URL": self.database_url,
            "DATABASE_DIRECT_URL": self.database_url,
            "PARLEY_DEMO": "1",
            "PARLEY_TESTING": "0",
            "PARLEY_BASE_URL": self.url,
            "PARLEY_EVENTS_URL": self.events_url,
            "PARLEY_SIMULATOR_URL": self.simulator_url,
            "SPOOL_DIRECTORY": str(self.state / "spool"),
            "SECRET_KEY": (self.state / "secret_key").read_text().strip(),
        }
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=PROJECT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def free_ports(number: int = 4) -> int:
    """The first of so many free ports in a row."""
    while True:
        first = secrets.choice(range(20_000, 32_000))
        try:
            for port in range(first, first + number):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of an empty database beside the one at `server`; dropped at the end."""
    name = f"parley_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    parts = conninfo.conninfo_to_dict(server)
    try:
        yield f"postgresql://{parts['user']}:{parts.get('password', '')}@{parts['host']}:{parts['port']}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def running(*, database_url: str | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Start everything with demo data, wait until it answers, and end it.

    Without `database_url` it brings up its own durable embedded PostgreSQL in a new state folder.
    """
    with tempfile.TemporaryDirectory(prefix="parley-stack-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        state.chmod(0o755)  # for the database's unprivileged user when we are root
        port = free_ports()
        given = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PARLEY_"))}
        given.pop("SECRET_KEY", None)
        given |= {"PORT": str(port), **({"DATABASE_URL": database_url} if database_url else {}), **(environment or {})}
        process = subprocess.Popen(
            [sys.executable, "-m", "parley.engine.run", "--state", str(state)],
            cwd=PROJECT,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        stack = Stack(port, database_url or "", state, process)
        try:
            _await(stack)
            if not database_url:
                stack.database_url = _own_database(state)
            yield stack
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            finally:
                if process.stdout:
                    process.stdout.close()


def _await(stack: Stack) -> None:
    assert stack.process.stdout is not None
    for line in stack.process.stdout:
        stack.lines.append(line.rstrip("\n"))
        if line.startswith("Logs are in"):
            break
    else:
        raise AssertionError("Parley did not start:\n" + "\n".join(stack.lines))
    threading.Thread(target=_read_on, args=(stack,), daemon=True).start()


def _read_on(stack: Stack) -> None:
    assert stack.process.stdout is not None
    with contextlib.suppress(ValueError):  # closed at the end
        stack.lines.extend(line.rstrip("\n") for line in stack.process.stdout)


def _own_database(state: Path) -> str:
    from parley.engine.postgres import cluster

    files = cluster.Files(state / "postgres")
    found = cluster.read_state(files)
    assert found is not None
    return cluster.address(files, found.port)
