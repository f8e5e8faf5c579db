"""A script becomes the text that one contact receives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.texting.scripts import rendering, variables

CONTACT = {
    "id": 125,
    "firstName": "MARIA",
    "lastName": "McDonald",
    "cell": "+16175550123",
    "zip": "02139",
    "external_id": "V-77",
}
TEXTER = {"firstName": "sam", "lastName": "lee", "alias": ""}


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("Hi {firstName}!", "Hi Maria!"),
        ("{first_name} {last_name}", "Maria McDonald"),
        ("{texterAliasOrFirstName}/{texterFirstName}/{texter_first_name}/{texterLastName}", "Sam/Sam/Sam/Lee"),
        ("{cell} {zip} {external_id} {externalId}", "+16175550123 02139 V-77 V-77"),
        ("x.org/{contactIdBase62}?c={contactId}", "x.org/21?c=125"),
        ("{polling place} on {election_day}", "Elm St School on Nov 3"),
        ("{electionDay}", "Nov 3"),
        ("{ firstName }", "Maria"),
        ("{missing}{absent}.", "."),
        ("{nobody} {} {firstname} {{firstName}}", "{nobody} {} {firstname} {Maria}"),
        ("price $5 \\1 {cost}", "price $5 \\1 \\1 {firstName}"),
        ("no tokens", "no tokens"),
    ],
)
def test_tokens_are_replaced(script, text):
    fields = {"polling place": "Elm St School", "election_day": "Nov 3", "missing": None, "cost": "\\1 {firstName}"}

    assert rendering.render(script, CONTACT, TEXTER, fields, known_fields=["absent"]) == text


def test_an_alias_goes_before_the_first_name():
    assert rendering.render("{texterAliasOrFirstName}", CONTACT, TEXTER | {"alias": "Sammy"}, {}) == "Sammy"


def test_snake_case_records_serve_as_well():
    contact = {"id": 0, "first_name": "ana", "last_name": None}

    assert rendering.render("{firstName}{lastName}{contactIdBase62}", contact, {"first_name": "bo"}, {}) == "Ana0"


def test_a_field_cannot_hide_a_built_in_name():
    assert rendering.render("{firstName}", CONTACT, TEXTER, {"firstName": "Mallory"}) == "Maria"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("MCDONALD", "Mcdonald"),
        ("mcdonald", "Mcdonald"),
        ("McDonald", "McDonald"),
        (" bo ", "Bo"),
        ("", ""),
        ("X", "X"),
        ("álvaro", "Álvaro"),
        ("DeShawn", "DeShawn"),
        ("deShawn", "Deshawn"),
    ],
)
def test_names_are_capitalised(typed, written):
    assert rendering.capitalise(typed) == written


def test_names_used_are_listed_once_in_order():
    assert variables.variables_in("{b} {a} {b} { a } {}") == ["b", "a"]


def test_unknown_names_are_listed():
    script = "{firstName} {first_name} {frstName} {favoriteColor} {favorite_color} {pet} {texterFirstName}"

    assert variables.unknown_variables(script, ["favorite_color"]) == ["frstName", "pet"]


@pytest.mark.parametrize(
    ("number", "written"), [(0, "0"), (9, "9"), (10, "a"), (35, "z"), (36, "A"), (61, "Z"), (62, "10"), (3844, "100")]
)
def test_base_62(number, written):
    assert rendering.to_base62(number) == written


def test_base_62_refuses_negative_numbers():
    with pytest.raises(ValueError, match="-1"):
        rendering.to_base62(-1)


def test_the_longest_rendering_uses_real_values_where_known():
    longest = rendering.longest_rendering(
        "{first_name}, {color} {shape} {nobody}",
        {"firstName": "Bartholomew", "color": "green"},
        custom_fields=["shape"],
    )

    assert longest == f"Bartholomew, green {'x' * 20} {{nobody}}"


@settings(deadline=None)
@given(text=st.text(alphabet="{}ab _A", max_size=60), value=st.text(alphabet="{}ab", max_size=8))
def test_values_are_never_expanded_again(text, value):
    fields = {"a": value, "b": "B"}

    rendered = rendering.render(text, {}, {}, fields)

    pieces = variables.TOKEN.split(text)
    expected = "".join(
        piece if position % 2 == 0 else (str(fields[piece.strip()]) if piece.strip() in fields else "{" + piece + "}")
        for position, piece in enumerate(pieces)
    )
    if not any(variables.custom_field(name, fields) not in (None, name) for name in variables.variables_in(text)):
        assert rendered == expected
