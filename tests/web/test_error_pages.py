"""Pages for when something is wrong: they say what, and what to do, and need little themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from parley.web import views


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (views.forbidden, 403, "This is not open to you"),
        (views.not_found, 404, "Nothing is here"),
        (views.broken, 500, "Something went wrong"),
    ],
)
def test_each_says_what_happened_and_leads_home(
    view: Callable[[HttpRequest], HttpResponse], status: int, words: str
) -> None:
    response = view(RequestFactory().get("/nowhere/"))

    assert response.status_code == status
    assert words in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_the_page_for_a_broken_server_reads_nothing_of_the_request() -> None:
    response = views.broken(HttpRequest())

    assert response.status_code == 500


@override_settings(DEBUG=False, DEMO=False)
def test_a_production_site_has_no_style_page() -> None:
    with pytest.raises(Http404):
        views.styleguide(RequestFactory().get("/styleguide/"))
