"""Phone numbers: one spelling (E.164) for every way people write them.

libphonenumber decides what is valid. For numbers of the North American plan (+1) its own metadata is
compiled once into one pattern, because a list of 100,000 contacts is nearly all such numbers and the
library parses some 30,000 a second. Everything else goes to the library itself. A property test holds
the two together.
"""

import re
from collections.abc import Iterable
from typing import Final

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

_PUNCTUATION: Final = str.maketrans("", "", " ().-")
"""What people put between the digits, and the library skips anywhere among them."""

_HOME_COUNTRIES: Final = frozenset({"US", "CA"})
"""Countries whose bare ten digits the pattern may judge. The others of the +1 plan complete seven
local digits with an area code: the library's business."""

_FICTIONAL: Final = r"[2-9]\d{2}55501\d{2}"
"""555-0100 to 555-0199 under any area code, kept free for fiction (NANPA, ATIS-0300115)."""

_TYPES: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def to_e164(raw: str, country: str = "US", *, allow_fictional: bool = False) -> str | None:
    """The E.164 form of `raw`, or None when `phonenumbers.is_valid_number` says that it is none.

    `country` (ISO 3166, two letters) is where a number without "+" is dialled. `allow_fictional` also
    takes +1 NXX 555 01XX under area codes that nobody has: for demonstrations and tests.
    """
    match = _shape(country, allow_fictional).fullmatch(raw.translate(_PUNCTUATION))
    if match is None:
        return _by_library(raw, country)
    valid = match[1]
    return f"+1{valid}" if valid else None


def normalise_column(
    values: Iterable[str | None], country: str = "US", *, allow_fictional: bool = False
) -> list[str | None]:
    """`to_e164` of every value, in order; None and "" give None. Over a million a second on usual spellings."""
    column = [value or "" for value in values]
    bare = "\n".join(column).translate(_PUNCTUATION).split("\n")
    if len(bare) != len(column):  # some value holds a line break, or there is none at all
        bare = [value.translate(_PUNCTUATION) for value in column]
    fullmatch = _shape(country, allow_fictional).fullmatch
    numbers: list[str | None] = []
    append = numbers.append
    for position, digits in enumerate(bare):
        if match := fullmatch(digits):
            valid = match[1]
            append("+1" + valid if valid else None)
        else:
            append(_by_library(column[position], country))
    return numbers


def area_code(e164: str) -> str | None:
    """The three digits after +1, None for other countries."""
    return e164[2:5] if e164.startswith("+1") and len(e164) == 12 else None


def mask(e164: str) -> str:
    """What someone sees who need not know the number: "•••• 0123"."""
    return f"•••• {e164[-4:]}"


def display(e164: str) -> str:
    """The number as people at home write it: "(617) 555-0123", or "+44 20 7946 0000" abroad."""
    if e164.startswith("+1") and len(e164) == 12:
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _by_library(raw: str, country: str) -> str | None:
    if not raw or raw.isspace():
        return None
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _shape(country: str, allow_fictional: bool) -> re.Pattern[str]:
    return _SHAPES[country in _HOME_COUNTRIES, allow_fictional]


def _compile(*, at_home: bool, allow_fictional: bool) -> re.Pattern[str]:
    """A pattern that matches what the library would surely read as +1; group 1 when it is also valid.

    A first digit of 0 or 1 is left to the library: it may be an international prefix.
    """
    lead = r"(?:\+?1)?" if at_home else r"\+1"
    valid = _north_american()
    if allow_fictional:
        valid = f"{_FICTIONAL}|{valid}"
    return re.compile(rf"{lead}(?:({valid})|[2-9]\d{{9}})", re.ASCII)


def _north_american() -> str:
    """The union of the valid national numbers of all +1 regions.

    The library asks the regions in turn; one with leading digits answers for all numbers that start
    with them, and the others only for the numbers that they know.
    """
    pattern = ""
    for region in reversed(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]):
        metadata = PhoneMetadata.metadata_for_region(region)
        if metadata is None:
            continue
        known = _known_to(metadata)
        if metadata.leading_digits:
            leads = f"(?:{metadata.leading_digits})"
            pattern = f"(?={leads}){known}|(?!{leads})(?:{pattern})" if pattern else f"(?={leads}){known}"
        else:
            pattern = f"{known}|{pattern}" if pattern else known
    return rf"(?=\d{{10}}\Z)(?:{pattern})"


def _known_to(metadata: PhoneMetadata) -> str:
    general = metadata.general_desc
    if general is None or general.national_number_pattern is None:
        return r"(?!)"
    patterns = {
        description.national_number_pattern
        for description in (getattr(metadata, kind) for kind in _TYPES)
        if description is not None and description.national_number_pattern
    }
    return rf"(?=(?:{general.national_number_pattern})\Z)(?:{'|'.join(sorted(patterns))})(?=\Z)"


_SHAPES: Final = {
    (at_home, allow_fictional): _compile(at_home=at_home, allow_fictional=allow_fictional)
    for at_home in (True, False)
    for allow_fictional in (True, False)
}
