"""manage.py classify_replies prints a label per reply, or one line that says what is wrong."""

import csv
import io
import pathlib

import pytest
from django.core.management import CommandError, call_command

REPLIES = pathlib.Path(__file__).parent.parent / "data" / "opt-out-replies.csv"


def classify(path: pathlib.Path) -> list[list[str]]:
    out = io.StringIO()
    call_command("classify_replies", str(path), stdout=out)
    return list(csv.reader(io.StringIO(out.getvalue())))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "replies.csv"


def test_every_reply_gets_a_label_in_order():
    rows = classify(REPLIES)

    assert rows[0] == ["id", "label"]
    assert [row[0] for row in rows[1:]] == [
        row["id"] for row in csv.DictReader(io.StringIO(REPLIES.read_text(encoding="utf-8")))
    ]
    assert {row[1] for row in rows[1:]} == {"stop", "likely", "no"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_and_further_columns_do_not_matter(file, mark):
    file.write_bytes(mark + b'note,ID, text \nx,7,"Stop, please"\n\ny,8,"two\nlines"\n')

    assert classify(file) == [["id", "label"], ["7", "stop"], ["8", "no"]]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "'id' is missing"),
        (b"id,message\n1,STOP\n", "'text' is missing"),
        (b"id,text,text\n1,a,b\n", "'text' is twice"),
        (b"id,text\n1\n", "line 2 has 1 fields"),
        (b"id,text\n1,\xff\xfe\n", "not UTF-8"),
        (b"id,text\n1,a\x00b\n" + b'2,"' + b"x" * 200_000 + b'"\n', "not a CSV file"),
    ],
)
def test_a_bad_file_gets_one_line(file, content, complaint):
    file.write_bytes(content)

    with pytest.raises(CommandError, match=complaint) as refused:
        classify(file)

    assert "\n" not in str(refused.value)


def test_a_missing_file_gets_one_line(file):
    with pytest.raises(CommandError, match="No such file"):
        classify(file)
