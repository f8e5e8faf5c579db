"""Replies that are a keyword, with nothing around it but courtesy (or the lack of it)."""

import re
from typing import Final

from parley.conversations.opt_out_recognition import guards, words
from parley.conversations.opt_out_recognition.spelling import KEYWORDS
from parley.conversations.opt_out_recognition.words import PAUSE, Reply

#: Twilio's opt-out keywords (docs: messaging/tutorials/advanced-opt-out). Only an exact single word is handled there.
_PROVIDER_KEYWORDS: Final = frozenset(
    {
        "stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"
    }
)  # fmt: skip

#: YES is left out: Twilio takes it for an opt-in, but said to a volunteer it is an answer.
_START: Final = frozenset(
    {
        "start", "unstop", "optin", "opt in", "opt me in", "opt me back in", "opt back in", "resubscribe", "subscribe",
        "restart", "start again", "please start", "start please", "comenzar", "empezar", "iniciar", "reanudar",
        "suscribir", "suscribirme", "start texts", "resume"
    }
)  # fmt: skip
_HELP: Final = frozenset(
    {
        "help", "info", "ayuda", "informacion", "help please", "please help", "helpme", "help info"
    }
)  # fmt: skip

_POLITE: Final = frozenset(
    [
        "please", "thanks", "thank", "you", "now", "just", "ok", "okay", "hi", "hello", "hey", "sorry", "kindly", "sir",
        "maam", "already", "immediately", "all", "it", "this", "that", "asap", "right", "away", "me", "texts", "text",
        "texting", "messages", "messaging", "us", "everything", "fucking", "fuck", "damn", "dammit", "goddamn",
        "idiots", "idiot", "people", "assholes", "asshole", "bitch", "bitches", "por", "favor", "gracias", "ya", "dude",
        "bro", "man", "mam", "lol", "again", "and", "at", "once", "forever", "reply", "no", "more", "for", "good",
        "today", "the", "yes", "yo", "nah", "bruh", "girl", "pal", "buddy", "bud", "mate", "fam", "sis", "mister", "lady", "ladies", "gentlemen",
        "honey", "sweetie", "dear", "hon", "friend", "whoever", "weirdo", "wtf", "smh", "ffs", "jfc", "omfg", "fr", "rn", "tf", "af",
        "literally", "honestly", "really", "simply", "omg", "senor", "senora", "amigo", "amigos", "dije", "digo", "um", "well",
        "yeah", "yep", "nope", "x", "times", "time", "request", "second", "third", "last", "final", "2nd", "3rd", "4th", "oh", "um", "ugh", "god", "jesus", "sent", "from", "my", "iphone", "seriously",
        "guys", "spam", "spammers", "señor", "hola", "esto", "eso", "mas", "lo", "stop", "either", "folks", "team",
        "jerk", "jerks", "morons", "moron", "creeps", "creep", "losers", "loser", "scammers", "scammer", "liars",
        "liar", "bot", "finally", "here", "so", "period", "i", "said", "with", "u", "y"
    ]
)  # fmt: skip
#: These are everyday words too: alone they are keywords, inside a longer reply they need a phrase around them.
_ONLY_ALONE: Final = frozenset(
    {
        "end", "td", "alto", "pare", "baja", "cancel", "revoke", "quit", "cancele", "cancelar", "remove", "arret",
        "cease", "detener", "salir", "discontinue", "desist", "parar", "halt", "terminate", "deactivate", "eliminar", "remover", "borrar",
        "quitar", "anular", "delete", "unlist"
    }
)  # fmt: skip
_ALONE_POLITE: Final = frozenset(
    [
        "please", "thanks", "thank", "you", "now", "just", "ok", "okay", "hi", "hello", "hey", "sorry", "kindly", "me",
        "immediately", "asap", "por", "favor", "gracias", "ya", "already", "reply", "text", "texts", "everything",
        "this", "it", "all", "idiots", "fucking", "again", "sir", "maam", "messages", "us", "spam", "messaging",
        "texting", "yes", "i", "said", "stop", "quit", "end", "cancel", "unsubscribe", "remove"
    ]
)  # fmt: skip
_COUNT: Final = re.compile(r"x\d{1,4}|\d{1,4}x")
_SPANISH_KEYWORDS: Final = frozenset(
    {
        "paren", "cancelen", "cancele", "detengan", "detenganse", "pare", "parar", "cancelar", "detener", "salir"
    }
)  # fmt: skip
#: Forms of a whole reply that are more than one word.
_WHOLE: Final = frozenset(
    {
        "stop all", "opt out", "opted out", "opting out", "opt me out", "remove me", "stop end quit", "unsubscribe me",
        "opt us out", "stop to end", "stop to quit", "stop to stop", "stop to opt out", "reply stop to end", "text stop to end",
        "reply stop to opt out", "stop to unsubscribe", "end texts", "un subscribe", "not interested stop", "how to stop", "out please", "please out", "i want out", "want out", "removed please", "removal please", "removal",
        "list removal", "remove from list", "unsubscribed", "we opt out", "i opt out", "removed", "no send", "dont send", "out out out"
    }
)  # fmt: skip
#: Everyday words that may be one whole sentence of several.
_SENTENCES: Final = frozenset({"remove", "quit", "revoke", "cancel", "cease", "parar", "paren", "baja"})
_SENTENCES_ANYWHERE: Final = frozenset({"remove", "quit", "baja", "parar", "paren"})


