"""A text is checked, written and counted in one statement; a refusal says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from parley.accounts.models import Membership, Role, User
from parley.conversations.actions import opt_outs
from parley.conversations.models import Message, Outbox
from parley.texting import refusals
from parley.texting.actions import sending
from parley.texting.models import (
    Campaign,
    CampaignStatus,
    Contact,
    ContactStatus,
    HoursGroup,
    QuestionResponse,
    Tally,
    TextingSettings,
)
from parley.texting.queries import limits, open_hours
from tests.texting import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(scene: scenes.Scene) -> Contact:
    return scenes.contacts(scene, 1, assigned=True)[0]


@pytest.fixture
def send(scene: scenes.Scene, contact: Contact) -> Callable[..., sending.Sent]:
    def one(text: str = "Hi", **fields: Any) -> sending.Sent:
        return sending.send_text(
            **{
                "user_id": scene.texter.pk,
                "epoch": scene.texter.session_epoch,
                "assignment_id": scene.assignment.pk,
                "contact_id": contact.pk,
                "text": text,
                **fields,
            }
        )

    return one


def counted(kind: int) -> int:
    return sum(Tally.objects.filter(kind=kind).values_list("count", flat=True))


Send = Callable[..., sending.Sent]


def test_first_text_moves_the_contact_and_counts_once(send: Send, contact: Contact) -> None:
    sent = send("Hi Ann")

    contact.refresh_from_db()
    assert (sent.verdict, contact.status) == ("queued", ContactStatus.MESSAGED)
    assert contact.conversation_id == sent.conversation_id
    assert Message.objects.get().purpose == "initial"
    assert (counted(Tally.Kind.SENT), counted(Tally.Kind.INITIALS)) == (1, 1)


def test_one_statement(send: Send, scene: scenes.Scene, django_assert_num_queries: Any) -> None:
    open_hours.of_assignment(scene.assignment.pk)
    limits.longest_text(scene.campaign.pk)

    with django_assert_num_queries(1):
        send()


def test_first_text_twice_is_sent_once(send: Send) -> None:
    first, again = send("Hi"), send("Hi")

    assert (again.verdict, again.message_id) == ("repeated", first.message_id)
    assert Outbox.everywhere.count() == 1


def test_first_text_again_with_other_words_is_refused(send: Send) -> None:
    send("Hi")

    assert send("Hello").verdict == "already_texted"


@pytest.mark.django_db(transaction=True)
def test_first_text_from_eight_tabs_at_once_is_sent_once(
    send: Send, run_concurrently: Callable[..., list[sending.Sent]]
) -> None:
    sent = run_concurrently([send] * 8)

    assert sorted(s.verdict for s in sent) == ["queued"] + ["repeated"] * 7
    assert Outbox.everywhere.count() == 1


def test_reply_with_the_same_key_is_sent_once(send: Send, contact: Contact) -> None:
    send()
    first, again = send("Great", key="k"), send("Great", key="k")

    assert (first.verdict, again.verdict) == ("queued", "repeated")
    assert send("Other words", key="k").verdict == "conflict"
    assert Outbox.everywhere.count() == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ContactStatus.NEEDS_MESSAGE, ContactStatus.MESSAGED),
        (ContactStatus.MESSAGED, ContactStatus.MESSAGED),
        (ContactStatus.NEEDS_RESPONSE, ContactStatus.CONVO),
        (ContactStatus.CONVO, ContactStatus.CONVO),
        (ContactStatus.CLOSED, ContactStatus.MESSAGED),
    ],
)
def test_status_after_a_text(send: Send, contact: Contact, before: int, after: int) -> None:
    Contact.everywhere.filter(pk=contact.pk).update(status=before)

    sent = send(key="k")

    assert sent.contact_status == after
    contact.refresh_from_db()
    assert contact.status == after


def _suspend(scene: scenes.Scene, contact: Contact) -> None:
    Membership.everywhere.filter(user=scene.texter).update(role=Role.SUSPENDED)


def _end_session(scene: scenes.Scene, contact: Contact) -> None:
    User.objects.filter(pk=scene.texter.pk).update(session_epoch=99)


def _take_away(scene: scenes.Scene, contact: Contact) -> None:
    Contact.everywhere.filter(pk=contact.pk).update(assignment=None)


def _opt_out(scene: scenes.Scene, contact: Contact) -> None:
    opt_outs.opt_out(organization_id=scene.organization.pk, address_kind="phone", address=contact.cell, source="staff")


def _campaign(**fields: Any) -> Callable[[scenes.Scene, Contact], None]:
    def change(scene: scenes.Scene, contact: Contact) -> None:
        Campaign.everywhere.filter(pk=scene.campaign.pk).update(**fields)

    return change


def _leave_the_clock(scene: scenes.Scene, contact: Contact) -> None:
    """Nobody's clock is inside hours: the contact's group knows zones half a day apart."""
    TextingSettings.objects.update(texting_hours_enforced=True)
    group = HoursGroup.objects.create(zones="America/New_York,Asia/Tokyo,Europe/Berlin", state="")
    Contact.everywhere.filter(pk=contact.pk).update(hours_group=group)
    open_hours.forget()


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (_suspend, "suspended"),
        (_end_session, "signed_out"),
        (_take_away, "assignment_changed"),
        (_opt_out, "opted_out"),
        (_leave_the_clock, "off_hours"),
        (_campaign(status=CampaignStatus.DRAFT), "campaign_not_started"),
        (_campaign(status=CampaignStatus.CLOSED), "campaign_closed"),
        (_campaign(status=CampaignStatus.ARCHIVED), "campaign_archived"),
        (_campaign(status=CampaignStatus.CLOSED_FOR_INITIALS), "campaign_closed_for_initials"),
        (_campaign(due_by=dt.date(2020, 1, 1)), "campaign_closed_for_initials"),
        (_campaign(channel=None), "channel_missing"),
    ],
)
def test_refusal(send: Send, scene: scenes.Scene, contact: Contact, change: Any, verdict: str) -> None:
    change(scene, contact)

    assert send().verdict == verdict
    assert not Outbox.everywhere.exists()
    assert refusals.of(verdict).words


def test_replies_go_on_when_first_texts_are_closed(send: Send, scene: scenes.Scene) -> None:
    send()
    Campaign.everywhere.update(status=CampaignStatus.CLOSED_FOR_INITIALS)

    assert send("Thanks", key="k").verdict == "queued"


def test_somebody_else_s_assignment_is_refused_below_supervolunteer(send: Send, scene: scenes.Scene) -> None:
    other = scenes.person(scene.organization, "Otto")
    supervolunteer = scenes.person(scene.organization, "Susan", Role.SUPERVOLUNTEER)

    assert send(user_id=other.pk).verdict == "not_yours"
    assert send(user_id=supervolunteer.pk).verdict == "queued"


def test_stranger_to_the_organization_is_told_nothing(send: Send) -> None:
    stranger = User.objects.create_user("stranger@example.org", first_name="S")

    assert send(user_id=stranger.pk).verdict == "not_found"


def test_contact_of_another_campaign_is_refused(send: Send, scene: scenes.Scene) -> None:
    other = scenes.scene(slug="elm")
    theirs = scenes.contacts(other, 1, assigned=True)[0]

    assert send(contact_id=theirs.pk).verdict == "assignment_changed"


def test_nothing_and_too_much_are_refused(send: Send) -> None:
    assert send("   ").verdict == "empty"
    assert send("x" * (settings.MAX_MESSAGE_LENGTH + 1)).verdict == "too_long"


def test_organization_s_own_limit_holds(send: Send) -> None:
    TextingSettings.objects.update(max_message_length=20)

    assert send("x" * 21).verdict == "too_long"
    assert send("x" * 20).verdict == "queued"


def test_text_leaves_before_the_hours_close(send: Send, scene: scenes.Scene, monkeypatch: Any) -> None:
    closes = timezone.now() + dt.timedelta(minutes=30)
    monkeypatch.setattr(open_hours, "of_campaign", lambda _: open_hours.OpenHours([scene.hours_group.pk], [closes]))

    send()

    assert Outbox.everywhere.get().send_before == closes


def test_attachment_in_brackets_becomes_media(send: Send) -> None:
    send("Look [https://example.org/a.png]")

    message = Message.objects.get()
    assert (message.text, message.media) == ("Look", [{"url": "https://example.org/a.png"}])


def test_answers_are_saved_with_the_text_and_only_those_on_offer(
    send: Send, scene: scenes.Scene, contact: Contact
) -> None:
    send(answers=[{"step": scene.root.pk, "value": "Yes"}])
    assert QuestionResponse.everywhere.get().value == "Yes"

    send("b", key="1", answers=[{"step": scene.root.pk, "value": "Maybe"}])
    assert QuestionResponse.everywhere.get().value == "Yes"

    send("c", key="2", answers=[{"step": scene.root.pk, "value": None}])
    assert not QuestionResponse.everywhere.exists()


def test_opted_out_contact_is_closed_by_the_refusal(send: Send, scene: scenes.Scene, contact: Contact) -> None:
    _opt_out(scene, contact)
    Contact.everywhere.update(status=ContactStatus.NEEDS_MESSAGE, opted_out=False)

    send()

    contact.refresh_from_db()
    assert (contact.status, contact.opted_out) == (ContactStatus.CLOSED, True)
