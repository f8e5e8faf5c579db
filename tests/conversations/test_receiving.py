"""What comes in is stored once, in order, where it belongs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_scopes import scopes_disabled

from parley.accounts.models import Organization, User
from parley.conversations import actions
from parley.conversations.actions import messages, receiving
from parley.conversations.models import (
    Channel,
    Conversation,
    Correspondent,
    Flag,
    InboundEvent,
    Message,
    OptOut,
    ProviderAccount,
    Status,
)
from tests.conversations.doubles import event

pytestmark = pytest.mark.django_db
Receive = Callable[..., int]
ANN = "+16175550101"


@pytest.fixture(autouse=True)
def everywhere() -> Any:
    with scopes_disabled():
        yield


def said(*, address: str = ANN) -> list[str]:
    return list(
        Message.objects.filter(conversation__address=address).order_by("sequence").values_list("text", flat=True)
    )


def test_unknown_sender_lands_in_the_inbox_of_the_account_s_organization(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    receive(event(id=1, address=ANN, text="Who is this?"))

    conversation = Conversation.objects.get()
    assert (conversation.program, conversation.organization_id) == ("inbox", organization.pk)
    assert said() == ["Who is this?"]
    assert Correspondent.objects.get().address == ANN


def test_same_event_three_times_is_one_message(channel: Channel, receive: Receive) -> None:
    for _ in range(3):
        receive(event(id=1, address=ANN, text="hello"))

    assert said() == ["hello"]
    assert InboundEvent.objects.count() == 1


def test_same_message_under_two_event_keys_is_one_message(
    account: ProviderAccount, channel: Channel, receive: Receive
) -> None:
    first = event(id=1, address=ANN, text="hello")

    receive(first)
    receive(type(first)(key="catch-up:1", kind="message", lane=ANN, body=first.body))
    receive(event(id=2, address=ANN, text="again"))

    assert said() == ["hello", "again"]
    assert list(Message.objects.values_list("sequence", flat=True).order_by("sequence")) == [1, 2]


def test_one_batch_keeps_the_order_of_each_conversation(channel: Channel, receive: Receive) -> None:
    bob = "+16175550102"

    receive(*[event(id=i, address=ANN if i % 2 else bob, text=str(i)) for i in range(1, 21)])

    assert said() == [str(i) for i in range(1, 21, 2)]
    assert said(address=bob) == [str(i) for i in range(2, 21, 2)]


def test_reply_goes_to_the_conversation_texted_last(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    for subject in ("7", "8"):
        messages.queue_message(
            organization_id=organization.pk,
            channel=channel,
            program="texting",
            subject_key=subject,
            address=ANN,
            text=f"campaign {subject}",
        )

    receive(event(id=1, address=ANN, text="yes"))

    assert Message.objects.get(text="yes").conversation.subject_key == "8"


def test_reply_prefers_the_conversation_of_the_number_that_it_was_sent_to(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    for subject, number in (("7", "+18005550100"), ("8", "+18005550111")):
        queued = messages.queue_message(
            organization_id=organization.pk,
            channel=channel,
            program="texting",
            subject_key=subject,
            address=ANN,
            text=f"campaign {subject}",
        )
        assert queued.conversation_id is not None
        Conversation.objects.filter(pk=queued.conversation_id).update(local_address=number)

    receive(event(id=1, address=ANN, text="yes", local_address="+18005550100"))

    assert Message.objects.get(text="yes").conversation.subject_key == "7"


def test_stop_opts_out_at_once(channel: Channel, organization: Organization, receive: Receive) -> None:
    receive(event(id=1, address=ANN, text="please take me off your list"))

    opt_out = OptOut.objects.get()
    assert (opt_out.address, opt_out.organization_id, opt_out.source) == (ANN, organization.pk, "reply")


def test_start_revokes(channel: Channel, receive: Receive) -> None:
    receive(event(id=1, address=ANN, text="STOP"))
    receive(event(id=2, address=ANN, text="START"))

    assert not OptOut.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize(("words", "stopped"), [(["START", "STOP"], True), (["STOP", "START"], False)])
def test_last_word_of_a_batch_holds(channel: Channel, receive: Receive, words: list[str], stopped: bool) -> None:
    receive(*[event(id=i, address=ANN, text=text) for i, text in enumerate(words)])

    assert OptOut.objects.filter(revoked_at=None).exists() is stopped


def test_start_that_is_applied_late_lifts_no_newer_opt_out(channel: Channel, receive: Receive) -> None:
    receive(event(id=1, address=ANN, text="STOP"))

    receive(event(id=2, address=ANN, text="START", said_at=timezone.now() - dt.timedelta(hours=1)))

    assert OptOut.objects.filter(revoked_at=None).exists()


def test_start_lifts_what_the_person_asked_for_everywhere_but_staff_of_one_organization_do_not(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    actions.opt_out(organization_id=None, address_kind="phone", address=ANN, source="reply", scope="everyone")
    staff = User.objects.create_user("staff@example.org", first_name="Staff")

    lifted = actions.revoke_opt_out(
        organization_id=organization.pk, address_kind="phone", address=ANN, revoked_by=staff
    )
    receive(event(id=1, address=ANN, text="START"))

    assert lifted == 0
    assert not OptOut.objects.filter(revoked_at=None).exists()


def test_shared_opt_outs_hold_everywhere(channel: Channel, receive: Receive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "OPTOUTS_SHARE_ALL_ORGS", True)

    receive(event(id=1, address=ANN, text="STOP"))

    assert OptOut.objects.get().scope == "everyone"


def test_anonymous_admin_of_a_group_silences_nobody(channel: Channel, receive: Receive) -> None:
    receive(event(id=1, address="-100", text="stop texting me", group=True, sender_address="-100"))

    assert not OptOut.objects.exists()
    assert Flag.objects.exists()


def test_opt_out_words_in_a_group_are_flagged_and_stop_only_that_sender(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    receive(event(id=1, address="-100", text="stop texting me", group=True, sender_address="77", sender_name="Ann"))

    assert Flag.objects.get().message.text == "stop texting me"
    assert OptOut.objects.get().address == "77"
    assert Conversation.objects.get().kind == "group"


def test_failing_event_is_parked_and_holds_up_only_its_own_lane(
    account: ProviderAccount, channel: Channel, receive: Receive
) -> None:
    bob = "+16175550102"
    receiving.store_events(
        account.pk,
        [
            event(id=1, address=ANN, text="before"),
            event(id=2, address=ANN, text="bad", broken=True),
            event(id=3, address=ANN, text="after"),
            event(id=4, address=bob, text="bob"),
        ],
    )

    for _ in range(receiving.ATTEMPTS_BEFORE_PARKING + 1):
        receiving.apply_events()
        InboundEvent.objects.update(retry_at=None)

    assert said() == ["before"]
    assert said(address=bob) == ["bob"]
    parked = InboundEvent.objects.get(parked_at__isnull=False)
    assert "broken on purpose" in parked.error


def test_replayed_event_lets_its_lane_go_on(account: ProviderAccount, channel: Channel, receive: Receive) -> None:
    receiving.store_events(
        account.pk,
        [event(id=2, address=ANN, text="mended", broken=True), event(id=3, address=ANN, text="after")],
    )
    for _ in range(receiving.ATTEMPTS_BEFORE_PARKING):
        receiving.apply_events()
        InboundEvent.objects.update(retry_at=None)
    broken = InboundEvent.objects.get(parked_at__isnull=False)
    InboundEvent.objects.filter(pk=broken.pk).update(body={"id": 2, "address": ANN, "text": "mended"})

    actions.replay_event(broken)
    receive()

    assert said() == ["mended", "after"]


def test_reports_only_raise_the_status(channel: Channel, organization: Organization, receive: Receive) -> None:
    queued = messages.queue_message(
        organization_id=organization.pk, channel=channel, program="inbox", address=ANN, text="hi"
    )
    number = queued.message_id
    assert number is not None

    receive(event(id="d", kind="report", message_id=number, provider_id="SM1", status="delivered", lane="m"))
    receive(event(id="s", kind="report", message_id=number, provider_id="SM1", status="sent", lane="m"))
    receive(
        event(
            id="f", kind="report", message_id=number, provider_id="SM1", status="failed", error_code="30008", lane="m"
        )
    )

    message = Message.objects.get(pk=number)
    assert (message.status, message.provider_id, message.error_code) == (Status.DELIVERED, "SM1", None)


def test_report_that_nothing_passes_stops_the_channel(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    queued = messages.queue_message(
        organization_id=organization.pk, channel=channel, program="inbox", address=ANN, text="hi"
    )

    receive(
        event(
            id="f",
            kind="report",
            message_id=queued.message_id,
            provider_id="SM1",
            status="failed",
            error_code="30034",
            stop_reason="not registered",
            lane="m",
        )
    )

    channel.refresh_from_db()
    assert channel.stop_reason == "30034: not registered"


def test_report_of_another_account_s_message_changes_nothing(
    channel: Channel, organization: Organization, receive: Receive
) -> None:
    other = actions.connect_account(organization=organization, provider="memory", name="Other", values={})
    theirs = actions.add_channel(other, kind="messaging_service", address_kind="phone", address="MG2", name="Theirs")
    queued = messages.queue_message(
        organization_id=organization.pk, channel=theirs, program="inbox", address=ANN, text="hi"
    )

    receive(event(id="d", kind="report", message_id=queued.message_id, provider_id="SM1", status="delivered"))

    assert Message.objects.get().status == Status.QUEUED


def test_group_that_moves_keeps_its_history_under_the_new_address(channel: Channel, receive: Receive) -> None:
    receive(
        event(id="-5:1", address="-5", text="one", group=True, sender_address="77", lane="-5"),
        event(id="m", kind="moved", old_address="-5", new_address="-100", lane="-5"),
        event(id="-100:1", address="-100", text="two", group=True, sender_address="77", lane="-100"),
    )

    assert said(address="-100") == ["one", "two"]
    assert Conversation.objects.count() == 1


def test_group_that_moves_after_its_first_message_there_is_joined(channel: Channel, receive: Receive) -> None:
    receive(
        event(id="-5:1", address="-5", text="one", group=True, sender_address="77", lane="-5"),
        event(id="-100:1", address="-100", text="two", group=True, sender_address="77", lane="-100"),
        event(id="m", kind="moved", old_address="-5", new_address="-100", lane="-5"),
    )
    receive(event(id="-100:2", address="-100", text="three", group=True, sender_address="77", lane="-100"))

    assert said(address="-100") == ["one", "two", "three"]


def test_edit_keeps_what_was_said_before(channel: Channel, receive: Receive) -> None:
    receive(event(id="x", address=ANN, text="forst"))
    receive(event(id="e", kind="edited", provider_id="x", text="first"))

    message = Message.objects.get()
    assert (message.text, message.payload["edits"][0]["text"]) == ("first", "forst")


def test_statements_of_a_batch_do_not_grow_with_it(
    channel: Channel, receive: Receive, account: ProviderAccount, django_assert_max_num_queries: Any
) -> None:
    receive(event(id=0, address=ANN, text="warm"))
    receiving.store_events(account.pk, [event(id=i, address=f"+1617555{i:04}", text="hi") for i in range(1, 300)])

    with django_assert_max_num_queries(9):
        receiving.apply_events()

    assert Message.objects.count() == 300
