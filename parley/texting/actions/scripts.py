"""Saving a script: one tree, one transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parley.accounts import actions, errors
from parley.accounts.models import Membership, Role
from parley.texting import segments
from parley.texting.actions import campaigns
from parley.texting.models import Campaign, InteractionStep, QuestionResponse
from parley.texting.queries import campaigns as campaign_queries
from parley.texting.queries import scripts as queries
from parley.texting.scripts import variables
from parley.web import announcer

MOST_STEPS: Final = 200
MOST_LEVELS: Final = 12
LONGEST_ANSWER: Final = 200
LONGEST_QUESTION: Final = 300


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one field of a step: `field` is script, question, answer, or "" for the step."""

    key: str
    field: str
    text: str


class WrongScript(errors.Refused):
    """The tree cannot be saved; `problems` says why, step by step."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(problem.text for problem in problems))


def save_script(
    actor: Membership, campaign_id: int, *, root: queries.Step, version: str | None = None
) -> list[InteractionStep]:
    """Make the script what `root` says: new steps added, kept ones changed, the others removed. SUPERVOLUNTEER.

    A removed step stays in the database, out of sight, when the campaign has started or answers hang on it;
    otherwise it is deleted. Typographic punctuation is replaced by its plain spelling, which costs fewer
    segments. Returns the steps in order.

    Raises WrongScript naming step and variable, campaigns.Outdated when the script is not the one that the
    author's page was made from (`version`), and writes nothing then.
    """
    with transaction.atomic():
        campaign = campaigns.locked(actor, campaign_id, role=Role.SUPERVOLUNTEER)
        current = queries.steps_of(campaign)
        if version is not None and version != queries.version_of(current):
            raise campaigns.Outdated(_("Somebody else changed the script while you were at it."))
        longest = campaign_queries.longest_message(campaign_queries.texting_settings(campaign.organization_id))
        _check(root, campaign=campaign, longest=longest)
        steps = _write(root, campaign=campaign)
        if campaign.started_at is not None:
            actions.record(
                "campaign.script_changed",
                actor=actor.user,
                organization=actor.organization,
                target=campaign,
                steps=len(steps),
            )
        announcer.announce(f"campaign:{campaign.pk}")
    return steps


def problems_of(root: queries.Step, *, campaign: Campaign, longest: int) -> list[Problem]:
    """Everything that is wrong with a tree, in reading order; an empty list when it can be saved."""
    found: list[Problem] = []
    seen: set[str] = set()
    for step, level in _levels(root):
        found += _problems_of_step(step, is_root=step is root, campaign=campaign, longest=longest)
        if step.key in seen:
            found.append(Problem(key=step.key, field="", text=_("The same step occurs twice in the script.")))
        seen.add(step.key)
        if level > MOST_LEVELS:
            found.append(
                Problem(
                    key=step.key,
                    field="",
                    text=_("The script is more than %(most)s levels deep.") % {"most": MOST_LEVELS},
                )
            )
    if len(seen) > MOST_STEPS:
        text = ngettext(
            "A script may have %(most)s step at most.", "A script may have %(most)s steps at most.", MOST_STEPS
        )
        found.append(Problem(key=root.key, field="", text=text % {"most": MOST_STEPS}))
    return found


def _check(root: queries.Step, *, campaign: Campaign, longest: int) -> None:
    found = problems_of(root, campaign=campaign, longest=longest)
    if campaign.started_at is not None and not root.script.strip():
        found.insert(0, Problem(key=root.key, field="script", text=_("A running campaign needs its first text.")))
    if found:
        raise WrongScript(found)


def _problems_of_step(step: queries.Step, *, is_root: bool, campaign: Campaign, longest: int) -> list[Problem]:
    name = queries.name_of(answer=step.answer, is_root=is_root)
    found: list[Problem] = []

    def wrong(field: str, text: str) -> None:
        found.append(Problem(key=step.key, field=field, text=text))

    unknown = variables.unknown_variables(step.script, campaign.custom_fields)
    if unknown:
        wrong("script", queries.unknown_variables_message(name, unknown))
    if len(step.script) > longest:
        wrong("script", _("The text of %(step)s has more than %(most)s characters.") % {"step": name, "most": longest})
    if not is_root and not step.answer.strip():
        wrong("answer", _("Give this answer a name."))
    if len(step.answer) > LONGEST_ANSWER:
        wrong("answer", _("An answer may have %(most)s characters at most.") % {"most": LONGEST_ANSWER})
    if len(step.question) > LONGEST_QUESTION:
        wrong("question", _("A question may have %(most)s characters at most.") % {"most": LONGEST_QUESTION})
    if step.children and not step.question.strip():
        wrong("question", _("Write the question that the answers below belong to."))
    names: set[str] = set()
    for child in step.children:
        answer = " ".join(child.answer.split()).casefold()
        if answer and answer in names:
            found.append(
                Problem(
                    key=child.key,
                    field="answer",
                    text=_("The answer “%(answer)s” is there twice.") % {"answer": child.answer},
                )
            )
        names.add(answer)
    return found


def _levels(root: queries.Step) -> list[tuple[queries.Step, int]]:
    found: list[tuple[queries.Step, int]] = []
    todo = [(root, 1)]
    while todo:
        step, level = todo.pop()
        found.append((step, level))
        if level <= MOST_LEVELS + 1:
            todo.extend((child, level + 1) for child in reversed(step.children))
    return found


def _write(root: queries.Step, *, campaign: Campaign) -> list[InteractionStep]:
    stored = {str(step.pk): step for step in InteractionStep.everywhere.filter(campaign=campaign)}
    kept = {step.key for step in root.walk()}
    gone = [step for key, step in stored.items() if key not in kept]
    # Out of sight first: the new root may be another step, and there is one root at a time.
    InteractionStep.everywhere.filter(pk__in=[step.pk for step in gone], is_deleted=False).update(is_deleted=True)

    position = 0
    written: list[InteractionStep] = []

    def put(step: queries.Step, parent: InteractionStep | None) -> None:
        nonlocal position
        row = stored.get(step.key) or InteractionStep(campaign=campaign, organization_id=campaign.organization_id)
        row.parent = parent
        row.answer_option = " ".join(step.answer.split()) if parent is not None else ""
        row.script = segments.to_gsm(step.script).strip()
        row.question = " ".join(step.question.split())
        row.position, row.is_deleted = position, False
        position += 1
        row.save()
        written.append(row)
        for child in step.children:
            put(child, row)

    put(root, None)
    if campaign.started_at is None:
        InteractionStep.everywhere.filter(pk__in=_without_answers(gone)).delete()
    return written


def _without_answers(gone: Sequence[InteractionStep]) -> list[int]:
    """Those of the removed steps that can be deleted: no answer hangs on them or on anything below them."""
    parents = {step.pk: step.parent_id for step in gone}
    answered = QuestionResponse.everywhere.filter(step_id__in=parents).values_list("step_id", flat=True).distinct()
    kept: set[int] = set()
    for number in answered:
        here: int | None = number
        while here in parents and here not in kept:
            kept.add(here)
            here = parents[here]
    return [number for number in parents if number not in kept]
