"""What undoes a request whatever it asks: a negation, another person, an accident, a limit in time."""

import re
from typing import Final

from parley.conversations.opt_out_recognition import english
from parley.conversations.opt_out_recognition.words import PAUSE

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
NEGATED: Final = re.compile(
    r"\b(?:dont|do not|doesnt|does not|didnt|did not|cant|can not|couldnt|could not|wont|will not|wouldnt|would not|never|(?<!or )not|without|no need to|nothing can|isnt|shouldnt|should not|"
    r"unable to|hard to|no one can|nobody can|nothing will|no reason to|no intention to|no plans to|instead of|rather than|aint|havent|have not|hadnt|wasnt|im not|before i|neither|nor|no way to|nobody)"
    r"(?: (?:want|wanna|mean|need|plan|planning|trying|try|going|have|like|wish|ask|asked|asking|ever|to|me|intend|really|be|please|just|let|them|type|hit|send|say|text|reply|request|us|been|him|her|my|you|gonna|actually|dare|necessarily|being|looking|wanting|meaning|of|intention|for|it|even|get|make|think|i|about|accidentally|press|click|take|remove|get|put|drop|delete|need|should|have to|gotta|must|please))*$"
)
STILL_A_REQUEST: Final = re.compile(
    r"\b(?:if|why|until|unless|how come|since|because)\b(?: \w+){0,4}$|\b(?:you|yall|people|guys|u) (?:just |still |really |all |people |guys )?(?:dont|do not|wont|will not|never|cant|cannot|didnt|did not|havent|not)(?: (?:want to|ever|even|just))?$"
    r"|\b(?:cant|wont|couldnt|wouldnt|will|would|can|could|dont) (?:you|yall|you people|you guys|you all)(?: (?:please|people|guys|just|not|all|ever))*$"
    r"|\b(?:asked|told|said|tell|ask|begged) (?:you |yall |you people )?(?:not to|never to)?$"
)
ACCIDENT: Final = re.compile(
    r"\b(?:hit|typed|pressed|sent|said|wrote|replied|clicked|pushed|texted|type|press|send|hitting|put|responded|unsubscribed|opted)\b.{0,40}\b(?:by accident|by mistake|on accident|accidentally|mistakenly|in error|unintentionally|oops|wrong button|autocorrect)\b"
    r"|\b(?:accidentally|oops|mistakenly|unintentionally|by mistake|by accident)(?: \|)?(?: i| we| he| she)? (?:accidentally )?(?:hit|typed|texted|sent|said|pressed|replied|unsubscribed|opted|wrote|put|clicked) (?:stop|unsub\w*|out|quit|cancel|the|end|opt)\b"
    r"|\b(?:didnt|did not|not) (?:mean|intend|want|trying|meant|meaning|try) (?:to )?(?:\w+ )?(?:\w+ )?(?:stop|unsubscribe|opt out|cancel|quit)\b"
    r"|\b(?:put|add|sign|opt|turn|get|subscribe|start) (?:\w+ )?(?:\w+ )?(?:back|up again)(?: (?:on|up|in|to|again|onto))?(?= (?:the|your|this|list|please|texts?)\b| \||$)|\bresubscribe\b|(?:^|\| |\bplease |\bbut |\band |\byou can )(?:start|resume|continue|keep) (?:sending|texting|messaging) (?:me|us)\b"
    r"|\b(?:quise|queria|fue|puse|mande|escribi) (?:\w+ )*?(?:por error|por accidente|sin querer)\b"
)
GLAD: Final = re.compile(
    r"\b(?:i |we |but |she |he |and )?(?:love|loves|loved|like|enjoy|enjoys|glad|appreciate|likes|want|miss|missed)(?: (?:all|getting|hearing|receiving|to get|to keep|to hear|to receive|that|it))* (?:the |these |your |these |those |hearing |yours|from )?(?:updates|texts|messages|yours|hearing|from you|these|reminders|info|it when you)\b|(?<!you )(?<!guys )(?<!people )(?<!still )\bkeep (?:them|texting|sending|the (?:texts|updates|messages)|me (?:on|posted|in|updated|subscribed)|it coming|us (?:on|posted)|up the)\b|\byoure (?:fine|ok|good)\b|\byou are (?:fine|ok|good)\b|\b(?:still|do|also) want (?:\w+ )?(?:updates|texts|messages)\b|\bno way\b|\b(?:still|do|really|actually|also) (?:want|like|love|enjoy) (?:them|these|the|to (?:get|hear|receive)|updates|texts)\b"
)
TIMED: Final = re.compile(
    r"^(?: (?:me|us|this number|here|texts?|messages?|my \w+|anything|texting|messaging|calls?|calling|sending|at|any|in|it|him|her|these|things|stuff|please|on my \w+|again))*? "
    r"(?:(?:so|this|that|too|very|super|really) (?:early|late)|(?:before|after|until|till|til|past|between|prior to) (?:\d|noon|dark|work|dinner|midnight|school|lunch|hours|bed|my kids|i wake|im up|sunrise|nine|eight|ten|seven|six|five|the election|the debate|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|then|church)|"
    r"(?:during|while|when) (?!you\b)|at (?:night|dinner|\d|midnight|this hour|dawn|odd|church)|in the (?:morning|evening|middle|mornings|evenings|afternoon)|on (?:\w+days?|the sabbath|sabbath|shabbat|weekends?|holidays?|the weekend|election)|overnight|late at|early in)"
)
_TIMED_DONT: Final = re.compile(
    r"^(?: (?:me|us|this number|here|texts?|messages?|anything|him|her))*? (?:right now|now|tonight|today|this (?:week|morning|evening|afternoon|minute|weekend)|yet|tomorrow|just yet|until|till)\b(?! or)"
)
_UNLESS: Final = re.compile(r"^(?: \w+){0,4} (?:unless|except|other than|if (?:its|it is|you|i|there|not))\b")
TIMED_ES: Final = re.compile(
    r"^(?: \w+){0,3} (?:tan (?:temprano|tarde)|(?:antes|despues) de|de noche|en la (?:noche|madrugada|manana)|hasta|mientras|hoy|a esta hora|a estas horas|los (?:domingos|sabados)|por la (?:noche|manana)|cuando|durante|ahora|ahorita)\b(?! (?:nunca))"
)
WHERE_TO: Final = re.compile(
    r"\b(?:bus|train|full|pit|truck|line|street|st|ave|avenue|road|rd|blvd|station|trolley|streetcar|tram|transit|van|school|campus|ferry|final|only|same|your|my|our|his|her|their|its|no|this|that|which|what|way|hard|complete|sudden|traffic|photo|lunch|coffee|gas|food|quick|campaign|cant|wont|dont|doesnt|didnt|never|not|i|they|he|she|we|it|us|them|to|must|should|will|would|could|can|may|might|do|does|did|lets|people|who|and|or|nor|nonstop|shuttle|express|local|main|an|some|two|2|where|when|ever|just|rest|last|next|first|second|third|non|whistle|tour|the|a|one|any|every|each|dead|short|door|subway|metro|corner|route|que|parada|light rail) stop$"
)
#: After these somebody else is no longer spoken of: "good luck to her but stop texting".
_TURN: Final = re.compile(r"\b(?:but|so|thus|therefore|hence|please|kindly|now|then)\b")
#: Asked about, or laughed at, rather than asked for.
MUSING: Final = re.compile(
    r"\b(?:hilarious|making me (?:blush|laugh|cry|hungry)|so funny|too funny|cracking me up|too kind|too sweet|so sweet|flattering|killing me)\b"
    r"|\bbut (?:i )?(?:have )?changed my mind\b|\balmost (?:typed|said|texted|hit|unsubscribed|opted)\b|\bwas (?:going|about) to (?:say|text|type|reply|hit|unsubscribe|opt out)\b"
    r"|\b(?:to|from|off|by|told|tell|does|do|can|will|ask|asked|makes?|made) (?:all )?(?:the others?(?: (?:campaigns?|sides?|part(?:y|ies)|guys?|teams?|candidates?|ones|lists?|texts))?|your opponents?|his opponents?|her opponents?|other campaigns)\b(?!.*\b(?:and you|you too|both)\b)"
    r"|^(?:trump|biden|republicans|democrats|the gop|gop|the other \w+|your opponents?) (?:keeps?|still|wont|never|always|ignores?) "
    r"|\b(?:what|how) (?:happens|if|about)\b(?: \w+){0,2} (?:if|when|i|we) (?:i |we )?(?:say|text|reply|type|send|hit|respond|opt out|unsubscribe|stop)\b|\bif i (?:say|text|reply|type|send|hit) (?:the word )?stop (?:will|do|does|would|is|can|am)\b|\bdoes (?:replying |texting |saying |typing |sending )?stop (?!mean)\w+ (?:me|us|my|just|only|it|everything|all|the)\b"
    r"|\b(?:how many|do|does|did|a lot of|most|all the|so many) (?:\w+ )?(?:people|voters|folks|everyone|everybody|anyone|anybody|others) (?:\w+ )?(?:tell|say|ask|unsubscribe|opt|reply|text|told|said|quit)\w*\b"
    r"|\bsend (?:his|hers|theirs|them|it) to (?:\d|this number|my|her|his|this (?:one|other))|(?:^|\| |\bplease |\bbut |\bjust )(?:use|text) (?:this|my (?:new|other|cell|work|home)) (?:one|number|phone|cell)(?: instead)?(?= \||$)"
)
_TOLD_OTHERS: Final = re.compile(
    r"\b(?:told|asked) (?!(?:you|yall|ya|u|to|already|repeatedly|multiple|several|many|nicely|before|this|that|i|me|times?|again|once|twice|two|three|four|five|for|politely|not|a|the (?:campaign|last|previous|first|guy|lady|person|volunteer|texter|caller)|your|youll|kindly|numerous|countless|over)\b|\d)\w+(?: \w+){0,4}$|"
    r"\b(?:told|asked|tell|ask|telling|asking|wish|want|wants|wanted|made|got) (?:him|her|them|my \w+|those|some|the other|other|the (?!last|previous|first|guy|lady|person|volunteer|texter|caller)\w+|his|their|those \w+|everyone|our \w+)(?: \w+){0,4}$|\b(?:make|get|have) (?:the|those|that) (?:other|republicans?|democrats?|dems|gop|party|opposition|guy|person) ?(?: \w+){0,3}$"
    r"|\b(?:my|her|his|the|their|our) (?:\w+ )?(?:mom|dad|wife|husband|friend|neighbor|sister|brother|son|daughter|boss|other campaign|guys) (?:told|asked|wants?|said|needs?|tried|had|has|just|already|is|was|should|hit|will|quit)(?: (?!(?:you|please|kindly|but|so|now|and)\b)\w+){0,4}$"
)  # fmt: skip


