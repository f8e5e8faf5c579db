"""What a reply says once width, accents, case, punctuation, emoji and chat spelling are set aside.

The result is a line of plain lower-case words in which `|` stands wherever the writer paused (a full
stop, a comma, a dash, an emoji): the grammars match words, and never across a pause.
"""

import dataclasses
import functools
import re
import unicodedata
from typing import Final

PAUSE: Final = "|"

#: Words that a provider's list, the carriers or the regulator know as an opt-out by themselves
#: (47 CFR 64.1200(a)(10); the CTIA's and carriers' lists), without the two-word ones.
KEYWORDS: Final = frozenset(
    {
        "stop", "quit", "end", "revoke", "cancel", "unsubscribe", "optout", "stopall", "unsub", "remove", "td", "arret",
        "cease", "parar", "pare", "paren", "alto", "cancelar", "cancele", "cancelen", "baja", "desuscribir",
        "desuscribirme", "desuscribanme", "desuscribirse", "detener", "detengan", "detenganse", "salir", "discontinue",
        "desist", "halt", "terminate", "deactivate", "eliminar", "remover", "borrar", "quitar", "anular", "eliminarme",
        "borrarme", "quitarme", "removerme", "parenle", "parele", "parale", "unsubscribed", "removal", "unsubscribing", "unenroll"
    }
)  # fmt: skip

_CHAT: Final = {
    "u": "you", "ya": "ya", "yall": "you", "ur": "your", "yr": "your", "youre": "you are", "youve": "you have",
    "pls": "please", "plz": "please", "plse": "please", "pleas": "please", "pleez": "please", "plss": "please",
    "plzz": "please", "pleaz": "please", "pliz": "please", "thx": "thanks", "ty": "thanks", "tks": "thanks",
    "txt": "text", "tex": "text", "txet": "text", "tect": "text", "txts": "texts", "texs": "texts", "txtmsg": "text",
    "txting": "texting", "txtin": "texting", "txtn": "texting", "txtng": "texting", "textin": "texting",
    "texing": "texting", "texying": "texting", "textng": "texting", "texti": "texting", "textinf": "texting",
    "texted": "texted", "txted": "texted", "txtd": "texted",
    "msg": "message", "mssg": "message", "msgs": "messages", "mssgs": "messages", "msging": "messaging",
    "mesg": "message", "msges": "messages", "messge": "message", "messagin": "messaging", "sms": "text",
    "callin": "calling", "sendin": "sending", "contactin": "contacting", "botherin": "bothering",
    "dnt": "dont", "dont": "dont", "don": "dont", "donot": "dont", "doont": "dont", "dun": "dont",
    "cannot": "cant", "im": "im", "wanna": "want to", "gonna": "going to", "gotta": "have to",
    "lemme": "let me", "mor": "more", "mo": "more", "w": "with", "moar": "more", "nomore": "no more", "nmbr": "number", "num": "number",
    "no.": "number", "numb": "number", "nbr": "number", "tke": "take", "tak": "take", "taek": "take", "rmv": "remove",
    "rmove": "remove", "rem": "remove", "delet": "delete", "dlt": "delete", "fone": "phone", "phne": "phone",
    "blowin": "blowing", "askin": "asking", "hittin": "hitting", "spammin": "spamming", "harassin": "harassing",
    "buggin": "bugging", "gettin": "getting", "stopin": "stopping", "dotn": "dont", "donnt": "dont", "dobt": "dont",
    "donr": "dont", "dony": "dont", "donf": "dont", "dontt": "dont", "odnt": "dont", "dnot": "dont", "duno": "dunno",
    "enuf": "enough", "enuff": "enough", "nuff": "enough", "lve": "leave", "leve": "leave",
    "edn": "end", "emd": "end", "enf": "end", "optou": "opt out", "opout": "opt out", "otpout": "opt out", "opttout": "opt out",
    "optut": "opt out", "optot": "opt out", "ofg": "off", "ogf": "off", "offf": "off", "iff": "off", "od": "od",
    "lst": "list", "lsit": "list", "liste": "list", "lits": "list", "frm": "from", "form": "form", "fom": "from",
    "yur": "your", "yor": "your", "neva": "never", "nevr": "never", "agn": "again", "agian": "again",
    "anymor": "anymore", "nomas": "no mas", "noemore": "no more",
    "stahp": "stop", "stap": "stop", "stawp": "stop", "stopit": "stop it", "stoptexting": "stop texting",
    "stahhp": "stop", "stopplease": "stop please", "pleasestop": "please stop", "stope": "stop",
    "optedout": "opted out", "optingout": "opting out", "removeme": "remove me", "mee": "me", "unscribe": "unsubscribe", "unsubscription": "unsubscribe", "untext": "unsubscribe", "meee": "me", "unsubscribeme": "unsubscribe me",
    "unsuscribirme": "desuscribirme", "fuckin": "fucking", "fck": "fuck", "fuk": "fuck", "effing": "fucking",
    "fking": "fucking", "fkn": "fucking", "goddam": "goddamn", "xfavor": "por favor", "porfavor": "por favor",
    "porfa": "por favor", "pf": "por favor", "xq": "por que", "msj": "mensaje", "msjs": "mensajes", "mjs": "mensajes",
    "mensages": "mensajes", "mensage": "mensaje", "mensaj": "mensaje", "k": "k", "q": "que", "num.": "numero",
    "stop2quit": "stop", "stop2optout": "stop", "stop2end": "stop", "stop2stop": "stop", "stoptoend": "stop", "desubscribir": "desuscribir",
    "harrass": "harass", "harrassing": "harassing", "harrassment": "harassment", "harasment": "harassment",
    "harrasment": "harassment", "harassement": "harassment", "harrasing": "harassing",
}  # fmt: skip

