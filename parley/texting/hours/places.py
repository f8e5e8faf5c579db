"""Which time zones and state a zip, a state and a phone number speak of.

IANA names only. The zip table was compiled by hand after the USPS's prefixes by state, and the zones
after what counties are known to keep; it has not been checked line by line against USPS list L002 and
49 CFR part 71, which decide. Where a prefix lies across a boundary both zones are given, and whoever
asks takes the narrower hours. Area codes are libphonenumber's own table, but for those of the stricter
states, which are listed here.
"""

import datetime as dt
import functools
import re
import zoneinfo
from typing import Final

import phonenumbers
from phonenumbers import timezone as phone_timezone

Zones = frozenset[str]

EASTERN: Final = "America/New_York"
CENTRAL: Final = "America/Chicago"
MOUNTAIN: Final = "America/Denver"
PACIFIC: Final = "America/Los_Angeles"
ARIZONA: Final = "America/Phoenix"
ALASKA: Final = "America/Anchorage"
ALEUTIAN: Final = "America/Adak"
HAWAII: Final = "Pacific/Honolulu"
ATLANTIC: Final = "America/Puerto_Rico"
GUAM: Final = "Pacific/Guam"
SAMOA: Final = "Pacific/Pago_Pago"

#: American zones whose clocks have agreed for years are one, so that there are fewer groups of contacts.
_SAME: Final = {
    "America/Detroit": EASTERN, "America/Indiana/Indianapolis": EASTERN, "America/Indianapolis": EASTERN,
    "America/Kentucky/Louisville": EASTERN, "America/Louisville": EASTERN, "America/Menominee": CENTRAL,
    "America/Indiana/Knox": CENTRAL, "America/North_Dakota/Center": CENTRAL, "America/Boise": MOUNTAIN,
    "America/Juneau": ALASKA, "America/Sitka": ALASKA, "America/Nome": ALASKA, "America/St_Thomas": ATLANTIC,
    "Pacific/Saipan": GUAM,
}  # fmt: skip

_CODES: Final = {
    "E": (EASTERN,), "C": (CENTRAL,), "M": (MOUNTAIN,), "P": (PACIFIC,), "Z": (ARIZONA,), "A": (ALASKA,), "H": (HAWAII,), "R": (ATLANTIC,), "G": (GUAM,),
    "EC": (EASTERN, CENTRAL), "CM": (CENTRAL, MOUNTAIN), "MP": (MOUNTAIN, PACIFIC), "ZM": (ARIZONA, MOUNTAIN), "AX": (ALASKA, ALEUTIAN), "S": (SAMOA,),
    "O": (GUAM, "Pacific/Palau", "Pacific/Chuuk", "Pacific/Pohnpei", "Pacific/Majuro"), "": (),
    "N": ("America/St_Johns",), "L": ("America/Halifax",), "K": ("America/Regina",), "Y": ("America/Whitehorse",),
    "QL": ("America/Toronto", "America/Halifax"), "NT": ("America/Toronto", "America/Winnipeg", "America/Edmonton"), "NL": ("America/St_Johns", "America/Halifax"), "T": ("America/Toronto",), "TW": ("America/Toronto", "America/Winnipeg"), "W": ("America/Winnipeg",), "D": ("America/Edmonton",),
    "V": ("America/Vancouver", "America/Edmonton", "America/Dawson_Creek"), "B": ("America/Vancouver",),
}  # fmt: skip

#: State or territory: the zones that its people live in.
_STATES: Final = {
    "AL": "C", "AK": "AX", "AZ": "ZM", "AR": "C", "CA": "P", "CO": "M", "CT": "E", "DE": "E", "DC": "E", "FL": "EC", "GA": "E", "HI": "H", "ID": "MP",
    "IL": "C", "IN": "EC", "IA": "C", "KS": "CM", "KY": "EC", "LA": "C", "ME": "E", "MD": "E", "MA": "E", "MI": "EC", "MN": "C", "MS": "C", "MO": "C",
    "MT": "M", "NE": "CM", "NV": "MP", "NH": "E", "NJ": "E", "NM": "M", "NY": "E", "NC": "E", "ND": "CM", "OH": "E", "OK": "C", "OR": "MP", "PA": "E",
    "RI": "E", "SC": "E", "SD": "CM", "TN": "EC", "TX": "CM", "UT": "M", "VT": "E", "VA": "E", "WA": "P", "WV": "E", "WI": "C", "WY": "M",
    "PR": "R", "VI": "R", "GU": "G", "MP": "G", "AS": "S",
    "AB": "D", "BC": "V", "MB": "W", "NB": "L", "NL": "NL", "NS": "L", "NT": "D", "NU": "NT", "ON": "TW", "PE": "L", "QC": "QL", "SK": "K", "YT": "Y",
}  # fmt: skip

