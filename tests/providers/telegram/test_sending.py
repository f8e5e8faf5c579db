"""Messages out: each arrives once, and every refusal is classed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from parley.conversations import contracts
from tests.providers.telegram import conftest

Dispatching = Callable[..., contracts.Dispatch]
Result = contracts.Result


@pytest.fixture
def ann(people: conftest.People) -> int:
    return people.person("Ann")


@pytest.fixture
def group(people: conftest.People, ann: int) -> str:
    return people.group("Morning walkers", creator=ann)


def test_a_message_arrives_once_in_a_group_and_in_a_private_chat(
    client: conftest.Client, people: conftest.People, ann: int, group: str, dispatch: Dispatching
) -> None:
    private = people.private(ann)

    to_group, to_ann = client.send(dispatch(group, "Good morning"), dispatch(str(ann), "Hello Ann"))

    assert (to_group.result, to_ann.result) == (Result.SENT, Result.SENT)
    assert people.read(group) == ["Good morning"]
    assert people.read(private) == ["Hello Ann"]
    assert to_group.provider_id is not None
    assert to_group.provider_id.startswith(f"{group}:")


def test_text_is_sent_as_it_is(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    text = "<b>*not* bold</b> _at_ all & línea\nnueva 👋🏽"

    client.send(dispatch(group, text))

    assert people.read(group) == [text]


def test_too_many_requests_waits_as_long_as_telegram_says(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    people.fault(kind="429", next=1, retry_after=7)

    refused = client.send(dispatch(group, "one"))[0]
    taken = client.send(dispatch(group, "one"))[0]

    assert (refused.result, refused.retry_after, refused.holds) == (Result.LATER, 7.0, "message")
    assert taken.result == Result.SENT
    assert people.read(group) == ["one"]


def test_too_many_requests_without_a_time_waits_a_second(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    people.fault(kind="429", next=1, retry_after=0)

    refused = client.send(dispatch(group, "one"))[0]

    assert (refused.result, refused.retry_after) == (Result.LATER, 1.0)


def test_several_chats_refused_together_hold_the_bot(
    client: conftest.Client, people: conftest.People, ann: int, dispatch: Dispatching
) -> None:
    groups = [people.group(f"Group {n}", creator=ann) for n in range(3)]
    people.fault(kind="429", retry_after=2)

    outcomes = client.send(*[dispatch(group, "to all") for group in groups])

    assert sorted(outcome.holds for outcome in outcomes) == ["channel", "channel", "message"]


def test_a_limit_in_a_private_chat_holds_the_bot(
    client: conftest.Client, people: conftest.People, ann: int, dispatch: Dispatching
) -> None:
    people.private(ann)
    people.fault(kind="429", retry_after=2)

    assert client.send(dispatch(str(ann), "hello"))[0].holds == "channel"


def test_a_group_that_became_a_supergroup_tells_its_new_address(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    new = people.upgrade(group)

    moved = client.send(dispatch(group, "still here?"))[0]
    sent = client.send(dispatch(str(moved.new_address), "still here?"))[0]

    assert (moved.result, moved.new_address) == (Result.MOVED, new)
    assert sent.result == Result.SENT
    assert people.read(new) == ["still here?"]
    assert people.read(group) == []


def test_a_person_who_blocked_the_bot_is_unreachable_but_has_not_opted_out(
    client: conftest.Client, people: conftest.People, ann: int, dispatch: Dispatching
) -> None:
    private = people.private(ann)
    people.ask(f"/chats/{private}/block", {"blocked": True})

    outcome = client.send(dispatch(str(ann), "hello"))[0]

    assert (outcome.result, outcome.error_code) == (Result.FAILED, "blocked")
    assert outcome.unreachable
    assert not outcome.opted_out


def test_a_bot_that_was_removed_cannot_write_to_the_group(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    people.ask(f"/chats/{group}/members/{conftest.BOT}", method="DELETE")

    outcome = client.send(dispatch(group, "hello?"))[0]

    assert (outcome.result, outcome.error_code, outcome.unreachable) == (Result.FAILED, "removed_from_group", True)


def test_a_person_who_never_wrote_is_unknown(client: conftest.Client, ann: int, dispatch: Dispatching) -> None:
    outcome = client.send(dispatch(str(ann), "hello"))[0]

    assert (outcome.result, outcome.error_code) == (Result.FAILED, "chat_unknown")


@pytest.mark.parametrize("kind", ["timeout", "late", "hangup", "500", "502"])
def test_no_answer_is_not_a_no(
    kind: str, client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    people.fault(kind=kind, next=1, seconds=3)

    outcome = client.send(dispatch(group, "did it arrive?"))[0]

    assert (outcome.result, outcome.error_code) == (Result.UNANSWERED, "no_answer")


def test_without_a_connection_nothing_was_sent_and_it_is_tried_later(
    client: conftest.Client, group: str, account: contracts.Account, dispatch: Dispatching
) -> None:
    nowhere = dataclasses.replace(account, settings={"base_url": "http://127.0.0.1:9"})

    outcome = client.send(dispatch(group, "hello", account=nowhere))[0]

    assert (outcome.result, outcome.error_code, outcome.holds) == (Result.LATER, "no_connection", "account")


@pytest.mark.parametrize("token", ["7000000001:revoked", "not a token", ""])
def test_a_wrong_token_stops_the_channel(
    token: str, client: conftest.Client, account: contracts.Account, group: str, dispatch: Dispatching
) -> None:
    wrong = dataclasses.replace(account, credentials={"token": token})

    assert client.send(dispatch(group, "hello", account=wrong))[0].result == Result.STOP_CHANNEL


def test_a_text_that_is_too_long_fails_alone(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    too_long, fine = client.send(dispatch(group, "x" * 4097), dispatch(group, "short"))

    assert (too_long.result, too_long.error_code) == (Result.FAILED, "too_long")
    assert fine.result == Result.SENT
    assert people.read(group) == ["short"]


def test_an_edit_changes_what_was_said_and_may_be_repeated(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    sent = client.send(dispatch(group, "at nine"))[0]
    edit = dispatch(group, "at ten", operation="edit", target_provider_id=sent.provider_id)

    first, again = client.send(edit)[0], client.send(edit)[0]

    assert (first.result, again.result) == (Result.SENT, Result.SENT)
    assert people.read(group) == ["at ten"]


def test_a_deletion_takes_it_away_and_may_be_repeated(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    sent = client.send(dispatch(group, "wrong group"))[0]
    deletion = dispatch(group, operation="delete", target_provider_id=sent.provider_id)

    first, again = client.send(deletion)[0], client.send(deletion)[0]

    assert (first.result, again.result) == (Result.SENT, Result.SENT)
    assert people.read(group) == []


def test_an_edit_without_an_answer_is_tried_again_until_it_is_enough(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    sent = client.send(dispatch(group, "at nine"))[0]
    people.fault(kind="500")
    edit = dispatch(group, "at ten", operation="edit", target_provider_id=sent.provider_id)

    first, last = client.send(edit)[0], client.send(dataclasses.replace(edit, attempts=5))[0]

    assert first.result == Result.LATER
    assert (last.result, last.error_code) == (Result.FAILED, "no_answer")


def test_what_others_said_cannot_be_edited_nor_what_was_said_before_the_upgrade(
    client: conftest.Client, people: conftest.People, ann: int, group: str, dispatch: Dispatching
) -> None:
    theirs = people.say(group, ann, "mine")["message_id"]
    ours = client.send(dispatch(group, "ours"))[0]

    edit_theirs = client.send(dispatch(group, "x", operation="edit", target_provider_id=f"{group}:{theirs}"))[0]
    people.upgrade(group)
    edit_ours = client.send(dispatch(group, "x", operation="edit", target_provider_id=ours.provider_id))[0]

    assert (edit_theirs.result, edit_theirs.error_code) == (Result.FAILED, "cannot_edit")
    assert (edit_ours.result, edit_ours.error_code) == (Result.FAILED, "message_gone")


def test_a_reply_points_to_what_it_answers(
    client: conftest.Client, people: conftest.People, ann: int, group: str, dispatch: Dispatching
) -> None:
    question = people.say(group, ann, "when?")["message_id"]

    client.send(dispatch(group, "at nine", payload={"reply_to": f"{group}:{question}"}))

    assert people.ask(f"/chats/{group}")["messages"][-1]["reply_to"] == question


def test_a_photo_goes_with_its_caption(
    client: conftest.Client, people: conftest.People, group: str, dispatch: Dispatching
) -> None:
    photo = contracts.Media(url="https://example.org/map.png", content_type="image/png")
    paper = contracts.Media(url="https://example.org/plan.pdf", content_type="application/pdf")

    outcomes = client.send(
        dispatch(group, "the map", media=(photo,)),
        dispatch(group, "the plan", media=(paper,)),
        dispatch(group, "both", media=(photo, paper)),
    )

    assert [outcome.result for outcome in outcomes] == [Result.SENT, Result.SENT, Result.FAILED]
    assert outcomes[2].error_code == "several_attachments"
    assert sorted(people.read(group)) == ["the map", "the plan"]


def test_sending_uses_kept_connections(
    client: conftest.Client, account: contracts.Account, dispatch: Dispatching
) -> None:
    async def bots() -> tuple[object, object]:
        return client.provider.bots.bot(account), client.provider.bots.bot(account)

    first, second = client.run(bots())

    assert first is second
