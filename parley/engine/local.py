"""A command in a checkout, without a word about the environment: the embedded database and the demo's settings.

`manage.py` calls `settle` before Django reads its settings. Where DATABASE_URL is set, as in production,
nothing happens. Imports no Django.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from parley.engine import postgres

STATE = Path(__file__).resolve().parents[2] / "var"
#: commands that ask no database
WITHOUT_DATABASE = frozenset(
    {
        "",
        "help",
        "version",
        "--help",
        "--version",
        "makemessages",
        "compilemessages",
        "classify_replies",
        "make_contacts",
    }
)


def secret_key(path: Path) -> str:
    """The installation's secret, made once, readable by its owner alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


def remember(state: Path, environment: Mapping[str, str]) -> None:
    """Keep the settings that the demo runs with, for commands beside it. Not its secrets."""
    kept = {name: value for name, value in environment.items() if name.startswith(("PARLEY_", "SPOOL_"))}
    (state / "environment.json").write_text(json.dumps(kept, indent=1) + "\n")


def settle(command: str, *, state: Path = STATE) -> None:
    """Complete the environment of a command. Ends the process with one line when there is no database."""
    if "DATABASE_URL" in os.environ:
        return
    state.mkdir(parents=True, exist_ok=True)
    try:
        remembered: dict[str, str] = json.loads((state / "environment.json").read_text())
    except (OSError, ValueError):
        remembered = {}
    for name, value in remembered.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("SECRET_KEY", secret_key(state / "secret_key"))
    if command in WITHOUT_DATABASE:
        return
    try:
        os.environ["DATABASE_URL"] = postgres.ensure(state / "postgres")
    except postgres.Failure as failure:
        sys.exit(str(failure))
