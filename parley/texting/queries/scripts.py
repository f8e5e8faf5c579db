"""Reads about scripts: the tree of a campaign, and what is wrong with it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from parley.texting.models import Campaign, InteractionStep
from parley.texting.scripts import variables


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a script as its author sees it, with the steps that its answers lead to.

    `key` is the id of a stored step; anything else names a new one.
    """

    key: str
    answer: str = ""
    script: str = ""
    question: str = ""
    children: Sequence[Step] = ()

    def walk(self) -> Iterator[Step]:
        """This step and all below it, in the order in which they are read."""
        yield self
        for child in self.children:
            yield from child.walk()


def steps_of(campaign: Campaign | int) -> list[InteractionStep]:
    """The steps that are in use, in order. One query."""
    number = campaign if isinstance(campaign, int) else campaign.pk
    return list(InteractionStep.everywhere.filter(campaign_id=number, is_deleted=False).order_by("position", "id"))


def tree_of(steps: Iterable[InteractionStep]) -> Step | None:
    """The steps as a tree; None when nothing has been written. Steps that hang on nothing are left out."""
    children: dict[int | None, list[InteractionStep]] = {}
    for step in steps:
        children.setdefault(step.parent_id, []).append(step)

    def grow(step: InteractionStep) -> Step:
        return Step(
            key=str(step.pk),
            answer=step.answer_option,
            script=step.script,
            question=step.question,
            children=tuple(grow(child) for child in children.get(step.pk, [])),
        )

    roots = children.get(None, [])
    return grow(roots[0]) if roots else None


def version_of(steps: Iterable[InteractionStep]) -> str:
    """The version of a script: two people who read the same tree hold the same."""
    written = json.dumps(
        [[s.pk, s.parent_id, s.answer_option, s.script, s.question] for s in steps], ensure_ascii=False
    )
    return hashlib.sha256(written.encode()).hexdigest()[:24]


def name_of(*, answer: str, is_root: bool) -> str:
    """How a message calls a step."""
    if is_root:
        return _("the first text")
    return _("the answer “%(answer)s”") % {"answer": answer} if answer else _("an answer without a name")


def unknown_variables(steps: Iterable[InteractionStep], *, custom_fields: Sequence[str]) -> list[str]:
    """A sentence for each step that uses variables which the contact list does not have."""
    return [
        unknown_variables_message(name_of(answer=step.answer_option, is_root=step.parent_id is None), names)
        for step in steps
        if (names := variables.unknown_variables(step.script, custom_fields))
    ]


def unknown_variables_message(step_name: str, names: Sequence[str]) -> str:
    """What an author reads about variables that nobody knows."""
    listed = ", ".join(f"{{{name}}}" for name in names)
    return _("Unknown variable %(names)s in %(step)s. The contact list has no such column.") % {
        "names": listed,
        "step": step_name,
    }
