"""What undoes a request of one kind or another: "stop texting and driving", "take me off Thursday"."""

import dataclasses
import re
from collections.abc import Callable
from typing import Final

from parley.conversations.opt_out_recognition import guards
from parley.conversations.opt_out_recognition.english import Kind
from parley.conversations.opt_out_recognition.words import PAUSE

_FIRST_ONLY: Final = re.compile(
    r"\b(?:i|ill|id|can i|should i|could i|may i|i can|i will|i should|i have to|ive|i had to|do i|did i)$"
)
_CLAIM: Final = re.compile(
    r"\b(?:did|didnt|had|hadnt|has|have|havent|was|were|when did|why did|since) (?:you|u|i|we|they|the \w+|he|she|these|it|your \w+)(?: (?:guys|people|ever|get|already|been|just|all|accidentally|happen to))*$"
)
_INSTEAD: Final = re.compile(
    r"\b(?:instead|text me|texting is|text is|texts are|just text|only text|text works|(?:and|or) text (?:me|us)|(?<!no )(?<!not )(?<!dont )text (?:me |us )?(?:please )?\| (?:please )?(?:dont|do not) call|text only|only texts?|texts only|(?<=\| )(?:just |please )?text|prefer texts?|prefer texting|rather text|email works|texts? (?:is|are) (?:fine|ok|okay|better|best|good))\b"
)
_RATHER_TEXT: Final = re.compile(
    r"^(?: (?!again|ever|anymore)\w+){0,4} (?:\||but) (?:but |please |just |instead |only |you can )?(?:call (?:my|me on|me at)|(?:text|message|msg|texting|texts) (?:me|us|after|before|on|at|tomorrow|later|around|anytime|is|are|my|instead|between|during|only))\b"
)
_THING_AFTER_SEND: Final = re.compile(
    r"^(?: (?:me|us|him|her))? (?:a|an|the|my|another|your|that|flowers|money|cash|donations?|him|her|it|them|people|volunteers|signs?|checks?|over|in)\b(?! (?:\w+ )?(?:\w+ )?(?:texts?|messages?|text|single|thing|damn|spam|bullshit|shit|crap|stuff|other|number))"
)
_BY_POST: Final = re.compile(
    r"^ (?:me |us )?(?:any |more |a |the |your |all |these )*(?:mail|mailers?|flyers?|letters?|postcards?|signs?|packages?|ballots?|volunteers?|canvassers?|anyone|people)\b(?! or text)"
)
_SENT_OFF: Final = re.compile(r"^ (?:me|us|him|her) to (?!this|my|your)")
_BEHIND_SEND: Final = re.compile(
    r"^ (?:me|us|this|these|it(?= to | again| \||$)|them(?= to | \||$)|any|anymore|anything|more|again|here|texts?|\w+ (?:requests?|texts?|messages?|reminders|alerts)|text|messages?|stuff|political|your|crap|shit|garbage|junk|spam|all|so|out|unsolicited|to (?:this|me|my)|campaign|such|propaganda|bullshit|them to me|things|it to me|\||please|too|mass|this crap|emails?|random|those|that|stupid|fucking|the (?:texts|messages|same|damn))\b|^$|^ \|"
)
_CONTACT_OBJECT: Final = re.compile(
    r"^ (?:me|us|this|my(?! (?:employer|boss|ex|old number|old phone|other number|other phone|landlord|neighbou?rs?|doctor|lawyer|references?|coworkers?|office|job|work(?! (?:phone|cell|number|line)))\b)|here|please|about (?:this|politics|it|anything|the election|elections|your|political)|to (?:me|us|this|my)|with me|any|anyone here|at all|ever|again|anymore|any more|our|or|i|you|us|now|back again|in (?:the )?future|texts?|messages?|on this|to this|until|unless|so|that number|further|the number|number|her|him|these|more|it again|further|im|thanks|thank|and (?:dont|do not|never|remove|take|delete|stop|leave|texting|calling|messaging|emailing|sending)|or (?:texting|calling|messaging|emailing))\b|^ it(?: \||$)|^$|^ \|"
)
_NOT_OPPOSITE: Final = re.compile(
    r"\b(?:i|we|they|he|she|who|it|people|ill|id|they all|my \w+|didnt|someone|anyone|and i|you guys|you people|you|u|yall|but you|why|youd|that|which)(?: (?:really|usually|just|can|could|will|would|even|still|ever|also|personally|only|always|generally|typically|all))?$"
)
_OTHER_SENDER: Final = re.compile(
    r"^ from (?:the (?!(?:\w+ ){0,3}?(?:lists?|texts?|texting|messages?|messaging|campaign|mailing|sms|alerts?|updates|program|service|group|thread|notifications|communications?|system|database|subscription|chat|calls|contact|spam|party)\b)|(?!(?:this|these|those|your|ur|the|all|any|you|everything|it|here|political|further|future|campaign|texts?|texting|messages?|list|that|getting|receiving|ya|sms|alerts|updates|every|anything|both|a|of)\b))"
)
_FROM_OTHERS: Final = re.compile(
    r"^.{0,25}\b(?:their|the other|his|another|other|someone elses) (?:\w+ )?(?:list|emails?|newsletter|texts|campaign|messages|party)\b|^ (?:from )?(?:the |your )?(?:newsletter|emails?|mailing list|mailers?|podcast)\b.*\bbut\b|^.{0,24}\b(?:newsletter|podcast|magazine)\b(?!.*\btext)"
)
_OTHERS_TEXTS: Final = re.compile(
    r"^ (?:and|while|n|or|behind|in) (?:driv|the car|school|class)|^ (?:back|her back|him back|his|their|your (?:ex|mom|wife)|people on|each other|aid|money|weapons|troops|bombs|guns|jobs|arms|ukraine|israel|our (?:jobs|money|troops|boys|sons|kids|soldiers)|tax|billions|it (?!again)|him (?:a|the)|her (?:a|the)|names|out the|congress|kids|children|drugs|democrats|republicans|women|immigrants|minorities|veterans|teachers|him |illegals)"
)
_BACK: Final = re.compile(r"^ (?:me|us) back\b(?! on)")
_KEPT_OFF: Final = re.compile(
    r"\b(?:shift|shifts|schedule|ballot|committee|board|endorsements?|event|website|article|lawsuit|facebook|poster|program(?= please)|carpool|event|calendar|roster|rotation|team|waitlist|fence|couch|island|hoa|streets|waiting list|guest list|thursday|monday|tuesday|wednesday|friday|saturday|sunday|morning|evening|afternoon|payroll|speaker|speakers|office|hook|street|hands|bench|medicaid|medicare|snap|welfare|sign up sheet|signup|canvass|canvassing|zoom)\b"
)
_OPT_THIRD: Final = re.compile(
    r"\b(?:lets|let|allow|allows|parents|students|people|they|workers|employees|kids|families|schools?|we|states?|can we|anyone|everyone|he|she|districts?|teachers|if|able to|could i still)(?: \w+){0,2}$"
)
_SAID: Final = re.compile(r"^(?:say|said|says|saying|replied|reply|texted|typed|responded|answered|wrote|sent)\b")
_OWN_WORDS: Final = re.compile(r"^$|\b(?:i|ive|we|weve|im|times|already|just|please|to|have|also)\b")
_VERB: Final = re.compile(
    r"\b(?:stop|stopped|quit|cease|end|unsubscribe|optout|removed|taken|deleted|unsubscribed|opted|erased|dropped|off|out)\b"
)
_PAST_REMOVAL: Final = re.compile(
    r"\b(?:took|kicked|dropped|bumped|struck|purged|pulled|removed|knocked|left|wiped|they(?:ve)?|he|she)$"
)
_WITH_LEAD: Final = frozenset({Kind.BARE, Kind.REMOVAL})
_VOTE_LIST: Final = re.compile(r"\b(?:absentee|jury|no fly|mail in|by mail|permanent|wait|waiting|guest)\b")
_BEHIND_JUNK: Final = re.compile(
    r" ?(?:\||$|please|now|to|from|i|im|you|on my|already|thanks|or|and (?:please |just )?(?:remove|take|delete|leave|unsubscribe|never|dont|do|stop|quit|go|get)|at once|texts?|messages?|in my)(?: |$)|$"
)
_ABOUT_OTHERS: Final = re.compile(
    r"^ (?:the (?!(?:same |wrong )?(?:numbers?|phones?|elderly|deceased|dead|texts|messages|spam)\b)|ice\b|homeless|immigrants?\b|people(?! who)|women\b|voters\b|workers\b|veterans\b|our (?!phone|home|house|number|family|cell|line|kids|mother|father)|and (?:come|knock|start) )"
)
_NOT_MINE: Final = re.compile(
    r"\b(?:he|she|they|signs?|potholes?|trees?|trash|statues?|judges?|mayor|governor|president|laws?|ban|posters?|books|officers?|principal|superintendent|sheriff|board)$"
)
_OTHER_WAY: Final = re.compile(
    r"\b(?:e?mail(?:s|ing|er|ers)?|newsletters?|calls?|calling|robocalls|knock\w*|flyers?)\b"
)
_TEXTS_LIKED: Final = re.compile(
    r"\b(?:keep texting|prefer texts?|prefer texting|(?:but|and|just|please) text(?: me)?(?= \||$)|(?<!no )(?:texts?|texting) (?:is |are |works? )?(?:fine|ok|okay|good|great|best|better)|(?:texts|text) only|ill text)\b"
)
_LIST_OF_TEXTS: Final = re.compile(r"\b(?:texting|text|contact|calling|mailing|phone) list")
_OFF_SOMETHING: Final = re.compile(
    r" (?:off|from|out of|of|out) (?!(?:of )?(?:the |your |this |these |all |any |ur |everything|here|it|there|you|future |that ))"
)
_OFF_THE_VOTE: Final = re.compile(
    r" (?:from|off) (?:the|my|your) (?:\w+ ){0,2}(?:registration|petition|voter (?:rolls?|file)|rolls|ballots?)\b"
    r"| (?:from (?:office|power|congress|the (?:race|ballot|equation|will|bench|bill))|down|for granted)\b"
)
_ASKED_NOT_TO: Final = re.compile(
    r"\b(?:said|asked|told|tell|if|please|that) (?:you |u )?(?:\w+ )?$|\b(?:can|could|would|will) you$|\b(?:you people|you guys|you better|better)$"
)
_VAGUE_SENDING: Final = frozenset(
    {"calling", "writing", "harassing", "pushing", "wasting", "disturbing", "reaching", "annoying"}
)
_VAGUE_CONTACT: Final = frozenset(
    {"bother", "bug", "disturb", "reach", "hit", "ping", "spam", "write", "communicate", "solicit"}
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Request:
    """A request in its sentence."""

    line: str
    before: str
    matched: str
    after: str
    until_verb: str
    """`before`, and the words of the match before its verb."""


def why_not(line: str, match: re.Match[str], kind: Kind) -> str | None:
    """Why the request in `match` is none ("time", "unless", "likely", "no"), or None when it stands."""
    before = guards.before(line, match)
    matched = match[0]
    verb_at = max((found.start() for found in _VERB.finditer(matched)), default=0)
    until_verb = f"{before} {matched[:verb_at]}".strip() if kind in _WITH_LEAD else before
    if any(guards.negated(lead) for lead in {before, until_verb}):
        return "no"
    ruling = _RULINGS.get(kind)
    if ruling is not None:
        answer = ruling(
            _Request(line=line, before=before, matched=matched, after=line[match.end() :], until_verb=until_verb)
        )
        if answer:
            return "likely" if answer == "likely" else "no"
    return guards.limit(line, match, own_negation=kind is Kind.DO_NOT)


def calls_only(line: str, matched: str) -> bool:
    """Whether calls are refused and texts are not: "no more phone calls please, texting is fine"."""
    return (
        re.search(r"\bcalls?\b", matched) is not None
        and re.search(r"\b(?:text|message)", matched) is None
        and _INSTEAD.search(line) is not None
    )


def texts_welcome(line: str) -> bool:
    """Whether another way of being reached is refused and texts are liked: "no more emails, texts are fine"."""
    return _OTHER_WAY.search(line) is not None and _TEXTS_LIKED.search(line) is not None


def _stop_doing(request: _Request) -> bool:
    if any(benign.search(request.after) for benign in (_OTHERS_TEXTS, _BACK, _ABOUT_OTHERS)):
        return True
    if _CLAIM.search(request.before) or not guards.addressed(request.before, request.after):
        return True
    if _FIRST_ONLY.search(request.before) and not re.search(r"\bhow (?:do|can|could|would|to)\b", request.before):
        return True
    last = request.matched.split()[-1]
    if last in ("calling", "phoning", "emailing", "writing") and _INSTEAD.search(request.line):
        return True
    if last == "sending":
        return not _BEHIND_SEND.search(request.after)
    return last in _VAGUE_SENDING and not _CONTACT_OBJECT.search(request.after)


def _stop_texts(request: _Request) -> bool:
    if not guards.addressed(request.before, request.after) or _CLAIM.search(request.before):
        return True
    if re.search(
        r"\b(?:the other|their|his|her|opponents?|opponents|other peoples|trumps|republicans?|democrats?) (?:\w+ )?\w+$",
        request.matched,
    ):
        return True
    if re.search(r"\b(?:i|we|ive|weve) (?:just |already )?(?:had to|have to|got to|did)$", request.before):
        return True
    if request.matched.endswith(("subscription", "subscriptions")) and re.match(
        r" to (?!texts?|this|these|your|messages|everything|all)", request.after
    ):
        return True
    if re.search(r"\b(?:garbage|junk|crap|nonsense|harassment|trash)$", request.matched) and not _BEHIND_JUNK.match(
        request.after
    ):
        return True
    return bool(
        re.search(
            r"\b(?:call|contact|text|message|spam|email) (?:centers?|tax|bills?|list of|filter|folder|mail)\b",
            request.matched + request.after[:12],
        )
    )


def _do_not(request: _Request) -> bool | str:
    before, after = request.before, request.after
    if _NOT_OPPOSITE.search(before) and not _ASKED_NOT_TO.search(before):
        return True
    verb = request.matched.split()[-1]
    if verb in ("send", "sending"):
        if (
            _SENT_OFF.match(after)
            or _BY_POST.match(after)
            or _THING_AFTER_SEND.search(after)
            or not _BEHIND_SEND.search(after)
        ):
            return True
    elif verb in _VAGUE_CONTACT and not re.match(
        r" (?:this|my) (?:\w+ )?(?:number|phone|cell|line)\b| (?:me|us) (?:\w+ )?(?:with|by) (?:these|this|your|texts?|texting)\b",
        after,
    ):
        return "" if verb == "write" and after.startswith(" me") else "likely"
    elif verb not in _VAGUE_CONTACT and not _CONTACT_OBJECT.search(after) and not guards.TIMED.search(after):
        return True
    return _do_rather(request, verb)


def _do_rather(request: _Request, verb: str) -> bool:
    """Whether another way of being reached is asked for: "don't call, text me"."""
    after = request.after
    if verb in ("call", "phone", "email") and re.search(r"\btext(?: me| us)?(?: please)?$", request.before):
        return True
    if _BACK.search(after) or _RATHER_TEXT.search(after) or re.match(r" (?:and|n|while) driv", after):
        return True
    if verb in ("call", "phone", "email", "write", "send") and _INSTEAD.search(request.line):
        return True
    if re.search(r"\binstead\b", after) and not re.search(r"\bemail|\bcall", after):
        return True
    return bool(re.match(r" (?:him|her)\b", after)) and not (request.before == "" or request.before.endswith("please"))


def _unsubscribe(request: _Request) -> bool:
    if re.match(
        r" (?:people|those|everyone|anyone|others|voters|folks|biden|trump|congress|senate|the (?:other|whole|entire))\b(?! (?:list|thing|campaign|text))",
        request.after,
    ):
        return True
    return _opt_out(request, third=None) or bool(_OTHER_SENDER.search(request.after))


def _opt_out(request: _Request, third: re.Pattern[str] | None = _OPT_THIRD) -> bool:
    if guards.told_others(request.before) or _FROM_OTHERS.search(request.after) or _CLAIM.search(request.before):
        return True
    if re.match(
        r" (?:process|form|forms|option|fee|period|deadline|card|clause|rules?) (?:for|from|of) (?!text|this|these|your|the (?:texts?|list|messages|campaign))",
        request.after,
    ):
        return True
    return bool(third and third.search(request.before)) and not re.search(
        r"\b(?:we|us) (?:would|want|wish|need|d)\b|\bif (?:i|you) (?:can|could|may)|\b(?:let|lets) me", request.before
    )


def _removal(request: _Request) -> bool:
    after = request.after
    if guards.told_others(request.before) or _CLAIM.search(request.before) or _OFF_THE_VOTE.match(after):
        return True
    if _NOT_MINE.search(request.before) and not re.search(r"\b(?:list|texts?|messages?|texting)\b", after):
        return True
    if _PAST_REMOVAL.search(request.before) or _VOTE_LIST.search(request.matched):
        return True
    if _KEPT_OFF.search(request.matched) or (_OFF_SOMETHING.match(after) and _KEPT_OFF.search(after)):
        return True
    if _LIST_OF_TEXTS.search(after):
        return False
    near = after[:50] if re.match(r" (?:off|from|out of|of|as|for|on) ", after) else after[:40].split(PAUSE)[0]
    return bool(_KEPT_OFF.search(near) or _KEPT_OFF.search(after[:40].split(PAUSE)[0]))


def _bare(request: _Request) -> bool:
    if guards.GLAD.search(request.after) or (_SAID.search(request.matched) and not _OWN_WORDS.search(request.before)):
        return True
    if _CLAIM.search(request.until_verb) or re.search(r"\b(?:full|bus|pit|the|a)$", request.until_verb):
        return True
    return not guards.addressed(request.until_verb, request.after)


_RULINGS: Final[dict[Kind, Callable[[_Request], bool | str]]] = {
    Kind.STOP_DOING: _stop_doing,
    Kind.STOP_TEXTS: _stop_texts,
    Kind.DO_NOT: _do_not,
    Kind.UNSUBSCRIBE: _unsubscribe,
    Kind.OPT_OUT: _opt_out,
    Kind.REMOVAL: _removal,
    Kind.BARE: _bare,
}
