"""What the columns of a header mean."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parley.texting.csv_reading.problems import Unreadable

#: columns that may stand beside the known ones
MAX_CUSTOM: Final = 100
MAX_NAME: Final = 100

#: Names under which the known columns come (spaces, case and punctuation aside), the likeliest first:
#: where two of a file's columns fit, the earlier name is it and the other stays a column of its own.
ALIASES: Final[Mapping[str, Sequence[str]]] = {
    "first_name": ("first_name", "first", "given_name", "f_name", "fore_name", "nombre", "name"),
    "last_name": ("last_name", "last", "family_name", "surname", "l_name", "apellido"),
    "cell": (
        "cell",
        "cell_phone",
        "phone_number",
        "phone",
        "mobile",
        "mobile_phone",
        "mobile_number",
        "cell_number",
        "cell_phone_number",
        "mobile_phone_number",
        "telephone",
        "telephone_number",
        "tel",
        "number",
        "preferred_phone",
        "contact_number",
    ),
    "zip": (
        "zip",
        "zip_code",
        "zip5",
        "postal_code",
        "post_code",
        "post_number",
        "mail_zip",
        "m_zip",
        "m_zip5",
        "home_zip",
    ),
    "external_id": (
        "external_id",
        "source_id",
        "van_id",
        "voter_file_van_id",
        "my_campaign_van_id",
        "myc_van_id",
    ),
    "state": ("van_state_code", "state_code", "state", "state_abbreviation"),
}
REQUIRED: Final = ("first_name", "last_name", "cell")

#: United States: states, the District of Columbia, inhabited territories (USPS Publication 28)
STATES: Final[Mapping[str, str]] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "Virgin Islands",
}  # fmt: skip
_STATE_BY_NAME: Final = {name.upper(): code for code, name in STATES.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a row."""

    #: known name -> position
    known: Mapping[str, int]
    #: custom fields: name as in the file -> position
    custom: Mapping[str, int]
    width: int
    #: the file's own name of each known column
    spelled: Mapping[str, str]


def plain(name: str) -> str:
    """A column's name without case, spaces and punctuation: `First Name`, `first_name` -> `firstname`."""
    return re.sub(r"[\W_]+", "", name).lower()


_PLAIN_ALIASES: Final = {known: [plain(alias) for alias in aliases] for known, aliases in ALIASES.items()}


def recognise(header: Sequence[str]) -> Layout:
    """Find the known columns. Raises Unreadable for a missing, doubled, overlong or excessive header."""
    names = [name.strip() for name in header]
    _refuse_doubled(names)
    positions = {plain(name): position for position, name in reversed(list(enumerate(names))) if name}
    known: dict[str, int] = {}
    for column, aliases in _PLAIN_ALIASES.items():
        found = next((positions[alias] for alias in aliases if alias in positions), None)
        if found is not None:
            known[column] = found
    _refuse_missing(names, known)
    taken = set(known.values())
    custom = {name: position for position, name in enumerate(names) if name and position not in taken}
    if len(custom) > MAX_CUSTOM:
        raise Unreadable(
            _(
                "This file has %(found)s columns beside the known ones; at most %(limit)s can be kept."
                " Remove the ones that the script does not use."
            )
            % {"found": len(custom), "limit": MAX_CUSTOM},
            columns=len(names),
        )
    for name, position in custom.items():
        if len(name) > MAX_NAME:
            raise Unreadable(
                _("Column %(number)s has a name of more than %(limit)s characters: “%(name)s…”.")
                % {"number": position + 1, "limit": MAX_NAME, "name": name[:40]},
                column=position + 1,
            )
    return Layout(
        known=known, custom=custom, width=len(names), spelled={column: names[at] for column, at in known.items()}
    )


def state_code(value: str) -> str | None:
    """`MA`, `ma`, `Massachusetts` -> `MA`; None for what is no state."""
    upper = value.strip().upper()
    return upper if upper in STATES else _STATE_BY_NAME.get(upper)


def _refuse_doubled(names: Sequence[str]) -> None:
    counted = Counter(name.casefold() for name in names if name)
    doubled = list(dict.fromkeys(name for name in names if counted[name.casefold()] > 1))
    if doubled:
        where = {
            name: [at + 1 for at, other in enumerate(names) if other.casefold() == name.casefold()] for name in doubled
        }
        listed = "; ".join(
            _("“%(name)s” (columns %(numbers)s)") % {"name": name, "numbers": ", ".join(map(str, numbers))}
            for name, numbers in where.items()
        )
        raise Unreadable(
            ngettext(
                "A column's name stands in the header more than once: %(listed)s. Rename or remove one of them.",
                "Columns' names stand in the header more than once: %(listed)s. Rename or remove the doubles.",
                len(doubled),
            )
            % {"listed": listed},
            doubled=doubled,
        )


def _refuse_missing(names: Sequence[str], known: Mapping[str, int]) -> None:
    missing = [column for column in REQUIRED if column not in known]
    if not missing:
        return
    wanted = "; ".join(
        _("%(column)s (accepted names: %(aliases)s)") % {"column": column, "aliases": ", ".join(ALIASES[column])}
        for column in missing
    )
    found = ", ".join(f"“{name[:40]}”" for name in names[:30] if name) or _("nothing")
    raise Unreadable(
        ngettext(
            "The header lacks a column: %(wanted)s. Found in the first line: %(found)s.",
            "The header lacks columns: %(wanted)s. Found in the first line: %(found)s.",
            len(missing),
        )
        % {"wanted": wanted, "found": found},
        missing=missing,
        found=list(names[:30]),
    )
