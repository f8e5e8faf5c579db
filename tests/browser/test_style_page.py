"""The style page in a real browser: accessible in both schemes and at both widths, and alive."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

Open = Callable[..., Page]


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> Open:
    """`open_page(path, width=, dark=, before=)`: a page in a browser of its own; `before` sees it while still empty."""

    def open_page(
        path: str, *, width: int = 1280, dark: bool = False, before: Callable[[Page], None] | None = None
    ) -> Page:
        page = new_context(width=width, dark=dark).new_page()
        if before:
            before(page)
        page.goto(path)
        return page

    return open_page


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path", ["/styleguide/?wrong=1", "/styleguide/texter/", "/styleguide/texter/?mode=reply", "/styleguide/sign-in/"]
)
def test_pages_are_accessible_and_never_wider_than_the_screen(
    open_page: Open, accessibility_violations: Callable[[Page], list[str]], path: str, width: int, dark: bool
) -> None:
    page = open_page(path, width=width, dark=dark)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == ("dark" if dark else "light")
    assert accessibility_violations(page) == []


def test_a_chosen_scheme_is_served_from_then_on(open_page: Open) -> None:
    page = open_page("/styleguide/sign-in/")

    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    answer = page.reload()
    assert answer is not None
    assert 'data-bs-theme="dark"' in answer.text()


def test_a_question_is_asked_before_and_answered_by_keyboard(open_page: Open) -> None:
    page = open_page("/styleguide/")
    page.evaluate("document.addEventListener('parley:confirmed', () => { document.title = 'confirmed' })")

    page.locator("#ask").press("Enter")
    expect(page.get_by_role("dialog", name="Opt out Marisol?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_focused()
    assert page.title() != "confirmed"

    page.locator("#ask").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Opt out").click()
    expect(page).to_have_title("confirmed")


def test_a_failed_request_says_what_to_do(open_page: Open) -> None:
    page = open_page("/styleguide/sign-in/")
    page.evaluate(
        """() => {
          const button = document.createElement('button');
          button.id = 'asks';
          button.setAttribute('hx-get', '/styleguide/sign-in/?broken');
          document.querySelector('main').append(button);
          htmx.process(button);
        }"""
    )
    page.route("**/?broken", lambda route: route.fulfill(status=409, body=""))

    page.locator("#asks").evaluate("button => button.click()")

    expect(page.locator(".toast-error")).to_contain_text("Someone else changed this")


def test_a_form_fetched_into_the_page_dialog_asks_posts_and_closes(open_page: Open) -> None:
    page = open_page("/styleguide/sign-in/")
    form = '<h2>Close it</h2><form hx-post="/close"><button data-confirm="For good?">Close</button></form>'
    tokens = []

    def close(route: Route) -> None:
        tokens.append(route.request.headers.get("x-csrftoken"))
        triggers = '{"parley:close-dialog": {}, "parley:toast": {"text": "Closed.", "level": "success"}}'
        route.fulfill(headers={"HX-Trigger": triggers}, body="")

    page.route("**/form", lambda route: route.fulfill(body=form))
    page.route("**/close", close)

    page.evaluate("htmx.ajax('GET', '/form', '#page-dialog-content')")
    page.get_by_role("dialog", name="Close it").get_by_role("button", name="Close").click()
    assert not tokens
    page.get_by_role("button", name="Yes, go on").click()

    expect(page.locator(".toast-success")).to_contain_text("Closed.")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert tokens == [page.evaluate("document.body.dataset.csrf")]


def test_the_texter_screen_keeps_its_actions_in_view_when_offline(open_page: Open) -> None:
    page = open_page("/styleguide/texter/?mode=reply", width=360)

    page.context.set_offline(True)

    expect(page.get_by_text("You are offline.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport()


def test_news_of_a_topic_reaches_only_who_listens(open_page: Open) -> None:
    def stream(page: Page) -> None:
        def with_stream(route: Route) -> None:
            answer = route.fetch()
            body = answer.text().replace("<body ", '<body data-events-url="/events" data-events-token="key" ')
            body = body.replace(
                '<div class="stat-grid">',
                '<p id="mine" data-live="campaign:7 inbox">0</p><p id="other" data-live="campaign:8">0</p><div class="stat-grid">',
            )
            route.fulfill(response=answer, body=body)

        def events(route: Route) -> None:
            assert "token=key" in route.request.url
            route.fulfill(content_type="text/event-stream", body="retry: 60000\n\nevent: changed\ndata: campaign:7\n\n")

        page.add_init_script(
            "addEventListener('live', e => { e.target.textContent = Number(e.target.textContent) + 1 }, true)"
        )
        page.route("**/styleguide/", with_stream)
        page.route("**/events?**", events)

    page = open_page("/styleguide/", before=stream)

    expect(page.locator("#mine")).to_have_text("1", timeout=2000)
    expect(page.locator("#other")).to_have_text("0")


def test_a_filter_swaps_the_list_and_keeps_the_address(open_page: Open) -> None:
    page = open_page("/styleguide/")

    page.get_by_label("Search").fill("tree")
    expect(page).to_have_url(re.compile("q=tree"))
    page.get_by_role("link", name="Previous").click()

    expect(page).to_have_url(re.compile("q=tree.*page=3"))


def test_segments_are_counted_as_carriers_do(open_page: Open) -> None:
    page = open_page("/styleguide/sign-in/")
    counts = {
        "": 0,
        "a" * 160: 1,
        "a" * 161: 2,
        "€" * 80: 1,
        "€" * 81: 2,
        "’" * 70: 1,
        "’" * 71: 2,
        "🌳" * 35: 1,
        "a" * 152 + "€" * 77: 3,  # a character of two septets is never cut in half
    }

    found = {text: page.evaluate("text => parley.countSegments(text).segments", text) for text in counts}

    assert found == counts


def test_a_password_can_be_looked_at(open_page: Open) -> None:
    page = open_page("/styleguide/sign-in/")

    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_role("button", name="Show the password").click()

    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
