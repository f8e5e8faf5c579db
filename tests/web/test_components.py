"""Components: what they promise to the pages that use them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from parley.web import charts, shell, statuses


def render(source: str, **context: Any) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def test_a_badge_never_speaks_by_colour_alone() -> None:
    html = render('{% status_badge "needs_response" %}')

    assert "Needs a reply" in html
    assert "bi-reply-fill" in html


def test_an_unknown_status_is_shown_by_its_own_words() -> None:
    html = render('{% status_badge "left_on_read" %}')

    assert "Left on read" in html


def test_a_program_can_teach_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statuses, "_STATUSES", {})

    statuses.register("flagged", label="Flagged", tone="warning", icon="flag")

    assert "tag-warning" in render('{% status_badge "flagged" %}')


def test_what_people_write_is_escaped_in_every_block_component() -> None:
    html = render(
        "{% card title=name %}{{ name }}{% endcard %}{% page_header title=name %}{{ name }}{% endpage_header %}"
        "{% callout title=name %}{{ name }}{% endcallout %}{% empty_state title=name %}{{ name }}{% endempty_state %}"
        '{% dialog id="d" title=name %}{{ name }}{% enddialog %}{% keys name %}{% avatar name %}{% badge name %}',
        name="<script>alert(1)</script>",
    )

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_what_stands_between_the_tags_keeps_its_markup() -> None:
    html = render('{% page_header title="T" %}<a class="btn" href="/new">New</a>{% endpage_header %}')

    assert '<a class="btn" href="/new">New</a>' in html


def test_a_conversation_shows_who_spoke_and_how_the_message_fared() -> None:
    at = datetime.datetime(2026, 11, 20, 14, 2, tzinfo=datetime.UTC)
    messages = [
        {"direction": "in", "text": "<b>hello</b>", "at": at},
        {"direction": "out", "text": "Hi", "at": at, "status": "failed", "problem": "The phone is off."},
    ]

    html = render("{% thread messages %}", messages=messages)

    assert "&lt;b&gt;hello&lt;/b&gt;" in html
    assert "They:" in html
    assert "You:" in html
    assert "Not delivered" in html
    assert "The phone is off." in html


def test_an_empty_conversation_says_so() -> None:
    assert "No messages yet." in render("{% thread messages %}", messages=[])


def test_a_day_is_marked_once() -> None:
    first = datetime.datetime(2026, 11, 19, 14, 2, tzinfo=datetime.UTC)
    messages = [{"direction": "in", "text": "x", "at": first + datetime.timedelta(hours=h)} for h in (0, 1, 24)]

    html = render("{% thread messages %}", messages=messages)

    assert html.count("day-line") == 2


def test_every_chart_has_its_table_and_its_csv() -> None:
    chart = charts.Chart(id="c", title="Answers", labels=["Yes", "No"], series={"Count": [3, None]}, csv_url="/c.csv")

    html = render("{% chart chart %}", chart=chart)

    assert 'data-chart="c-data"' in html
    assert '<td class="number">3</td>' in html
    assert '<td class="number">–</td>' in html
    assert 'href="/c.csv"' in html


def test_chart_data_cannot_break_out_of_its_script_block() -> None:
    chart = charts.Chart(id="c", title="t", labels=["</script><script>x"], series={"n": [1]})

    html = render("{% chart chart %}", chart=chart)

    assert html.count("<script") == 1


def test_a_chart_without_figures_says_so_instead_of_drawing() -> None:
    chart = charts.Chart(id="c", title="t", labels=["a"], series={"n": [0]})

    html = render("{% chart chart %}", chart=chart)

    assert "<canvas" not in html
    assert "Nothing to draw yet." in html


def test_a_working_task_asks_again_and_a_finished_one_rests() -> None:
    working = render('{% task label="Upload" state="running" url="/t" topic="task:1" value=1 total=4 %}')
    done = render('{% task label="Upload" state="done" url="/t" topic="task:1" result_url="/r" %}')

    assert 'hx-get="/t"' in working
    assert 'data-live="task:1"' in working
    assert 'value="25"' in working
    assert "hx-get" not in done
    assert 'href="/r"' in done


def test_a_failed_task_says_why_and_offers_another_try() -> None:
    html = render('{% task label="Upload" state="failed" message="Row 17: no phone number." retry_url="/again" %}')

    assert "Row 17: no phone number." in html
    assert 'hx-post="/again"' in html


def test_page_links_keep_the_filters() -> None:
    request = RequestFactory().get("/", {"status": "closed", "page": "2"})
    page = Paginator(range(100), 10).get_page(2)

    html = render("{% pagination page %}", page=page, request=request)

    assert "?status=closed&amp;page=3" in html


def test_one_page_needs_no_page_links() -> None:
    assert "<nav" not in render("{% pagination page %}", page=Paginator(range(3), 10).get_page(1), request=None)


def test_breadcrumbs_end_at_the_page_itself() -> None:
    html = render('{% breadcrumbs "Campaigns" "/campaigns/" "Spring" %}')

    assert '<a href="/campaigns/">Campaigns</a>' in html
    assert '<li aria-current="page">Spring</li>' in html


@pytest.mark.parametrize(
    ("cookie", "expected"), [("dark", "dark"), ("light", "light"), ("auto", "auto"), ("<x>", "auto")]
)
def test_the_stored_theme_is_one_of_three(cookie: str, expected: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[shell.THEME_COOKIE] = cookie

    assert shell.stored_theme(request) == expected