_STATE_NAMES: Final = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO", "connecticut": "CT", "delaware": "DE",
    "district of columbia": "DC", "washington dc": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN",
    "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI",
    "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY", "puerto rico": "PR", "us virgin islands": "VI", "virgin islands": "VI",
    "guam": "GU", "northern mariana islands": "MP", "american samoa": "AS", "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB",
    "newfoundland and labrador": "NL", "newfoundland": "NL", "nova scotia": "NS", "northwest territories": "NT", "nunavut": "NU", "ontario": "ON",
    "prince edward island": "PE", "quebec": "QC", "québec": "QC", "saskatchewan": "SK", "yukon": "YT",
}  # fmt: skip

#: First and last three-digit zip prefix, state, zones.
_ZIP_RANGES: Final = """
005 005 NY E|006 007 PR R|008 008 VI R|009 009 PR R|010 027 MA E|028 029 RI E|030 038 NH E|039 049 ME E|050 054 VT E|055 055 MA E|056 059 VT E
060 069 CT E|070 089 NJ E|100 149 NY E|150 196 PA E|197 199 DE E|200 200 DC E|201 201 VA E|202 205 DC E|206 219 MD E|220 246 VA E|247 268 WV E
270 289 NC E|290 299 SC E|300 319 GA E|320 323 FL E|324 324 FL EC|325 325 FL C|326 339 FL E|341 342 FL E|344 344 FL E|346 347 FL E|349 349 FL E
350 367 AL C|368 368 AL EC|369 369 AL C|370 372 TN C|373 373 TN EC|374 374 TN E|375 375 TN C|376 379 TN E|380 385 TN C|386 397 MS C|398 399 GA E
400 400 KY E|401 401 KY EC|402 418 KY E|420 420 KY C|421 421 KY EC|422 424 KY C|425 425 KY E|426 427 KY EC|430 459 OH E|460 462 IN E|463 463 IN EC
464 464 IN C|465 465 IN EC|466 468 IN E|469 469 IN EC|470 474 IN E|475 476 IN EC|477 477 IN C|478 478 IN E|479 479 IN EC|480 497 MI E|498 499 MI EC
500 516 IA C|520 528 IA C|530 532 WI C|534 535 WI C|537 549 WI C|550 551 MN C|553 567 MN C|569 569 DC E|570 574 SD C|575 576 SD CM|577 577 SD M
580 584 ND C|585 586 ND CM|587 587 ND C|588 588 ND CM|590 599 MT M|600 620 IL C|622 629 IL C|630 631 MO C|633 641 MO C|644 658 MO C|660 662 KS C
664 676 KS C|677 678 KS CM|679 679 KS C|680 681 NE C|683 689 NE C|690 692 NE CM|693 693 NE M|700 701 LA C|703 708 LA C|710 714 LA C|716 729 AR C
730 731 OK C|733 733 TX C|734 741 OK C|743 749 OK C|750 770 TX C|772 797 TX C|798 798 TX CM|799 799 TX M|800 816 CO M|820 831 WY M|832 834 ID M
835 835 ID MP|836 837 ID M|838 838 ID P|840 847 UT M|850 853 AZ Z|855 855 AZ ZM|856 857 AZ Z|859 860 AZ ZM|863 864 AZ Z|865 865 AZ ZM|870 871 NM M
873 884 NM M|885 885 TX M|889 891 NV P|893 895 NV P|897 897 NV P|898 898 NV MP|900 908 CA P|910 928 CA P|930 961 CA P|967 968 HI H|969 969 GU O
970 978 OR P|979 979 OR MP|980 986 WA P|988 994 WA P|995 999 AK A
"""

#: Single zips that keep other time than their neighbours, or are another territory.
_ZIPS: Final = {"99546": ("AK", "AX"), "99547": ("AK", "AX"), "96799": ("AS", "S"), **{f"969{n}": ("GU", "G") for n in range(10, 33)}, **{f"969{n}": ("MP", "G") for n in (50, 51, 52)}}  # fmt: skip

