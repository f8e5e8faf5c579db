"""From a script to the text that one contact receives."""

import re
import string
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from parley.texting.scripts import variables

_BASE62_DIGITS: Final = string.digits + string.ascii_lowercase + string.ascii_uppercase

_NAMES: Final = frozenset({"firstName", "lastName", "texterFirstName", "texterLastName", "texterAliasOrFirstName"})

_USUAL_LONGEST: Final = {
    "firstName": "Christopher",
    "lastName": "Hernandez-Garcia",
    "texterFirstName": "Christopher",
    "texterAliasOrFirstName": "Christopher",
    "texterLastName": "Hernandez-Garcia",
    "cell": "+16175550123",
    "zip": "02139-1234",
    "external_id": "1" * 12,
    "contactId": "1" * 10,
    "contactIdBase62": "1" * 6,
}
"""Stand-ins of a generous length, for where no real values are known."""

_USUAL_CUSTOM_FIELD: Final = "x" * 20


def render(
    text: str,
    contact: Mapping[str, object],
    texter: Mapping[str, object],
    custom_fields: Mapping[str, object],
    *,
    known_fields: Collection[str] = (),
) -> str:
    """`text` with its tokens replaced, in one pass: a brace inside a value is never looked at again.

    `contact` gives firstName, lastName, cell, zip, external_id and id; `texter` firstName, lastName and
    alias (either spelling of each). A custom field without a value gives "", an unknown name stays as
    it is written. `known_fields` names the campaign's fields where `custom_fields` may lack some.
    """

    def replace(match: re.Match[str]) -> str:
        name = match[1].strip()
        built_in = variables.canonical(name)
        if built_in is not None:
            return _built_in(built_in, contact, texter)
        field = variables.custom_field(name, custom_fields)
        if field is not None:
            return _written(custom_fields[field])
        if known_fields and variables.custom_field(name, known_fields) is not None:
            return ""
        return match[0]

    return variables.TOKEN.sub(replace, text)


def longest_rendering(text: str, longest: Mapping[str, str], *, custom_fields: Iterable[str] = ()) -> str:
    """A text as long as any contact's may be, for counting segments before a campaign starts.

    `longest` gives the longest value of each variable where it is known (by any spelling of its name);
    the others get a stand-in of a generous length. Unknown names stay as they are written.
    """
    fields = set(custom_fields)
    by_canonical = {variables.canonical(name) or name: value for name, value in longest.items()}

    def replace(match: re.Match[str]) -> str:
        name = match[1].strip()
        built_in = variables.canonical(name)
        if built_in is not None:
            return by_canonical.get(built_in, _USUAL_LONGEST[built_in])
        field = variables.custom_field(name, by_canonical)
        if field is not None:
            return by_canonical[field]
        if variables.custom_field(name, fields) is not None:
            return _USUAL_CUSTOM_FIELD
        return match[0]

    return variables.TOKEN.sub(replace, text)


def capitalise(name: str) -> str:
    """A name as one writes it: trimmed; "MCDONALD" and "mcdonald" -> "Mcdonald", "McDonald" is kept."""
    name = name.strip()
    if name[:1].isupper() and any(letter.islower() for letter in name):
        return name
    return name[:1].upper() + name[1:].lower()


def to_base62(number: int) -> str:
    """`number` (not negative) in digits 0-9, a-z, A-Z: a short form for links in scripts."""
    if number < 0:
        raise ValueError(f"base 62 is for numbers from 0 up, not {number}")
    digits = ""
    while True:
        number, digit = divmod(number, 62)
        digits = _BASE62_DIGITS[digit] + digits
        if not number:
            return digits


def _built_in(name: str, contact: Mapping[str, object], texter: Mapping[str, object]) -> str:
    match name:
        case "contactId":
            return _written(_first(contact, "id", "contactId", "contact_id"))
        case "contactIdBase62":
            number = _first(contact, "id", "contactId", "contact_id")
            return to_base62(int(str(number))) if number is not None else ""
        case "texterAliasOrFirstName":
            value = _first(texter, "alias") or _first(texter, "firstName", "first_name", "texterFirstName")
        case "texterFirstName":
            value = _first(texter, "firstName", "first_name", "texterFirstName")
        case "texterLastName":
            value = _first(texter, "lastName", "last_name", "texterLastName")
        case _:
            value = _first(contact, name, variables.twin(name))
    written = _written(value)
    return capitalise(written) if name in _NAMES else written


def _first(values: Mapping[str, object], *names: str) -> object:
    return next((values[name] for name in names if values.get(name) is not None), None)


def _written(value: object) -> str:
    return "" if value is None else str(value)
