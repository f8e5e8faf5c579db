"""The names that a script may use in braces.

A token is `{name}`: anything but braces and line breaks between them, spaces at its ends ignored.
Built-in names and custom fields may be spelled either way, `firstName` or `first_name`.
"""

import re
from collections.abc import Iterable
from typing import Final

TOKEN: Final = re.compile(r"\{([^{}\r\n]{1,200})\}")
"""One token. Group 1 is its name."""

CONTACT: Final = ("firstName", "lastName", "cell", "zip", "external_id")
TEXTER: Final = ("texterAliasOrFirstName", "texterLastName")
SYSTEM: Final = ("contactId", "contactIdBase62")
DEPRECATED: Final = ("texterFirstName",)
"""Understood wherever it stands, but not offered to authors."""

OFFERED: Final = CONTACT + TEXTER + SYSTEM
BUILT_IN: Final = frozenset(OFFERED + DEPRECATED)


_SPELLINGS: Final = {
    spelling: name for name in BUILT_IN for spelling in (name, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
} | {
    "externalId": "external_id",
    "contact_id_base62": "contactIdBase62",
}


def canonical(name: str) -> str | None:
    """The built-in name that `name` spells (`first_name` -> `firstName`), None when it is not built in."""
    return _SPELLINGS.get(name.strip())


def twin(name: str) -> str:
    """The other spelling of a custom field: `favorite_color` <-> `favoriteColor`."""
    if "_" in name:
        first, *others = name.split("_")
        return first + "".join(other[:1].upper() + other[1:] for other in others)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def custom_field(name: str, custom_fields: Iterable[str]) -> str | None:
    """Which of `custom_fields` the token `name` means: that field itself, else its other spelling."""
    fields = custom_fields if isinstance(custom_fields, (dict, set, frozenset)) else set(custom_fields)
    name = name.strip()
    if name in fields:
        return name
    other = twin(name)
    if other in fields:
        return other
    return next((field for field in fields if twin(field) == name), None)


def variables_in(text: str) -> list[str]:
    """The names in braces in `text`, as written but trimmed, each once in order of appearance."""
    return list(dict.fromkeys(name.strip() for name in TOKEN.findall(text)))


def unknown_variables(text: str, custom_fields: Iterable[str]) -> list[str]:
    """The names in `text` that are neither built in nor among the campaign's `custom_fields`."""
    fields = set(custom_fields)
    return [name for name in variables_in(text) if canonical(name) is None and custom_field(name, fields) is None]
