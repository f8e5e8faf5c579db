"""A volunteer texts and answers, in a real browser on the whole stack."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests import stack as stacks
from tests.browser import texters

NewContext = Callable[..., BrowserContext]
Violations = Callable[[Page], list[str]]


def text_everybody(page: Page, scene: texters.Scene) -> None:
    page.goto(scene.initials)
    for _ in scene.contacts:
        page.keyboard.press("Enter")
    expect(page.locator("#next h2")).to_be_visible()


# --- first texts -----------------------------------------------------------------------------------


def test_enter_sends_one_text_for_each_press_and_holding_it_sends_no_more(
    stack: stacks.Stack, new_context: NewContext
) -> None:
    scene = texters.make(stack, people=5)
    page = scene.sign_in(new_context())
    page.goto(scene.initials)
    expect(page.locator("#count")).to_have_text("1 of 5")

    for _ in range(6):  # a key that is held down repeats
        page.keyboard.down("Enter")
    expect(page.locator("#count")).to_have_text("2 of 5")
    page.keyboard.up("Enter")
    for _ in range(4):
        page.keyboard.press("Enter")

    expect(page.get_by_text("5 texts sent. Thank you!")).to_be_visible()
    assert scene.sent_to_each() == [1, 1, 1, 1, 1]


def test_the_finger_sets_the_pace_and_not_the_network(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=6)
    page = scene.sign_in(new_context())
    held: list[Route] = []

    released: list[bool] = []

    def hold(route: Route) -> None:
        if released:
            route.continue_()
        else:
            held.append(route)

    page.route("**/send", hold)
    page.goto(scene.initials)

    for place in range(2, 7):
        page.locator("#send").click()
        expect(page.locator("#count")).to_have_text(f"{place} of 6")

    # nobody has answered yet; four are under way, the fifth waits its turn
    expect(page.locator("#count")).to_have_text("6 of 6")
    assert [json.loads(route.request.post_data or "")["contact"] for route in held] == scene.contacts[:4]
    released.append(True)
    for route in held:
        route.continue_()
    page.keyboard.press("Enter")
    expect(page.get_by_text("6 texts sent. Thank you!")).to_be_visible()
    assert scene.sent_to_each() == [1] * 6


def test_texts_wait_for_a_lost_connection_and_nobody_gets_one_twice(
    stack: stacks.Stack, new_context: NewContext
) -> None:
    scene = texters.make(stack, people=5)
    context = new_context()
    page = scene.sign_in(context)
    page.goto(scene.initials)
    page.keyboard.press("Enter")
    context.set_offline(True)

    for _ in range(3):
        page.keyboard.press("Enter")

    expect(page.locator("#waiting")).to_contain_text("wait for the connection. Do not close this page.")
    expect(page.locator("#count")).to_have_text("5 of 5")
    kept = page.evaluate("Object.values(sessionStorage).join()")
    assert str(scene.contacts[3]) in kept
    assert "Marisol" not in kept
    assert scene.cells[0] not in kept
    context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 texts sent. Thank you!")).to_be_visible()
    assert scene.sent_to_each() == [1, 1, 1, 1, 1]
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('parley.'))") == []


def test_an_answer_that_was_lost_is_asked_for_again_and_the_text_goes_out_once(
    stack: stacks.Stack, new_context: NewContext
) -> None:
    scene = texters.make(stack, people=2)
    page = scene.sign_in(new_context())
    asked: list[int] = []
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["contact"])  # before the fetch, in which others arrive
        if len(asked) == 1:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/send", lose_the_first)
    page.goto(scene.initials)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 texts sent. Thank you!")).to_be_visible()
    assert lost == [200]
    assert sorted(asked) == sorted([scene.contacts[0], *scene.contacts])
    assert scene.sent_to_each() == [1, 1]


def test_a_page_that_was_closed_in_between_goes_on_where_it_was(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=4)
    page = scene.sign_in(new_context())
    page.route("**/send", lambda route: route.abort())
    page.goto(scene.initials)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting")).to_contain_text("2 texts wait")
    page.on("dialog", lambda dialog: dialog.accept())

    page.unroute("**/send")
    page.reload()

    expect(page.locator("#count")).to_have_text("3 of 4")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 texts sent. Thank you!")).to_be_visible()
    assert scene.sent_to_each() == [1, 1, 1, 1]


def test_refusals_are_listed_and_a_closed_campaign_is_a_stop(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=4)
    page = scene.sign_in(new_context())
    page.goto(scene.initials)
    scene.ask(f"Contact.everywhere.filter(pk={scene.contacts[0]}).update(assignment=None)")

    page.keyboard.press("Enter")
    page.get_by_text("1 text was not sent").click()
    expect(page.get_by_text("This contact is now with another texter.")).to_be_visible()
    scene.ask(f"Campaign.everywhere.filter(pk={scene.campaign}).update(status='closed')")
    page.locator("#send").click()

    expect(page.get_by_role("heading", name="Texting has stopped")).to_be_focused()
    expect(page.get_by_text("The campaign is closed.")).to_be_visible()
    expect(page.get_by_text("1 text did not go out.")).to_be_visible()
    expect(page.locator("#send")).to_be_hidden()
    assert scene.sent_to_each() == [0, 0, 0, 0]


def test_who_was_signed_out_signs_in_and_goes_on(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=2)
    context = new_context()
    page = scene.sign_in(context)
    page.goto(scene.initials)
    [session] = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid"]
    context.clear_cookies(name="sessionid")

    page.keyboard.press("Enter")

    expect(page.get_by_text("1 text has not gone out yet. It is kept on this device.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in and go on")).to_have_attribute(
        "href", f"/account/login/?next={scene.initials}"
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": stack.url}])
    page.goto(scene.initials)
    expect(page.locator("#count")).to_have_text("2 of 2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 texts sent. Thank you!")).to_be_visible()
    assert scene.sent_to_each() == [1, 1]


def test_not_now_moves_a_text_to_the_end(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=3)
    page = scene.sign_in(new_context())
    page.goto(scene.initials)

    page.get_by_role("button", name="Not now").click()

    expect(page.locator("#contact-name")).to_have_text("Theodora")
    expect(page.locator("#send")).to_be_focused()
    page.reload()
    expect(page.locator("#contact-name")).to_have_text("Theodora")


def test_a_texter_asks_for_texts_and_goes_on_to_send_them(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=3, assigned=False)
    page = scene.sign_in(new_context())
    page.goto("/texter/")

    page.get_by_role("button", name="Ask for 3 texts").click()

    expect(page.locator("#count")).to_have_text("1 of 3")


def test_a_refused_request_for_texts_says_why(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=1, assigned=False)
    page = scene.sign_in(new_context())
    page.goto("/texter/")
    scene.ask(f"Assignment.everywhere.filter(pk={scene.assignment}).update(max_contacts=0)")

    page.get_by_role("button", name="Ask for 1 text").click()

    expect(page.get_by_role("alert")).to_have_text("The organizers have set you to receive no more contacts here.")


# --- conversations ---------------------------------------------------------------------------------


def test_a_reply_arrives_by_itself_and_leaves_alone_what_is_being_written(
    stack: stacks.Stack, new_context: NewContext
) -> None:
    scene = texters.make(stack, people=1)
    page = scene.sign_in(new_context())
    text_everybody(page, scene)
    page.goto(f"{scene.conversations}{scene.contacts[0]}/")
    expect(page.locator("body")).to_have_attribute("data-live-state", "live")
    page.get_by_label("Your reply").fill("I was just going to")

    scene.say(0, "Tell me more about it")

    expect(page.locator("#thread").get_by_text("Tell me more about it")).to_be_visible(timeout=3_000)
    expect(page.locator("#list-part").get_by_text("Tell me more about it")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("I was just going to")
    expect(page.get_by_label("Your reply")).to_be_focused()


def test_a_reply_with_an_answer_of_the_script_by_keyboard_alone(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=2)
    page = scene.sign_in(new_context())
    text_everybody(page, scene)
    scene.say(0, "Yes, gladly")
    scene.say(1, "Not this time, sorry")
    expect(page.get_by_role("link", name="Reply to 2")).to_be_visible()
    page.get_by_role("link", name="Reply to 2").press("Enter")
    page.locator("a[data-contact]", has_text="Marisol").press("Enter")
    expect(page.get_by_role("heading", name="Marisol")).to_be_focused()

    page.keyboard.press("2")
    expect(page.get_by_label("Your reply")).to_have_value("Thank you for telling me.")
    page.keyboard.press("1")
    expect(page.get_by_label("Your reply")).to_have_value("Wonderful, Marisol! What can you bring?")
    page.get_by_role("button", name="A cake").press("Enter")
    expect(page.get_by_label("Your reply")).to_have_value("The best!")
    page.get_by_role("button", name="Yes").press("Enter")  # taken back, and with it what hangs on it
    expect(page.get_by_role("button", name="A cake")).to_have_count(0)
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", name="Theodora")).to_be_focused()
    answers = (
        f"list(QuestionResponse.everywhere.filter(contact_id={scene.contacts[0]}).values_list('value', flat=True))"
    )
    assert scene.ask(answers) == ["Yes"]
    assert scene.sent_to_each() == [2, 1]
    page.keyboard.press("Control+,")
    page.keyboard.press("Control+y")
    expect(page.get_by_text("Closed.", exact=True)).to_be_visible()


def test_a_reply_that_fails_keeps_its_words_and_is_sent_once(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=1)
    context = new_context()
    page = scene.sign_in(context)
    text_everybody(page, scene)
    scene.say(0, "Who is it?")
    page.goto(f"{scene.conversations}{scene.contacts[0]}/")
    asked: list[int] = []
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["contact"])  # before the fetch, in which others arrive
        if len(asked) == 1:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/send", lose_the_first)
    page.get_by_label("Your reply").fill("Rosa, from the garden")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Your words are back in the box.")
    expect(page.get_by_label("Your reply")).to_have_value("Rosa, from the garden")

    page.get_by_role("button", name="Send", exact=False).click()

    expect(page.get_by_label("Your reply")).to_have_value("")
    expect(page.get_by_text("Everybody has an answer for now. Thank you!")).to_be_visible()
    assert lost == [200]
    assert asked == [scene.contacts[0]] * 2
    assert scene.sent_to_each() == [2]


def test_somebody_is_opted_out_with_a_text_of_ones_own(stack: stacks.Stack, new_context: NewContext) -> None:
    scene = texters.make(stack, people=1)
    page = scene.sign_in(new_context())
    text_everybody(page, scene)
    scene.say(0, "I do not like this")
    page.goto(f"{scene.conversations}{scene.contacts[0]}/")

    page.get_by_role("button", name="Opt out").click()
    expect(page.get_by_label("Confirmation")).not_to_have_value("")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Confirmation")).to_be_hidden()
    page.get_by_role("button", name="Opt out").click()
    page.get_by_label("Confirmation").fill("Sorry! We will not write again.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Marisol gets no more texts.")).to_be_visible()
    expect(page.get_by_text("This person has opted out. Nobody can text them.")).to_be_visible()
    expect(page.locator("#thread").get_by_text("Sorry! We will not write again.")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_be_hidden()
    assert scene.ask(f"OptOut.objects.filter(address={scene.cells[0]!r}, revoked_at=None).count()") == 1


@pytest.mark.parametrize(("key", "opted_out"), [("y", 1), ("n", 0)])
def test_a_likely_opt_out_takes_one_key(stack: stacks.Stack, new_context: NewContext, key: str, opted_out: int) -> None:
    scene = texters.make(stack, people=1)
    page = scene.sign_in(new_context())
    text_everybody(page, scene)
    scene.ask(f"Contact.everywhere.filter(pk={scene.contacts[0]}).update(status=2, likely_opt_out=True)")
    page.goto(f"{scene.conversations}{scene.contacts[0]}/")
    expect(page.get_by_role("heading", name="Do they want no more texts?")).to_be_visible()

    page.keyboard.press(key)

    expect(page.get_by_role("heading", name="Do they want no more texts?")).to_be_hidden()
    assert scene.ask(f"OptOut.objects.filter(address={scene.cells[0]!r}, revoked_at=None).count()") == opted_out


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, False), (1280, True)])
def test_every_page_is_for_everybody(
    stack: stacks.Stack, new_context: NewContext, accessibility_violations: Violations, width: int, dark: bool
) -> None:
    scene = texters.make(stack, people=2)
    page = scene.sign_in(new_context(width=width, height=740, dark=dark))

    def look() -> None:
        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto("/texter/")
    look()
    page.goto(scene.initials)
    expect(page.locator("#send")).to_be_visible()
    look()
    text_everybody(page, scene)
    look()
    scene.say(0, "Yes, gladly")
    page.goto(scene.conversations)
    expect(page.locator("#list-part").get_by_text("Yes, gladly")).to_be_visible()
    look()
    page.locator("a[data-contact]").first.click()
    page.keyboard.press("1")
    look()
    page.get_by_role("button", name="Opt out").click()
    look()
