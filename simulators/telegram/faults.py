"""Faults on request: rules set over HTTP, each for a kind of fault and when it strikes."""

from __future__ import annotations

import dataclasses
from typing import Any

#: 429, 500 and 502 refuse; `timeout` takes nothing and does not answer; `late` and `hangup` take the
#: call and answer after the client's patience, or never
ON_CALL = {"429", "500", "502", "timeout", "late", "hangup"}
ON_UPDATE = {"duplicate_updates"}
KINDS = ON_CALL | ON_UPDATE


class BadRule(ValueError):
    """What was asked for is not a rule; the text says why."""


@dataclasses.dataclass(slots=True)
class Rule:
    id: int
    kind: str
    #: strikes this many times, then never again; None = always
    next: int | None = None
    #: strikes each time this many have passed
    every: int | None = None
    chat: str | None = None
    method: str | None = None
    #: how long `timeout` and `late` hold the answer
    seconds: float = 30.0
    retry_after: int = 1
    copies: int = 3
    seen: int = 0
    struck: int = 0

    def strikes(self, *, chat: str, method: str) -> bool:
        if self.chat not in (None, chat) or (self.method or method).lower() != method.lower():
            return False
        self.seen += 1
        hit = (self.next is None or self.struck < self.next) and (self.every is None or self.seen % self.every == 0)
        self.struck += hit
        return hit


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._last = 0

    def add(self, wanted: dict[str, Any]) -> Rule:
        """Set a rule from `{"kind": "429", "next": 3, "chat": "-100…"}`. Raises BadRule."""
        if str(wanted.get("kind")) not in KINDS:
            raise BadRule(f"kind must be one of {', '.join(sorted(KINDS))}")
        known = {field.name for field in dataclasses.fields(Rule)} - {"id", "seen", "struck"}
        if set(wanted) - known:
            raise BadRule(f"unknown: {', '.join(sorted(set(wanted) - known))}; known: {', '.join(sorted(known))}")
        numbers: dict[str, Any] = {}
        try:
            for name, kind in (
                ("next", int),
                ("every", int),
                ("seconds", float),
                ("retry_after", int),
                ("copies", int),
            ):
                if wanted.get(name) is not None:
                    numbers[name] = kind(wanted[name])
        except (TypeError, ValueError) as error:
            raise BadRule(str(error)) from error
        self._last += 1
        rule = Rule(
            id=self._last,
            kind=str(wanted["kind"]),
            chat=None if wanted.get("chat") is None else str(wanted["chat"]),
            method=wanted.get("method"),
            **numbers,
        )
        self.rules.append(rule)
        return rule

    def remove(self, number: int | None = None) -> None:
        """Take away one rule, or all."""
        self.rules = [rule for rule in self.rules if number is not None and rule.id != number]

    def on_call(self, *, chat: str, method: str) -> Rule | None:
        return next((r for r in self.rules if r.kind in ON_CALL and r.strikes(chat=chat, method=method)), None)

    def copies(self, *, chat: str) -> int:
        """How often the next update is posted."""
        for rule in self.rules:
            if rule.kind in ON_UPDATE and rule.strikes(chat=chat, method=""):
                return rule.copies
        return 1
