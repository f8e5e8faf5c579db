"""An icon with a name that the set does not have is an empty square on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from parley.web import statuses

PARLEY = Path(settings.PROJECT) / "parley"
ICONS = PARLEY / "web" / "static" / "vendor" / "bootstrap-icons.css"
NAMED = re.compile(r"""\{%\s*icon\s+"([a-z0-9-]+)"|\bicon="([a-z0-9-]+)\"|\bbi bi-([a-z0-9-]+)""")


@pytest.fixture(scope="module")
def known() -> set[str]:
    return set(re.findall(r"\.bi-([a-z0-9-]+)::?before", ICONS.read_text()))


def test_every_icon_in_a_template_exists(known: set[str]) -> None:
    unknown = {
        f"{path.relative_to(PARLEY)}: {name}"
        for path in PARLEY.glob("**/templates/**/*.html")
        for match in NAMED.finditer(path.read_text())
        for name in match.groups()
        if name and name not in known
    }

    assert not unknown


def test_every_status_has_an_icon_that_exists(known: set[str]) -> None:
    assert not {look.icon for look in statuses._STATUSES.values()} - known
