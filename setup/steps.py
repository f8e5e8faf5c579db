"""One step of the set-up: said in a line with its time, its output kept in the log, its failure explained."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOG = PROJECT / "var" / "log" / "setup.log"

#: what a tool's output contains -> what to tell the person; the first that fits
EXPLANATIONS = (
    (("no space left", "enospc", "disk quota"), "No disk space. Make room and run again."),
    (
        ("do not match the hashes", "hashes are required", "eintegrity"),
        "A downloaded package is not the one that the lock names. Try again; if it stays so, somebody changed it on the way.",
    ),
    (
        (
            *(
                "temporary failure in name resolution",
                "name or service not known",
                "nodename nor servname",
                "eai_again",
            ),
            *("enotfound", "network is unreachable", "connection refused", "econnrefused", "failed to establish"),
            *("max retries exceeded", "timed out", "etimedout", "proxyerror", "could not resolve", "failed to fetch"),
        ),
        "No network: packages cannot be downloaded. Connect this machine (or set a mirror for pip and npm) and run again.",
    ),
    (
        ("no matching distribution", "could not find a version"),
        "There is no package for this Python and machine, or the package index cannot be reached.",
    ),
    (
        ("permission denied", "eacces"),
        "Files here belong to another user. Run as that user, or remove .venv and node_modules.",
    ),
)


class Trouble(Exception):
    """The set-up cannot go on; the message is one line with the remedy."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and when it is done how long it took."""
    started = time.monotonic()
    print(f"{what} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.0f} s", flush=True)


def run(command: Sequence[str | Path], what: str, *, environment: dict[str, str] | None = None) -> str:
    """Run a tool quietly in the project's folder. Raises Trouble with the cause when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise Trouble(f"{what}: {command[0]} cannot be run ({error.strerror}).") from error
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n")
    if done.returncode == 0:
        return done.stdout
    said = done.stdout.lower()
    for signs, explanation in EXPLANATIONS:
        if any(sign in said for sign in signs):
            raise Trouble(f"{what}: {explanation} (details: {LOG.relative_to(PROJECT)})")
    last = next((line.strip() for line in reversed(done.stdout.splitlines()) if line.strip()), "no reason given")
    raise Trouble(f"{what} failed: {last[:200]} (details: {LOG.relative_to(PROJECT)})")
