"""A whole Parley of its own for a measurement: a durable cluster, an empty database, real processes."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

from parley.engine import postgres

PROJECT = Path(__file__).resolve().parents[1]
STATE = PROJECT / "var" / "bench"
ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID = "AC" + "0" * 32, "bench", "MG" + "0" * 32
SECRET = "benchmarks-only-" + "0" * 40


@dataclasses.dataclass
class Stack:
    """Addresses and process ids of what runs."""

    database: str
    web: str
    simulator: str
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = dataclasses.field(default_factory=dict)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.database, autocommit=True)

    def start(self, name: str, *command: str, **extra: str) -> subprocess.Popen[bytes]:
        """Start a process that writes to var/bench/<name>.log; ended with the stack."""
        log = (STATE / f"{name}.log").open("ab")
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **self.environment, "PARLEY_PROCESS": f"parley {name}", **extra},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.processes[name] = process
        return process

    def start_web(self, *, workers: int = 2, threads: int = 4) -> None:
        port = self.web.rsplit(":", 1)[1]
        self.start(
            "web",
            *(sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", port, "--no-ws"),
            *("--interface", "wsgi", "--workers", str(workers), "--log-level", "warning"),
            *("--blocking-threads", str(threads), "--blocking-threads-idle-timeout", "600", "parley.wsgi:application"),
        )
        self.await_answer(f"{self.web}/healthz")

    def start_worker(self, name: str = "worker", *, concurrency: int = 200, jobs: bool = False, **extra: str) -> None:
        words = [] if jobs else ["--no-jobs"]
        self.start(name, sys.executable, "manage.py", "worker", "--concurrency", str(concurrency), *words, **extra)

    def start_simulator(self, *words: str) -> None:
        port = self.simulator.rsplit(":", 1)[1]
        folder = STATE / "simulators"
        shutil.rmtree(folder, ignore_errors=True)
        self.start("simulators", sys.executable, "-m", "simulators", "--port", port, "--data", str(folder), *words)
        self.await_answer(f"{self.simulator}/simulator/state")

    def open_account(self, account: int, *, numbers: int = 40) -> None:
        """Make the account of `people.campaign` known to the simulator, with numbers to send from."""
        body = {
            "account_sid": ACCOUNT_SID,
            "auth_token": AUTH_TOKEN,
            "service_sid": SERVICE_SID,
            "inbound_url": f"{self.web}/webhooks/twilio/{account}/message",
            "numbers": [f"+1800555{i:04}" for i in range(numbers)],
        }
        request = urllib.request.Request(
            f"{self.simulator}/simulator/setup", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    def await_answer(self, url: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{url} does not answer; see {STATE}")

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """End a process with its children at once."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def memory(self) -> dict[str, float]:
        """Resident megabytes by process, children included."""
        return {name: _tree_memory(process.pid) / 1e6 for name, process in self.processes.items()}

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time by process so far, children included; PostgreSQL's under `database`."""
        with self.connect() as connection:
            postmaster = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
            ).fetchone() or (0,)
        server = int(Path(f"/proc/{postmaster[0]}/stat").read_text().rsplit(")", 1)[1].split()[1])
        return {**{name: _tree_cpu(p.pid) for name, p in self.processes.items()}, "database": _tree_cpu(server)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def stack(*, name: str = "bench", **extra: str) -> Iterator[Stack]:
    """An empty, migrated database on a durable cluster, and addresses for processes that the caller starts."""
    STATE.mkdir(parents=True, exist_ok=True)
    database = fresh_database(name)
    web, simulator = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    environment = {
        "DJANGO_SETTINGS_MODULE": "parley.settings",
        "DATABASE_URL": database,
        "DATABASE_DIRECT_URL": database,
        "SECRET_KEY": SECRET,
        "PARLEY_DEMO": "1",
        "PARLEY_BASE_URL": web,
        "PARLEY_SIMULATOR_URL": simulator,
        "SPOOL_DIRECTORY": str(STATE / "spool" / name),
        **extra,
    }
    made = Stack(database=database, web=web, simulator=simulator, environment=environment)
    try:
        yield made
    finally:
        made.stop()


def fresh_database(name: str) -> str:
    """An empty, migrated database: copied from a template that is migrated once for each state of the schema."""
    base = os.environ.get("BENCH_DATABASE_URL") or postgres.ensure(PROJECT / "var" / "postgres-bench", durable=True)
    template = f"template_{_schema()}"
    with psycopg.connect(base, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            connection.execute(f'CREATE DATABASE "{template}_draft"')
            _migrate(_address(base, f"{template}_draft"))
            connection.execute(f'ALTER DATABASE "{template}_draft" RENAME TO "{template}"')
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return _address(base, name)


def _schema() -> str:
    """Tells one state of migrations and SQL functions from another."""
    found = hashlib.sha256()
    for path in sorted([*PROJECT.glob("parley/*/migrations/*.py"), *PROJECT.glob("parley/*/sql/*.sql")]):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _migrate(database: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity=0"],
        cwd=PROJECT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "parley.settings",
            "DATABASE_URL": database,
            "DATABASE_DIRECT_URL": database,
            "SECRET_KEY": SECRET,
        },
        check=True,
    )


def _address(base: str, name: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(base)
    return f"postgresql://{parts['user']}:{parts.get('password', '')}@{parts['host']}:{parts['port']}/{name}"


def _tree(pid: int) -> Iterator[int]:
    todo = [pid]
    while todo:
        number = todo.pop()
        yield number
        with contextlib.suppress(OSError):
            for children in Path(f"/proc/{number}/task").glob("*/children"):
                todo += [int(child) for child in children.read_text().split()]


def _tree_memory(pid: int) -> int:
    total = 0
    for number in _tree(pid):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


def _tree_cpu(pid: int) -> float:
    """User and system time, of ended children too."""
    ticks = 0
    for number in _tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
