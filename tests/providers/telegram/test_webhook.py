"""From people in the simulated Telegram to readings, over the real webhook."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from parley.conversations import contracts
from tests.providers.telegram import conftest


def test_a_message_in_comes_once_under_its_sender(people: conftest.People, hook: conftest.Hook) -> None:
    ann, ben = people.person("Ann", "Lee"), people.person("Ben")
    group = people.group("Walkers", creator=ann)
    people.ask(f"/chats/{group}/members", {"member": ben})

    people.say(group, ann, "hello")
    people.say(group, ben, "hi Ann")

    first, second = hook.readings(2, contracts.Inbound)
    assert (first.text, first.sender_address, first.sender_name) == ("hello", str(ann), "Ann Lee")
    assert (second.text, second.sender_address) == ("hi Ann", str(ben))
    assert {first.address, second.address} == {group}
    assert first.group


def test_messages_of_a_chat_come_in_order_although_the_webhook_fails(
    people: conftest.People, hook: conftest.Hook
) -> None:
    ann = people.person("Ann")
    private = people.private(ann)
    hook.answers = [503, 503, 500]

    for number in range(5):
        people.say(private, ann, f"{number}")

    assert [message.text for message in hook.readings(5, contracts.Inbound)] == ["0", "1", "2", "3", "4"]


def test_duplicates_have_one_key(people: conftest.People, hook: conftest.Hook) -> None:
    ann = people.person("Ann")
    private = people.private(ann)
    people.fault(kind="duplicate_updates", next=1, copies=3)

    people.say(private, ann, "once")

    hook.readings(3, contracts.Inbound)
    assert len({event.key for event in hook.events}) == 1


def test_a_photo_comes_with_its_caption(people: conftest.People, hook: conftest.Hook) -> None:
    ann = people.person("Ann")
    private = people.private(ann)

    people.say(private, ann, "look", photo=True)

    (message,) = hook.readings(1, contracts.Inbound)
    assert (message.text, message.payload["kind"], len(message.media)) == ("look", "photo", 1)


def test_an_upgrade_moves_the_conversation_and_talk_goes_on(people: conftest.People, hook: conftest.Hook) -> None:
    ann = people.person("Ann")
    group = people.group("Walkers", creator=ann)

    new = people.upgrade(group)
    people.say(new, ann, "here we are")

    moves = hook.readings(2, contracts.Moved)
    assert {(move.old_address, move.new_address) for move in moves} == {(group, new)}
    (message,) = hook.readings(1, contracts.Inbound)
    assert message.address == new


def test_in_the_new_chat_the_move_comes_before_what_is_said(people: conftest.People, hook: conftest.Hook) -> None:
    ann = people.person("Ann")
    group = people.group("Walkers", creator=ann)

    new = people.upgrade(group)
    people.say(new, ann, "here we are")

    hook.readings(1, contracts.Inbound)
    of_the_new = [reading for event, reading in zip(hook.events, hook.readings(1), strict=True) if event.lane == new]
    kinds = [type(reading) for reading in of_the_new]
    assert kinds.index(contracts.Moved) < kinds.index(contracts.Inbound)


def test_leaving_renaming_and_removing_the_bot_are_told(people: conftest.People, hook: conftest.Hook) -> None:
    ann, ben = people.person("Ann"), people.person("Ben")
    group = people.group("Walkers", creator=ann)
    people.ask(f"/chats/{group}/members", {"member": ben})

    people.ask(f"/chats/{group}/title", {"title": "Runners"})
    people.ask(f"/chats/{group}/members/{ben}", method="DELETE")
    people.ask(f"/chats/{group}/members/{conftest.BOT}", method="DELETE")

    # bot in (twice: membership and message), ben in, title, ben out, bot out (twice)
    changes = hook.readings(7, contracts.GroupChanged)
    assert {change.bot_present for change in changes[:2]} == {True}
    assert changes[2].joined == ((str(ben), "Ben"),)
    assert changes[3].title == "Runners"
    assert changes[4].left == ((str(ben), "Ben"),)
    assert {change.bot_present for change in changes[5:]} == {False}


def test_an_edit_follows_its_message(people: conftest.People, hook: conftest.Hook) -> None:
    ann = people.person("Ann")
    private = people.private(ann)
    said = people.say(private, ann, "tuesday")

    people.ask(f"/chats/{private}/messages/{said['message_id']}", {"text": "wednesday"})

    (edit,) = hook.readings(1, contracts.Edited)
    (message,) = hook.readings(1, contracts.Inbound)
    assert (edit.provider_id, edit.text) == (message.provider_id, "wednesday")


def test_what_the_bot_sends_does_not_come_back(
    people: conftest.People,
    hook: conftest.Hook,
    client: conftest.Client,
    dispatch: Callable[..., contracts.Dispatch],
) -> None:
    ann = people.person("Ann")
    group = people.group("Walkers", creator=ann)

    client.send(dispatch(group, "from the bot"))
    people.say(group, ann, "from Ann")

    assert [message.text for message in hook.readings(1, contracts.Inbound)] == ["from Ann"]


def test_with_privacy_mode_on_the_bot_hears_only_what_is_meant_for_it(
    people: conftest.People, hook: conftest.Hook, client: conftest.Client, account: contracts.Account
) -> None:
    people.ask("/bots", {"token": conftest.TOKEN, "privacy": True})
    ann = people.person("Ann")
    group = people.group("Walkers", creator=ann)

    people.say(group, ann, "not for you")
    people.say(group, ann, "/help")

    assert [message.text for message in hook.readings(1, contracts.Inbound)] == ["/help"]
    found = client.run(client.provider.check_configuration(hook.account))
    assert any("privacy mode" in problem.message for problem in found)


def test_a_connected_bot_has_no_problems(client: conftest.Client, hook: conftest.Hook) -> None:
    assert client.run(client.provider.check_configuration(hook.account)) == []


def test_a_bot_that_is_not_connected_says_so(client: conftest.Client, account: contracts.Account) -> None:
    (found,) = client.run(client.provider.check_configuration(account))

    assert "nowhere" in found.message


def test_posts_with_another_secret_are_refused(
    people: conftest.People, hook: conftest.Hook, client: conftest.Client
) -> None:
    hook.account = dataclasses.replace(hook.account, webhook_secret="changed")
    ann = people.person("Ann")

    people.say(people.private(ann), ann, "hello")
    with hook.arrived:
        refused = hook.arrived.wait_for(lambda: hook.refused, timeout=10)
    client.run(client.provider.connect_webhook(hook.account))

    assert refused
    assert [message.text for message in hook.readings(1, contracts.Inbound)] == ["hello"]
