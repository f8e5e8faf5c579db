"""Joining and starting the server: the side of whoever needs a database."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from parley.engine.postgres.location import Failure

#: seconds for the server to answer; crash recovery of a large write-ahead log takes long
START_LIMIT = 180.0
ROLE = DATABASE = "parley"

#: directory -> the descriptor that keeps its server alive for as long as this process lives
_held: dict[Path, int] = {}


@dataclass(frozen=True)
class Files:
    """The files beside the data directory."""

    directory: Path

    def _beside(self, ending: str) -> Path:
        return self.directory.with_name(self.directory.name + ending)

    @property
    def state(self) -> Path:
        return self._beside(".json")

    @property
    def password(self) -> Path:
        return self._beside(".password")

    @property
    def lock(self) -> Path:
        return self._beside(".lock")

    @property
    def pipe(self) -> Path:
        return self._beside(".users")

    @property
    def log(self) -> Path:
        return self._beside(".log")


@dataclass(frozen=True)
class State:
    """What the supervisor wrote when the server answered."""

    supervisor: int
    server: int
    port: int
    data: Path
    durable: bool


def read_state(files: Files) -> State | None:
    try:
        found = json.loads(files.state.read_text())
        return State(found["supervisor"], found["server"], found["port"], Path(found["data"]), found["durable"])
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def locked(files: Files) -> Iterator[None]:
    """One process at a time starts, joins or ends the server; the kernel frees the lock of a dead one."""
    descriptor = os.open(files.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def address(files: Files, port: int) -> str:
    return f"postgresql://{ROLE}:{files.password.read_text().strip()}@127.0.0.1:{port}/{DATABASE}"


def ensure(directory: Path, *, durable: bool = True) -> str:
    """The address (`postgresql://…`) of the server with its data in `directory`, started if need be.

    The server lives at least as long as the calling process. With `durable` false a commit does not
    wait for the disk (for the test-suite only; the mode of a running server is not changed).
    Raises Failure with one line for a person.
    """
    directory = directory.resolve()
    files = Files(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with locked(files):
            if directory not in _held:
                _held[directory] = _join(files) or _start(files, durable=durable)
            return address(files, _await_state(files).port)
    except PermissionError as error:
        raise Failure(
            f"{error.filename} belongs to another user. Run as that user, or remove {directory.parent} to start over."
        ) from error
    except OSError as error:
        raise Failure(f"PostgreSQL cannot start: {error.strerror} ({error.filename or directory}).") from error


def _await_state(files: Files) -> State:
    """The server's state; waits while a server is starting whose starter was killed, or restarting."""
    deadline = time.monotonic() + START_LIMIT
    while (state := read_state(files)) is None:
        if time.monotonic() > deadline or _unsupervised(files):
            raise Failure(f"PostgreSQL ended while it started; the reason is at the end of {files.log}.")
        time.sleep(0.02)
    return state


def _unsupervised(files: Files) -> bool:
    descriptor = _join(files)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _join(files: Files) -> int | None:
    """A descriptor that keeps the running server alive; None when none runs."""
    try:
        return os.open(files.pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # no pipe, or nobody reads it
        return None


def _start(files: Files, *, durable: bool) -> int:
    with suppress(FileNotFoundError):
        files.pipe.unlink()
    with suppress(FileNotFoundError):
        files.state.unlink()
    os.mkfifo(files.pipe, 0o600)
    with files.log.open("ab") as log:
        supervisor = subprocess.Popen(
            [
                *(sys.executable, "-m", "parley.engine.postgres.supervisor", str(files.directory)),
                *([] if durable else ["--not-durable"]),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is for our users, who then let go
            cwd=Path(__file__).parents[3],
            text=True,
        )
    assert supervisor.stdin is not None
    assert supervisor.stdout is not None
    with supervisor.stdin, supervisor.stdout:
        said = supervisor.stdout.readline().strip()  # the supervisor keeps START_LIMIT itself
        if said != "ready":
            supervisor.wait()
            raise Failure(said or f"PostgreSQL did not start; the reason is at the end of {files.log}.")
        keeper = os.open(files.pipe, os.O_WRONLY | os.O_NONBLOCK)
    supervisor.returncode = 0  # it outlives this object on purpose; nobody waits for it
    return keeper


def release(directory: Path, *, wait: float = 0.0) -> None:
    """Let go of the server: it ends when this was its last user. (The end of the process does the same.)

    With `wait`, return when it has ended, or after that many seconds (somebody else may be using it).
    """
    directory = directory.resolve()
    state = read_state(Files(directory))
    descriptor = _held.pop(directory, None)
    if descriptor is None:
        return
    os.close(descriptor)
    deadline = time.monotonic() + wait
    while state and alive(state.supervisor) and time.monotonic() < deadline:
        time.sleep(0.02)


def status(directory: Path) -> State | None:
    """The running server's state; None when there is none."""
    files = Files(directory.resolve())
    descriptor = _join(files)
    if descriptor is None:
        return None
    os.close(descriptor)
    return read_state(files)


def alive(pid: int) -> bool:
    """Whether the process runs. One that has ended and that its parent has not asked about does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):  # no /proc on macOS, where init takes the dead at once
        return True


def stop(directory: Path, *, seconds: float = 30.0) -> None:
    """End the server now, whoever uses it. Its users get connection errors."""
    files = Files(directory.resolve())
    release(directory)
    if not files.lock.exists():
        return
    with locked(files):  # held by a server that starts, and by one that ends for want of users until it has ended
        state = status(directory)
    if state is None:
        return
    os.kill(state.supervisor, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while alive(state.supervisor):
        # a supervisor that we started is our child: take its end, else it stays as a zombie
        with suppress(ChildProcessError):
            os.waitpid(state.supervisor, os.WNOHANG)
        if time.monotonic() > deadline:
            raise Failure(
                f"PostgreSQL (process {state.supervisor}) did not end within {seconds:.0f} s; see {files.log}."
            )
        time.sleep(0.02)


def restart(directory: Path, *, crash: bool = False, seconds: float = 60.0) -> None:
    """End the server process and wait until its supervisor has it back on the same port.

    For outage tests. With `crash` it is killed at once and recovers from its write-ahead log.
    """
    files = Files(directory.resolve())
    before = read_state(files)
    if before is None:
        raise Failure(f"No server runs in {directory}.")
    os.kill(before.server, signal.SIGQUIT if crash else signal.SIGINT)
    deadline = time.monotonic() + seconds
    while (now := read_state(files)) is None or now.server == before.server:
        if time.monotonic() > deadline:
            raise Failure(f"PostgreSQL did not come back within {seconds:.0f} s; see {files.log}.")
        time.sleep(0.02)
