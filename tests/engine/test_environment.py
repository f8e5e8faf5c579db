"""Settings are declared once, and a wrong one is named with what it should be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from parley.engine import environment

PROJECT = Path(__file__).resolve().parents[2]
RIGHT = {"SECRET_KEY": "k"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARLEY_DEMO", "maybe"),
        ("UPLOAD_LIMIT", "2 GB"),
        ("UPLOAD_LIMIT", "0"),
        ("OUTBOX_LEASE", "soon"),
        ("PARLEY_BASE_URL", "parley.example.org"),
        ("PARLEY_BASE_URL", "https://parley.example.org:port"),
        ("PARLEY_EVENTS_URL", "events"),
        ("ACCOUNT_EMAIL_VERIFICATION", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(name: str, value: str) -> None:
    (problem,) = environment.problems(RIGHT | {name: value})

    assert problem == f"{name} is {value!r}; it should be {environment.VARIABLES[name].expected}."


def test_a_wrong_secret_is_named_but_not_shown() -> None:
    (problem,) = environment.problems(RIGHT | {"DATABASE_URL": "mysql://me:hunter2@here/parley"})

    assert problem.startswith("DATABASE_URL is wrong; it should be an address such as postgresql://")
    assert "hunter2" not in problem


def test_a_missing_secret_key_is_a_problem() -> None:
    (problem,) = environment.problems({})

    assert problem.startswith("SECRET_KEY is not set")


def test_the_demo_is_refused_at_a_public_address() -> None:
    public = {"PARLEY_DEMO": "1", "PARLEY_BASE_URL": "https://parley.example.org"}

    assert environment.problems(RIGHT | public) != []


def test_every_default_is_a_right_value() -> None:
    wrong = [v.name for v in environment.VARIABLES.values() if v.default and not v.accepts(v.default)]

    assert wrong == []


def test_settings_read_nothing_that_is_not_declared() -> None:
    asked = re.findall(r"environment\.\w+\(\s*\"(\w+)\"", (PROJECT / "parley" / "settings.py").read_text())

    assert asked
    assert set(asked) <= environment.VARIABLES.keys()


def test_the_page_of_settings_lists_each_of_them() -> None:
    page = environment.document()

    assert all(f"| `{name}` |" in page for name in environment.VARIABLES)


def test_a_command_stops_with_one_line_for_each_wrong_setting() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env=os.environ | {"UPLOAD_LIMIT": "many", "LOG_LEVEL": "LOUD"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "UPLOAD_LIMIT is 'many'; it should be a whole number from 1 up." in done.stderr
    assert "LOG_LEVEL is 'LOUD'; it should be one of DEBUG, INFO, WARNING, ERROR." in done.stderr
    assert "Traceback" not in done.stderr
