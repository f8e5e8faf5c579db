"""Whether a reply asks us to stop: by keyword, then by phrases of intent, in English and Spanish."""

import enum
import itertools
from collections.abc import Iterator
from typing import Final

from parley.conversations.opt_out_recognition import english, guards, keywords, sieve, spanish, undoing, words
from parley.conversations.opt_out_recognition.words import Reply


class Verdict(enum.StrEnum):
    """What a reply asks for."""

    #: opted out at once
    STOP = "stop"
    #: shown to the texter, who confirms with one key
    LIKELY = "likely"
    NO = "no"


_SYMBOLS_STOP: Final = frozenset("🛑🚫🖕⛔❌🤬✋🙅🔇🚷📵🚯❎✖")


def recognise(text: str) -> Verdict:
    """Whether `text`, a reply, asks to be texted no more. Pure; over 20,000 a second."""
    reply = words.read(text)
    if not reply.line:
        return Verdict.LIKELY if _SYMBOLS_STOP.intersection(reply.symbols) else Verdict.NO
    if keywords.is_bare(reply):
        return Verdict.STOP
    if keywords.starts(reply) or guards.ACCIDENT.search(reply.line):
        return Verdict.NO
    limited = False
    for ruling in itertools.chain(_english(reply), _spanish(reply)):
        if ruling == "stands":
            return Verdict.STOP
        limited = limited or ruling == "unless"
    if _shouted(reply):
        return Verdict.STOP
    return Verdict.LIKELY if limited or _likely(reply) else Verdict.NO


def _english(reply: Reply) -> Iterator[str]:
    """How each English request fares: it "stands", or what limits it ("time", "unless")."""
    line = reply.line
    if english.OPENING.match(line) and not (guards.GLAD.search(line) and "please" not in line):
        yield "stands"
        return
    for place, pattern in _IMPERATIVE.promising(reply.words):
        for match in pattern.finditer(line):
            yield undoing.why_not(line, match, _KINDS[place]) or "stands"
    for _, pattern in _NEGATIVE.promising(reply.words):
        for match in pattern.finditer(line):
            limit = guards.limit(line, match, own_negation=True)
            if limit or not guards.told_others(guards.before(line, match)):
                yield limit or "stands"


def _spanish(reply: Reply) -> Iterator[str]:
    """How each Spanish request fares."""
    line = reply.line
    for _, pattern in _SPANISH.promising(reply.words):
        for match in pattern.finditer(line):
            if not spanish.NO_BEFORE.search(guards.before(line, match)):
                yield "time" if guards.TIMED_ES.search(line[match.end() :]) else "stands"
    for _, pattern in _SPANISH_NEGATIVE.promising(reply.words):
        for match in pattern.finditer(line):
            after = line[match.end() :]
            if guards.TIMED_ES.search(after):
                yield "time"
            elif not spanish.rather_texts(match[0], after) and not spanish.OTHER_OBJECT.match(after):
                yield "stands"


def _shouted(reply: Reply) -> bool:
    """Whether the reply ends in a STOP louder than what goes before."""
    line = reply.line
    return (
        reply.shouted_last
        and reply.words[-1] in ("stop", "unsubscribe", "quit")
        and reply.words[-2] not in ("must", "to", "should", "will", "we", "us")
        and not guards.WHERE_TO.search(line)
        and not guards.NEGATED.search(line[: line.rfind(" ")])
    )


def _likely(reply: Reply) -> bool:
    line = reply.line
    if any(pattern.search(line) for _, pattern in _LIKELY.promising(reply.words)):
        return True
    return bool(_SYMBOLS_STOP.intersection(reply.symbols)) and len(reply.words) <= 2 and "🖕" in reply.symbols


_IMPERATIVE: Final = sieve.Sieve(pattern for _, pattern in english.IMPERATIVE)
_KINDS: Final = tuple(kind for kind, _ in english.IMPERATIVE)
_NEGATIVE: Final = sieve.Sieve(english.NEGATIVE)
_SPANISH: Final = sieve.Sieve(spanish.IMPERATIVE)
_SPANISH_NEGATIVE: Final = sieve.Sieve(spanish.NEGATIVE)
_LIKELY: Final = sieve.Sieve((*english.LIKELY, *spanish.LIKELY))
