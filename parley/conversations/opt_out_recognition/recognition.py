"""Whether a reply asks us to stop: by keyword, then by phrases of intent, in English and Spanish."""

import enum
import itertools
import re
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


#: "My husband doesn't want texts but I do."
_BUT_I_DO: Final = re.compile(
    r"^(?: \w+){0,3}(?: \|)? but (?:i do|i would|i want|i like|i love|im fine|im happy|keep)\b"
)
#: What a phone sends for a reaction to our own message, which it quotes.
_REACTION: Final = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted .{1,12} to|removed an? \w+ from|le gustó|le encantó) [“\"‘']",
    re.IGNORECASE,
)
#: Replies that may end in "stop" without a request in it.
_ABOUT_STOPS: Final = re.compile(
    r"\b(?:get off|got off|getting off|bus|train|subway|metro|sign|signs|transit|wrong|ride|near|nearest|closest|hit|hits|told|why|when|where|does|did|makes?|made|hope|said|says)\b"
)
_SYMBOLS_STOP: Final = frozenset("🛑🚫🖕⛔❌🤬✋🙅🔇🚷📵🚯❎✖")


def recognise(text: str) -> Verdict:
    """Whether `text`, a reply, asks to be texted no more. Pure; over 20,000 a second."""
    reply = words.read(text)
    if not reply.line:
        return Verdict.LIKELY if _SYMBOLS_STOP.intersection(reply.symbols) else Verdict.NO
    if keywords.is_bare(reply):
        return _unless_musing(reply)
    if keywords.starts(reply):
        return Verdict.NO
    verdict = _phrased(reply)
    if verdict is not Verdict.NO and (guards.ACCIDENT.search(reply.line) or _REACTION.match(text)):
        return Verdict.NO
    return verdict


def _phrased(reply: Reply) -> Verdict:
    limited = False
    for ruling in itertools.chain(_english(reply), _spanish(reply)):
        if ruling == "stands":
            return _unless_musing(reply)
        limited = limited or ruling == "unless"
    if _ends_in_stop(reply):
        return _unless_musing(reply)
    return Verdict.LIKELY if limited or _likely(reply) else Verdict.NO


def _unless_musing(reply: Reply) -> Verdict:
    if not guards.MUSING.search(reply.line) and not undoing.texts_welcome(reply.line):
        return Verdict.STOP
    return Verdict.LIKELY if _likely(reply) else Verdict.NO


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
            if _BUT_I_DO.search(line[match.end() :]) or undoing.calls_only(line, match[0]):
                continue
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


def _ends_in_stop(reply: Reply) -> bool:
    """Whether the reply ends in a STOP of its own: "no hablo ingles stop"."""
    line = reply.line
    return (
        len(reply.words) >= 2
        and reply.words[-1] in (("stop", "unsubscribe", "quit") if reply.shouted_last else ("stop", "unsubscribe"))
        and (reply.shouted_last or (len(reply.words) >= 3 and not _ABOUT_STOPS.search(line)))
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
