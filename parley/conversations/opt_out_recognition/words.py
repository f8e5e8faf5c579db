"""What a reply says once width, accents, case, punctuation, emoji and chat spelling are set aside.

The result is a line of plain lower-case words in which `|` stands wherever the writer paused (a full
stop, a comma, a dash, an emoji): the grammars match words, and never across a pause.
"""

import dataclasses
import re
import unicodedata
from typing import Final

from parley.conversations.opt_out_recognition import spelling

PAUSE: Final = "|"

_SPELLED: Final = re.compile(r"(?<![a-z0-9])[a-z](?:[\s.\-_*,/]+[a-z]){2,11}(?![a-z0-9])")
_TOKEN: Final = re.compile(r"[a-z0-9$@]+|[^a-z0-9$@\s]+|\n+")
_SOFT: Final = frozenset("-'\"`()[]{}<>*_~#/\\&+=^")
_NOT_ASCII_WORD: Final = re.compile(r"[^\x00-\x7f]+")
_APOSTROPHE: Final = re.compile(r"(?<=[a-z])['’ʼ`´](?=[a-z])")
_SPLIT_NOT: Final = re.compile(r"\b(dont|do|can|won|didn|doesn|couldn|wouldn) n?t\b")
_LIST_SLIP: Final = re.compile(
    r"\b((?:off|from) (?:of )?(?:your|the|this|that|all|any|ur) )(?:lost|lust|lis|liat|kist|lisr|lidt|lizt|ist|llist|lsit|lits|liist|listt|loist)\b"
)
_HAS_DIGITS: Final = re.compile(r"\d{4}")
_PHONE_NUMBER: Final = re.compile(
    r"(?<![\d$])(?:\b(?:my|this|the|number) )?\b(?:1 )?(?:\d{3} ?(?:\| )?)?\d{3} ?(?:\| )?\d{4}(?!\d)"
)
_ME_SLIP: Final = re.compile(r"\b(text|texting|remove|delete|take|contact|contacting|messaging) em\b")
_TWO_FOR_TO: Final = re.compile(r"\b(you|want|need|how|asked|told|like|have|wish|trying) 2 ")
_OPT_ME_OT: Final = re.compile(r"\b(opt (?:me|us)) (?:ot|oot|outt|oit|ou|uot|oput|our|iut|oyt|put|outr)\b")
_OPT_OUT: Final = re.compile(
    r"\b(?:opt (?:out|ot|outt|oot|uot|ou|oyt|iut|outr|ouy|oit|oput|iout|ouf|ouut|ourt|aut|otu|uto|ut|oyt|outt|outo|put|our|iut)|(?:otp|opr|ipt|oppt|oput|0pt|opy|optt|opf|opot|oopt|op|opt) out)\b"
)
_INTENSIFIERS: Final = re.compile(
    r"\b(?:(?:mother)?fucking|freaking|freakin|friggin|frickin|damn|goddamn|dang|darn|bloody|the (?:hell|fuck|heck|f)|tf) "
)
_OPT_ME_OUT: Final = re.compile(r"\b(?:otp|opr|ipt|oppt) (?=(?:me|us) out\b)")


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """A reply in plain words. `line` has them with pauses; `words` without; `symbols` are its emoji."""

    line: str
    words: tuple[str, ...]
    symbols: str
    shouted_last: bool
    """The last word, and not the one before it, is in capitals."""


def read(text: str) -> Reply:
    """Reduce `text` to plain words."""
    text = text[:1000]
    symbols = ""
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        symbols = "".join(_NOT_ASCII_WORD.findall(text))
        plain = "".join(character for character in plain if not unicodedata.combining(character))
        plain = plain.translate(_TYPOGRAPHY)
    lower = _APOSTROPHE.sub("", plain.lower())
    if _SPELLED.search(lower):
        lower = _SPELLED.sub(_join_letters, lower)
    tokens: list[str] = []
    for token in _TOKEN.findall(lower):
        first = token[0]
        if (first.isalnum() and token.isascii()) or first in "$@":
            tokens.append(spelling.word(token))
        elif (
            (first == "-" and len(token) == 1 and f" {token} " not in lower)
            or (len(token) == 1 and first in _SOFT and first != "-")
            or token in ("''", '""', "**", "~~", "__")
            or all(character in "()[]{}<>*_~#\"'" for character in token)
        ):
            continue
        elif tokens and tokens[-1] != PAUSE:
            tokens.append(PAUSE)
    while tokens and tokens[-1] == PAUSE:
        tokens.pop()
    line = _mended(_INTENSIFIERS.sub("", " ".join(tokens)))
    words = tuple(word for word in line.split() if word != PAUSE)
    corrected = spelling.with_keywords_mended(line, words)
    if corrected is not None:
        line = corrected
        words = tuple(word for word in line.split() if word != PAUSE)
    return Reply(line=line, words=words, symbols=symbols, shouted_last=_shouted_last(plain))


def _mended(line: str) -> str:
    """Put right what takes two words to see: "opt ot", "un subscribe", "do nt", "off your lost"."""
    if "off" in line or "from" in line:
        line = _LIST_SLIP.sub(r"\1list", line)
    if "opt | out" in line or "un subscribe" in line:
        line = line.replace("opt | out", "opt out").replace("un subscribe", "unsubscribe")
    if _HAS_DIGITS.search(line):
        line = _PHONE_NUMBER.sub("this number", line)
    if " 2 " in line:
        line = _TWO_FOR_TO.sub(r"\1 to ", line)
    if " em" in line or " massag" in line:
        line = _ME_SLIP.sub(r"\1 me", line)
        line = line.replace("stop massaging", "stop messaging").replace("quit massaging", "quit messaging")
    if "non stop" in line:
        line = line.replace("non stop", "nonstop")
    if " nt" in line or " t " in line:
        line = _SPLIT_NOT.sub(
            lambda found: (
                found[1] if found[1].endswith("t") else f"{found[1]}nt" if found[1] == "do" else f"{found[1]}t"
            ),
            line,
        )
    if "op" in line or "ot" in line or "ip" in line:
        line = _OPT_ME_OUT.sub("opt ", _OPT_OUT.sub("opt out", line))
        line = _OPT_ME_OT.sub(r"\1 out", line)
    return line


def _join_letters(match: re.Match[str]) -> str:
    letters = "".join(character for character in match[0] if character.isalpha())
    if letters in spelling.KEYWORDS:
        return letters
    for keyword in ("unsubscribe", "cancel", "stop", "quit"):
        if letters.startswith(keyword):
            return f"{keyword} {letters[len(keyword) :]}"
    return match[0]


def _shouted_last(plain: str) -> bool:
    spoken = re.findall(r"[A-Za-z]+", plain)
    return len(spoken) >= 2 and spoken[-1].isupper() and len(spoken[-1]) > 2 and not spoken[-2].isupper()


_TYPOGRAPHY: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": " - ", "—": " - ", "…": "...", "¡": " ", "¿": " "})  # fmt: skip
