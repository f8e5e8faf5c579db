"""What is wrong with a file, for the person who sent it."""

from __future__ import annotations

from typing import Any


class Unreadable(Exception):
    """`str()` says what is wrong, where, and what to do; `detail` has rows and columns for the page."""

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.detail = detail
