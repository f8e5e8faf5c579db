"""The script as a form: one set of fields a step, in reading order, each naming the step above it.

    parent-<key>=…  answer-<key>=…  script-<key>=…  question-<key>=…

A key is the id of a stored step or, for a new one, "new-" and a number. Adding, moving and removing a step
are done to the tree here and answered with the form made anew, so that the browser needs no script for it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from parley.texting import segments
from parley.texting.queries.scripts import Step

_KEY: Final = re.compile(r"[0-9]{1,18}|new-[0-9]{1,9}")


class Malformed(ValueError):
    """The fields make no tree; `str()` is for the person."""


@dataclasses.dataclass(slots=True)
class Node:
    """One step on the page."""

    key: str
    answer: str = ""
    script: str = ""
    question: str = ""
    parent: Node | None = None
    children: list[Node] = dataclasses.field(default_factory=list)
    #: field -> what is wrong with it
    errors: dict[str, str] = dataclasses.field(default_factory=dict)
    #: which of its parts takes the focus on arrival: answer, up, down, add
    focus: str = ""
    #: the text as the sample contact would get it
    preview: str = ""

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_first(self) -> bool:
        return self.parent is None or self.parent.children[0] is self

    @property
    def is_last(self) -> bool:
        return self.parent is None or self.parent.children[-1] is self

    @property
    def is_empty(self) -> bool:
        """Nothing would be lost with it."""
        return not (self.script.strip() or self.question.strip() or self.children)

    @property
    def asks(self) -> bool:
        """Whether the page shows the question at once: an answer that ends the talk keeps it folded away."""
        return bool(self.parent is None or self.question or self.children or "question" in self.errors)

    @property
    def level(self) -> int:
        return 1 + self.parent.level if self.parent else 1

    @property
    def count(self) -> segments.SegmentCount:
        """Of the preview."""
        return segments.count(self.preview)

    def to_step(self) -> Step:
        return Step(
            key=self.key,
            answer=self.answer.strip(),
            script=self.script,
            question=self.question.strip(),
            children=tuple(child.to_step() for child in self.children),
        )


def from_step(step: Step | None) -> Node:
    """The form of a stored script; an empty first text when there is none."""
    if step is None:
        return Node(key="new-1")
    node = Node(key=step.key, answer=step.answer, script=step.script, question=step.question)
    for child in step.children:
        below = from_step(child)
        below.parent = node
        node.children.append(below)
    return node


def parse(fields: QueryDict) -> Node:
    """The tree that was sent. Raises Malformed for one without a single root, with a loop, or with loose steps."""
    keys = [name.removeprefix("parent-") for name in fields if name.startswith("parent-")]
    if not keys or not all(_KEY.fullmatch(key) for key in keys):
        raise Malformed(_("The script did not arrive whole. Reload the page and try again."))
    nodes = {
        key: Node(
            key=key,
            answer=fields.get(f"answer-{key}", ""),
            script=fields.get(f"script-{key}", "").replace("\r\n", "\n"),
            question=fields.get(f"question-{key}", ""),
        )
        for key in keys
    }
    roots = []
    for key, node in nodes.items():
        parent = fields.get(f"parent-{key}", "")
        if not parent:
            roots.append(node)
        elif parent in nodes:
            node.parent = nodes[parent]
            node.parent.children.append(node)
    if len(roots) != 1 or len(list(roots[0].walk())) != len(nodes):
        raise Malformed(_("The script goes round in a circle or has loose ends. Reload the page and try again."))
    return roots[0]


def find(root: Node, key: str) -> Node | None:
    return next((node for node in root.walk() if node.key == key), None)


def change(root: Node, deed: str, key: str) -> None:
    """Do `deed` (add, remove, up, down) to the step `key`; an unknown step or deed changes nothing."""
    node = find(root, key)
    if node is None:
        return
    if deed == "add":
        node.children.append(Node(key=_new_key(root.walk()), parent=node, focus="answer"))
    elif node.parent is not None:
        siblings = node.parent.children
        here = siblings.index(node)
        if deed == "remove":
            siblings.remove(node)
            node.parent.focus = "add"
        elif deed == "up" and here > 0:
            siblings[here - 1], siblings[here] = node, siblings[here - 1]
            node.focus = "down" if node.is_first else "up"
        elif deed == "down" and here < len(siblings) - 1:
            siblings[here + 1], siblings[here] = node, siblings[here + 1]
            node.focus = "up" if node.is_last else "down"


def _new_key(nodes: Iterable[Node]) -> str:
    used = [int(node.key.removeprefix("new-")) for node in nodes if node.key.startswith("new-")]
    return f"new-{max(used, default=0) + 1}"
