"""Every page of an organization's texting, tried as everybody."""

from __future__ import annotations

from typing import Any

import pytest

from parley.accounts.models import Role
from tests import matrix
from tests.matrix import Row, Visitors
from tests.texting import organizing


def running(visitors: Visitors) -> dict[str, Any]:
    return {"campaign_id": visitors.extra["running"].pk}


def draft(visitors: Visitors) -> dict[str, Any]:
    return {"campaign_id": visitors.extra["draft"].pk}


SCRIPT = {"parent-new-1": "", "script-new-1": "Hi", "question-new-1": "", "version": "of another page"}

ROWS = [
    Row(name="texting:campaigns", opens_to=Role.SUPERVOLUNTEER),
    Row(name="texting:campaign_create", opens_to=Role.ADMIN),
    Row(name="texting:campaign_create", opens_to=Role.ADMIN, method="post", data={"title": "New"}),
    Row(name="texting:campaign", opens_to=Role.SUPERVOLUNTEER, arguments=running),
    Row(name="texting:campaign_live", opens_to=Role.SUPERVOLUNTEER, arguments=running),
    Row(name="texting:campaign_details", opens_to=Role.SUPERVOLUNTEER, arguments=running),
    Row(
        name="texting:campaign_figures",
        opens_to=Role.SUPERVOLUNTEER,
        arguments=lambda v: {**running(v), "what": "texters"},
    ),
    Row(name="texting:campaign_status", opens_to=Role.ADMIN, method="post", arguments=running, data={"do": "close"}),
    Row(name="texting:campaign_edit", opens_to=Role.SUPERVOLUNTEER, arguments=draft),
    Row(name="texting:campaign_basics", opens_to=Role.SUPERVOLUNTEER, arguments=draft),
    Row(
        name="texting:campaign_basics",
        opens_to=Role.SUPERVOLUNTEER,
        method="post",
        arguments=draft,
        data={"title": "T"},
        answers=(409,),
    ),
    Row(name="texting:campaign_contacts", opens_to=Role.ADMIN, arguments=draft),
    Row(name="texting:campaign_script", opens_to=Role.SUPERVOLUNTEER, arguments=draft),
    Row(
        name="texting:campaign_script",
        opens_to=Role.SUPERVOLUNTEER,
        method="post",
        arguments=draft,
        data=SCRIPT,
        answers=(409,),
    ),
    Row(name="texting:campaign_assignment", opens_to=Role.SUPERVOLUNTEER, arguments=draft),
    Row(name="texting:campaign_hours", opens_to=Role.ADMIN, arguments=draft),
    Row(name="texting:campaign_start", opens_to=Role.ADMIN, arguments=draft),
    Row(name="texting:campaign_start", opens_to=Role.ADMIN, method="post", arguments=draft),
    Row(name="texting:upload", opens_to=Role.ADMIN, arguments=draft),
    Row(name="texting:export", opens_to=Role.ADMIN, arguments=running),
    Row(name="texting:settings", opens_to=Role.OWNER),
]
#: opens by the export that made it: tried with the exports
ELSEWHERE = {"texting:export_file"}


@pytest.fixture
def visitors(db: None) -> Visitors:
    made = matrix.make_visitors()
    made.extra["draft"] = organizing.ready(made.organization)
    made.extra["running"] = organizing.running(made.organization)
    return made


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_page_opens_to_the_right_people(row: Row, visitors: Visitors) -> None:
    matrix.walk(row, visitors)


def test_every_page_has_its_row() -> None:
    matrix.assert_complete(ROWS, names=lambda name: name.startswith("texting:") and name not in ELSEWHERE)
