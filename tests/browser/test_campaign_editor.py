"""An organizer sets a campaign up, by keyboard, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from parley.home.management.commands.demo import PASSWORD


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def new_campaign(page: Page, title: str) -> None:
    page.get_by_role("link", name="Campaigns").locator("visible=true").first.click()
    page.get_by_role("link", name="New campaign").first.click()
    page.get_by_label("Title").fill(title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=title)).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_a_script_with_a_question_is_written_by_keyboard(
    new_context: Callable[..., BrowserContext],
    accessibility_violations: Callable[[Page], list[str]],
    width: int,
    dark: bool,
) -> None:
    page = new_context(width=width, dark=dark).new_page()
    sign_in(page, "admin@parley.example")
    new_campaign(page, f"Tree planting {width}")
    page.get_by_role("link", name="Script").click()

    first = page.get_by_role("textbox", name="First text")
    first.focus()
    page.keyboard.type("Hi ")
    page.locator("summary", has_text="Insert").first.press("Enter")
    page.get_by_role("button", name="{firstName}").first.press("Enter")
    expect(first).to_be_focused()
    page.keyboard.type(", can you come to {place}?")
    expect(page.get_by_text("Hi Ana, can you come to {place}?").last).to_be_visible()
    expect(page.get_by_text("Unknown variable: {place}")).to_be_visible()
    page.get_by_label("Question for the texter").fill("Can they come?")
    for answer in ("No", "Yes"):
        page.get_by_role("button", name="Add an answer").last.press("Enter")
        expect(page.get_by_label("If they answer").last).to_be_focused()
        page.keyboard.type(answer)
    page.locator("button[id^=up-]").last.press("Enter")
    expect(page.get_by_label("If they answer").first).to_have_value("Yes")
    expect(page.get_by_role("button", name="Move the answer Yes down")).to_be_focused()

    page.get_by_role("button", name="Save", exact=True).press("Enter")

    expect(page.get_by_text("The script is not saved yet")).to_be_visible()
    expect(first).to_have_value("Hi {firstName}, can you come to {place}?")
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    first.fill("Hi {firstName}, can you come?")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("The script is saved.")).to_be_visible()
    assert page.get_by_label("If they answer").first.input_value() == "Yes"
    assert page.get_by_label("If they answer").last.input_value() == "No"


def test_leaving_with_something_unsaved_is_asked_about(page: Page) -> None:
    sign_in(page, "admin@parley.example")
    new_campaign(page, "Half written")
    page.get_by_label("Description").fill("Not saved")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)

    page.get_by_role("link", name="Script").click(no_wait_after=True)

    expect(page.get_by_label("Description")).to_have_value("Not saved")
    assert asked == ["beforeunload"]
