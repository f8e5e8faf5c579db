"""Contacts are given out once each, inside hours, within the cap, fast whatever the size."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from parley.conversations.actions import opt_outs
from parley.texting.actions import claiming
from parley.texting.models import Assignment, Campaign, Contact, ContactStatus, HoursGroup
from parley.texting.queries import open_hours
from tests.texting import scenes

pytestmark = pytest.mark.django_db


def claim(scene: scenes.Scene, wanted: int | None = None, *, assignment: Assignment | None = None) -> claiming.Claim:
    by = assignment or scene.assignment
    return claiming.claim_batch(user_id=by.user_id, epoch=by.user.session_epoch, assignment_id=by.pk, wanted=wanted)


def test_batch_is_given_out(scene: scenes.Scene) -> None:
    waiting = scenes.contacts(scene, 15)

    taken = claim(scene)

    assert taken.contact_ids == [c.pk for c in waiting[:10]]
    assert Contact.everywhere.filter(assignment=scene.assignment).count() == 10


def test_two_statements_in_one_transaction(scene: scenes.Scene, django_assert_num_queries: Any) -> None:
    scenes.contacts(scene, 15)
    open_hours.of_assignment(scene.assignment.pk)

    with django_assert_num_queries(4):  # savepoint, asker, claim, release
        claim(scene)


def test_nothing_on_top_of_an_unsent_batch(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 30)
    claim(scene)

    with pytest.raises(claiming.NotEligible, match="Send the texts that you have first"):
        claim(scene)


def test_replies_come_first(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 5)
    scenes.contacts(scene, 2, first=50, assigned=True, status=ContactStatus.NEEDS_RESPONSE)

    with pytest.raises(claiming.NotEligible, match="Answer your 2 replies first"):
        claim(scene)


def test_cap_holds(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 30)
    Assignment.everywhere.update(max_contacts=4)

    assert len(claim(scene).contact_ids) == 4
    Contact.everywhere.filter(assignment=scene.assignment).update(status=ContactStatus.MESSAGED)
    with pytest.raises(claiming.NotEligible, match="as many contacts as one texter"):
        claim(scene)


@pytest.mark.django_db(transaction=True)
def test_cap_holds_against_eight_requests_at_once(
    scene: scenes.Scene, run_concurrently: Callable[..., list[Any]]
) -> None:
    scenes.contacts(scene, 200)
    Campaign.everywhere.update(batch_size=100)
    Assignment.everywhere.update(max_contacts=30)

    def one() -> int:
        try:
            return len(claim(scene).contact_ids)
        except claiming.NotEligible:
            return 0

    run_concurrently([one] * 8)

    assert Contact.everywhere.filter(assignment=scene.assignment).count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_texters_never_share_a_contact(scene: scenes.Scene, run_concurrently: Callable[..., list[Any]]) -> None:
    scenes.contacts(scene, 100)
    everybody = [scenes.assignment(scene.campaign, scenes.person(scene.organization, f"T{i}")) for i in range(8)]

    taken = run_concurrently([partial(claim, scene, assignment=a) for a in everybody])

    numbers = [n for t in taken for n in t.contact_ids]
    assert len(numbers) == len(set(numbers)) == 80


def test_only_open_hours_are_given_out_earliest_evening_first(
    scene: scenes.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    west, nobody = [HoursGroup.objects.create(zones=z, state="") for z in ("America/Los_Angeles", "Pacific/Guam")]
    scenes.contacts(scene, 3, first=0, hours_group=nobody)
    scenes.contacts(scene, 3, first=10, hours_group=west)
    east = scenes.contacts(scene, 3, first=20)
    monkeypatch.setattr(
        open_hours,
        "of_campaign",
        lambda _: open_hours.OpenHours([scene.hours_group.pk, west.pk], [timezone.now()] * 2),
    )

    first = claim(scene, 3)

    assert first.contact_ids == [c.pk for c in east]
    Contact.everywhere.filter(assignment=scene.assignment).update(status=ContactStatus.MESSAGED)
    assert len(claim(scene).contact_ids) == 3


def test_who_opted_out_is_not_given_out(scene: scenes.Scene) -> None:
    ann, bob = scenes.contacts(scene, 2)
    opt_outs.opt_out(organization_id=scene.organization.pk, address_kind="phone", address=ann.cell, source="staff")

    assert claim(scene).contact_ids == [bob.pk]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"use_dynamic_assignment": False}, "given out by the organizers"),
        ({"batch_size": 0}, "how many contacts go out"),
        ({"status": "closed_for_initials"}, "no more first texts"),
        ({"status": "closed"}, "closed"),
        ({"status": "draft"}, "not started"),
    ],
)
def test_base_line(scene: scenes.Scene, change: dict[str, Any], reason: str) -> None:
    scenes.contacts(scene, 5)
    Campaign.everywhere.update(**change)

    with pytest.raises(claiming.NotEligible, match=reason):
        claim(scene)


def test_absurd_numbers_are_refused(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 5)

    with pytest.raises(claiming.NotEligible):
        claim(scene, 0)
    with pytest.raises(claiming.NotEligible):
        claim(scene, -3)
    assert len(claim(scene, 10**9).contact_ids) == 5


def test_nobody_waits(scene: scenes.Scene) -> None:
    with pytest.raises(claiming.NotEligible, match="Nobody is waiting"):
        claim(scene)


def test_eligibility_says_the_same_without_claiming(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 5)

    allowance = claiming.eligibility(
        user_id=scene.texter.pk, epoch=scene.texter.session_epoch, assignment_id=scene.assignment.pk
    )

    assert allowance.count == 5
    assert not Contact.everywhere.filter(assignment__isnull=False).exists()


def test_tallies_are_squashed_without_changing_their_sum(scene: scenes.Scene) -> None:
    from django.db.models import Sum

    from parley.texting.models import Tally

    Tally.objects.bulk_create(Tally(campaign=scene.campaign, kind=Tally.Kind.SENT, count=1) for _ in range(50))

    claiming.squash_tallies()

    assert Tally.objects.count() == 1
    assert Tally.objects.aggregate(all=Sum("count"))["all"] == 50
