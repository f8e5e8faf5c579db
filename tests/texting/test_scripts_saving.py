"""Saving a script tree."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from parley.accounts.models import Role
from parley.texting import actions
from parley.texting.models import Campaign, InteractionStep, QuestionResponse
from parley.texting.queries import scripts as queries
from parley.texting.queries.scripts import Step
from tests.texting import organizing

pytestmark = pytest.mark.django_db

TREE = Step(
    key="new-1",
    script="Hi {firstName}, can you come on Saturday?",
    question="Can they come?",
    children=(
        Step(
            key="new-2",
            answer="Yes",
            script="Great!",
            question="With whom?",
            children=(Step(key="new-3", answer="Alone", script="See you there."),),
        ),
        Step(key="new-4", answer="No", script="A pity."),
    ),
)


def tree(campaign: Campaign) -> Step:
    found = queries.tree_of(queries.steps_of(campaign))
    assert found is not None
    return found


def shape(step: Step) -> tuple[object, ...]:
    return (step.answer, step.script, step.question, tuple(shape(child) for child in step.children))


def test_a_tree_is_stored_as_it_was_written() -> None:
    admin = organizing.member(organizing.organization(), Role.SUPERVOLUNTEER)
    campaign = organizing.draft(admin.organization)

    actions.save_script(admin, campaign.pk, root=TREE)

    assert shape(tree(campaign)) == shape(TREE)


def test_answers_keep_the_order_that_they_are_moved_to() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    actions.save_script(admin, campaign.pk, root=TREE)
    stored = tree(campaign)

    moved = Step(key=stored.key, script=stored.script, question=stored.question, children=stored.children[::-1])
    actions.save_script(admin, campaign.pk, root=moved)

    assert [child.answer for child in tree(campaign).children] == ["No", "Yes"]
    assert {step.key for step in tree(campaign).walk()} == {step.key for step in stored.walk()}


def test_in_a_draft_removed_steps_are_deleted_with_all_below_them() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    actions.save_script(admin, campaign.pk, root=TREE)
    stored = tree(campaign)

    actions.save_script(admin, campaign.pk, root=Step(key=stored.key, script="Hi!"))

    assert InteractionStep.everywhere.filter(campaign=campaign).count() == 1


def test_a_removed_step_with_answers_is_kept_out_of_sight_with_those_above_it() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    actions.save_script(admin, campaign.pk, root=TREE)
    stored = tree(campaign)
    yes, no = stored.children
    [contact] = organizing.contacts(campaign, 1)
    QuestionResponse.everywhere.create(
        organization=admin.organization, contact=contact, step_id=int(yes.children[0].key), value="x"
    )

    actions.save_script(admin, campaign.pk, root=Step(key=stored.key, script="Hi!"))

    assert QuestionResponse.everywhere.filter(contact=contact).exists()
    hidden = InteractionStep.everywhere.filter(campaign=campaign, is_deleted=True).values_list("pk", flat=True)
    assert set(hidden) == {int(yes.key), int(yes.children[0].key)}
    assert not InteractionStep.everywhere.filter(pk=int(no.key)).exists()


def test_in_a_started_campaign_removed_steps_are_kept_out_of_sight() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)
    root = tree(campaign)
    actions.save_script(
        admin, campaign.pk, root=Step(key=root.key, script="Hi", question="Q", children=(Step(key="n", answer="Yes"),))
    )

    actions.save_script(admin, campaign.pk, root=Step(key=root.key, script="Hi"))

    assert InteractionStep.everywhere.filter(campaign=campaign, is_deleted=True).count() == 1
    assert len(list(tree(campaign).walk())) == 1


def test_a_new_root_takes_the_place_of_the_old_one() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)

    actions.save_script(admin, campaign.pk, root=Step(key="another", script="Good evening"))

    assert tree(campaign).script == "Good evening"


def test_an_unknown_variable_is_named_with_its_step_and_nothing_is_saved() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization, custom_fields=["park"])
    root = Step(
        key="a",
        script="At {park}, {first_name}",
        question="Q?",
        children=(Step(key="b", answer="Yes", script="{parc}"),),
    )

    with pytest.raises(actions.WrongScript) as refusal:
        actions.save_script(admin, campaign.pk, root=root)

    [problem] = refusal.value.problems
    assert (problem.key, problem.field) == ("b", "script")
    assert "{parc}" in problem.text
    assert "Yes" in problem.text
    assert not InteractionStep.everywhere.filter(campaign=campaign).exists()


@pytest.mark.parametrize(
    ("root", "field"),
    [
        (Step(key="a", question="Q", children=(Step(key="b"),)), "answer"),
        (Step(key="a", children=(Step(key="b", answer="Yes"),)), "question"),
        (Step(key="a", question="Q", children=(Step(key="b", answer="Yes"), Step(key="c", answer=" yes "))), "answer"),
        (Step(key="a", question="Q", children=(Step(key="a", answer="Yes"),)), ""),
        (Step(key="a", script="x" * 1601), "script"),
    ],
)
def test_a_tree_that_makes_no_sense_is_refused(root: Step, field: str) -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    with pytest.raises(actions.WrongScript) as refusal:
        actions.save_script(admin, campaign.pk, root=root)

    assert field in {problem.field for problem in refusal.value.problems}


def test_a_running_campaign_keeps_a_first_text() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)

    with pytest.raises(actions.WrongScript):
        actions.save_script(admin, campaign.pk, root=Step(key=tree(campaign).key, script="  "))


def test_another_campaigns_steps_are_copied_not_taken() -> None:
    admin = organizing.member(organizing.organization())
    theirs = organizing.ready(admin.organization)
    campaign = organizing.draft(admin.organization)

    actions.save_script(admin, campaign.pk, root=tree(theirs))

    assert tree(theirs).key != tree(campaign).key


def test_of_two_authors_the_second_is_told() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)
    seen = queries.version_of(queries.steps_of(campaign))
    root = tree(campaign)
    actions.save_script(admin, campaign.pk, root=Step(key=root.key, script="First"), version=seen)

    with pytest.raises(actions.Outdated):
        actions.save_script(admin, campaign.pk, root=Step(key=root.key, script="Second"), version=seen)

    assert tree(campaign).script == "First"


def test_typographic_punctuation_becomes_plain() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    actions.save_script(admin, campaign.pk, root=Step(key="a", script="It’s “now” – café…"))

    assert tree(campaign).script == 'It\'s "now" - café...'


def test_a_texter_does_not_write_scripts() -> None:
    texter = organizing.member(organizing.organization(), Role.VETTED_TEXTER)
    campaign = organizing.draft(texter.organization)

    with pytest.raises(PermissionDenied):
        actions.save_script(texter, campaign.pk, root=TREE)