#: First letter of a Canadian postal code: province and zones.
_POSTAL: Final = {
    "A": ("NL", "NL"), "B": ("NS", "L"), "C": ("PE", "L"), "E": ("NB", "L"), "G": ("QC", "QL"), "H": ("QC", "T"), "J": ("QC", "T"), "K": ("ON", "T"),
    "L": ("ON", "T"), "M": ("ON", "T"), "N": ("ON", "T"), "P": ("ON", "TW"), "R": ("MB", "W"), "S": ("SK", "K"), "T": ("AB", "D"), "V": ("BC", "V"),
    "X": ("NT", "NT"), "Y": ("YT", "Y"),
}  # fmt: skip
_POSTAL_CODE: Final = re.compile(r"([ABCEGHJ-NPRSTVXY])\d[A-Z](?: ?\d[A-Z]\d)?")

#: Area codes of the states with stricter hours (NANPA).
_STRICTER_AREA_CODES: Final = {
    code: state
    for state, codes in {
        "FL": "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954",
        "OK": "405 539 572 580 918",
        "MD": "227 240 301 410 443 667",
        "MS": "228 471 601 662 769",
        "NJ": "201 551 609 640 732 848 856 862 908 973",
        "CT": "203 475 860 959",
        "TX": "210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972 979",
        "RI": "401",
    }.items()
    for code in codes.split()
}
_TOO_MANY: Final = 6
"""A +1 number that may be in more zones than this (toll-free) says nothing about a place; of the zones
of a wide country only those at its edges are kept, because no other can narrow the hours further."""


@functools.lru_cache(maxsize=65_536)
def of_zip(written: str) -> tuple[Zones, str | None]:
    """Zones and state of a zip as people and spreadsheets write it: "02139", "2139", "02139-1234"."""
    text = written.strip().upper()
    first = text.split("-")[0].split(".")[0].strip()
    if first.isdigit() and first.isascii() and 3 <= len(first) <= 9 and len(first) not in (6, 7):
        five = first.zfill(5) if len(first) <= 5 else first.zfill(9)[:5]
        state, code = _ZIPS.get(five) or _PREFIXES.get(five[:3], ("", ""))
        return frozenset(_CODES[code]), state or None
    if match := _POSTAL_CODE.fullmatch(text):
        province, code = _POSTAL[match[1]]
        return frozenset(_CODES[code]), province
    return frozenset(), None


@functools.lru_cache(maxsize=4096)
def of_state(written: str) -> tuple[Zones, str | None]:
    """Zones and postal code of a state or province by its code or English name."""
    name = " ".join(written.replace(".", " ").split())
    code = name.replace(" ", "").upper()
    if code not in _STATES:
        code = _STATE_NAMES.get(name.lower(), "")
    return (frozenset(_CODES[_STATES[code]]), code) if code else (frozenset(), None)


def of_cell(cell: str) -> tuple[Zones, str | None]:
    """Zones of an E.164 number, and its state where that has stricter hours."""
    return _of_american(cell[:8]) if cell.startswith("+1") else (_of_foreign(cell), None)


@functools.lru_cache(maxsize=65_536)
def _of_american(prefix: str) -> tuple[Zones, str | None]:
    digits = prefix[2:]
    if not digits.isdigit():
        return frozenset(), None
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{digits:0<10}"))
    names = phone_timezone.time_zones_for_geographical_number(number)
    if phone_timezone.UNKNOWN_TIMEZONE in names or len(names) > _TOO_MANY:
        return frozenset(), None
    return frozenset(_SAME.get(name, name) for name in names), _STRICTER_AREA_CODES.get(digits[:3])


@functools.lru_cache(maxsize=65_536)
def _of_foreign(cell: str) -> Zones:
    try:
        names = phone_timezone.time_zones_for_number(phonenumbers.parse(cell))
    except phonenumbers.NumberParseException:
        return frozenset()
    return frozenset() if phone_timezone.UNKNOWN_TIMEZONE in names else _edges(sorted(names))


def _edges(names: list[str]) -> Zones:
    if len(names) <= _TOO_MANY:
        return frozenset(names)
    edges = set()
    for month in (1, 7):
        moment = dt.datetime(2026, month, 1, tzinfo=dt.UTC)
        by_clock = sorted(names, key=lambda name: moment.astimezone(zoneinfo.ZoneInfo(name)).replace(tzinfo=None))
        edges |= {by_clock[0], by_clock[-1]}
    return frozenset(edges)


def _prefixes() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    for line in _ZIP_RANGES.replace("\n", "|").strip("|").split("|"):
        first, last, state, code = line.split()
        table.update({f"{prefix:03}": (state, code) for prefix in range(int(first), int(last) + 1)})
    return table


_PREFIXES: Final = _prefixes()
