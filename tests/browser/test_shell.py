"""The page that a stranger meets, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_signing_in_is_possible_for_everybody(
    new_context: Callable[..., BrowserContext],
    accessibility_violations: Callable[[Page], list[str]],
    width: int,
    dark: bool,
) -> None:
    page = new_context(width=width, dark=dark).new_page()

    page.goto("/account/login/")

    expect(page.get_by_role("main")).to_be_visible()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