#: Long words whose misspellings are put right wherever they stand.
_LONG: Final = frozenset(
    {
        "unsubscribe", "unsubscribed", "remove", "removed", "cancel", "delete", "texting", "message", "messages",
        "messaging", "contact", "contacting", "calling", "sending", "receive", "receiving", "number", "please",
        "anymore", "database", "system", "consent", "interested", "mensaje", "mensajes", "mandarme", "escribirme",
        "eliminen", "quitenme", "borrenme", "dejenme", "cancelar", "discontinue", "bothering", "harassing", "spamming",
        "subscription", "permission", "quiero", "recibir", "revoke", "revoking", "asking", "political", "communication",
        "removing", "deleting", "contacted", "messaged", "received"
    }
)  # fmt: skip

#: Real words one slip away from those: they stay what they are.
_REAL: Final = frozenset(
    [
        "contacte", "contacten", "contactes", "contacta", "contacto", "contactar", "quitense", "evoke", "revoked", "revokes", "mensajero", "cancelo", "canceles", "cancelan", "testing", "massage", "massages", "massaging", "contract", "contracts",
        "contracting", "contacts", "contacted", "cancer", "cancels", "cancelled", "canceled", "canceling", "cancelling",
        "remote", "removes", "remover", "removing", "ending", "spending", "lending", "pending", "bending", "mending",
        "tending", "vending", "falling", "galling", "hailing", "calling", "waiting", "pleased", "pleases", "lumber",
        "numbers", "numbered", "umber", "received", "receives", "receiver", "deceive", "relieve", "deleted", "deletes",
        "deleter", "systems", "context", "contests", "consents", "content", "texting", "canceler", "chancel", "sensing",
        "seeding", "senders", "sender", "sanding", "messaged", "contend", "contact", "convent", "intact", "pleasure",
        "plead", "lease", "pleat", "release", "databases", "permissions", "permission", "quieto", "quieres", "quiere",
        "quiera", "cancela", "cancelara", "cancelado", "cancelare", "recibio", "recibi", "mandare", "recibir",
        "fending", "mandarte", "mandarle", "escribirte", "escribirle", "contente"
    ]
)  # fmt: skip

#: Words one slip away from "stop" or "quit" that are words themselves.
_REAL_SHORT: Final = frozenset(
    [
        "shop", "step", "top", "stow", "stomp", "strop", "sop", "slop", "spot", "stops", "story", "stool", "stood",
        "stock", "stoke", "stone", "store", "storm", "stork", "stoup", "swop", "atom", "hop", "scoop", "snoop", "swoop",
        "troop", "stoops", "quite", "quiet", "suit", "quid", "quip", "quilt", "quilts", "quits", "quiz", "quint",
        "unit", "fruit", "built", "guilt", "guit", "exit", "edit", "sit", "wait", "adit", "atoll", "to", "so", "too",
        "st", "ship", "slip", "strip", "stoic", "stove"
    ]
)  # fmt: skip

_SPELLED: Final = re.compile(r"(?<![a-z0-9])[a-z](?:[\s.\-_*,/]+[a-z]){2,11}(?![a-z0-9])")
_TOKEN: Final = re.compile(r"[a-z0-9$@]+|[^a-z0-9$@\s]+|\n+")
_SOFT: Final = frozenset("-'\"`()[]{}<>*_~#/\\&+=^")
_LEET: Final = str.maketrans("05$@1348", "ossaieab")
_REPEATED: Final = re.compile(r"([a-z])\1{2,}")
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
_TWO_FOR_TO: Final = re.compile(r"\b(you|want|need|how|asked|told|like|have|wish|trying) 2 ")
_OPT_ME_OT: Final = re.compile(r"\b(opt (?:me|us)) (?:ot|oot|outt|oit|ou|uot|oput)\b")
_OPT_OUT: Final = re.compile(
    r"\b(?:opt (?:out|ot|outt|oot|uot|ou|oyt|iut|outr|ouy|oit|oput|iout|ouf|ouut|ourt|aut|otu|uto|ut|oyt|outt|outo|put|our|iut)|(?:otp|opr|ipt|oppt|0pt|opy|optt|opf|opot|oopt|op|opt) out)\b"
)
_INTENSIFIERS: Final = re.compile(
    r"\b(?:(?:mother)?fucking|freaking|freakin|friggin|frickin|damn|goddamn|dang|darn|bloody|the (?:hell|fuck|heck|f)|tf) "
)
_OPT_ME_OUT: Final = re.compile(r"\b(?:otp|opr|ipt|oppt) (?=(?:me|us) out\b)")

