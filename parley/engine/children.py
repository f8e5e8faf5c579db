"""The processes of one installation on one machine: started on a leash, started again when they die."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LEASH = Path(__file__).with_name("leash.py")
#: bytes of a log after which a start begins a new one; one old one is kept
LOG_LIMIT = 10_000_000
#: seconds until a child that died is started again: first, at most
BACK_OFF = (0.5, 30.0)
#: a child that has lived this long starts again with the shortest wait
STEADY = 30.0


@dataclass
class Child:
    """One process: its command, and how to tell that it is ready."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    log: Path
    #: asked until it is true after a start
    ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = BACK_OFF[0]
    deaths: int = field(default=0)

    def start(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-S", LEASH, *self.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env=os.environ | self.environment,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def died(self) -> bool:
        """Whether it has ended since the last question; notes when to start it again."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self._let_go()
        self.deaths += 1
        self.pause = BACK_OFF[0] if now - self.started_at > STEADY else min(self.pause * 2, BACK_OFF[1])
        self.start_again_at = now + self.pause
        return True

    def is_due(self) -> bool:
        return self.process is None and time.monotonic() >= self.start_again_at

    def end(self) -> None:
        """Ask it to end; `wait` for it afterwards."""
        if self.process and self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def wait(self, seconds: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        self.end()
        self.process = None

    def last_words(self) -> str:
        """The last line of its log: what to show when it does not start."""
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""


def end_all(children: Sequence[Child], *, seconds: float) -> None:
    """End them side by side; those that do not end are killed."""
    for child in children:
        child.end()
    deadline = time.monotonic() + seconds
    for child in children:
        child.wait(max(0.1, deadline - time.monotonic()))
