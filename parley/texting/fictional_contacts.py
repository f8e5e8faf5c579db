"""People who do not exist, for demonstrations, tests and measurements.

Their numbers are 555-0100 to 555-0199 under the area codes of where they live, which are kept free for
fiction (NANPA, ATIS-0300115); a list too long for those goes on into the rest of 555.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

COLUMNS: Final = (
    "first_name",
    "last_name",
    "phone_number",
    "email",
    "zip",
    "fav_color",
    "source_id_type",
    "source_id",
    "van_statecode",
)
#: numbers of an area code: 100 for fiction, then the rest of 555 without the directory service's 555-1212
_LINES: Final = (*range(100, 200), *(line for line in range(200, 10_000) if line != 1212))

#: state, ZIP codes, area codes; as many times as its share of the people
_PLACES: Final = (
    ("MA", ("02139", "02141", "01002", "02740"), ("617", "857", "413", "508")),
    ("NY", ("10001", "11201", "14201", "10463"), ("212", "718", "716", "917")),
    ("PA", ("19103", "15213", "18015"), ("215", "412", "610")),
    ("GA", ("30303", "31401", "30601"), ("404", "912", "706")),
    ("FL", ("33125", "32501", "32801"), ("305", "850", "407")),
    ("MI", ("48201", "49503"), ("313", "616")),
    ("IL", ("60608", "62701", "61820"), ("312", "773", "217")),
    ("TX", ("78701", "77002", "79901", "75201"), ("512", "713", "915", "214")),
    ("WI", ("53703", "53202"), ("608", "414")),
    ("MN", ("55404", "55802"), ("612", "218")),
    ("CO", ("80203", "81001"), ("303", "719")),
    ("AZ", ("85003", "86001", "85701"), ("602", "928", "520")),
    ("NM", ("87102",), ("505",)),
    ("CA", ("94110", "90012", "93701", "92101"), ("415", "213", "559", "619")),
    ("WA", ("98101", "99201"), ("206", "509")),
    ("OR", ("97205", "97401"), ("503", "541")),
    ("AK", ("99501",), ("907",)),
    ("HI", ("96813",), ("808",)),
)
_WEIGHTS: Final = (9, 11, 8, 7, 8, 5, 7, 10, 4, 4, 4, 4, 2, 12, 5, 4, 1, 1)

_FIRST: Final = [
    "Maria",
    "James",
    "Aaliyah",
    "Wei",
    "Sofia",
    "Noah",
    "Fatima",
    "Diego",
    "Emma",
    "Kwame",
    "Olivia",
    "Mateo",
    "Priya",
    "Liam",
    "Chloe",
    "Hiroshi",
    "Ana",
    "Elijah",
    "Grace",
    "Omar",
    "Lucía",
    "Ethan",
    "Mei",
    "Isaac",
    "Ruth",
    "Andrés",
    "Nia",
    "Samuel",
    "Zoë",
    "Malik",
    "Hannah",
    "Tomás",
    "Leila",
    "Caleb",
    "Ingrid",
    "José",
    "Amara",
    "Peter",
    "Yuki",
    "Rosa",
    "Daniel",
    "Thandi",
    "Joseph",
    "Elena",
    "Marcus",
    "Siobhán",
    "Victor",
    "Imani",
    "Walter",
    "Noor",
]
_LAST: Final = [
    "Garcia",
    "Smith",
    "Nguyen",
    "Johnson",
    "Patel",
    "Williams",
    "Kim",
    "Brown",
    "Martínez",
    "Jones",
    "Okafor",
    "Miller",
    "Davis",
    "Hernández",
    "Wilson",
    "Chen",
    "Anderson",
    "O'Brien",
    "Thomas",
    "Lopez",
    "Jackson",
    "Haddad",
    "White",
    "Rivera",
    "Harris",
    "Singh",
    "Clark",
    "Torres",
    "Lewis",
    "Kowalski",
    "Walker",
    "Diaz",
    "Young",
    "Begum",
    "Allen",
    "Flores",
    "King",
    "Mensah",
    "Wright",
    "Vargas",
    "Scott",
    "Cohen",
    "Hill",
    "Ramírez",
    "Green",
    "Yamamoto",
    "Adams",
    "Núñez",
    "Baker",
    "Whitefeather",
]
_COLORS: Final = ("red", "orange", "yellow", "green", "blue", "purple")
_PLAIN: Final = str.maketrans("áéíóúñë'", "aeioune_")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """`count` people as rows of COLUMNS, everybody with a number of their own; always the same ones.

    Some have moved and kept their number, and a few have no ZIP code. Raises ValueError for more than
    there are numbers.
    """
    codes = [code for _state, _zips, found in _PLACES for code in found]
    if count > len(codes) * len(_LINES):
        raise ValueError(f"at most {len(codes) * len(_LINES)} people")
    chance = random.Random(20_555)
    used = dict.fromkeys(codes, 0)
    for index in range(count):
        state, zips, own = chance.choices(_PLACES, _WEIGHTS)[0]
        code = chance.choice(codes if chance.random() < 0.12 else own)
        # Fiction first: a code whose hundred are given out hands on to the one with most left.
        if used[code] >= 100:
            code = min(codes, key=used.__getitem__)
        line = _LINES[used[code]]
        used[code] += 1
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        yield (
            first,
            last,
            _spelled(code, line, index),
            f"{first}.{last}.{index}@example.org".lower().translate(_PLAIN),
            "" if chance.random() < 0.03 else chance.choice(zips),
            _COLORS[index % len(_COLORS)],
            "custom",
            str(index),
            state,
        )


def _spelled(code: str, line: int, index: int) -> str:
    """In one of the ways in which people write numbers."""
    return (f"+1{code}555{line:04d}", f"({code}) 555-{line:04d}", f"{code}-555-{line:04d}", f"{code}.555.{line:04d}")[
        index % 4
    ]
