"""The process that owns the server: starts it, keeps it up, and ends it when nobody uses it any more.

Started by `cluster.ensure` with a pipe on its standard input, which its starter closes once it holds
the named pipe. It answers one line on standard output: `ready`, or what is wrong.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psycopg

from parley.engine.postgres import cluster, location

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "jit": "off",
    # an error's statement and detail would put contacts' numbers into the log
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
#: seconds that a clean shutdown may take before the server is ended without one
SHUTDOWN_LIMIT = 20.0
#: a server that dies this often within a minute is not started again
RESTARTS_A_MINUTE = 10


class Supervisor:
    def __init__(self, directory: Path, *, durable: bool) -> None:
        self.files = cluster.Files(directory)
        self.durable = durable
        self.account = location.account_for(directory)
        self.data = location.data_directory(directory, self.account)
        self.binaries = location.binaries(self.data, self.account)
        self.server: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.ending = False

    # --- the cluster ---------------------------------------------------------------------------

    def _in_child(self) -> None:
        """Between fork and exec: the unprivileged user, and on Linux the end of the server with ours."""
        if self.account:
            self.account.become()
        with contextlib.suppress(Exception):
            ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG; absent on macOS

    def create(self) -> None:
        """Make the cluster, in a folder beside its place so that an interrupted attempt is no cluster."""
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        location.prepare(fresh, self.account)
        password = secrets.token_urlsafe(24)
        self.files.password.unlink(missing_ok=True)
        _write_private(self.files.password, password)
        handed = self.data.with_name(self.data.name + ".initial")
        handed.unlink(missing_ok=True)
        _write_private(handed, password)
        if self.account:
            os.chown(handed, self.account.uid, self.account.gid)
        try:
            refusal = ""
            for words in self._locales():
                made = subprocess.run(
                    [
                        str(self.binaries / "initdb"),
                        *("-D", str(fresh), "-U", cluster.ROLE, "--encoding=UTF8", *words),
                        *("--auth=scram-sha-256", f"--pwfile={handed}"),
                        *([] if self.durable else ["--no-sync"]),
                    ],
                    preexec_fn=self._in_child,
                    cwd="/",
                    capture_output=True,
                    text=True,
                )
                if made.returncode == 0:
                    break
                complaints = [line for line in made.stderr.splitlines() if "error" in line or "FATAL" in line]
                refusal = (complaints or made.stderr.splitlines() or ["no reason given"])[0]
            else:
                raise location.Failure(f"PostgreSQL's initdb failed in {fresh}: {refusal}")
        finally:
            handed.unlink()
        if self.data.exists():
            self.data.rmdir()  # only ever an empty leftover: anything else has a PG_VERSION
        fresh.rename(self.data)

    def _locales(self) -> list[list[str]]:
        """initdb's locale options, best first: text sorts by code point, letters are Unicode's."""
        return [
            ["--lc-collate=C", "--lc-ctype=C.UTF-8"],
            ["--lc-collate=C", "--lc-ctype=en_US.UTF-8"],  # macOS has no C.UTF-8 before 15
            ["--locale=C"],
        ]

    def remove_orphan(self) -> None:
        """End a server whose supervisor was killed, and drop a pid file whose process is another's now."""
        record = self.data / "postmaster.pid"
        try:
            pid = int(record.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if not cluster.alive(pid):
            return  # PostgreSQL sees to that itself
        if str(self.data) not in _command(pid):
            record.unlink()
            return
        os.kill(pid, signal.SIGINT)
        _until(lambda: not cluster.alive(pid), SHUTDOWN_LIMIT)
        if cluster.alive(pid):
            os.kill(pid, signal.SIGKILL)
            _until(lambda: not cluster.alive(pid), 5.0)

    def launch(self) -> None:
        """Start the server and wait until it answers; write its state."""
        self.port = _usable_port(self.port)
        settings = SETTINGS | {"port": str(self.port), "fsync": "on" if self.durable else "off"}
        if not self.durable:
            settings["full_page_writes"] = "off"
        self.server = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.data, *(f"-c{name}={value}" for name, value in settings.items())],
            preexec_fn=self._in_child,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        deadline = time.monotonic() + cluster.START_LIMIT
        while not self._answers():
            if self.server.poll() is not None:
                raise location.Failure(f"PostgreSQL ended at start; the reason is at the end of {self.files.log}.")
            if time.monotonic() > deadline:
                self.shut_down()
                raise location.Failure(
                    f"PostgreSQL did not answer within {cluster.START_LIMIT:.0f} s; see {self.files.log}."
                )
            time.sleep(0.02)
        self._write_state()

    def _answers(self) -> bool:
        address = cluster.address(self.files, self.port).removesuffix(cluster.DATABASE)
        try:
            with psycopg.connect(address + "postgres", autocommit=True, connect_timeout=5) as connection:
                if not connection.execute(
                    "select 1 from pg_database where datname = %s", [cluster.DATABASE]
                ).fetchone():
                    connection.execute(f"create database {cluster.DATABASE}")
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise location.Failure(
                    f"{self.files.password} does not fit the database in {self.data}. Start over with: make demo-reset"
                ) from error
            return False
        return True

    def _write_state(self) -> None:
        assert self.server is not None
        state = {
            "supervisor": os.getpid(),
            "server": self.server.pid,
            "host": "127.0.0.1",
            "port": self.port,
            "data": str(self.data),
            "durable": self.durable,
        }
        waiting = self.files.state.with_name(self.files.state.name + ".new")
        waiting.write_text(json.dumps(state) + "\n")
        waiting.replace(self.files.state)

    # --- its life ------------------------------------------------------------------------------

    def keep(self, users: int) -> None:
        """Start the server again when it dies; end it when it has no user, or on a signal."""
        assert self.server is not None
        deaths: list[float] = []
        while True:
            if self.ending:
                with cluster.locked(self.files):
                    self.close()
                return
            if self.server.poll() is not None:
                now = time.monotonic()
                deaths = [*(d for d in deaths if d > now - 60), now]
                if len(deaths) > RESTARTS_A_MINUTE:
                    self.ending = True
                    continue
                try:
                    self.launch()
                except location.Failure as failure:
                    print(failure, file=sys.stderr, flush=True)
                    time.sleep(0.5)
                continue
            if not _has_users(users):
                with cluster.locked(self.files):  # whoever joins holds this
                    if not _has_users(users):
                        self.close()
                        return
            select.select([], [], [], 0.1)

    def close(self) -> None:
        """End the server and take its address away; to be called with the lock held."""
        self.files.pipe.unlink(missing_ok=True)
        self.shut_down()
        self.files.state.unlink(missing_ok=True)

    def shut_down(self) -> None:
        """A fast shutdown with its checkpoint; at once where that takes too long."""
        if self.server is None or self.server.poll() is not None:
            return
        for request, seconds in ((signal.SIGINT, SHUTDOWN_LIMIT), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            self.server.send_signal(request)
            try:
                self.server.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return

    def end(self, number: int, frame: FrameType | None) -> None:
        self.ending = True


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")


def _has_users(users: int) -> bool:
    """Whether any process holds the named pipe open for writing."""
    try:
        return os.read(users, 1) != b""
    except BlockingIOError:
        return True


def _usable_port(wanted: int) -> int:
    """`wanted` where it is free (a restart keeps its address), else any free port of the loopback."""
    for port in (wanted, 0) if wanted else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise location.Failure("No free port on 127.0.0.1 for PostgreSQL.")


def _command(pid: int) -> str:
    """The command line of a process, from /proc or else from ps."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        asked = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
        return asked.stdout


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def main() -> int:
    directory = Path(sys.argv[1])
    durable = "--not-durable" not in sys.argv
    try:
        supervisor = Supervisor(directory, durable=durable)
        # A new session has no terminal, so only a wish to end the server sends these.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, supervisor.end)
        users = os.open(supervisor.files.pipe, os.O_RDONLY | os.O_NONBLOCK)
        supervisor.create()
        supervisor.remove_orphan()
        supervisor.launch()
    except location.Failure as failure:
        print(failure, flush=True)
        return 1
    try:
        print("ready", flush=True)
        with contextlib.suppress(OSError):
            sys.stdin.read()  # until the starter holds the named pipe, or is gone
        supervisor.keep(users)
    finally:
        supervisor.shut_down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
