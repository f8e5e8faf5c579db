"""`make check` and `make test`: every check runs, whatever the others found; the exit code joins them.

    .venv/bin/python -m setup.checks [--with-tests]

Checks say one line each, and their findings where there are any. The tests come last, so that pytest's
closing line is the last one printed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from parley.engine import postgres
from setup import browser

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "setup/requirements-node.txt", "package-lock.json")
#: the only addresses that npm writes into a lock are those of projects that ask for support
ADDRESS = re.compile(
    r"\w+://|--(?:extra-)?index-url|--find-links|(?:^|[\s\"@=])(?:file:|/[\w.-]+/[\w.-]+)", re.MULTILINE
)
FUNDING = re.compile(r'"funding": (?:\{[^}]*\}|\[[^\]]*\]|"[^"]*")')
CODE = ["parley", "simulators", "tests", "benchmarks", "setup", "manage.py"]


def _run(command: Sequence[str]) -> str:
    """What the command finds wrong; empty when it is content."""
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return (done.stdout.strip() or f"exit code {done.returncode}") if done.returncode else ""


def _tool(name: str, *words: str) -> Callable[[], str]:
    return lambda: _run([str(Path(sys.executable).with_name(name)), *words])


def _django(*words: str) -> Callable[[], str]:
    return lambda: _run([sys.executable, "manage.py", *words])


def _locks() -> str:
    """Locks name versions and hashes; where packages come from is each machine's own business."""
    found = []
    for name in LOCKS:
        content = FUNDING.sub("", (PROJECT / name).read_text())
        found += [f"{name}: {line}" for line in content.splitlines() if ADDRESS.search(line)]
    return "\n".join(found)


def _templates() -> str:
    return _run([sys.executable, "-m", "tests.templates"])


def _settings_page() -> str:
    page = PROJECT / "docs" / "settings.md"
    made = subprocess.run(
        [sys.executable, "-m", "parley.engine.environment"], cwd=PROJECT, capture_output=True, text=True
    )
    return "" if page.exists() and page.read_text() == made.stdout else "docs/settings.md is not what `make docs` makes"


def _existing(*names: str) -> list[str]:
    return [name for name in names if (PROJECT / name).exists()]


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("format", _tool("ruff", "format", "--check", "--output-format", "concise", ".")),
    ("lint", _tool("ruff", "check", "--output-format", "concise", ".")),
    ("types", _tool("mypy", "--no-error-summary", *_existing(*CODE))),
    ("import rule", _tool("lint-imports", "--no-cache")),
    ("settings and models", _django("check", "--fail-level", "WARNING")),
    ("migrations", _django("makemigrations", "--check", "--dry-run")),
    ("templates", _templates),
    ("locks", _locks),
    ("settings page", _settings_page),
)


def check() -> list[str]:
    """Run every check; the names of those that found something."""
    failed = []
    for name, find in CHECKS:
        started = time.monotonic()
        findings = find()
        print(f"{name}: {'failed' if findings else 'ok'} ({time.monotonic() - started:.1f} s)", flush=True)
        if findings:
            failed.append(name)
            print("\n".join(f"    {line}" for line in findings.splitlines()), flush=True)
    return failed


def main() -> int:
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    os.environ["PARLEY_TESTING"] = "1"
    if not os.environ.get("DATABASE_URL"):
        try:
            # held until we end, so that every check and test joins the one server
            os.environ["DATABASE_URL"] = postgres.ensure(PROJECT / "var" / "postgres-test", durable=False)
        except postgres.Failure as failure:
            print(failure, file=sys.stderr)
            return 1
    failed = check()
    if failed:
        print(f"FAILED CHECKS: {', '.join(failed)}", flush=True)
    if "--with-tests" not in sys.argv:
        return 1 if failed else 0
    if found := browser.find():
        os.environ["CHROMIUM"] = found
    tests = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=PROJECT)
    return tests.returncode or (1 if failed else 0)


if __name__ == "__main__":
    sys.exit(main())