_CONTACTING: Final = frozenset(
    {
        "texting", "messaging", "contacting", "calling", "sending", "bothering", "spamming", "harassing", "it"
    }
)  # fmt: skip
_FILLER: Final = frozenset(
    {
        "please", "thanks", "thank", "you", "now", "just", "ok", "okay", "por", "favor", "already", "all", "me",
        "texts", "texting", "messages", "messaging", "it", "this", "hey", "hi", "text", "the", "my", "number", "pause"
    }
)  # fmt: skip


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
            tokens.append(_word(token))
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
    corrected = _correct_short(line, words)
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
    if letters in KEYWORDS:
        return letters
    for keyword in ("unsubscribe", "cancel", "stop", "quit"):
        if letters.startswith(keyword):
            return f"{keyword} {letters[len(keyword) :]}"
    return match[0]


@functools.lru_cache(maxsize=20_000)
def _word(token: str) -> str:  # noqa: PLR0911 - a list of cases
    """One word in its plain spelling (sometimes two words: "wanna" -> "want to")."""
    if token in _CHAT:
        return _CHAT[token]
    if token in KEYWORDS or token.isdigit():
        return token
    if not token.isalpha():
        for table in (_LEET,):
            plain = token.translate(table)
            if plain in KEYWORDS:
                return plain
        bare = token.rstrip("0123456789")
        return bare if bare in KEYWORDS else token
    squeezed = _REPEATED.sub(r"\1", token)
    if squeezed != token:
        doubled = _REPEATED.sub(r"\1\1", token)
        if doubled in _LONG or doubled in _CHAT:
            return _CHAT.get(doubled, doubled)
        token = _CHAT.get(squeezed, squeezed)
    if len(token) < 5 or token in _LONG or token in _REAL:
        return token
    if (
        (token.startswith("uns") or (len(token) >= 9 and token[0] in "uinyhb" and "scri" in token))
        and len(token) >= 7
        and token not in ("unsubscribed", "unsubscribes", "unsubscribing", "unsubscriber")
        and _distance_at_most(token, "unsubscribe", 2)
    ):
        return "unsubscribe"
    for word in _LONG:
        if abs(len(word) - len(token)) <= 1 and _one_slip(token, word):
            return word
    return token


def _correct_short(line: str, words: tuple[str, ...]) -> str | None:
    """Put right a slip in "stop" or "quit": in a message of hardly anything else, or before "texting"."""
    if not words:
        return None
    if len(words) <= 3:
        joined = "".join(words)
        if joined in ("stop", "quit", "unsubscribe", "cancel"):
            return joined if line != joined else None
        if joined == "stoop":
            return "stop"
    changed = False
    tokens = line.split()
    for position, word in enumerate(tokens):
        if not 3 <= len(word) <= 5 or word in _REAL_SHORT or word in KEYWORDS or word in _FILLER:
            continue
        target = "stop" if _one_slip(word, "stop") else "quit" if _one_slip(word, "quit") else None
        if target is None:
            continue
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        others = [other for place, other in enumerate(words) if other != word]
        if following in _CONTACTING - {"it"} or (len(others) <= 3 and all(other in _FILLER for other in others)):
            tokens[position] = target
            changed = True
    return " ".join(tokens) if changed else None


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, added, changed, or two neighbours are swapped."""
    if typed == meant:
        return False
    shorter, longer = len(typed), len(meant)
    start = 0
    while start < min(shorter, longer) and typed[start] == meant[start]:
        start += 1
    if shorter == longer:
        if typed[start + 1 :] == meant[start + 1 :]:
            return True
        return typed[start : start + 2] == meant[start : start + 2][::-1] and typed[start + 2 :] == meant[start + 2 :]
    if shorter + 1 == longer:
        return typed[start:] == meant[start + 1 :]
    if shorter == longer + 1:
        return typed[start + 1 :] == meant[start:]
    return False


def _distance_at_most(typed: str, meant: str, limit: int) -> bool:
    if abs(len(typed) - len(meant)) > limit:
        return False
    previous = list(range(len(meant) + 1))
    for row, letter in enumerate(typed, 1):
        current = [row]
        for column, other in enumerate(meant, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (letter != other)))
        previous = current
    return previous[-1] <= limit


def _shouted_last(plain: str) -> bool:
    spoken = re.findall(r"[A-Za-z]+", plain)
    return len(spoken) >= 2 and spoken[-1].isupper() and len(spoken[-1]) > 2 and not spoken[-2].isupper()


_TYPOGRAPHY: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": " - ", "—": " - ", "…": "...", "¡": " ", "¿": " "})  # fmt: skip
