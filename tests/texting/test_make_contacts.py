"""Fictional lists: always the same, everybody with a number of their own, and every number valid."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from parley.texting import fictional_contacts, phones
from parley.texting.csv_reading import columns

PROJECT = Path(__file__).resolve().parents[2]


def test_the_demo_s_file_is_what_the_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_contacts", "1000")

    assert capsys.readouterr().out == (PROJECT / "demo" / "contacts-1000.csv").read_text(encoding="utf-8")


def test_a_file_is_written_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_contacts", "3", "--output", str(tmp_path / "list.csv"))

    rows = list(csv.DictReader(io.StringIO((tmp_path / "list.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 3
    assert tuple(rows[0]) == fictional_contacts.COLUMNS
    assert "3 contacts" in capsys.readouterr().err


@pytest.mark.parametrize("count", [1_000, 20_000])
def test_every_number_is_valid_and_somebody_s_alone(count: int) -> None:
    found = [row[2] for row in fictional_contacts.rows(count)]

    numbers = phones.normalise_column(found, "US", allow_fictional=True)
    assert None not in numbers
    assert len(set(numbers)) == count


def test_short_lists_hold_fiction_only() -> None:
    numbers = phones.normalise_column([row[2] for row in fictional_contacts.rows(1_000)], "US", allow_fictional=True)

    assert all(number is not None and number[5:10] == "55501" for number in numbers)


def test_the_columns_are_known_to_the_upload() -> None:
    layout = columns.recognise(fictional_contacts.COLUMNS)

    assert set(layout.known) == set(columns.ALIASES)
    assert list(layout.custom) == ["email", "fav_color", "source_id_type"]


def test_more_than_there_are_numbers_is_refused() -> None:
    with pytest.raises(CommandError, match="not so many"):
        call_command("make_contacts", "10000000")
