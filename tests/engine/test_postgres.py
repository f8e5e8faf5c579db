"""The embedded PostgreSQL ends with its last user, however that ends, and comes back with everything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from parley.engine import postgres
from parley.engine.postgres import cluster

PROJECT = Path(__file__).resolve().parents[2]
HOLD = "import sys; from pathlib import Path; from parley.engine import postgres; print(postgres.ensure(Path(sys.argv[1]), durable=False), flush=True); sys.stdin.read()"


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class User:
    """Another process that uses the server."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(directory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT,
        )  # fmt: skip

    def address(self) -> str:
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        assert said, self.process.stderr and self.process.stderr.read()
        return said

    def end(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        if self.process.stdin and not self.process.stdin.closed:
            self.process.communicate()


@pytest.fixture
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("project") / "var" / "postgres"
    yield folder
    postgres.stop(folder)
    elsewhere = folder.with_name("postgres.location")  # root's data lie where an unprivileged user can go
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text().strip())


@pytest.fixture
def start(directory: Path) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def one() -> User:
        users.append(User(directory))
        return users[-1]

    yield one
    for user in users:
        user.end()


def server(directory: Path) -> cluster.State:
    state = postgres.status(directory)
    assert state is not None
    return state


def test_the_server_ends_when_its_only_user_is_killed(directory: Path, start: Callable[[], User]) -> None:
    user = start()
    assert user.address().startswith("postgresql://")
    state = server(directory)

    user.end(signal.SIGKILL)

    assert until(lambda: not cluster.alive(state.server) and not cluster.alive(state.supervisor))
    assert not (directory.parent / "postgres.json").exists()


def test_a_second_process_joins_and_keeps_the_server_when_the_first_is_killed(
    directory: Path, start: Callable[[], User]
) -> None:
    first = start()
    address = first.address()
    second = start()
    assert second.address() == address

    first.end(signal.SIGKILL)

    with psycopg.connect(address) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    state = server(directory)
    second.end(signal.SIGTERM)
    assert until(lambda: not cluster.alive(state.server))


def test_processes_that_start_together_share_one_server(start: Callable[[], User]) -> None:
    users = [start() for _ in range(4)]

    addresses = {user.address() for user in users}

    assert len(addresses) == 1


def test_a_killed_supervisor_leaves_nothing_and_the_data_come_back(directory: Path, start: Callable[[], User]) -> None:
    user = start()
    with psycopg.connect(user.address()) as connection:
        connection.execute("create table kept as select 42 as answer")
    state = server(directory)

    os.kill(state.supervisor, signal.SIGKILL)
    user.end()

    with psycopg.connect(start().address()) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
    assert not cluster.alive(state.server)


def test_a_stale_pid_file_of_another_program_is_no_obstacle(directory: Path, start: Callable[[], User]) -> None:
    user = start()
    user.address()
    state = server(directory)
    postgres.stop(directory)
    user.end()
    (state.data / "postmaster.pid").write_text(f"{os.getpid()}\n{state.data}\n1\n1\n\n127.0.0.1\n")

    address = start().address()

    assert address.startswith("postgresql://")


def test_an_interrupted_creation_is_done_again(directory: Path, start: Callable[[], User]) -> None:
    user = start()
    user.address()
    data = server(directory).data
    postgres.stop(directory)
    user.end()
    data.rename(data.with_name(f"{data.name}.new"))

    address = start().address()

    assert address.startswith("postgresql://")
    assert not data.with_name(f"{data.name}.new").exists()


def test_a_crashed_server_is_back_on_the_same_address(directory: Path, start: Callable[[], User]) -> None:
    address = start().address()
    with psycopg.connect(address) as connection:
        connection.execute("create table kept as select 1")

    postgres.restart(directory, crash=True)

    with psycopg.connect(address) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (1,)


def test_the_password_is_private_and_needed(directory: Path, start: Callable[[], User]) -> None:
    address = start().address()

    password = directory.parent / "postgres.password"

    assert password.stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address.replace(password.read_text().strip(), "wrong"))


def test_binaries_of_another_version_are_refused_in_one_line(
    directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))

    with pytest.raises(postgres.Failure, match=r"PG_BINDIR is .* Correct or unset it") as refusal:
        postgres.ensure(directory)

    assert "\n" not in str(refusal.value)
