"""Numbers come out as libphonenumber would have them, however they were typed."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parley.texting import phones

REGIONS_OF_PLUS_ONE = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1])


def by_library(raw: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


area_codes = st.sampled_from(
    [n for n in range(200, 1000) if by_library(f"+1{n}5552345", "US")]
    + [456, 500, 521, 523, 524, 588, 600, 700, 710, 800, 900, 911, 999]
)
spellings = st.sampled_from(
    [
        "({}) {}-{:04}",
        "{}{}{:04}",
        "+1{}{}{:04}",
        "{}.{}.{:04}",
        "1-{}-{}-{:04}",
        "+1 ({}) {} {:04}",
        " {} {} {:04} ",
        "+1{}{}{:04} ext 5",
        "011 1 {} {} {:04}",
        "00 1 {} {} {:04}",
    ]
)
typed = st.builds(
    lambda spelling, *parts: spelling.format(*parts), spellings, area_codes, st.integers(100, 999), st.integers(0, 9999)
)
scribbled = st.text(alphabet="0123456789012345678901234567890123456789+().- x/;#\n*aé６１", max_size=24)


@pytest.mark.parametrize(
    "raw",
    [
        "(617) 555-0123",
        "6175550123",
        "+16175550123",
        "617.555.0123",
        "1-617-555-0123",
        "617 555 0123",
        " +1 (617) 555-0123 ",
        "1 (617) 555 0123",
        "６１７５５５０１２３",
        "+1-617-555-0123 ext. 9",
    ],
)
def test_every_usual_spelling_gives_one_number(raw):
    assert phones.to_e164(raw) == "+16175550123"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "n/a",
        "12",
        "617555012",
        "61755501234",
        "0175550123",
        "1175550123",
        "+16170550123",
        "9991234567",
        "6175550123.0",
        "=1+1",
        "x" * 300,
    ],
)
def test_what_is_no_number_gives_none(raw):
    assert phones.to_e164(raw) is None


@settings(max_examples=1500, deadline=None)
@given(raw=typed, country=st.sampled_from(["US", "CA", "JM", "PR", "GB", "AU"]))
def test_typed_numbers_agree_with_the_library(raw, country):
    assert phones.to_e164(raw, country) == by_library(raw, country)


@settings(max_examples=1500, deadline=None)
@given(raw=scribbled, country=st.sampled_from(["US", "CA", "BS", "DE", "MX"]))
@example(raw="(617) 555-0123\n", country="US")
@example(raw="+1+6175550123", country="US")
@example(raw="1 1 617 555 0123", country="US")
@example(raw="-.(617)5550123", country="US")
def test_scribbles_agree_with_the_library(raw, country):
    assert phones.to_e164(raw, country) == by_library(raw, country)


@settings(max_examples=60, deadline=None)
@given(exchange=st.integers(0, 9_999_999), country=st.sampled_from(["US", "CA"]))
def test_every_area_code_agrees_with_the_library(exchange, country):
    raws = [f"{area}{exchange:07}" for area in range(200, 1000)]

    assert phones.normalise_column(raws, country) == [by_library(raw, country) for raw in raws]


@settings(max_examples=300, deadline=None)
@given(column=st.lists(st.none() | typed | scribbled, max_size=12), country=st.sampled_from(["US", "GB"]))
def test_a_column_is_its_values_one_by_one(column, country):
    expected = [phones.to_e164(raw, country) if raw else None for raw in column]

    assert phones.normalise_column(column, country) == expected


@pytest.mark.parametrize("region", REGIONS_OF_PLUS_ONE)
def test_each_region_of_the_plan_has_its_example_recognised(region):
    example_number = phonenumbers.example_number(region)
    assert example_number is not None
    raw = phonenumbers.format_number(example_number, phonenumbers.PhoneNumberFormat.E164)

    assert phones.to_e164(raw) == raw


def test_numbers_of_other_countries_are_read_where_they_are_dialled():
    assert phones.to_e164("0412 345 678", "AU") == "+61412345678"
    assert phones.to_e164("0412 345 678", "US") is None
    assert phones.to_e164("+44 20 7946 0000") == "+442079460000"


def test_fictional_numbers_pass_only_on_request():
    assert phones.to_e164("+1 999 555 0123") is None
    assert phones.to_e164("+1 999 555 0123", allow_fictional=True) == "+19995550123"
    assert phones.to_e164("(299) 555-0199", allow_fictional=True) == "+12995550199"
    assert phones.to_e164("+1 999 555 0223", allow_fictional=True) is None
    assert phones.to_e164("+1 617 555 0223", allow_fictional=True) == "+16175550223"
    assert phones.normalise_column(["9995550123"], allow_fictional=True) == ["+19995550123"]


def test_shown_forms():
    assert phones.display("+16175550123") == "(617) 555-0123"
    assert phones.display("+442079460000") == "+44 20 7946 0000"
    assert phones.display("gone") == "gone"
    assert phones.mask("+16175550123") == "•••• 0123"
    assert phones.area_code("+16175550123") == "617"
    assert phones.area_code("+442079460000") is None


def test_an_empty_column_is_empty():
    assert phones.normalise_column([]) == []