def is_keyword(text: str) -> bool:
    """Whether the provider has handled `text` itself (Twilio: one exact word, any case, spaces around it)."""
    return text.strip().lower() in _PROVIDER_KEYWORDS


def is_start(text: str) -> bool:
    """Whether `text` takes an opt-out back: START, UNSTOP and their like, alone. YES is not among them."""
    return words.read(text[:60]).line in _START


def is_help(text: str) -> bool:
    """Whether `text` asks for help by keyword: HELP, INFO, AYUDA, alone."""
    return words.read(text[:60]).line in _HELP


def starts(reply: Reply) -> bool:
    """Whether the reply is START or one of its like."""
    return reply.line in _START


def is_bare(reply: Reply) -> bool:
    """Whether the reply, or one sentence of it, is a keyword and courtesy."""
    spoken = reply.words
    if len(spoken) == 1:
        return spoken[0] in KEYWORDS
    if reply.line in _WHOLE:
        return True
    if len(spoken) <= 6 and all(word in _ALONE_POLITE or word in KEYWORDS for word in spoken):
        asks = reply.line.replace(" |", "")
        if any(word in KEYWORDS for word in spoken) and not asks.startswith(("yes end", "all end", "i quit", "i end")):
            return True
    clauses = [clause.split() for clause in reply.line.split(PAUSE)]
    several = len(clauses) > 1
    if any(_is_bare_sentence(clause, reply.line, several=several) for clause in clauses):
        return True
    return several and any(_is_bare_everyday_word(clauses, position) for position in range(len(clauses)))


def _is_bare_sentence(spoken: list[str], line: str, *, several: bool) -> bool:
    if not 0 < len(spoken) <= 6:
        return False
    strong = [word for word in spoken if word in KEYWORDS and word not in _ONLY_ALONE]
    if "opt out" in " ".join(spoken):
        strong.append("optout")
    if not strong or not all(
        word in KEYWORDS or word in _POLITE or word in ("opt", "out") or _COUNT.fullmatch(word) for word in spoken
    ):
        return False
    if "no" in spoken and strong[0] in _SPANISH_KEYWORDS:
        return False
    if spoken[0] in ("no", "more") and "more" in spoken and len(spoken) > 2:
        return False
    return not (
        several
        and guards.GLAD.search(line)
        and not re.search(r"\b(?:please|but)\b.*\b(?:stop|unsubscribe|opt out|optout)\b", line)
    )


def _is_bare_everyday_word(clauses: list[list[str]], position: int) -> bool:
    spoken = clauses[position]
    if len(spoken) != 1 or spoken[0] not in _SENTENCES:
        return False
    others = clauses[:position] + clauses[position + 1 :]
    if any(guards.GLAD.search(" ".join(other)) for other in others):
        return False
    return position == 0 or spoken[0] in _SENTENCES_ANYWHERE
