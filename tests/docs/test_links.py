"""The docs lead somewhere: every relative link, picture, anchor, page and named test is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")])
#: `[words](address)` and `![words](address)`
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
#: a test module, from the project or from tests/, and perhaps one of its tests
TEST = re.compile(r"`(?:tests/)?((?:[a-z]+/)+test_[a-z0-9_]+\.py)(?:::(test_[a-z0-9_]+))?`")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _words(page: Path) -> str:
    """The page without its blocks of code."""
    return CODE.sub("", page.read_text())


@cache
def _anchors(page: Path) -> frozenset[str]:
    """The addresses of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ +(.+?) *$", _words(page), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def _wrong_links(page: Path) -> Iterator[str]:
    for address in LINK.findall(_words(page)):
        if re.match(r"[a-z]+:", address):
            continue
        name, _, anchor = address.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            yield f"{address} does not exist"
        elif anchor and target.suffix == ".md" and anchor not in _anchors(target):
            yield f"{address}: {target.name} has no such heading"


def _wrong_tests(page: Path) -> Iterator[str]:
    for module, test in TEST.findall(page.read_text()):
        file = PROJECT / "tests" / module
        if not file.exists():
            yield f"tests/{module} does not exist"
        elif test and not re.search(rf"^\s*(?:async )?def {test}\(", file.read_text(), re.MULTILINE):
            yield f"tests/{module} has no {test}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not list(_wrong_links(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_named_test_exists(page: Path) -> None:
    assert not list(_wrong_tests(page))


def test_every_page_is_in_the_index() -> None:
    index = PROJECT / "docs" / "README.md"

    linked = {(index.parent / address.partition("#")[0]).resolve() for address in LINK.findall(index.read_text())}

    assert not {page.name for page in index.parent.glob("*.md")} - {page.name for page in linked} - {index.name}


def test_a_wrong_link_and_a_wrong_test_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n[gone](gone.md) [here](#a-page) [lost](#b) `docs/test_links.py::test_nothing`\n")

    assert list(_wrong_links(page)) == ["gone.md does not exist", "#b: page.md has no such heading"]
    assert list(_wrong_tests(page)) == ["tests/docs/test_links.py has no test_nothing"]
