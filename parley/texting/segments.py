"""How many SMS segments a text costs, and cheap punctuation for dear.

A text whose every character is in the GSM 03.38 default alphabet travels as 7-bit septets: 160 in a
single segment, 153 in each of several (the rest is the concatenation header). One other character
makes the whole text UCS-2: 70 and 67 sixteen-bit units. Source: 3GPP TS 23.038 (alphabet and
extension table) and TS 23.040 (concatenation).
"""

import dataclasses
import unicodedata
from typing import Final, Literal

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet: one septet each."""

GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape septet and another, never split over two segments."""

_GSM: Final = GSM_BASIC | GSM_EXTENSION

_CAPACITY: Final[dict[Encoding, tuple[int, int]]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclasses.dataclass(frozen=True, slots=True)
class SegmentCount:
    """What a text costs.

    `characters` is what a person counts (code points), `units` what the network counts (septets, or
    16-bit units of which an emoji takes two or more). `left_in_segment` is how many units still fit
    before another segment begins. `offending` are the characters, each once in order of appearance,
    that force UCS-2; empty for GSM-7.
    """

    encoding: Encoding
    characters: int
    units: int
    segments: int
    left_in_segment: int
    offending: list[str]


def count(text: str) -> SegmentCount:
    """Count the segments of `text`; an empty text has none and a whole segment left."""
    offending = [character for character in dict.fromkeys(text) if character not in _GSM]
    if offending:
        encoding: Encoding = "UCS-2"
        wide = sum(1 for character in text if character > "\uffff")
    else:
        encoding = "GSM-7"
        wide = sum(1 for character in text if character in GSM_EXTENSION)
    units = len(text) + wide
    single, part = _CAPACITY[encoding]
    if units <= single:
        segments, left = (1 if units else 0), single - units
    elif wide:
        segments, left = _pack(text, encoding=encoding, capacity=part)
    else:
        segments = -(-units // part)
        left = segments * part - units
    return SegmentCount(
        encoding=encoding,
        characters=len(text),
        units=units,
        segments=segments,
        left_in_segment=left,
        offending=offending,
    )


def to_gsm(text: str) -> str:
    """Replace punctuation that would force UCS-2 by its GSM-7 equivalent.

    Smart quotes, long dashes, odd spaces, ellipses, bullets and invisible marks; letters are composed
    (e + combining acute -> é) but never stripped of their accents, and emoji are left alone: those are
    what the author meant to say. Running it twice changes nothing more.
    """
    if text.isascii() and "`" not in text and "\t" not in text:
        return text
    return unicodedata.normalize("NFC", text).translate(_PUNCTUATION)


def _pack(text: str, *, encoding: Encoding, capacity: int) -> tuple[int, int]:
    """Fill segments character by character, moving a two-unit character whole into the next one."""
    segments, used = 1, 0
    for character in text:
        size = (2 if character > "\uffff" else 1) if encoding == "UCS-2" else 2 if character in GSM_EXTENSION else 1
        if used + size > capacity:
            segments, used = segments + 1, 0
        used += size
    return segments, capacity - used


def _punctuation_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for characters, replacement in (
        ("\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u0060\uff07\u275b\u275c", "'"),
        ("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u02ee\u3003\uff02\u275d\u275e\u301d\u301e\u301f", '"'),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u02d7\ufe58\ufe63\uff0d\u2e3a\u2e3b", "-"),
        ("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "),
        ("\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u00ad\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ""),
        ("\u2022\u2023\u2219\u25cf\u25e6\u00b7\u204e\u2217\uff0a", "*"),
        ("\u2024\uff0e", "."),
        ("\u2025", ".."),
        ("\u2026\u22ef", "..."),
        ("\u203c", "!!"),
        ("\u2047", "??"),
        ("\u2048", "?!"),
        ("\u2049", "!?"),
        ("\u01c3\uff01", "!"),
        ("\uff1f", "?"),
        ("\uff0c\u3001", ","),
        ("\uff1a\u2236\ua789", ":"),
        ("\uff1b\u037e", ";"),
        ("\u2044\u2215\uff0f", "/"),
        ("\u2216\uff3c", "\\"),
        ("\uff08\u207d\u208d", "("),
        ("\uff09\u207e\u208e", ")"),
        ("\uff05\u066a", "%"),
        ("\uff06", "&"),
        ("\uff03", "#"),
        ("\uff20", "@"),
        ("\uff0b", "+"),
        ("\uff1d", "="),
        ("\u02c6\u2303\uff3e", "^"),
        ("\u02dc\u223c\uff5e", "~"),
        ("\u2223\u2758\uff5c\u00a6", "|"),
        ("\uff3f\u2017", "_"),
        ("\u2028", "\n"),
        ("\u2029", "\n\n"),
        ("\u0085", "\n"),
    ):  # fmt: skip
        table.update(dict.fromkeys(map(ord, characters), replacement))
    return table


_PUNCTUATION: Final = _punctuation_table()
