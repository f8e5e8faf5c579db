"""A connection of one's own, past the pooler: for LISTEN, temporary tables and COPY in and out."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict


def parameters() -> dict[str, Any]:
    """What psycopg needs to reach the database of this process without the pooler.

    The database's name is the one that Django works in (the tests have their own); host, port and
    sign-in are DATABASE_DIRECT_URL's.
    """
    found: dict[str, Any] = dict(connection.get_connection_params())
    for unwanted in ("cursor_factory", "context", "prepare_threshold"):
        found.pop(unwanted, None)
    if settings.DATABASE_DIRECT_URL:
        wanted = conninfo_to_dict(settings.DATABASE_DIRECT_URL)
        wanted.pop("dbname", None)
        found.update(wanted)
    return found


def connect() -> psycopg.Connection[tuple[Any, ...]]:
    """Open one, in autocommit. The caller closes it (`with direct.connect() as own:` does)."""
    return psycopg.connect(**parameters(), autocommit=True)
