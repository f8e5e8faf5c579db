"""The hot paths as SQL functions: installed after every `migrate`, called by name.

A file `sql/claim_outbox_v1.sql` in an app makes one function, named `<app>_claim_outbox_v1`. The version is
in the name so that two releases can run together: a change of arguments or of meaning is a new file,
and the old one stays for a release.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db import connection, transaction
from django.db.utils import ProgrammingError


def install(sender: AppConfig, **_: Any) -> None:
    """Make or replace the functions of one app. Connected to `post_migrate`."""
    folder = Path(sender.path) / "sql"
    for file in sorted(folder.glob("*.sql")):
        statement = file.read_text()
        name = f"{sender.label}_{file.stem}"
        with connection.cursor() as cursor:
            cursor.execute("SET check_function_bodies = off")
            try:
                with transaction.atomic():
                    cursor.execute(statement)
            except ProgrammingError as error:
                # Another return type: only while a version has not been released.
                if "return type" not in str(error) and "parameter" not in str(error):
                    raise
                with contextlib.suppress(ProgrammingError), transaction.atomic():
                    cursor.execute(f"DROP FUNCTION {name}")
                cursor.execute(statement)
            cursor.execute("RESET check_function_bodies")


def rows(function: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Call a set-returning function. Dicts and lists of dicts travel as jsonb."""
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(arguments))
        cursor.execute(f"SELECT * FROM {function}({marks})", [_adapt(a) for a in arguments])  # noqa: S608 (our own names)
        result: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return list(result)


def row(function: str, *arguments: Any) -> tuple[Any, ...]:
    """Call a function that returns one row."""
    return rows(function, *arguments)[0]


def _adapt(value: Any) -> Any:
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return json.dumps(value, default=str)
    return value
