"""Which of many patterns are worth trying on a reply.

Most replies ask for nothing, and most patterns cannot match without some word: "cancel", "leave",
"mensaje". What a pattern cannot do without is read from the pattern itself, so that nothing has to be
kept in step by hand, and is remembered per word of the replies. It only ever saves time: a pattern
that is passed over could not have matched.
"""

import functools
import re
import re._constants as constants  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator
from typing import Any


class Sieve:
    """Compiled patterns, and for each the pieces of words of which a match holds at least one."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(re.compile(pattern) for pattern in patterns)
        pieces = [_needed(parser.parse(pattern.pattern)) for pattern in self.patterns]
        self._always = sum(1 << place for place, needed in enumerate(pieces) if not needed)
        self._pieces = tuple((1 << place, tuple(needed)) for place, needed in enumerate(pieces) if needed)
        self._of_word = functools.lru_cache(maxsize=20_000)(self._patterns_of_word)

    def promising(self, words: Iterable[str]) -> Iterator[tuple[int, re.Pattern[str]]]:
        """The patterns that could match a line of these words, with their places, in order."""
        bits = self._always
        of_word = self._of_word
        for word in words:
            bits |= of_word(word)
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            place = lowest.bit_length() - 1
            yield place, self.patterns[place]

    def _patterns_of_word(self, word: str) -> int:
        return sum(bit for bit, pieces in self._pieces if any(piece in word for piece in pieces))


def _needed(sequence: Any) -> frozenset[str]:
    """Pieces of words of which any match of `sequence` holds at least one; empty when nothing is certain."""
    best: frozenset[str] = frozenset()
    letters = ""
    for operation, argument in [*sequence, (None, None)]:
        if operation is constants.LITERAL and chr(argument).isalnum():
            letters += chr(argument)
            continue
        best = _better(best, frozenset({letters}) if letters else frozenset())
        letters = ""
        if operation is constants.SUBPATTERN:
            best = _better(best, _needed(argument[3]))
        elif operation is constants.BRANCH:
            branches = [_needed(branch) for branch in argument[1]]
            if all(branches):
                best = _better(best, frozenset().union(*branches))
        elif operation in (constants.MAX_REPEAT, constants.MIN_REPEAT) and argument[0] >= 1:
            best = _better(best, _needed(argument[2]))
    return best


def _better(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The choice that fewer words will satisfy: that with the longer shortest piece, then the smaller."""
    if not one or not other:
        return one or other
    return max(one, other, key=lambda pieces: (min(5, *map(len, pieces)), -len(pieces)))
