"""`make run`: the whole of Parley on this machine, until Ctrl-C.

Brings the database up, its tables and the demo's data up to date, and then keeps four processes alive:
web (PORT), event stream (PORT + 1), simulators (PORT + 2, mail PORT + 3) and worker. Environment: PORT (8000),
DATABASE_URL (a PostgreSQL of yours instead of the embedded one).

    python -m parley.engine.run [--state var] [--reset]
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg

from parley.engine import children, environment, local, postgres

PROJECT = Path(__file__).resolve().parents[2]
STATE = PROJECT / "var"
#: seconds for all processes to answer
START_LIMIT = 90.0
#: seconds for all processes to end
STOP_LIMIT = 15.0
#: what `--reset` leaves in the state folder: no data of the demo
KEPT = {"log", "node", "static", "static.stamp", "setup.lock", "secret_key", "run.lock"}


class Trouble(Exception):
    """Parley cannot start. The message is one line with the remedy."""


class Interrupted(Exception):
    """Somebody wants us to end."""


@contextmanager
def _step(what: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"{what} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


class Runner:
    def __init__(self, *, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        self.logs = state / "log"
        self.demo = os.environ.get("PARLEY_DEMO", "1") != "0"
        self.children: list[children.Child] = []
        self.environment: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- getting ready -------------------------------------------------------------------------

    def prepare(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        for port in range(self.port, self.port + 4):
            _check_port(port, self.port)
        with _step("Database"):
            address = self._database()
        events, simulator = f"http://127.0.0.1:{self.port + 1}/events", f"http://127.0.0.1:{self.port + 2}"
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "parley.settings",
            "DATABASE_URL": address,
            "DATABASE_DIRECT_URL": os.environ.get("DATABASE_DIRECT_URL", address),
            "PARLEY_DEMO": "1" if self.demo else "0",
            "PARLEY_BASE_URL": os.environ.get("PARLEY_BASE_URL", self.address),
            "PARLEY_EVENTS_URL": os.environ.get("PARLEY_EVENTS_URL", events),
            "SPOOL_DIRECTORY": str(self.state / "spool"),
            "SECRET_KEY": os.environ.get("SECRET_KEY") or local.secret_key(self.state / "secret_key"),
            "PYTHONUNBUFFERED": "1",
            **(
                {"PARLEY_SIMULATOR_URL": simulator, "EMAIL_URL": f"smtp://127.0.0.1:{self.port + 3}"}
                if self.demo
                else {}
            ),
        }
        if wrong := environment.problems(os.environ | self.environment):
            raise Trouble("\n".join(wrong))
        local.remember(self.state, self.environment)
        with _step("Tables"):
            self._manage("migrate", "--noinput", "--verbosity=0")
        self._collect_static_files()
        if self.demo and _has_command("demo"):
            with _step("Demo data"):
                self._manage("demo")

    def _database(self) -> str:
        given = os.environ.get("DATABASE_URL")
        if not given:
            return postgres.ensure(self.state / "postgres")
        try:
            with psycopg.connect(given, connect_timeout=5) as connection:
                version = connection.info.server_version // 10_000
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise Trouble(f"DATABASE_URL: {reason}. Correct it, or unset it for the embedded PostgreSQL.") from error
        if version < 15:
            raise Trouble(f"DATABASE_URL is a PostgreSQL {version}; Parley needs 15 or newer.")
        return given

    def _manage(self, *words: str) -> str:
        """Run a management command; its output is kept in the log. Raises Trouble with its last line."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=os.environ | self.environment | {"PARLEY_PROCESS": "parley setup"},
            capture_output=True,
            text=True,
        )
        with (self.logs / "setup.log").open("a") as log:
            log.write(f"$ manage.py {' '.join(words)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            raise Trouble(
                f"manage.py {words[0]} failed: {lines[-1] if lines else 'no reason given'} (details: {self.logs / 'setup.log'})"
            )
        return done.stdout

    def _collect_static_files(self) -> None:
        """Hash and compress the static files when any of them has changed."""
        found = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
        for folder in sorted(PROJECT.glob("parley/**/static")):
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                facts = path.stat()
                found.update(f"{path.relative_to(PROJECT)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
        # The files are the checkout's, whatever state folder runs: one at a time makes them, and what
        # another process serves stays.
        STATE.mkdir(exist_ok=True)
        with (STATE / "static.stamp").open("a+") as stamp:
            fcntl.flock(stamp, fcntl.LOCK_EX)
            stamp.seek(0)
            if stamp.read() == found.hexdigest() and (STATE / "static").is_dir():
                return
            with _step("Static files"):
                self._manage("collectstatic", "--noinput", "--verbosity=0")
            stamp.truncate(0)
            stamp.write(found.hexdigest())

    # --- running -------------------------------------------------------------------------------

    def start(self) -> None:
        workers = max(1, min(os.cpu_count() or 1, 3))
        granian = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--no-ws", "--log-level", "warning"]
        self._add(
            "web",
            [
                *(*granian, "--interface", "wsgi", "--port", str(self.port), "--workers", str(workers)),
                # threads are few and live on: each keeps its database connection
                *("--blocking-threads", "4", "--blocking-threads-idle-timeout", "600"),
                *("--respawn-failed-workers", "--workers-kill-timeout", "8", "parley.wsgi:application"),
            ],
            port=self.port,
        )
        self._add(
            "stream",
            [
                *(*granian, "--interface", "asgi", "--port", str(self.port + 1), "--backpressure", "10000"),
                *("--workers-kill-timeout", "2", "parley.web.stream:application"),
            ],
            port=self.port + 1,
        )
        if self.demo and (PROJECT / "simulators" / "__main__.py").exists():
            self._add(
                "simulators",
                [
                    *(sys.executable, "-m", "simulators", "--port", str(self.port + 2)),
                    *("--smtp-port", str(self.port + 3), "--data", str(self.state / "simulators")),
                ],
                port=self.port + 2,
            )
        if _has_command("worker"):
            self._add("worker", [sys.executable, "manage.py", "worker"])
        with _step("Processes"):
            for child in self.children:
                child.start()
            self._await_all()

    def _add(self, name: str, command: list[str], *, port: int | None = None) -> None:
        settings = self.environment | {"PARLEY_PROCESS": f"parley {name}"}
        child = children.Child(name, command, settings, self.logs / f"{name}.log")
        if port:
            child.ready = lambda: _answers(port)
        self.children.append(child)

    def _await_all(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        for child in self.children:
            while not child.ready():
                if child.process and child.process.poll() is not None:
                    raise Trouble(
                        f"The {child.name} process does not start: {child.last_words()[:300]} (details: {child.log})"
                    )
                if time.monotonic() > deadline:
                    raise Trouble(f"The {child.name} process does not answer; see {child.log}.")
                time.sleep(0.05)

    def watch(self) -> None:
        """Start again what dies, until somebody interrupts."""
        while True:
            time.sleep(0.2)
            for child in self.children:
                if child.died():
                    print(
                        f"The {child.name} process ended; starting it again in {child.pause:.0f} s. (details: {child.log})",
                        flush=True,
                    )
                elif child.is_due():
                    child.start()

    def stop(self) -> None:
        children.end_all(self.children, seconds=STOP_LIMIT)
        if not os.environ.get("DATABASE_URL"):
            postgres.release(self.state / "postgres", wait=STOP_LIMIT)

    def greet(self) -> None:
        shown = self._manage("demo", "--show").rstrip() if self.demo and _has_command("demo") else ""
        lines = [
            "",
            f"Parley runs at   {self.address}/",
            *(
                [f"A phone to text  {self.address.replace(str(self.port), str(self.port + 2))}/simulator/"]
                if self.demo
                else []
            ),
            *(["", shown] if shown else []),
            "",
            f"Logs are in {self.logs}. Ctrl-C ends everything; the data stay.",
        ]
        print("\n".join(lines), flush=True)


# --- small things ------------------------------------------------------------------------------------


def _check_port(port: int, first: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port} is in use ({first} to {first + 3} are needed)."
                f" Stop what uses it, or choose others: make run PORT={first + 100}"
            ) from error


def _answers(port: int) -> bool:
    """Whether anything speaks HTTP there; what it says does not matter."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _has_command(name: str) -> bool:
    return any(PROJECT.glob(f"parley/**/management/commands/{name}.py"))


@contextmanager
def _alone(state: Path) -> Iterator[IO[str]]:
    """One runner for a state folder; the kernel frees the lock of a dead one."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            where = lock.read().strip()
            raise Trouble(
                f"Parley already runs here{f' at {where}' if where else ''}. End it first (Ctrl-C in its window)."
            ) from error
        yield lock


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 1 <= int(given) <= 65532:
        raise Trouble(f"PORT is {given!r}; it must be a number from 1 to 65532.")
    return int(given)


def reset(state: Path) -> None:
    """Forget the demo's data: the embedded database, the spool, what the simulators remember."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble(
            "DATABASE_URL is set: a database that Parley did not make is not deleted. Unset it, or empty that database yourself."
        )
    directory = state / "postgres"
    with _alone(state):
        postgres.stop(directory)
        record = directory.with_name("postgres.location")
        if record.exists():
            shutil.rmtree(record.read_text().strip(), ignore_errors=True)
        for path in state.iterdir():
            if path.name in KEPT or path.name.startswith("postgres-test"):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    print("The demo's data are gone. Start over with: make run")


def run(state: Path) -> int:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise Interrupted

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    runner = Runner(state=state, port=_port())
    code = 0
    with _alone(state) as lock:
        try:
            lock.truncate(0)
            lock.write(runner.address + "\n")
            lock.flush()
            runner.prepare()
            runner.start()
            runner.greet()
            runner.watch()
        except Interrupted:
            print("\nEnding …", flush=True)
        except BaseException:
            code = 1
            raise
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            runner.stop()
    return code


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m parley.engine.run")
    parser.add_argument("--state", type=Path, default=STATE, help="where data and logs lie (var)")
    parser.add_argument("--reset", action="store_true", help="forget the demo's data")
    asked = parser.parse_args()
    try:
        if asked.reset:
            reset(asked.state.resolve())
            return 0
        return run(asked.state.resolve())
    except (Trouble, postgres.Failure) as trouble:
        print(trouble, file=sys.stderr)
    except PermissionError as error:
        print(
            f"{error.filename} belongs to another user. Run as that user, or remove {asked.state} to start over.",
            file=sys.stderr,
        )
    except OSError as error:
        print(f"Parley cannot start: {error.strerror} ({error.filename}).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
