"""A real Chromium in front of the whole stack: web, stream, worker and simulators as real processes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import stack as stacks

PROJECT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests, and run them after all others: they are the slowest."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
    slow = set(here)
    items[:] = [*(item for item in items if item not in slow), *here]


@pytest.fixture(scope="session")
def stack() -> Iterator[stacks.Stack]:
    """Everything, with demo data in a database of its own. Tests share it: each makes what it changes."""
    with stacks.fresh_database(os.environ["DATABASE_URL"]) as address, stacks.running(database_url=address) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """$CHROMIUM, or the machine's; never a downloaded one.

    For this folder's tests alone: while it is open, an event loop runs in the main thread, in which no
    other test could start its own.
    """
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser, stack: stacks.Stack) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser of one person: `new_context(width=360, dark=True)`.

    Every error that a page reports (scripts, and what the content security policy refused) fails the test.
    """
    made: list[BrowserContext] = []
    errors: list[str] = []

    def make(*, width: int = 1280, height: int = 800, dark: bool = False) -> BrowserContext:
        context = chromium.new_context(
            base_url=stack.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on(
            "console",
            lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
        )
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of one person at 1280 px."""
    return new_context().new_page()


@pytest.fixture
def accessibility_violations() -> Callable[[Page], list[str]]:
    """What axe finds on a page against WCAG 2.2 AA: one line each; empty when there is nothing."""
    script = (PROJECT / "node_modules" / "axe-core" / "axe.min.js").read_text()

    def find(page: Page) -> list[str]:
        # evaluated by the browser itself, past the page's content security policy
        page.evaluate(script)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
        return [
            f"{violation['id']}: {violation['help']} ({', '.join(node['target'][0] for node in violation['nodes'])})"
            for violation in found["violations"]
        ]

    return find
