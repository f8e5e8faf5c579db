"""How the words of a text message are spelled, and what is meant by them."""

import functools
import re
from typing import Final

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
    "optedout": "opted out", "optingout": "opting out", "removeme": "remove me", "mee": "me", "sopt": "stop", "tsop": "stop", "sotop": "stop", "txtig": "texting", "mesging": "messaging", "teh": "the",
    "thr": "the", "hte": "the", "tge": "the", "thw": "the", "thes": "these", "thse": "these", "tese": "these", "mroe": "more", "moer": "more", "outof": "out of",
    "stopthe": "stop the", "stopme": "stop me", "stopsending": "stop sending", "stopnow": "stop now", "stopall": "stopall", "stopcalling": "stop calling",
    "stopthis": "stop this", "stopthese": "stop these", "stopmessaging": "stop messaging", "stopcontacting": "stop contacting", "donttext": "dont text",
    "dontext": "dont text", "nomoretexts": "no more texts", "takeme": "take me", "takemeoff": "take me off", "meoff": "me off", "unscribe": "unsubscribe", "unsubscription": "unsubscribe", "untext": "unsubscribe", "meee": "me", "unsubscribeme": "unsubscribe me",
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

#: Words one slip away from "text" or "texts" that are words themselves.
_REAL_TEXT: Final = frozenset(
    {
        "test",
        "tests",
        "tent",
        "tents",
        "teat",
        "teats",
        "texas",
        "texan",
        "text",
        "texts",
        "texted",
        "texto",
        "textos",
        "exts",
        "exit",
        "taxes",
        "textee",
        "texten",
        "texter",
    }
)

_LEET: Final = str.maketrans("05$@1348", "ossaieab")
_REPEATED: Final = re.compile(r"([a-z])\1{2,}")
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


_FORMS: Final = frozenset({"unsubscribed", "unsubscribes", "unsubscribing", "unsubscriber"})


@functools.lru_cache(maxsize=20_000)
def word(token: str) -> str:
    """One word in its plain spelling (sometimes two words: "wanna" -> "want to")."""
    if token in _CHAT:
        return _CHAT[token]
    if token in KEYWORDS or token.isdigit():
        return token
    if not token.isalpha():
        plain = token.translate(_LEET)
        bare = plain if plain in KEYWORDS else token.rstrip("0123456789")
        return bare if bare in KEYWORDS else token
    squeezed = _REPEATED.sub(r"\1", token)
    if squeezed != token:
        doubled = _REPEATED.sub(r"\1\1", token)
        if doubled in _LONG or doubled in _CHAT:
            return _CHAT.get(doubled, doubled)
        token = _CHAT.get(squeezed, squeezed)
    return _without_slip(token)


def _without_slip(token: str) -> str:
    """The word that a misspelling stands for, where no other word is meant."""
    if len(token) < 4 or token in _LONG or token in _REAL:
        return token
    if len(token) <= 6 and token[0] in "trey" and token not in _REAL_TEXT:
        for meant in ("text", "texts"):
            if one_slip(token, meant):
                return meant
    if len(token) < 5:
        return token
    begins = token.startswith("uns") or (len(token) >= 9 and token[0] in "uinyhb" and "scri" in token)
    if begins and len(token) >= 7 and token not in _FORMS and _distance_at_most(token, "unsubscribe", 2):
        return "unsubscribe"
    for meant in _LONG:
        if abs(len(meant) - len(token)) <= 1 and one_slip(token, meant):
            return meant
    return token


def with_keywords_mended(line: str, words: tuple[str, ...]) -> str | None:
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
        target = "stop" if one_slip(word, "stop") else "quit" if one_slip(word, "quit") else None
        if target is None:
            continue
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        others = [other for place, other in enumerate(words) if other != word]
        if following in _CONTACTING - {"it"} or (len(others) <= 3 and all(other in _FILLER for other in others)):
            tokens[position] = target
            changed = True
    return " ".join(tokens) if changed else None


def one_slip(typed: str, meant: str) -> bool:
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