def before(line: str, match: re.Match[str]) -> str:
    """What stands before the match in the same breath."""
    start = line.rfind(PAUSE, 0, match.start() + 1)
    return line[start + 1 : match.start()].strip()


def negated(lead: str) -> bool:
    """Whether `lead`, the words right before a request, turn it into its opposite."""
    return NEGATED.search(lead) is not None and not STILL_A_REQUEST.search(lead)


def limit(line: str, match: re.Match[str], *, own_negation: bool) -> str | None:
    """How a request is limited: in "time", by an "unless", or not at all."""
    after = line[match.end() :]
    if english.AGAIN.search(after.strip()) and not re.search(r"\b(?:early|late)\b", after[:30]):
        return None
    if TIMED.search(after):
        return "time"
    if own_negation and _TIMED_DONT.search(after):
        return "time"
    if _UNLESS.search(after) and not re.search(
        r"\bif you (?:dont|do not|keep|cant|text|message|contact|ever)\b", after
    ):
        return "unless"
    return None


def addressed(lead: str, after: str) -> bool:
    """Whether an order is given to the sender rather than about others."""
    if lead.endswith("mean it"):
        return True
    if told_others(lead):
        return False
    spoken = _TURN.split(lead)[-1].split()
    if spoken[-1:] == ["to"] and "you" not in spoken and any(word in _THIRD for word in spoken[-5:]):
        return after.startswith((" me", " us", " this", " my")) and "they" in spoken and "told" not in spoken
    return _nearest_is_the_sender(spoken, after)


def _nearest_is_the_sender(spoken: list[str], after: str) -> bool:
    for word in reversed(spoken[-4:]):
        if word in _SECOND:
            return True
        if word in _THIRD:
            return after.startswith((" me", " us ", " this number", " my")) and word in ("they", "someone", "campaign")
        if word == "people" and "you" not in spoken:
            return spoken.index("people") != 0 or after.startswith((" me", " us"))
    return True


def told_others(lead: str) -> bool:
    """Whether somebody else was told: "my mom told the other guys to quit texting her"."""
    return _TOLD_OTHERS.search(lead) is not None
