"""The catch-all inbox: what staff see, what they can do, what it costs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parley.accounts.models import AuditEvent, Role, User
from parley.conversations import actions
from parley.conversations.models import Channel, Conversation, Message, OptOut, Outbox, Status
from tests.conversations import doubles

Receive = Callable[..., int]
SENDER = "+16175550123"


@pytest.fixture
def stranger(channel: Channel, receive: Receive) -> Conversation:
    """Somebody unknown has written."""
    receive(doubles.event(id=1, address=SENDER, sender_name="Maria", text="Where is the market?"))
    return Conversation._base_manager.get(program="inbox")


def address(name: str, *arguments: object) -> str:
    return reverse(f"conversations:{name}", args=["oak", *arguments])


def page(client: Client, name: str, *arguments: object, **parameters: Any) -> str:
    response = client.get(address(name, *arguments), parameters)
    assert response.status_code == 200
    return response.content.decode()


def test_a_stranger_waits_in_the_inbox(staff: Client, stranger: Conversation) -> None:
    shown = page(staff, "inbox")

    assert "Maria" in shown
    assert "Where is the market?" in shown


def test_an_empty_inbox_says_what_lands_there(staff: Client, channel: Channel) -> None:
    assert "Nobody waits here" in page(staff, "inbox")
    assert "Nothing done yet" in page(staff, "inbox", show="done")
    assert "Nothing found" in page(staff, "inbox", q="pears")


def test_mails_are_never_in_the_inbox(staff: Client, stranger: Conversation) -> None:
    Conversation._base_manager.filter(pk=stranger.pk).update(program="mail")

    assert "Maria" not in page(staff, "inbox")
    assert staff.get(address("inbox_conversation", stranger.pk)).status_code == 404


def test_numbers_are_whole_for_admins_alone(
    staff: Client, client_of: Callable[[Role], Client], stranger: Conversation
) -> None:
    admin = client_of(Role.ADMIN)

    for shown in (page(staff, "inbox"), page(staff, "inbox_conversation", stranger.pk)):
        assert "•••• 0123" in shown
        assert "555-0123" not in shown
        assert SENDER not in shown
    for shown in (page(admin, "inbox"), page(admin, "inbox_conversation", stranger.pk)):
        assert "(617) 555-0123" in shown


@pytest.mark.parametrize(
    ("search", "found"), [("maria", True), ("MARKET", True), ("0123", True), ("617555", False), ("pears", False)]
)
def test_who_sees_numbers_in_part_finds_by_what_they_see(
    staff: Client, stranger: Conversation, search: str, found: bool
) -> None:
    assert ("Maria" in page(staff, "inbox", q=search)) is found


def test_admins_search_whole_numbers(client_of: Callable[[Role], Client], stranger: Conversation) -> None:
    admin = client_of(Role.ADMIN)

    assert "Maria" in page(admin, "inbox", q="(617) 555")
    assert "Maria" not in page(admin, "inbox", q="(718) 555")


def test_an_answer_goes_out_once_however_often_the_form_is_sent(staff: Client, stranger: Conversation) -> None:
    form = {"text": "Under the oak.", "key": str(uuid.uuid4())}

    answers = [staff.post(address("inbox_conversation", stranger.pk), form) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    sent = Message._base_manager.get(conversation=stranger, direction=2)
    assert (sent.text, sent.purpose, sent.author) == (
        "Under the oak.",
        "staff",
        User.objects.get(email="supervolunteer@oak.example"),
    )
    assert Outbox.everywhere.count() == 1
    assert "Under the oak." in page(staff, "inbox_conversation", stranger.pk)


def test_the_same_form_with_other_words_is_refused(staff: Client, stranger: Conversation) -> None:
    key = str(uuid.uuid4())
    staff.post(address("inbox_conversation", stranger.pk), {"text": "One", "key": key})

    answer = staff.post(address("inbox_conversation", stranger.pk), {"text": "Two", "key": key})

    assert answer.status_code == 422
    assert "has been sent before" in answer.content.decode()
    assert Outbox.everywhere.count() == 1


def test_an_empty_answer_is_refused_in_words(staff: Client, stranger: Conversation) -> None:
    answer = staff.post(address("inbox_conversation", stranger.pk), {"text": " ", "key": str(uuid.uuid4())})

    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()


def test_who_has_opted_out_cannot_be_answered(staff: Client, stranger: Conversation) -> None:
    actions.opt_out(
        organization_id=stranger.organization_id, address_kind="phone", address=SENDER, source=OptOut.Source.REPLY
    )

    answer = staff.post(address("inbox_conversation", stranger.pk), {"text": "Hello", "key": str(uuid.uuid4())})

    assert answer.status_code == 422
    assert "has asked not to be texted" in answer.content.decode()
    assert Outbox.everywhere.count() == 0


def test_done_takes_it_away_until_they_write_again(staff: Client, stranger: Conversation, receive: Receive) -> None:
    staff.post(address("inbox_done", stranger.pk))

    assert "Maria" not in page(staff, "inbox")
    assert "Maria" in page(staff, "inbox", show="done")
    receive(doubles.event(id=2, address=SENDER, text="Hello?"))
    assert "Maria" in page(staff, "inbox")


def test_opting_out_stops_every_text_and_is_in_the_audit_log(staff: Client, stranger: Conversation) -> None:
    staff.post(address("inbox_opt_out", stranger.pk))

    stopped = OptOut.objects.get()
    assert (stopped.address, stopped.source, stopped.organization_id) == (SENDER, "staff", stranger.organization_id)
    assert AuditEvent.everywhere.get(verb="inbox.opted_out").target_id == stranger.pk
    assert "Maria" not in page(staff, "inbox")


def test_a_group_cannot_be_opted_out(staff: Client, channel: Channel, receive: Receive) -> None:
    receive(doubles.event(id=1, address="-100", group=True, group_title="Cooks", sender_address="7", text="Hi"))
    group = Conversation._base_manager.get(program="inbox")

    staff.post(address("inbox_opt_out", group.pk))

    assert not OptOut.objects.exists()
    assert "Opt out" not in page(staff, "inbox_conversation", group.pk)


def test_a_stopped_channel_is_said_beside_the_answer(staff: Client, stranger: Conversation) -> None:
    actions.stop_channel(stranger.channel_id, reason="21610")

    assert "This channel is stopped" in page(staff, "inbox_conversation", stranger.pk)


def test_an_answer_that_did_not_arrive_says_so(staff: Client, stranger: Conversation) -> None:
    staff.post(address("inbox_conversation", stranger.pk), {"text": "Hello", "key": str(uuid.uuid4())})
    Message._base_manager.filter(direction=2).update(status=Status.FAILED, error_code="30007")

    assert "This text did not arrive (30007)." in page(staff, "inbox_conversation", stranger.pk)


def test_attachments_are_links_and_never_loaded_by_the_page(staff: Client, channel: Channel, receive: Receive) -> None:
    receive(doubles.event(id=1, address=SENDER, text="Look"))
    Message._base_manager.update(
        media=[{"url": "https://media.example/1", "content_type": "image/png"}, {"url": "javascript:1"}]
    )
    conversation = Conversation._base_manager.get(program="inbox")

    shown = page(staff, "inbox_conversation", conversation.pk)

    assert 'href="https://media.example/1"' in shown
    assert "javascript:1" not in shown
    assert "<img" not in shown


def test_the_pages_cost_the_same_however_long_the_inbox(staff: Client, channel: Channel, receive: Receive) -> None:
    def queries(name: str, *arguments: object) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(staff, name, *arguments)
        return len(captured)

    receive(doubles.event(id="a", address="+16175550001", text="One"))
    first = Conversation._base_manager.get(program="inbox")
    few = queries("inbox"), queries("inbox_conversation", first.pk)

    receive(*(doubles.event(id=number, address=f"+1617555{number:04}", text="Hi") for number in range(2, 30)))
    receive(*(doubles.event(id=f"b{number}", address="+16175550001", text="More") for number in range(20)))

    assert (queries("inbox"), queries("inbox_conversation", first.pk)) == few
    assert few[0] <= 7
