"""The Python environment in .venv, with exactly what the lock names."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from setup import steps

ENVIRONMENT = steps.PROJECT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed"
RUN = steps.PROJECT / "requirements.txt"
TESTS = steps.PROJECT / "requirements-dev.txt"


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _installed() -> set[str]:
    try:
        return set(STAMP.read_text().split())
    except OSError:
        return set()


def ready(*, tests: bool) -> bool:
    """Whether the environment has what the lock names now."""
    return _fingerprint(TESTS if tests else RUN) in _installed() and _works()


def _works() -> bool:
    """Whether .venv is an environment of this folder (not copied, its Python not gone) and new enough."""
    probe = "import sys; print(sys.prefix); sys.exit(sys.version_info < (3, 11))"
    try:
        asked = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return asked.returncode == 0 and Path(asked.stdout.strip()).resolve() == ENVIRONMENT.resolve()


def install(*, tests: bool) -> None:
    if ready(tests=tests):
        return
    if not _works():
        with steps.step(f"Python {sys.version_info.major}.{sys.version_info.minor} environment in .venv"):
            try:
                venv.create(ENVIRONMENT, clear=True, with_pip=True, symlinks=True)
            except subprocess.CalledProcessError as error:
                raise steps.Trouble(
                    "Python cannot make an environment. Install its venv module (Debian: apt-get install python3-venv) and run again."
                ) from error
    lock = TESTS if tests else RUN
    count = sum("==" in line for line in lock.read_text().splitlines())
    with steps.step(f"{count} Python packages"):
        steps.run(
            [
                *(PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--prefer-binary", "--no-input"),
                *("--quiet", "--disable-pip-version-check", "--requirement", lock),
            ],
            "Python packages",
            environment={"PIP_ROOT_USER_ACTION": "ignore"},
        )
    # The lock for tests contains the other one.
    STAMP.write_text("\n".join(_fingerprint(lock) for lock in ([RUN, TESTS] if tests else [RUN])) + "\n")
