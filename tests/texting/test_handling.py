"""Replies, closing, reopening, opting out: the status machine of a contact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from parley.accounts.models import Role, User
from parley.conversations import registry
from parley.conversations.actions import receiving
from parley.conversations.models import Message, OptOut
from parley.texting.actions import handling, sending
from parley.texting.models import Contact, ContactStatus, QuestionResponse, Tally
from tests.conversations import doubles
from tests.texting import scenes

pytestmark = pytest.mark.django_db
Reply = Callable[..., None]
Deliver = Callable[[], list[str]]


@pytest.fixture
def contact(scene: scenes.Scene, deliver: Deliver) -> Contact:
    """Has had the first text."""
    made = scenes.contacts(scene, 1, assigned=True)[0]
    sending.send_text(**actor(scene), contact_id=made.pk, text="Hi")
    deliver()
    made.refresh_from_db()
    return made


def actor(scene: scenes.Scene, user: User | None = None) -> dict[str, Any]:
    by = user or scene.texter
    return {"user_id": by.pk, "epoch": by.session_epoch, "assignment_id": scene.assignment.pk}


@pytest.mark.parametrize("before", list(ContactStatus)[1:])
def test_reply_needs_a_response_whatever_came_before(contact: Contact, reply: Reply, before: int) -> None:
    Contact.everywhere.update(status=before)

    reply(contact, "Who is this?")

    contact.refresh_from_db()
    assert contact.status == ContactStatus.NEEDS_RESPONSE


def test_stop_closes_and_is_confirmed_once(contact: Contact, reply: Reply, deliver: Deliver) -> None:
    reply(contact, "please stop texting me")
    reply(contact, "STOP TEXTING ME")

    contact.refresh_from_db()
    assert (contact.status, contact.opted_out) == (ContactStatus.CLOSED, True)
    assert deliver() == [handling.default_confirmation(contact.organization_id)]


def test_keyword_that_the_provider_answers_is_not_confirmed(contact: Contact, reply: Reply, deliver: Deliver) -> None:
    reply(contact, "STOP", handled_keyword=True)

    assert deliver() == []
    assert OptOut.objects.get().source == "provider"


def test_likely_opt_out_is_shown_for_a_texter_to_confirm(contact: Contact, reply: Reply, scene: scenes.Scene) -> None:
    reply(contact, "leave me alone")
    contact.refresh_from_db()
    assert (contact.likely_opt_out, contact.opted_out) == (True, False)

    handling.set_status(**actor(scene), contact_id=contact.pk, status=None, not_opt_out=True)

    contact.refresh_from_db()
    assert not contact.likely_opt_out


def test_opting_out_closes_waiting_contacts_of_the_same_phone_everywhere_in_the_organization(
    contact: Contact, reply: Reply, scene: scenes.Scene
) -> None:
    second = scenes.Scene(**{**vars(scene), "campaign": _copy(scene)})
    waiting = scenes.contacts(second, 1)[0]

    reply(contact, "unsubscribe")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.opted_out) == (ContactStatus.CLOSED, True)


def _copy(scene: scenes.Scene) -> Any:
    campaign = type(scene.campaign).everywhere.get(pk=scene.campaign.pk)
    campaign.pk, campaign.join_token = None, "other"
    campaign.save()
    return campaign


def test_start_brings_back(contact: Contact, reply: Reply) -> None:
    reply(contact, "STOP")
    reply(contact, "START")

    contact.refresh_from_db()
    assert not contact.opted_out
    assert contact.status == ContactStatus.NEEDS_RESPONSE


def test_skip_closes_saves_answers_and_reopen_brings_back(contact: Contact, scene: scenes.Scene) -> None:
    handling.set_status(
        **actor(scene),
        contact_id=contact.pk,
        status=ContactStatus.CLOSED,
        answers=[{"step": scene.root.pk, "value": "No"}],
    )
    contact.refresh_from_db()
    assert contact.status == ContactStatus.CLOSED
    assert QuestionResponse.everywhere.get().value == "No"

    handling.set_status(**actor(scene), contact_id=contact.pk, status=ContactStatus.NEEDS_RESPONSE)
    contact.refresh_from_db()
    assert contact.status == ContactStatus.NEEDS_RESPONSE


def test_texter_opts_out_with_a_confirmation(contact: Contact, scene: scenes.Scene, deliver: Deliver) -> None:
    handled = handling.opt_out_contact(**actor(scene), contact_id=contact.pk, confirmation="You are out.")

    contact.refresh_from_db()
    assert (handled.verdict, contact.status, contact.opted_out) == ("ok", ContactStatus.CLOSED, True)
    assert deliver() == ["You are out."]
    assert OptOut.objects.get().made_by == scene.texter
    assert sending.send_text(**actor(scene), contact_id=contact.pk, text="one more", key="k").verdict == "opted_out"


def test_texter_opts_out_before_the_first_text(scene: scenes.Scene, deliver: Deliver) -> None:
    contact = scenes.contacts(scene, 1, assigned=True)[0]

    handling.opt_out_contact(**actor(scene), contact_id=contact.pk, confirmation="You are out.")

    assert deliver() == ["You are out."]
    contact.refresh_from_db()
    assert contact.conversation_id == Message.objects.get().conversation_id


@pytest.mark.django_db(transaction=True)
def test_texter_and_reply_at_once_do_not_wait_for_each_other(
    contact: Contact, scene: scenes.Scene, reply: Reply, run_concurrently: Callable[..., list[Any]]
) -> None:
    for round_number in range(5):
        run_concurrently(
            [
                lambda: handling.opt_out_contact(**actor(scene), contact_id=contact.pk, confirmation="Out."),
                lambda n=round_number: reply(contact, f"hello {n}", lane=f"r{n}"),
            ]
        )

    assert OptOut.objects.filter(revoked_at=None).exists()


def test_others_may_not_touch_the_assignment(contact: Contact, scene: scenes.Scene) -> None:
    other = scenes.person(scene.organization, "Otto")
    lead = scenes.person(scene.organization, "Susan", Role.SUPERVOLUNTEER)

    refused = handling.opt_out_contact(**actor(scene, other), contact_id=contact.pk)
    allowed = handling.set_status(**actor(scene, lead), contact_id=contact.pk, status=ContactStatus.CLOSED)

    assert (refused.verdict, allowed.verdict) == ("not_yours", "ok")
    assert not OptOut.objects.exists()


def test_delivery_is_counted_and_an_error_kept(contact: Contact, scene: scenes.Scene) -> None:
    message = Message.objects.get()
    receiving.store_events(
        scene.channel.account_id,
        [
            doubles.event(
                id="r",
                kind="report",
                lane="m",
                message_id=message.pk,
                provider_id=message.provider_id,
                status="failed",
                error_code="30006",
                unreachable=True,
            )
        ],
    )
    receiving.apply_events()

    contact.refresh_from_db()
    assert contact.error_code == "30006"
    assert Tally.objects.get(kind=Tally.Kind.FAILED).count == 1


def test_confirmation_of_an_opt_out_is_not_counted_as_a_delivered_text(
    contact: Contact, scene: scenes.Scene, reply: Reply, deliver: Deliver
) -> None:
    reply(contact, "please stop texting me")
    deliver()
    confirmation = Message.objects.get(purpose="opt_out_confirmation")

    receiving.store_events(
        scene.channel.account_id,
        [
            doubles.event(
                id="r",
                kind="report",
                lane="m",
                message_id=confirmation.pk,
                provider_id=confirmation.provider_id,
                status="delivered",
            )
        ],
    )
    receiving.apply_events()

    assert not Tally.objects.filter(kind=Tally.Kind.DELIVERED).exists()


def test_replies_are_counted_each_and_contacts_once(contact: Contact, reply: Reply) -> None:
    reply(contact, "yes")
    reply(contact, "and my wife too")

    counts = {k: sum(Tally.objects.filter(kind=k).values_list("count", flat=True)) for k in (5, 9)}
    assert counts == {5: 2, 9: 1}


def test_texting_describes_its_conversations_to_the_core(contact: Contact, scene: scenes.Scene) -> None:
    handling.set_status(
        **actor(scene), contact_id=contact.pk, status=None, answers=[{"step": scene.root.pk, "value": "Yes"}]
    )
    program = registry.program("texting")
    assert program is not None and contact.conversation_id is not None

    described = program.describe([contact.conversation_id])[contact.conversation_id]

    assert (described.subject_title, described.handler_email) == ("Town hall", scene.texter.email)
    assert [(q.text, list(q.allowed), q.chosen) for q in described.questions] == [("Coming?", ["Yes", "No"], "Yes")]
