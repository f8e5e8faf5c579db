"""Requests kept on disk while there is no database, one file each, and replayed afterwards.

A file is written whole and synced before the 200, and removed only when its event is in the database;
replaying twice is harmless, because events have keys. Any process may replay: files are taken by renaming.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import logging
import os
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

#: files; beyond this the provider is asked to come again
MOST = 200_000
#: seconds between two tries while the database is away
PAUSE = 0.5


class _Replaying:
    """This process's thread, and whether it has looked at the folder since its start."""

    lock = threading.Lock()
    thread: threading.Thread | None = None
    looked = False


@dataclasses.dataclass(frozen=True, slots=True)
class Spooled:
    """A request without its connection."""

    provider: str
    account: int
    kind: str
    query: str
    headers: Mapping[str, str]
    content_type: str
    body: bytes


def folder() -> Path:
    return Path(settings.SPOOL_DIRECTORY)


def keep(request: Spooled) -> bool:
    """Write the request to disk; False when the disk does not take it."""
    try:
        target = folder()
        target.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        record = {**dataclasses.asdict(request), "body": base64.b64encode(request.body).decode()}
        draft = target / f"{name}.draft"
        with draft.open("w") as file:
            json.dump(record, file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target / f"{name}.request")
    except OSError as error:
        log.error("the spool does not take a webhook: %s", error.strerror)
        return False
    replay_soon(force=True)
    return True


def replay_soon(*, force: bool = False) -> None:
    """See to it that files that wait are replayed. Cheap when there are none."""
    if _Replaying.looked and not force:
        return
    with _Replaying.lock:
        _Replaying.looked = True
        if _Replaying.thread is None or not _Replaying.thread.is_alive():
            _Replaying.thread = threading.Thread(target=_replay_all, name="spool", daemon=True)
            _Replaying.thread.start()


def _replay_all() -> None:
    while True:
        try:
            left = replay()
        except (OperationalError, InterfaceError):
            connection.close()
            left = 1
        except Exception:
            log.exception("replaying the spool failed")
            left = 1
        if not left:
            connection.close()
            return
        time.sleep(PAUSE)


def replay() -> int:
    """Replay what waits, oldest first; returns how many files are left.

    Raises OperationalError while there is no database."""
    from parley.conversations import webhooks

    target = folder()
    if not target.is_dir():
        return 0
    for abandoned in target.glob("*.taken"):
        # A process died while replaying: after a minute another one takes it up.
        if time.time() - abandoned.stat().st_mtime > 60:
            abandoned.rename(abandoned.with_suffix(".request"))
    for file in sorted(target.glob("*.request")):
        taken = file.with_suffix(".taken")
        try:
            file.rename(taken)
        except FileNotFoundError:
            continue
        os.utime(taken)
        try:
            record = json.loads(taken.read_text())
            status, _, _ = webhooks.take(Spooled(**{**record, "body": base64.b64decode(record["body"])}))
        except (OperationalError, InterfaceError):
            taken.rename(file)
            raise
        if status != 200:
            log.warning("a spooled webhook was answered %s when replayed", status)
        taken.unlink()
    return sum(1 for _ in target.glob("*.request")) + sum(1 for _ in target.glob("*.draft") if _fresh(_))


def _fresh(draft: Path) -> bool:
    try:
        return time.time() - draft.stat().st_mtime < 60
    except FileNotFoundError:
        return False
