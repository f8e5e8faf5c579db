"""Whether a reply asks us to stop: by keyword, then by phrases of intent, in English and Spanish."""

import enum
import re
from typing import Final

from parley.conversations.opt_out_recognition import english, sieve, spanish, words
from parley.conversations.opt_out_recognition.english import Kind
from parley.conversations.opt_out_recognition.words import KEYWORDS, PAUSE, Reply


class Verdict(enum.StrEnum):
    """What a reply asks for."""

    #: opted out at once
    STOP = "stop"
    #: shown to the texter, who confirms with one key
    LIKELY = "likely"
    NO = "no"


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
        "today", "the", "yes", "yo", "oh", "um", "ugh", "god", "jesus", "sent", "from", "my", "iphone", "seriously",
        "guys", "spam", "spammers", "señor", "hola", "esto", "eso", "mas", "lo", "stop", "either", "folks", "team",
        "jerk", "jerks", "morons", "moron", "creeps", "creep", "losers", "loser", "scammers", "scammer", "liars",
        "liar", "bot", "finally", "here", "so", "period", "i", "said", "with", "u", "y"
    ]
)  # fmt: skip
#: These are everyday words too: alone they are keywords, inside a longer reply they need a phrase around them.
_ONLY_ALONE: Final = frozenset(
    {
        "end", "td", "alto", "pare", "baja", "cancel", "revoke", "quit", "cancele", "cancelar", "remove", "arret",
        "cease", "detener", "salir", "discontinue", "desist", "parar"
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

_THIRD: Final = frozenset(
    [
        "she", "he", "it", "they", "we", "lets", "someone", "somebody", "everyone", "everybody", "who", "whoever",
        "which", "them", "him", "her", "folks", "drivers", "kids", "teens", "parents", "husband", "wife", "mom", "dad",
        "mother", "father", "son", "daughter", "friend", "friends", "neighbor", "neighbors", "campaign", "company",
        "school", "congress", "senate", "republicans", "democrats", "dems", "police", "others", "us", "nobody", "noone",
        "voters", "workers", "students", "cops", "politicians", "mayor", "governor", "president", "court", "trump",
        "biden", "union", "city", "state", "bank"
    ]
)  # fmt: skip
_SECOND: Final = frozenset(
    {
        "you", "please", "kindly", "just", "now", "pls", "and", "so", "or", "fucking", "yall", "me", "said", "thanks",
        "ya", "youd", "youll", "if"
    }
)  # fmt: skip
_FIRST_ONLY: Final = re.compile(
    r"\b(?:i|ill|id|can i|should i|could i|may i|i can|i will|i should|i have to|ive|i had to|do i|did i)$"
)
_CLAIM: Final = re.compile(
    r"\b(?:did|didnt|had|hadnt|has|have|havent|was|were|when did|why did|since) (?:you|u|i|we|they|the \w+|he|she|these|it|your \w+)(?: (?:guys|people|ever|get|already|been|just|all|accidentally|happen to))*$"
)
_NEGATED: Final = re.compile(
    r"\b(?:dont|do not|doesnt|does not|didnt|did not|cant|can not|couldnt|could not|wont|will not|wouldnt|would not|never|not|without|no need to|nothing can|isnt|shouldnt|should not|"
    r"unable to|hard to|no one can|nobody can|nothing will|no reason to|no intention to|no plans to|instead of|rather than|aint|havent|have not|hadnt|wasnt|im not|before i|neither|nor|no way to|nobody)"
    r"(?: (?:want|wanna|mean|need|plan|planning|trying|try|going|have|like|wish|ask|asked|asking|ever|to|me|intend|really|be|please|just|let|them|type|hit|send|say|text|reply|request|us|been|him|her|my|you|gonna|actually|dare|necessarily|being|looking|wanting|meaning|of|intention|for|it|even|get|think|i|about|accidentally|press|click|take|remove|get|put|drop|delete|need|should|have to|gotta|must|please))*$"
)
_STILL_A_REQUEST: Final = re.compile(
    r"\b(?:if|why|until|unless|how come|since|because)\b(?: \w+){0,4}$|\b(?:you|yall|people|guys|u) (?:just |still |really |all |people |guys )?(?:dont|do not|wont|will not|never|cant|cannot|didnt|did not|havent|not)(?: (?:want to|ever|even|just))?$"
    r"|\b(?:cant|wont|couldnt|wouldnt|will|would|can|could|dont) (?:you|yall|you people|you guys|you all)(?: (?:please|people|guys|just|not|all|ever))*$"
    r"|\b(?:asked|told|said|tell|ask|begged) (?:you |yall |you people )?(?:not to|never to)?$"
)
_ACCIDENT: Final = re.compile(
    r"\b(?:hit|typed|pressed|sent|said|wrote|replied|clicked|pushed|texted|type|press|send|hitting|put|responded|unsubscribed|opted)\b.{0,40}\b(?:by accident|by mistake|on accident|accidentally|mistakenly|in error|unintentionally|oops|wrong button|autocorrect)\b"
    r"|\b(?:accidentally|oops|mistakenly|unintentionally|by mistake|by accident)(?: \|)?(?: i| we| he| she)? (?:accidentally )?(?:hit|typed|texted|sent|said|pressed|replied|unsubscribed|opted|wrote|put|clicked) (?:stop|unsub\w*|out|quit|cancel|the|end|opt)\b"
    r"|\b(?:didnt|did not|not) (?:mean|intend|want|trying|meant|meaning|try) (?:to )?(?:\w+ )?(?:\w+ )?(?:stop|unsubscribe|opt out|cancel|quit)\b"
    r"|\b(?:put|add|sign|opt|turn|get|subscribe|start) (?:\w+ )?(?:\w+ )?(?:back|up again)(?: (?:on|up|in|to|again|onto))?(?= (?:the|your|this|list|please|texts?)\b| \||$)|\bresubscribe\b|(?:^|\| |\bplease |\bbut |\band |\byou can )(?:start|resume|continue|keep) (?:sending|texting|messaging) (?:me|us)\b"
    r"|\b(?:quise|queria|fue|puse|mande|escribi) (?:\w+ )*?(?:por error|por accidente|sin querer)\b"
)
_GLAD: Final = re.compile(
    r"\b(?:i |we |but |she |he |and )?(?:love|loves|loved|like|enjoy|enjoys|glad|appreciate|likes|want|miss|missed)(?: (?:all|getting|hearing|receiving|to get|to keep|to hear|to receive|that|it))* (?:the |these |your |these |those |hearing |yours|from )?(?:updates|texts|messages|yours|hearing|from you|these|reminders|info|it when you)\b|(?<!you )(?<!guys )(?<!people )(?<!still )\bkeep (?:them|texting|sending|the (?:texts|updates|messages)|me (?:on|posted|in|updated|subscribed)|it coming|us (?:on|posted)|up the)\b|\byoure (?:fine|ok|good)\b|\byou are (?:fine|ok|good)\b|\b(?:still|do|also) want (?:\w+ )?(?:updates|texts|messages)\b|\bno way\b|\b(?:still|do|really|actually|also) (?:want|like|love|enjoy) (?:them|these|the|to (?:get|hear|receive)|updates|texts)\b"
)
_TIMED: Final = re.compile(
    r"^(?: (?:me|us|this number|here|texts?|messages?|my \w+|anything|texting|messaging|calls?|calling|sending|at|any|in|it|him|her|these|things|stuff|please|on my \w+|again))*? "
    r"(?:(?:so|this|that|too|very|super|really) (?:early|late)|(?:before|after|until|till|til|past|between|prior to) (?:\d|noon|dark|work|dinner|midnight|school|lunch|hours|bed|my kids|i wake|im up|sunrise|nine|eight|ten|seven|six|five|the election|the debate|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|then|church)|"
    r"(?:during|while|when) (?!you\b)|at (?:night|dinner|\d|midnight|this hour|dawn|odd|church)|in the (?:morning|evening|middle|mornings|evenings|afternoon)|on (?:\w+days?|weekends?|holidays?|the weekend|election)|overnight|late at|early in)"
)
_TIMED_DONT: Final = re.compile(
    r"^(?: (?:me|us|this number|here|texts?|messages?|anything|him|her))*? (?:right now|now|tonight|today|this (?:week|morning|evening|afternoon|minute|weekend)|yet|tomorrow|just yet|until|till)\b(?! or)"
)
_UNLESS: Final = re.compile(r"^(?: \w+){0,4} (?:unless|except|other than|if (?:its|it is|you|i|there|not))\b")
_INSTEAD: Final = re.compile(
    r"\b(?:instead|text me|texting is|text is|texts are|just text|only text|text only|text works|text only|only texts?|texts only|(?<=\| )(?:just |please )?text|prefer texts?|prefer texting|rather text|email works|texts? (?:is|are) (?:fine|ok|okay|better|best|good))\b"
)
_RATHER_TEXT: Final = re.compile(
    r"^(?: (?!again|ever|anymore)\w+){0,4} (?:\||but) (?:but |please |just |instead |only |you can )?(?:call (?:my|me on|me at)|(?:text|message|msg|texting|texts) (?:me|us|after|before|on|at|tomorrow|later|around|anytime|is|are|my|instead|between|during|only))\b"
)
_TIMED_ES: Final = re.compile(
    r"^(?: \w+){0,3} (?:tan (?:temprano|tarde)|(?:antes|despues) de|de noche|en la (?:noche|madrugada|manana)|hasta|mientras|hoy|a esta hora|a estas horas|los (?:domingos|sabados)|por la (?:noche|manana)|cuando|durante|ahora|ahorita)\b(?! (?:nunca))"
)
_THING_AFTER_SEND: Final = re.compile(
    r"^(?: (?:me|us|him|her))? (?:a|an|the|my|another|your|that|flowers|money|cash|donations?|him|her|it|them|people|volunteers|signs?|checks?|over|in)\b(?! (?:\w+ )?(?:\w+ )?(?:texts?|messages?|text|single|thing|damn|spam|bullshit|shit|crap|stuff|other|number))"
)
_BEHIND_SEND: Final = re.compile(
    r"^ (?:me|us|this|these|any|anymore|anything|more|again|here|texts?|text|messages?|stuff|political|your|crap|shit|garbage|junk|spam|all|so|out|unsolicited|to (?:this|me|my)|campaign|such|propaganda|bullshit|them to me|things|it to me|\||please|too|mass|this crap|emails?|random|those|that|stupid|fucking|the (?:texts|messages|same|damn))\b|^$|^ \|"
)
_CONTACT_OBJECT: Final = re.compile(
    r"^ (?:me|us|this|my|here|please|any|anyone here|at all|ever|again|anymore|any more|our|or|i|you|us|now|back again|in (?:the )?future|texts?|messages?|on this|to this|until|unless|so|that number|further|the number|number|her|him|these|more|it again|further|im|thanks|thank|and (?:dont|do not|never|remove|take|delete|stop|leave|texting|calling|messaging|emailing|sending)|or (?:texting|calling|messaging|emailing))\b|^ it(?: \||$)|^$|^ \|"
)
_NOT_OPPOSITE: Final = re.compile(
    r"\b(?:i|we|they|he|she|who|it|people|ill|id|they all|my \w+|didnt|someone|anyone|and i|you guys|you people|you|u|yall|but you|why|youd|that|which)(?: (?:really|usually|just|can|could|will|would|even|still|ever|also|personally|only|always|generally|typically|all))?$"
)
_OTHER_SENDER: Final = re.compile(
    r"^ from (?!(?:this|these|those|your|ur|the|all|any|you|everything|it|here|political|further|future|campaign|texts?|texting|messages?|list|that|getting|receiving|ya|sms|alerts|updates|every|anything|both|a|of)\b)"
)
_FROM_OTHERS: Final = re.compile(
    r"^.{0,25}\b(?:their|the other|his|another|other|someone elses) (?:\w+ )?(?:list|emails?|newsletter|texts|campaign|messages|party)\b|^ (?:from )?(?:the |your )?(?:newsletter|emails?|mailing list|mailers?|podcast)\b.*\bbut\b|^.{0,24}\b(?:newsletter|podcast|magazine)\b(?!.*\btext)"
)
_TOPIC: Final = re.compile(
    r"\b(?:stop|end|quit|cancel)(?: \w+){0,2} (?:texting|calling|sending|writing|messaging) (?:and|n|while|or|behind) ?driv"
)
_OTHERS_TEXTS: Final = re.compile(
    r"^ (?:and|while|n|or|behind|in) (?:driv|the car|school|class)|^ (?:back|her back|him back|his|their|your (?:ex|mom|wife)|people on|each other|aid|money|weapons|troops|bombs|guns|jobs|arms|ukraine|israel|our (?:jobs|money|troops|boys|sons|kids|soldiers)|tax|billions|it (?!again)|him (?:a|the)|her (?:a|the)|names|out the|congress|kids|children|drugs|democrats|republicans|women|immigrants|minorities|veterans|teachers|him |illegals)"
)
_BACK: Final = re.compile(r"^ (?:me|us) back\b(?! on)")
_WHERE_TO: Final = re.compile(
    r"\b(?:bus|train|full|pit|truck|rest|last|next|first|second|third|non|whistle|tour|the|a|one|any|every|each|dead|short|door|subway|metro|corner|route|que|parada|light rail) stop$"
)
_KEPT_OFF: Final = re.compile(
    r"\b(?:shift|shifts|schedule|ballot|committee|board|carpool|event|calendar|roster|rotation|team|waitlist|waiting list|guest list|thursday|monday|tuesday|wednesday|friday|saturday|sunday|morning|evening|afternoon|payroll|speaker|speakers|office|hook|street|hands|bench|medicaid|medicare|snap|welfare|sign up sheet|signup|canvass|canvassing|zoom)\b"
)
_OPT_THIRD: Final = re.compile(
    r"\b(?:lets|let|allow|allows|parents|students|people|they|workers|employees|kids|families|schools?|we|states?|can we|anyone|everyone|he|she|districts?|teachers|if|able to|could i still)(?: \w+){0,2}$"
)
_SYMBOLS_STOP: Final = frozenset("🛑🚫🖕⛔❌🤬✋🙅🔇🚷📵🚯❎✖")


def recognise(text: str) -> Verdict:  # noqa: PLR0911 - first answer wins
    """Whether `text`, a reply, asks to be texted no more. Pure; over 20,000 a second."""
    reply = words.read(text)
    if not reply.line:
        return Verdict.LIKELY if _SYMBOLS_STOP.intersection(reply.symbols) else Verdict.NO
    if _bare_keyword(reply):
        return Verdict.STOP
    if reply.line in _START:
        return Verdict.NO
    accident = _ACCIDENT.search(reply.line) is not None
    if accident:
        return Verdict.NO
    asked, limited = _asked(reply)
    if asked:
        return Verdict.STOP
    if limited and limited != "time":
        return Verdict.LIKELY
    return Verdict.LIKELY if _likely(reply) else Verdict.NO


def is_keyword(text: str) -> bool:
    """Whether the provider has handled `text` itself (Twilio: one exact word, any case, spaces around it)."""
    return text.strip().lower() in _PROVIDER_KEYWORDS


def is_start(text: str) -> bool:
    """Whether `text` takes an opt-out back: START, UNSTOP and their like, alone. YES is not among them."""
    return words.read(text[:60]).line in _START


def is_help(text: str) -> bool:
    """Whether `text` asks for help by keyword: HELP, INFO, AYUDA, alone."""
    return words.read(text[:60]).line in _HELP


def _bare_keyword(reply: Reply) -> bool:  # noqa: C901, PLR0912 - a list of cases
    """A keyword, or one with nothing around it but courtesy (or the lack of it)."""
    spoken = reply.words
    if len(spoken) == 1:
        return spoken[0] in KEYWORDS
    line = reply.line
    if line in (
        "stop all",
        "opt out",
        "opted out",
        "opting out",
        "opt me out",
        "remove me",
        "stop end quit",
        "unsubscribe me",
        "opt us out",
    ):
        return True
    asks = line.replace(" |", "")
    if len(spoken) <= 6 and all(word in _ALONE_POLITE or word in KEYWORDS for word in spoken):
        found = [word for word in spoken if word in KEYWORDS]
        if found and not (asks.startswith(("yes end", "all end"))):
            return True
    clauses = [clause.strip() for clause in line.split(PAUSE)]
    for position, clause in enumerate(clauses):
        if not clause:
            continue
        parts = clause.split()
        if len(parts) > 6:
            continue
        strong = [part for part in parts if part in KEYWORDS and part not in _ONLY_ALONE]
        if "opt out" in clause:
            strong.append("optout")
        if strong and "no" in parts and strong[0] in _SPANISH_KEYWORDS:
            continue
        if strong and all(part in KEYWORDS or part in _POLITE or part in ("opt", "out") for part in parts):
            if parts[0] in ("no", "more") and "more" in parts and len(parts) > 2:
                continue
            if (
                len(clauses) > 1
                and _GLAD.search(line)
                and not re.search(r"\b(?:please|but)\b.*\b(?:stop|unsubscribe|opt out|optout)\b", line)
            ):
                continue
            return True
        if (
            len(clauses) > 1
            and len(parts) == 1
            and parts[0] in ("remove", "quit", "revoke", "cancel", "cease", "parar", "paren", "baja")
        ):
            others = clauses[:position] + clauses[position + 1 :]
            if not any(_GLAD.search(other) for other in others) and (
                parts[0] in ("remove", "quit", "baja", "parar", "paren") or position == 0
            ):
                return True
    return False


def _asked(reply: Reply) -> tuple[bool, str | bool]:  # noqa: C901, PLR0912 - a list of cases
    """Whether some phrase asks to stop; and what limits it ("time", "unless") where one almost does."""
    line = reply.line
    limited: str | bool = False
    if english.OPENING.match(line) and not (_GLAD.search(line) and "please" not in line):
        return True, False
    for place, pattern in _IMPERATIVE.promising(reply.words):
        for match in pattern.finditer(line):
            ruling = _undone(line, match, _KINDS[place])
            if ruling is None:
                return True, False
            if ruling in ("time", "unless"):
                limited = ruling
    for _, pattern in _NEGATIVE.promising(reply.words):
        for match in pattern.finditer(line):
            ruling = _limit(line, match, own_negation=True)
            if ruling is None and not _told_others(_before(line, match)):
                return True, False
            limited = ruling or limited
    for _, pattern in _SPANISH.promising(reply.words):
        for match in pattern.finditer(line):
            if spanish.NO_BEFORE.search(_before(line, match)):
                continue
            if _TIMED_ES.search(line[match.end() :]):
                limited = "time"
                continue
            return True, False
    for _, pattern in _SPANISH_NEGATIVE.promising(reply.words):
        for match in pattern.finditer(line):
            after = line[match.end() :]
            if _TIMED_ES.search(after):
                limited = "time"
                continue
            if (
                "llam" in match[0]
                and re.search(r"\b(?:mejor|mande|manden|textos?|mensajes?|escriba|escriban|textee)\b", after)
                and "ni" not in after.split()[:2]
            ):
                continue
            if re.match(r" (?:la|el|los|las|un|una|otra|otro) (?!mensaje|texto|vez|dia|numero|celular)", after):
                continue
            return True, False
    return _shouted(reply), limited


def _shouted(reply: Reply) -> bool:
    """Whether the reply ends in a STOP louder than what goes before."""
    line = reply.line
    return (
        reply.shouted_last
        and reply.words[-1] in ("stop", "unsubscribe", "quit")
        and reply.words[-2] not in ("must", "to", "should", "will", "we", "us")
        and not _WHERE_TO.search(line)
        and not _NEGATED.search(line[: line.rfind(" ")])
    )


def _before(line: str, match: re.Match[str]) -> str:
    start = line.rfind(PAUSE, 0, match.start() + 1)
    return line[start + 1 : match.start()].strip()


def _undone(line: str, match: re.Match[str], kind: Kind) -> str | None:  # noqa: C901, PLR0911, PLR0912 - a list of cases
    """Why the request in `match` is none ("time", "unless", "no"), or None when it stands."""
    before = _before(line, match)
    after = line[match.end() :]
    matched = match[0]
    verb_at = max((found.start() for found in _VERB.finditer(matched)), default=0)
    until_verb = f"{before} {matched[:verb_at]}".strip() if kind in _WITH_LEAD else before
    for lead in {before, until_verb}:
        if _NEGATED.search(lead) and not _STILL_A_REQUEST.search(lead):
            return "no"
    if kind is Kind.STOP_DOING:
        if _OTHERS_TEXTS.search(after) or _BACK.search(after):
            return "no"
        if _CLAIM.search(before) or (
            _FIRST_ONLY.search(before) and not re.search(r"\bhow (?:do|can|could|would|to)\b", before)
        ):
            return "no"
        if not _addressed(before, after):
            return "no"
        last = matched.split()[-1]
        if last == "sending" and not _BEHIND_SEND.search(after):
            return "no"
        if last in (
            "calling",
            "writing",
            "harassing",
            "pushing",
            "wasting",
            "disturbing",
            "reaching",
            "annoying",
        ) and not _CONTACT_OBJECT.search(after):
            return "no"
    elif kind is Kind.STOP_TEXTS:
        if not _addressed(before, after) or _CLAIM.search(before):
            return "no"
        if matched.endswith(("subscription", "subscriptions")) and re.match(
            r" to (?!texts?|this|these|your|messages|everything|all)", after
        ):
            return "no"
        if re.search(
            r"\b(?:call|contact|text|message|spam|email) (?:centers?|tax|bills?|list of|filter|folder|mail)\b",
            matched + after[:12],
        ):
            return "no"
    elif kind is Kind.DO_NOT:
        if _NOT_OPPOSITE.search(before) and not re.search(
            r"\b(?:said|asked|told|tell|if|please|that) (?:you |u )?(?:\w+ )?$|\b(?:can|could|would|will) you$|\b(?:you people|you guys|you better|better)$",
            before,
        ):
            return "no"
        verb = matched.split()[-1]
        if verb in ("send", "sending"):
            if _THING_AFTER_SEND.search(after) or not _BEHIND_SEND.search(after):
                return "no"
        elif verb in ("bother", "bug", "disturb", "reach", "hit", "ping", "spam", "write", "communicate", "solicit"):
            return "likely" if verb != "write" or not after.startswith(" me") else None
        elif not _CONTACT_OBJECT.search(after) and not _TIMED.search(after):
            return "no"
        if re.match(r" (?:and|n|while) driv", after):
            return "no"
        if _BACK.search(after):
            return "no"
        if verb in ("call", "phone", "email", "write", "send") and _INSTEAD.search(line):
            return "no"
        if _RATHER_TEXT.search(after):
            return "no"
        if re.search(r"\binstead\b", after) and not re.search(r"\bemail|\bcall", after):
            return "no"
        if re.match(r" (?:him|her)\b", after) and not (before == "" or before.endswith("please")):
            return "no"
    elif kind in (Kind.UNSUBSCRIBE, Kind.OPT_OUT):
        if _told_others(before) or _FROM_OTHERS.search(after) or _CLAIM.search(before):
            return "no"
        if kind is Kind.UNSUBSCRIBE and _OTHER_SENDER.search(after):
            return "no"
        if kind is Kind.OPT_OUT and (
            _OPT_THIRD.search(before)
            and not re.search(
                r"\b(?:we|us) (?:would|want|wish|need|d)\b|\bif (?:i|you) (?:can|could|may)|\b(?:let|lets) me", before
            )
        ):
            return "no"
    elif kind is Kind.REMOVAL:
        if _told_others(before) or _CLAIM.search(before):
            return "no"
        if re.match(
            r" (?:off|from|out of|of|out) (?!(?:of )?(?:the |your |this |these |all |any |ur |everything|here|it|there|you|future |that ))",
            after,
        ) and _KEPT_OFF.search(after):
            return "no"
        if _KEPT_OFF.search(matched) or (
            re.match(r" (?:off|from|out of|of|as|for|on) ", after)
            and _KEPT_OFF.search(after[:50])
            and not re.search(r"\b(?:texting|text|contact|calling|mailing|phone) list", after)
        ):
            return "no"
        if _KEPT_OFF.search(after[:40].split(PAUSE)[0]) and not re.search(
            r"\b(?:texting|text|contact|calling|mailing|phone) list", after
        ):
            return "no"
        if re.match(r" from (?:the|my) (?:\w+ )?(?:registration|petition|voter (?:rolls?|file)|rolls)\b", after):
            return "no"
        if re.match(
            r" (?:from (?:office|power|congress|the (?:race|ballot|equation|will|bench|bill))|down|for granted)\b",
            after,
        ):
            return "no"
    elif kind is Kind.BARE:
        if _GLAD.search(after) or (_SAID.search(matched) and not _OWN_WORDS.search(before)):
            return "no"
        if (
            _CLAIM.search(until_verb)
            or not _addressed(until_verb, after)
            or re.search(r"\b(?:full|bus|pit|the|a)$", until_verb)
        ):
            return "no"
    return _limit(line, match, own_negation=kind is Kind.DO_NOT)


def _limit(line: str, match: re.Match[str], *, own_negation: bool) -> str | None:
    after = line[match.end() :]
    if english.AGAIN.search(after.strip()) and not re.search(r"\b(?:early|late)\b", after[:30]):
        return None
    if _TIMED.search(after):
        return "time"
    if own_negation and _TIMED_DONT.search(after):
        return "time"
    if _UNLESS.search(after) and not re.search(
        r"\bif you (?:dont|do not|keep|cant|text|message|contact|ever)\b", after
    ):
        return "unless"
    return None


def _addressed(before: str, after: str) -> bool:  # noqa: PLR0911 - first answer wins
    """Whether an order is given to the sender rather than about others."""
    spoken = before.split()
    if before.endswith("mean it"):
        return True
    if _told_others(before):
        return False
    if spoken[-1:] == ["to"] and "you" not in spoken and any(word in _THIRD for word in spoken[-5:]):
        return after.startswith((" me", " us", " this", " my")) and "they" in spoken and "told" not in spoken
    for word in reversed(spoken[-4:]):
        if word in _SECOND:
            return True
        if word in _THIRD:
            return after.startswith((" me", " us ", " this number", " my")) and word in ("they", "someone", "campaign")
        if word == "people" and "you" not in spoken:
            return spoken.index("people") != 0 or after.startswith((" me", " us"))
    return True


_TOLD_OTHERS: Final = re.compile(
    r"\b(?:told|asked) (?!(?:you|yall|ya|u|to|already|repeatedly|multiple|several|many|nicely|before|this|that|i|me|times?|again|once|twice|two|three|four|five|for|politely|not|a|the campaign|your|youll|kindly|numerous|countless|over)\b|\d)\w+(?: \w+){0,4}$|"
    r"\b(?:told|asked|tell|ask|telling|asking|wish|want|wants|wanted|made|got) (?:him|her|them|my \w+|those|some|the other|other|the \w+|his|their|those \w+|everyone|our \w+)(?: \w+){0,4}$"
    r"|\b(?:my|her|his|the|their|our) (?:\w+ )?(?:mom|dad|wife|husband|friend|neighbor|sister|brother|son|daughter|boss|other campaign|guys) (?:told|asked|wants?|said|needs?|tried|had|has|just|already|is|was|should|hit|will|quit)(?: (?!you\b)\w+){0,4}$"
)  # fmt: skip
_SAID: Final = re.compile(r"^(?:say|said|says|saying|replied|reply|texted|typed|responded|answered|wrote|sent)\b")
_OWN_WORDS: Final = re.compile(r"^$|\b(?:i|ive|we|weve|im|times|already|just|please|to|have|also)\b")
_SPANISH_KEYWORDS: Final = frozenset(
    {
        "paren", "cancelen", "cancele", "detengan", "detenganse", "pare", "parar", "cancelar", "detener", "salir"
    }
)  # fmt: skip
_VERB: Final = re.compile(
    r"\b(?:stop|stopped|quit|cease|end|unsubscribe|optout|removed|taken|deleted|unsubscribed|opted|erased|dropped|off|out)\b"
)
_WITH_LEAD: Final = frozenset({Kind.BARE, Kind.REMOVAL})


def _told_others(before: str) -> bool:
    return _TOLD_OTHERS.search(before) is not None


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
