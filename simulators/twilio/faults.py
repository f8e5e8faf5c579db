"""Faults on request: rules set over HTTP, and numbers that always misbehave.

A rule names a kind and when it strikes: the `next` N, `every` k-th, with a `probability` (and a
`seed`), or always; `to` narrows it to one number. Numbers of the form +1 NPA 90X XXXX carry a code
in their last five digits: +1 617 903 0007 is filtered (30007). The HTTP faults strike such a
number's text only once, so that a retry is seen to succeed.
"""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from simulators import shell as shell_module
from simulators.twilio import errors

_ = shell_module.translate

#: 429 and 500 refuse; `timeout` and `refuse` take nothing and do not answer; `late` and `hangup`
#: take the message and answer after the client's patience, or never
ON_CREATE = {"429", "500", "timeout", "late", "hangup", "refuse"} | {
    str(code) for code in errors.REFUSALS if 21000 <= code < 22000
}
ON_DELIVERY = {str(code) for code in errors.FAILURES if code >= 30000} | {"slow_delivery", "never_delivered"}
ON_WEBHOOK = {"duplicate_webhooks", "reorder_webhooks", "lost_webhooks"}
KINDS = ON_CREATE | ON_DELIVERY | ON_WEBHOOK

#: last five digits of a magic number → kind, for those that are not codes of their own
MAGIC = {"00429": "429", "00500": "500", "00408": "timeout", "00499": "late", "00444": "hangup"}
# https://www.twilio.com/docs/iam/test-credentials: numbers that Twilio itself keeps for tests
TEST_NUMBERS = {
    "+15005550001": "21211",
    "+15005550002": "21612",
    "+15005550003": "21408",
    "+15005550004": "21610",
    "+15005550009": "21614",
}
ONCE = {"429", "500", "timeout", "late", "hangup"}


def label(kind: str) -> str:
    """The kind in words for the page."""
    words = {
        "429": _("429: too many requests"),
        "500": _("500: internal error"),
        "timeout": _("No answer, nothing taken"),
        "late": _("Taken, answered too late"),
        "hangup": _("Taken, connection cut"),
        "refuse": _("Connection cut, nothing taken"),
        "slow_delivery": _("Delivered late"),
        "never_delivered": _("Sent, never delivered"),
        "duplicate_webhooks": _("Webhooks repeated"),
        "reorder_webhooks": _("Webhooks out of order"),
        "lost_webhooks": _("Webhooks lost"),
    }
    if kind in words:
        return words[kind]
    code = int(kind)
    message = errors.FAILURES[code][1] if code in errors.FAILURES else errors.REFUSALS[code][1]
    return f"{kind}: {message.replace(': {}', '')}"


class BadRule(ValueError):
    """What was asked for is not a rule; the text says why."""


@dataclasses.dataclass(slots=True)
class Rule:
    id: int
    kind: str
    next: int | None = None
    every: int | None = None
    probability: float | None = None
    seed: int = 0
    to: str | None = None
    #: how long `timeout` and `late` hold the answer; how far `reorder_webhooks` and `slow_delivery` delay
    seconds: float = 20.0
    #: what a 429 asks for in Retry-After
    retry_after: int = 1
    #: how often `duplicate_webhooks` posts the same
    copies: int = 3
    seen: int = 0
    struck: int = 0
    chance: random.Random = dataclasses.field(default_factory=random.Random)

    def strikes(self, to: str | None) -> bool:
        if self.to is not None and self.to != to:
            return False
        self.seen += 1
        if self.next is not None:
            hit = self.struck < self.next
        elif self.every is not None:
            hit = self.seen % self.every == 0
        elif self.probability is not None:
            hit = self.chance.random() < self.probability
        else:
            hit = True
        self.struck += hit
        return hit

    def as_dict(self) -> dict[str, Any]:
        names = [field.name for field in dataclasses.fields(self) if field.name != "chance"]
        return {name: getattr(self, name) for name in names}


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._next_id = 1
        self._magic_spent: set[tuple[str, str]] = set()

    def add(self, wanted: dict[str, Any]) -> Rule:
        """Set a rule from `{"kind": "429", "next": 3, …}`. Raises BadRule with the reason."""
        kind = str(wanted.get("kind", ""))
        if kind not in KINDS:
            raise BadRule(f"kind must be one of {', '.join(sorted(KINDS))}")
        known = {field.name for field in dataclasses.fields(Rule)} - {"id", "seen", "struck", "chance"}
        unknown = set(wanted) - known
        if unknown:
            raise BadRule(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        if kind in {"reorder_webhooks", "slow_delivery"}:
            wanted = {"seconds": 1.0, **wanted}
        try:
            rule = Rule(
                id=self._next_id,
                kind=kind,
                next=None if wanted.get("next") is None else int(wanted["next"]),
                every=None if wanted.get("every") is None else max(1, int(wanted["every"])),
                probability=None if wanted.get("probability") is None else float(wanted["probability"]),
                seed=int(wanted.get("seed", 0)),
                to=wanted.get("to") or None,
                seconds=float(wanted.get("seconds", 20.0)),
                retry_after=int(wanted.get("retry_after", 1)),
                copies=int(wanted.get("copies", 3)),
            )
        except (TypeError, ValueError) as error:
            raise BadRule(str(error)) from error
        rule.chance.seed(rule.seed)
        self._next_id += 1
        self.rules.append(rule)
        return rule

    def remove(self, rule_id: int | None = None) -> None:
        """Take away one rule, or all."""
        self.rules = [rule for rule in self.rules if rule_id is not None and rule.id != rule_id]

    def on_create(self, to: str, body: str) -> Rule | None:
        """The fault that meets this attempt to send, if any."""
        kind = TEST_NUMBERS.get(to) or self._magic(to)
        if kind in ON_CREATE:
            if kind not in ONCE:
                return Rule(id=0, kind=kind)
            if (to, body) not in self._magic_spent:
                self._magic_spent.add((to, body))
                return Rule(id=0, kind=kind)
        return self._first(ON_CREATE, to)

    def on_delivery(self, to: str) -> Rule | None:
        kind = self._magic(to)
        if kind in ON_DELIVERY:
            return Rule(id=0, kind=kind)
        return self._first(ON_DELIVERY, to)

    def on_webhook(self, to: str) -> Rule | None:
        return self._first(ON_WEBHOOK, to)

    def _first(self, kinds: set[str], to: str) -> Rule | None:
        for rule in self.rules:
            if rule.kind in kinds and rule.strikes(to):
                return rule
        return None

    @staticmethod
    def _magic(to: str) -> str | None:
        if len(to) == 12 and to.startswith("+1") and to[5:7] == "90":
            return MAGIC.get(to[7:], to[7:])
        return None
