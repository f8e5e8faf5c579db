"""What a list's bytes, header and rows mean, and what is said of those that mean nothing."""

import codecs
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from parley.texting import csv_reading
from parley.texting.csv_reading import columns

HEADER = "first_name,last_name,cell\n"


def read(content: bytes, piece: int = 1_000, **options: int) -> list[csv_reading.Slice]:
    pieces = [content[at : at + piece] for at in range(0, len(content), piece)]
    return list(csv_reading.slices(pieces, csv_reading.examine(pieces), **options))


def refusal(content: bytes | str) -> str:
    with pytest.raises(csv_reading.Unreadable) as refused:
        read(content.encode() if isinstance(content, str) else content)
    return str(refused.value)


@pytest.mark.parametrize("piece", [1, 7, 1_000])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_unicode_is_read_whatever_its_form(encoding: str, mark: bytes, piece: int) -> None:
    content = mark + f"{HEADER}Zoë,Nuñez 😀,6175550123\n".encode(encoding)
    if piece < 4 and mark:
        piece = 4  # the mark itself is never split: the first piece is a whole one

    [part] = read(content, piece)

    assert part.columns == [["Zoë"], ["Nuñez 😀"], ["6175550123"]]


@pytest.mark.parametrize(("encoding", "named"), [("cp1252", "Windows-1252"), ("latin-1", "Latin-1")])
def test_what_is_not_utf_8_is_detected_and_said(encoding: str, named: str) -> None:
    odd = "\x81" if encoding == "latin-1" else "“"
    content = f"{HEADER}Zoë,{odd}Nuñez,6175550123\n".encode(encoding)

    decoding = csv_reading.examine([content])
    [part] = read(content)

    assert decoding.encoding == encoding
    assert named in decoding.note
    assert "not UTF-8" in decoding.note
    assert part.columns[0] == ["Zoë"]


def test_plain_utf_8_needs_no_remark() -> None:
    assert csv_reading.examine([HEADER.encode()]).note == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 xl/workbook.xml", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        (HEADER.encode() + b"Ann,Lee\0,6175550123\n", "binary"),
        (bytes(range(1, 9)) * 100, "binary"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, said: str) -> None:
    assert said in refusal(content)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  ,,\n"])
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    assert "empty" in refusal(content)


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n\n,,\n  , ,\n"])
def test_a_header_alone_is_not_a_list(content: str) -> None:
    assert "no rows" in refusal(content)


def test_a_missing_column_is_named_with_what_was_found_and_what_would_do() -> None:
    said = refusal("first_name,surname,e-mail\nAnn,Lee,ann@example.org\n")

    assert "cell" in said
    assert "phone_number" in said
    assert "mobile" in said
    assert "“e-mail”" in said
    assert "accepted names: last_name" not in said


def test_a_doubled_header_is_named_with_its_places() -> None:
    said = refusal("first_name,last_name,cell,Colour,colour\nA,B,C,D,E\n")

    assert "“Colour” (columns 4, 5)" in said


def test_two_hundred_columns_are_too_many() -> None:
    said = refusal(HEADER.strip() + "," + ",".join(f"x{n}" for n in range(197)) + "\na,b,c\n")

    assert "197" in said
    assert "100" in said


def test_a_hundred_columns_of_ones_own_are_read() -> None:
    names = [f"x{n}" for n in range(columns.MAX_CUSTOM)]

    [part] = read((HEADER.strip() + "," + ",".join(names) + "\n" + "a,b,c" + ",v" * len(names) + "\n").encode())

    assert list(part.layout.custom) == names


def test_a_row_with_too_many_cells_is_named_by_its_number() -> None:
    said = refusal(HEADER + "Ann,Lee,6175550123\nBob,Ray,6175550124,Main St, Apt 4\n")

    assert "Row 3 has 5 cells" in said
    assert "3 columns" in said


def test_short_rows_and_trailing_separators_are_forgiven() -> None:
    [part] = read((HEADER + "Ann,Lee,6175550123,,\n\nBob,Ray\n").encode())

    assert part.columns == [["Ann", "Bob"], ["Lee", "Ray"], ["6175550123", ""]]
    assert list(part.numbers) == [2, 4]


def test_a_quotation_mark_that_never_closes_is_found() -> None:
    said = refusal(HEADER + 'Ann,Lee,1\nBob,"Ray,2\n' + "Cy,Low,3\n" * 30_000)

    assert "Row 3" in said
    assert "quotation mark" in said


def test_a_line_without_end_is_not_held() -> None:
    def pieces() -> Iterator[bytes]:
        yield HEADER.encode()
        for _ in range(100):
            yield b"x" * 1_000_000

    decoding = csv_reading.examine(pieces())
    tracemalloc.start()

    with pytest.raises(csv_reading.Unreadable, match="characters"):
        list(csv_reading.slices(pieces(), decoding))

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_separators_are_recognised(delimiter: str) -> None:
    [part] = read((HEADER + "Ann,Lee,6175550123\n").replace(",", delimiter).encode())

    assert part.columns == [["Ann"], ["Lee"], ["6175550123"]]


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_every_line_end_will_do(line_end: str) -> None:
    [part] = read((HEADER + 'Ann,"Lee\nMay",1\nBob,Ray,2').replace("\n", line_end).encode())

    assert part.columns[1] == [f"Lee{line_end}May", "Ray"]


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("firstName,lastName,cell,zip,external_id", {"first_name": 0, "last_name": 1, "cell": 2, "zip": 3, "external_id": 4}),
        ("First Name,Last Name,Phone Number", {"first_name": 0, "last_name": 1, "cell": 2}),
        ("VoterFileVANID,LastName,FirstName,Cell Phone,mZip5", {"external_id": 0, "last_name": 1, "first_name": 2, "cell": 3, "zip": 4}),
        ("givenname,FAMILYNAME,mobilenumber,postalcode", {"first_name": 0, "last_name": 1, "cell": 2, "zip": 3}),
        ("first_name,last_name,phone_number,source_id,van_statecode", {"first_name": 0, "last_name": 1, "cell": 2, "external_id": 3, "state": 4}),
    ],
)  # fmt: skip
def test_columns_are_known_by_many_names(header: str, known: dict[str, int]) -> None:
    assert columns.recognise(header.split(",")).known == known


def test_of_two_that_fit_the_likelier_is_taken_and_the_other_stays() -> None:
    layout = columns.recognise(["first", "last", "Phone", "Cell", "Fav Color"])

    assert layout.known["cell"] == 3
    assert layout.custom == {"Phone": 2, "Fav Color": 4}
    assert layout.spelled["cell"] == "Cell"


def test_memory_does_not_grow_with_the_file() -> None:
    row = b"Ann,Lee,6175550123,blue\n" * 1_000

    def pieces(count: int) -> Iterable[bytes]:
        yield b"first,last,cell,colour\n"
        for _ in range(count):
            yield row

    peaks = []
    for count in (40, 160):
        decoding = csv_reading.examine(pieces(count))
        tracemalloc.start()
        rows = sum(len(part.numbers) for part in csv_reading.slices(pieces(count), decoding))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert rows == count * 1_000

    assert peaks[1] < peaks[0] * 1.2
    assert peaks[1] < 40_000_000
