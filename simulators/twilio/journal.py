"""Keeps the simulated provider over a restart: JSON lines, written a few times a second."""

from __future__ import annotations

import base64
import json
import pathlib
from collections.abc import Iterator
from typing import Any, TextIO


class Journal:
    """Appends to `path`; with None it forgets everything."""

    def __init__(self, path: pathlib.Path | None) -> None:
        self.path = path
        self.pending: list[str] = []
        self.file: TextIO | None = None

    def read(self) -> Iterator[dict[str, Any]]:
        """What was written before; a last line cut short by a kill is passed over."""
        if self.path is None or not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue

    def record(self, kind: str, thing: Any) -> None:
        """Note a dataclass or a dict."""
        if self.path is None:
            return
        # dataclasses.asdict would copy each value deeply
        values = dict(thing) if isinstance(thing, dict) else {name: getattr(thing, name) for name in thing.__slots__}
        if isinstance(values.get("content"), bytes):
            values["content"] = base64.b64encode(values["content"]).decode()
        self.pending.append(json.dumps({"kind": kind, **values}))

    def flush(self) -> None:
        if self.path is None or not self.pending:
            return
        if self.file is None:
            self.file = self.path.open("a", encoding="utf-8")
        self.file.write("\n".join(self.pending) + "\n")
        self.file.flush()
        self.pending.clear()

    def erase(self) -> None:
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        self.flush()
        if self.file is not None:
            self.file.close()
            self.file = None
