"""What English speakers write when they want no more texts, as small grammars over plain words."""

import enum
import re
from typing import Final


class Kind(enum.Enum):
    """Which misunderstandings a pattern is open to (see `recognition._undone`)."""

    STOP_DOING = enum.auto()
    STOP_TEXTS = enum.auto()
    DO_NOT = enum.auto()
    UNSUBSCRIBE = enum.auto()
    OPT_OUT = enum.auto()
    REMOVAL = enum.auto()
    BARE = enum.auto()
    OTHER = enum.auto()


def _words(*alternatives: str) -> str:
    return "(?:" + "|".join(word for line in alternatives for word in line.split("/")) + ")"


STOP: Final = _words(
    "stop/quit/cease/discontinue/halt/refrain from/desist from/abstain from/knock off/cut out/end/terminate/suspend/stop it with/quit it with/give up"
)
TEXTING: Final = _words(
    "texting/messaging/contacting/calling/phoning/emailing/writing/spamming/harassing/bothering/bugging/pestering",
    "annoying/hounding/badgering/stalking/soliciting/disturbing/trolling/blowing up/blowing my phone up/blowing me up/blowing up my phone/lighting up my phone/flooding/hitting up/reaching out/reaching",
    "communicating/communicating with/robotexting/robo texting/wasting/pinging/sending/bombarding/blasting/pushing/nagging/hassling/inundating/soliciting/polling/surveying/chasing/tormenting/stressing",
)
TEXT: Final = _words(
    "text/message/contact/call/phone/email/write/bother/bug/disturb/reach out/reach/hit up/solicit/ping/send/spam/communicate"
)
TEXTS: Final = (
    r"(?:texts|text messages?|mensajes?|textos?|messages?|texting|text|calls|phone calls|spam|alerts?|text alerts?|notifications?|emails?|"
    r"communications?|contact|correspondence|updates|solicitations?|harassment|messaging|blasts?|crap|shit|bullshit|garbage|junk|nonsense|subscription)"
)
SWEAR: Final = _words(
    "fucking/fuckin/freaking/damn/goddamn/stupid/bloody/dumb/annoying/fuck/ass/shitty/godforsaken/friggin/frickin/ridiculous/idiotic"
)
ADJECTIVE: Final = (
    rf"(?:(?:all|all of|any|any and all|the|these|those|this|that|your|you|such|with|with all|political|campaign|further|future|more|sending|sending me|of|unwanted|"
    rf"automated|random|constant|endless|unsolicited|text|my|our|other|additional|spam|election|voting|group|mass|so many|getting|receiving|{SWEAR}) )"
)
PHONE: Final = (
    r"(?:(?:this|my|the|his|her|their|our|that|these) (?:\w+ ){0,3}?(?:number|phone number|phone|cell|cell phone|line|mobile|name|info|information|contact info|contact information|contact|"
    r"data|numbers|digits|account|tel|telephone|landline|device|person number))"
)
LIST: Final = (
    r"(?:list|lists|lista|system|systems|database|databases|data base|db|records?|rolls?|rolodex|texts|texting|text|messages|messaging|mailings?|contacts?|phone ?bank|phonebank|files?|"
    r"distribution|distro|chain|subscriptions?|calling|registry|directory|communications?|group text|thread|outreach|spam|campaign texts|roster of texts|feed|blast|blasts|books|call sheet|emails?|future)"
)
OFF: Final = r"(?:off of|off|of|from|out of|out from|out)"
ME: Final = rf"(?:me|us|myself|mine|{PHONE}|my wife|my husband|my mom|my dad|my son|my daughter|my kid)"
THEM: Final = r"(?:him|her|them|it|this|that|number|name|my mother|my father)"
FURTHER: Final = r"(?:me|us|myself|mine|this|these|any|anymore|anything|more|again|here|texts?|messages?|stuff|political|your|crap|shit|garbage|junk|spam|please|ever|at all|campaign|unsolicited|my)"
AGAIN: Final = re.compile(r"^(?:\w+ ){0,6}?(?:again|anymore|any more|ever|no more|any longer)\b")

#: Patterns for requests that someone makes of the sender: a negation or another person before them undoes them.
IMPERATIVE: Final = (
    # stop texting (me) ...
    (Kind.STOP_DOING, rf"\b{STOP} (?:{ADJECTIVE}){{0,3}}(?:always |constantly |continually )?{TEXTING}\b"),
    (Kind.STOP_DOING, rf"\b{STOP} (?:always |constantly |continually |please |fucking )?(?:asking|begging|hitting|coming at|coming to|trying to (?:\w+ )?(?:reach|contact|get|recruit|convince|text|call|message|talk)|talking to|following up with|checking in with|checking on|buzzing|dinging|pinging|waking|interrupting|targeting|including|putting|adding|testing|contracting|messing with|ringing|writing to|following|bringing|tagging|signing) (?:up |to |on )?(?:me|us|my (?:\w+ )?(?:phone|cell|number|mom|mother|dad|father|wife|husband|son|daughter|kids?|family)|this (?:\w+ )?(?:number|phone|cell|line)|here)\b"),
    (Kind.STOP_DOING, rf"\b{STOP} (?:asking|begging|panhandling|fishing|hounding people|fundraising)(?: (?:\w+ )?for (?:\w+ ){{0,2}}?(?:money|donations?|cash|my vote|votes?|contributions?|handouts|help|support|anything)| for| already| now| please)?(?= \||$| on this| to this| via| by text| over text| from| on my| every| all the| i | im | we )"),
    (Kind.STOP_TEXTS, r"\b(?:discontinue|cancel|terminate|stop|end|suspend|deactivate) (?:(?:my|this|the|your|text|texting|messaging|sms) )*(?:service|services|account|enrollment)(?= \||$| please| to (?:this|my)| now| immediately| for this| on this)"),
    (Kind.STOP_TEXTS, r"\b(?:stop|quit|end) (?:these|those)(?= \||$| please| now| already| immediately| thanks| thank)"),
    # stop the texts, end these messages, cancel my alerts, no more ...
    (Kind.STOP_TEXTS, rf"\b(?:{STOP}|cancel|stop with|enough with|cut|kill|block|unsubscribe) (?:me from )?(?:{ADJECTIVE}){{0,4}}{TEXTS}\b(?! (?:and|n|or|while) driv| bank| bankers?)"),
    (Kind.STOP_TEXTS, r"\b(?:end|stop) (?:this|the) (?:conversation|chat|thread|exchange|solicitation|madness|nonsense|insanity)\b"),
    (Kind.STOP_TEXTS, r"\bcancel (?:my|this|the|our|your|me from) (?:(?:text|texting|sms|message|messaging|campaign|political|free|entire|whole|phone|mobile|number|phones|numbers|contact|alert|damn|stupid) )?(?:subscription|enrollment|sign ?up|membership|texts?|messages?|list)\b"),
    (Kind.STOP_TEXTS, r"\bcancel me\b(?= \||$| please| from| out| off)"),
    # do not text me, never contact this number again
    (Kind.DO_NOT, rf"\b(?:do not|dont|never|please no|not to|never ever|dont you|dont ever|please not|would you not|can you not|could you not|you not|stop you) (?:you )?(?:(?:ever|again|you|dare|{SWEAR}|even|keep|try to|go|continue to|please|try and) )*{TEXT}(?: (?:or|and|nor) {TEXT})*\b"),
    (Kind.DO_NOT, rf"\b(?:do not|dont|never) (?:ever )?(?:keep |be |start )?{TEXTING} (?:me|us|this|my|here)\b"),
    (Kind.REMOVAL, r"\b(?:leave|keep) (?:me|us|my number|this number|my phone) (?:\w+ )?(?:off|out) (?:of )?(?:(?:your|the|this|any|these|all|ur|future) )?(?:\w+ ){0,2}(?:list|lists|texts|messages|database|thread)\b"),
    # unsubscribe, opt out
    (Kind.UNSUBSCRIBE, r"\b(?:unsubscribe|unsub|unsubscribing|desubscribe|disenroll|unenroll)\b|^(?:please )?unsubscribed me\b"),
    (Kind.OPT_OUT, r"\bopt(?:ing|ed)? (?:(?:me|us|this number|my number|my phone|this phone|myself|him|her) )?out\b(?! (?:of|for|on) (?!(?:all |any |the |these |this |your |every |future |further |receiving |getting |campaign |political |being )*(?:texts?|texting|messages?|messaging|text|list|lists|this|these|it|everything|all|your|communications?|contact|contacted|receiving|getting|alerts?|updates?|program|service|sms|campaign|texted|here|me|us|my|good|now|real|future|ever)\b))"),
    (Kind.OPT_OUT, r"\boptout\b"),
    # take me off, remove my number from your list
    (Kind.REMOVAL, rf"\b(?:take|get|pull|scratch|strike|cross|x|knock|leave|move|keep) {ME} {OFF}(?: (?:(?:of|the|your|this|these|that|all|any|ur|you|ya|whatever|every|its|my|from) )*(?:\w+ ){{0,4}}{LIST}\b| (?:please|now|this|these|it|here|thanks|asap|today|immediately|thank|there|this thing|already|everything|of this|or|and|i|im)\b| ?\||$)"),
    (Kind.REMOVAL, rf"\b(?:remove|delete|erase|scrub|purge|wipe|unlist|discard|lose and delete|take off|take out|expunge|unenroll|deactivate|disenroll|exclude|opt out|deregister|unregister) (?:and \w+ )?(?:all )?(?:{ME}|(?:this|that|the) (?:person|contact|individual|user|recipient|entry|subscriber|contact info))\b"),
    (Kind.REMOVAL, rf"\b(?:remove|delete|erase|scrub|purge|wipe|take|get|drop|pull|strike|move|cut|clear|scratch|kick|dump|withdraw|exclude|omit|expunge|eliminate|unenroll|disenroll|detach|disconnect|bounce|release|excuse|yank|unsubscribe|boot) (?:{THEM}|{ME}|\w+|\w+ \w+|(?:my|this|the|that) \w+ \w+) {OFF} (?:(?:of|the|your|this|these|that|all|any|ur|you|ya|whatever|every|their|its|{SWEAR}) )*(?:\w+ )??(?:\w+ )??{LIST}\b"),
    (Kind.REMOVAL, rf"\b(?:take|get|pull) (?:his|her|their|my|our|that|this|the|moms|dads|\w+s) (?:\w+ )?(?:number|name|phone|cell|info|contact) {OFF}\b(?! the (?:ballot|door|sign))"),
    (Kind.REMOVAL, r"\b(?:remove|delete|erase) (?:from|off) (?:(?:the|your|this|all|any|ur|every|mailing|texting|text|call|calling|contact|my) )*(?:list|lists|database|system|texts|texting|contacts|records|group|messages|everything)\b"),
    (Kind.REMOVAL, r"(?:^|\| |\bplease |\bkindly |\bjust |\bnumber |\binterested |\bnow |\band |\bnot me )(?:remove|delete|take off|take me off|erase)(?= \||$| please| thanks| thank| now| immediately| asap| at once)"),
    (Kind.REMOVAL, r"\b(?:take|leave) (?:him|her|them) off(?= \||$| please| now| thanks)(?=.*\b(?:died|dead|deceased|passed|moved|gone|lives?|living|wrong|number|phone)\b)|\bplease (?:take|leave) (?:him|her|them) off(?= \||$)|\b(?:died|dead|deceased|passed away|passed|moved|wrong number)\b.*\b(?:take|remove|delete) (?:him|her|them|it|off)(?: off| from)?(?= \||$| please| now| thanks)"),
    # the sender's do-not-call list
    (Kind.OTHER, r"\b(?:add|put|place|include|enter|get|list) (?:me|us|my (?:\w+ )?number|this (?:\w+ )?number|it|my name|my phone|this phone|this cell|him|her|my cell) (?:\w+ )?(?:to|on|onto|in|under|as|at) (?:(?:your|the|ur|a|that|that|internal) )*(?:do not|dont|no|never|opt out|removal|remove|unsubscribe|unsubscribed|block|suppression|dnc)\b"),
    # wishes put as requests
    (Kind.REMOVAL, rf"\b(?:want|need|like|wish|love|prefer|have|want to be|like to be|please be|asking|ask|asked|beg|begging|request|requesting|requested|demand|demanding) (?:to be |to get |to have |that |for |being |be |you to |you |)(?:(?:{ME}|these|this|me and my wife|all) )?(?:to be |be |get )?(?:removed|taken off|taken out|deleted|dropped from|unsubscribed|opted out|erased|off|out of)\b(?! (?:the )?(?:shift|schedule|work|office|ballot|of town))"),
    (Kind.REMOVAL, r"\b(?:to be|be|been|being) (?:removed|taken off|deleted|unsubscribed|opted out|taken out|dropped) (?:from|of|off) (?:(?:this|the|your|all|any|these|ur|every|future|further) )*(?:\w+ ){0,2}(?:list|lists|texts|messages|communications?|contacts?|database|texting|system|thread|chain)\b"),
    (Kind.REMOVAL, r"\b(?:i|we|and|please|so) (?:\w+ )?(?:want|need|wish|would like|wanted|id like|like) (?:to (?:be|get) )?(?:off|out)(?: of)? (?:(?:this|the|your|these|ur|all|any|that) )*(?:\w+ ){0,3}(?:list|lists|texts|messages|database|thread|group text|chain|system|texting)\b"),
    (Kind.REMOVAL, r"\b(?:get|getting|be|been|got me|getting me|want|need|myself|me) (?:taken |removed )?(?:off|out)(?: of)? (?:(?:this|your|these|ur|all|the|that) )(?:\w+ ){0,2}(?:list|lists|texts|text list|texting list|messages|database|text chain|group text|mailing|texting)\b"),
    (Kind.OTHER, r"\b(?:want|need|would like|like|want you|need you) (?:you |this |these |it |all this |for this |for these |them |the |texts |messages |text )+(?:people |guys |all |texts |messages )?to (?:please )?(?:stop|quit|cease)(?= \||$| please| now| immediately| with| texting| sending| contacting| messaging| calling| the| these| right| asap| forever| already)"),
    (Kind.OTHER, r"\bwant (?:this|these|them|it|the texts|the messages|your texts) (?:to )?stopped\b"),
    (Kind.BARE, r"\b(?:want|how (?:do|can) (?:i|we)|way|trying|ways|help me|like|need|wish) (?:to )?(?:stop|quit|end|block|avoid) (?:receiving|getting|these|the texts|the messages|this|your|all this|all these|being)(?= (?:\w+ ){0,3}(?:texts?|messages?|spam|texted|messaged|contacted|calls|these|alerts?|from you|harassment)\b| \||$)"),
    (Kind.OTHER, r"\b(?:make|get) (?:it|this|them|these|the texts|these texts|the messages|these messages|you) (?:to )?stop\b(?= \||$| please| now| already| texting)"),
    (Kind.OTHER, r"\b(?:stop|quit) (?:using|selling|sharing|passing around|giving out) (?:my|this|our)\b"),
    (Kind.OTHER, r"\bare you (?:\w+ )?going to (?:ever |please )?stop\b(?! by| at| in| the| for)"),
    (Kind.REMOVAL, r"\b(?:can|could|may) (?:i|we) (?:please )?(?:be|get) (?:removed|taken off|unsubscribed|opted out|deleted|off)\b(?= \||$| (?:from|of|off) (?:this|these|your|the)(?: |$)| please)"),
    (Kind.OTHER, r"\b(?:request|requesting|requested|need|want|demand|demanding|confirm) (?:a |my |the |immediate |for )*(?:removal|unsubscription|deletion|opt out)\b|\b(?:removal|opt out|unsubscribe) request\b|\bprocess my (?:opt out|removal)\b|\bremoval from (?:your|this|the) (?:\w+ )?list"),
    (Kind.OTHER, r"(?:^|\| )(?:please )?(?:take |get |remove )?off (?:of )?(?:(?:the|your|this|ur) )?(?:\w+ )?(?:list|lists|database)\b|\btake off (?:of )?(?:the |your |this |ur )?(?:\w+ )?list\b"),
    (Kind.OTHER, r"^(?:please )?(?:delete|remove|erase|block) (?:contact|number|phone|phone number|info|name|cell|subscription|user|recipient|all|everything|entry|from contacts)(?= \||$| please| thanks)"),
    (Kind.OTHER, r"\bblock (?:me|my number|my phone)\b(?! party)"),
    (Kind.OTHER, r"\b(?:do not|dont|never|stop|quit) (?:use|using) (?:this|my) (?:\w+ )?(?:number|phone|line|cell)\b"),
    (Kind.OTHER, r"\bno need to (?:keep )?(?:text|contact|message|call|send)\w*\b.{0,30}\b(?:anymore|any more|any longer|again)\b"),
    (Kind.OTHER, r"\bif (?:you|u|this) (?:people |guys |all )?(?:dont|do not|cant|wont|doesnt) (?:\w+ )?(?:stop|quit)\b(?= \||$| texting| messaging| contacting| sending| calling| this| it| now| these| the texts| harassing)"),
    (Kind.OTHER, r"\b(?:do not|dont) (?:give|grant) (?:you |my |any |anyone )*(?:permission|consent|authorization)\b"),
    (Kind.OTHER, r"\b(?:not|never|dont|do not)(?: (?!get|got|receive|received|see|seen|getting|gotten)\w+){0,4} (?:another|one more|a single|one single) (?:\w+ )?(?:text|message|msg)\b"),
    (Kind.OTHER, r"\bdoes (?:the word )?stop mean\b|\b(?:understand|meaning of|mean by|about|comprehend) (?:about )?(?:the word |the meaning of )?stop(?= \||$| to you)|\bthe word stop(?= \||$| mean)"),
    (Kind.OTHER, r"\bcease and desist\b"),
    (Kind.OTHER, r"\bcease (?:all|any|and|further|contact|communication|this|immediately|now)\b"),
    (Kind.OTHER, r"\bdesist\b"),
    # bare "stop", addressed to the sender
    (Kind.BARE, r"\b(?:please|pls|kindly|just|now|must|so|you people|you guys|you all|will you|would you|can you|could you|when will you|wont you|you to|you need to|you have to|you should|you must|you better|you can|fucking|you|ok|okay|and|interested|number|person|thanks|say|said|saying|again|once|republican|democrat|democrats|republicans|already|texts|texting|reply|text|txt|says|type|typed|typing|replied|sent|send|sending|texted|wrote|word|responded|answered|respond|answer|me|hi|hello|hey|yes|yeah|yep|no|nope|sorry|mean it|serious|seriously|are you going to|are you ever going to|are you people going to|dead|moved|voted|minor|sir|maam|dude|bro|lady|im saying|request) (?:the (?:fuck|hell) )?(?:stop|quit|unsubscribe|optout)(?: (?:it|this|that|now|already|immediately|please|asap|right now|doing this|thanks|thank you|at once|for good|forever|today|damn it|dammit|everything|all of this|all this|with this|fucking|all|you|lol|again|sir|texts|and|or|before|twice|three|3|2|4|many|several|multiple|times|yesterday|last|a|ages|weeks|days|months|so|but|why|how|what|leave|remove|go|im|i|this is|ok|okay)(?= |$))*(?= \||$| \w+ times| stop| i | im | you | and (?:you|i|im|still|yet|here)| (?:she|he|shes|hes|we|were|not|wrong|no|ya|por|yo|soy|estoy|me|mi|se|numero|su|porque|gracias|its|theres|never|delete|unsubscribe|ive|ill|id|my (?:number|phone|name|mom|dad|wife|husband|son|daughter|mother|father|kid)|this (?:number|phone|is|isnt)|they (?:dont|died|moved|are not|arent)) )"),
    (Kind.BARE, r"\b(?:asked|told|tell|ask|begged|telling|asking|ordered|instructed|warned|warning) (?:you |all |people |guys |u |yall |this |the campaign )*(?:\w+ times |many times |already |before |nicely |again |repeatedly |twice )*to (?:please )?(?:stop|quit|leave me alone and stop)(?= \||$| already| now| and| texting| so| last| yesterday| before| \w+ times| this| these| with| please| doing| months| weeks| but| why)"),
    (Kind.BARE, r"\b(?:say|said|says|saying|replied|reply|texted|typed|responded|answered|wrote|sent) (?:the word |you |back |with |in |to )*(?:stop|unsubscribe|quit|optout|opt out|end|cancel|remove)\b(?= \||$| and| multiple| \w+ times?| yesterday| last| before| already| but| why| so| what| now| again| a | weeks| days| i | you| to | texting| the first| earlier| please| when| ages| this| twice| three| many| several| it | stop| im | how| texts| messages| from | please| or | in | like | for | an | on | dont )(?! being)"),
    # threats: what would follow another text
    (Kind.OTHER, r"\b(?:if|next time|every time) (?:you|u|yall|anyone|i|this number|you people|you guys) (?:ever |even |so much as |dare )?(?:text|contact|message|call|send|get|receive|texts|contacts) (?:me |us |this number |my phone |my number |another |one more |a single )*(?:again|anymore|one more time|ever again|once more|text|message|another)\b(?=.*\b(?:sue|lawyer|attorney|report\w*|block\w*|police|fcc|ftc|complaint|court|charges|legal|regret|harassment|fine|fined|file|filing|pay|swear|god|sorry|against|other|lose)\b| \||$)"),
    (Kind.OTHER, r"\b(?:text|contact|message|call) (?:me|us|this number|my \w+) (?:again|one more time|one more|once more|ever again) (?:and|or|n|&)? ?(?:i|ill|im|we|well|you|youll|see|my)\b(?=.*\b(?:sue|lawyer|attorney|report\w*|block\w*|police|fcc|ftc|complaint|court|charges|legal|regret|harassment|file|filing|lose|fine|against|vote for your|voting for your)\b)"),
    (Kind.OTHER, r"\b(?:what|how|where|who|any way|a way|is there)\b(?: \w+){0,6} to (?:\w+ )?(?:(?:stop|quit|end|avoid|block) (?:\w+ )?(?:getting|receiving|these|this|your|the texts|the messages|texts|messages|all these)|get off (?:of )?(?:this|these|your|the (?:\w+ )?list)|opt out|unsubscribe|not (?:get|receive)|(?:no longer|never) (?:get|receive)|(?:be|get) (?:removed|taken off))(?= (?:\w+ ){0,3}(?:texts?|messages?|spam|texted|messaged|contacted|calls|these|alerts?|from you|list|anymore|again)\b| \||$)"),
    (Kind.OTHER, r"\bstop(?: always)? means stop\b|\bhonou?r (?:my|this|the) (?:\w+ ){0,2}(?:request|wishes|opt out)\b|\b(?:mark|flag|list|code|tag|note|register) (?:me|us|this number|my number|my name|it) (?:down )?(?:as |for )(?:an? )?(?:do not|dont|no|opt|opted|never|not to)\b(?! (?:vot|show|answer))"),
    # consent withdrawn
    (Kind.OTHER, r"\b(?:revoke|revoking|withdraw|withdrawing|rescind|rescinding|retract|take back|withhold|remove|cancel|pull) (?:(?:my|all|any|the|our|prior|previous|whatever|express) )*(?:consent|permission|authorization|authorisation|approval|opt in|permissions)\b"),
    (Kind.OTHER, r"\b(?:consent|permission|authorization) (?:(?:is|was|has been|has|have been|hereby) )?(?:\w+ )?(?:withdrawn|revoked|rescinded|removed|cancelled|canceled|denied)\b"),
    (Kind.OTHER, r"\bi (?:hereby )?revoke\b(?= \||$| any| all| my| this| everything)"),
    # who must not text
    (Kind.OTHER, r"\b(?:you |u )?(?:do not|dont|no longer|never) have (?:my |any |our )?(?:permission|consent|authorization) (?:to |for )?(?:text|contact|message|call|keep|continue|send|use)\b"),
    (Kind.OTHER, r"\b(?:you may|you can|you are|youre|you) not (?:allowed to |permitted to |authorized to |welcome to |to |longer )?(?:text|contact|message|call)\b"),
    (Kind.OTHER, r"\blose (?:my|this|our) (?:\w+ )?(?:number|info|contact) and (?:dont|stop|never|quit)\b"),
    (Kind.REMOVAL, r"\b(?:delete|lose|forget|remove|erase|destroy|purge|scrub|block) (?:(?:all|my|this|our|the|any|whatever) )*(?:\w+ )?(?:number|name|info|information|phone number|contact|details|data) (?:from|off|out|and|in)\b"),
)  # fmt: skip

#: Wishes that carry their own negation.
NEGATIVE: Final = (
    rf"\b(?:no|not any|zero|without any|nomore) (?:more|further|additional|future|mas|longer any|additional)(?: of)?(?: (?:{ADJECTIVE}|follow up |stupid ))*? ?{TEXTS}\b(?! (?:from (?:them|him|her|the other))| to (?:them|him|her)\b)",
    r"(?:^|\| |\bplease )no (?:calls|texts|emails|messages|texting|calling|more calls) (?:or|and|nor) (?:texts|calls|messages|texting|emails|text messages)\b",
    r"(?:^|\| |\bplease |\bthanks |\bthank you |\bso |\bor |\band |\bi said |\binterested |\bnumber |\bwant |\bjust )no (?:texts|text|texting|text messages?|messages|messaging|contact|sms|political texts|campaign texts|spam|soliciting|solicitations?|unsolicited texts)(?= (?:please|thanks|thank|to|on|at|for me|ever|period|or|allowed|from you|here|of any|por|gracias)\b| \||$)",
    rf"\b(?:(?:dont|do not|didnt|did not|never|not|dont even|doesnt|does not|wouldnt|would not) (?=(?:really |even |ever )*(?:want|wish|care|need|desire|consent|agree|authorize|like to|okay|ok|interested|wanting))|no longer |rather not |prefer not to |prefer not |would rather not )(?:(?:want|wanna|wish|like|care|need|desire|consent|agree|really|even|ever|prefer|really want|care for|appreciate|authorize|wishing|wanting|interested in|looking|okay with|ok with) )*(?:to |for |in |that )*(?:(?:receive|receiving|get|getting|have|having|be|being|see|continue|continue to|keep|keep getting|accept|hear|continue receiving|remain on|stay on|i|we|be getting|participate in) )+(?:(?:(?:{ADJECTIVE})|to |of |be |get |receive |on |anymore |in |anything |kind |kinds |type |types |sort )){{0,6}}(?:{TEXTS}|texted|messaged|contacted|called|from you|list|lists|emailed|from (?:this|your|the|any) (?:campaign|candidate|organization|group|party|number|pac)|these|(?:this|it|them|that|those|anything|any|stuff|more|nothing|anymore)(?= \||$| anymore| again| from you| please| thanks| on my)|anything (?:else )?from|solicited|spammed|texting list|text list|bothered by texts)\b(?! (?:from|by) (?:them|him|her|the other))(?! list your| in (?:the )?mail)",
    rf"\b(?:dont|do not|no longer|never|doesnt) (?:\w+ ){{0,2}}?(?:want|need|wish for|wanna get|care for|like|accept|appreciate|welcome|want to see|read|authorize|consent to|agree to) (?:{ADJECTIVE}){{0,5}}(?:texts|text messages?|messages|texting|calls|communications?|alerts?|contact from|contact with)\b(?! from (?:them|him|her|the other))",
    rf"\b(?:dont|do not|never|no longer|didnt|doesnt) (?:want|need|wish|like) (?:for )?(?:you|your|yall|anyone|you people|you guys|your people|any of you|your campaign|this campaign|people|anybody) (?:\w+ )?(?:people |guys |all |campaign )?(?:to )?(?:ever )?(?:{TEXTING}|{TEXT}|have my number|having my number)\b",
    r"\b(?:dont|do not|never|no longer) (?:ever )?(?:want|wish|care|like|need) to (?:ever )?(?:hear|be contacted|be texted|be called|be messaged|be emailed|be on|be part of|be in|be subscribed|subscribe|be a part of)(?= (?:\w+ ){0,2}(?:from|about this|list|anymore|again|texts?|contacted|your|these|this|the list)\b| \||$| by)(?! from (?:them|him|her|the other)\b)",
    r"\bno longer (?:want|wish|need|interested in (?:receiving|getting|these|texts|your))\b(?= (?:to |receiving |getting |in |any |these |this |your |the |on |be |texts |messages |\||part )|$| \|)(?! (?:to )?(?:vote|volunteer|work|drive|canvass|help|donate|come|attend|go|run|live))",
    r"\b(?:prefer|rather|like|love|appreciate|want|request|ask|asked|wish) (?:it )?(?:if )?(?:that )?(?:you |u |not )?(?:didnt|dont|did not|would not|wouldnt|not|stopped|quit|ceased|you not) (?:to be |be |to get |get )?(?:text|texted|message|messaged|contact|contacted|call|called|send|texting|contacting|receiving|messaging|calling|sending|receive)\b",
    r"\b(?:these|this|the|your|all|all these|those|all this) (?:\w+ )?(?:texts|messages|text messages|text|texting|messaging|calls) (?:need|needs|have|has|had|must|should|better|gotta) (?:to )?(?:please )?(?:stop|end|cease|quit)\b",
    r"\bwhen (?:will|do|does|are) (?:these|the|this|your|all these|all the) (?:\w+ )?(?:texts|messages|spam|texting|calls) (?:going to |ever |finally )*(?:stop|end)\b",
    r"\bunsubscribed\b.*\bstill\b(?!.*\b(?:want|love|like)\b)|\b(?:still|keep|keeps)\b.*\bunsubscribed\b|\b(?:already|thought i|i have|ive) unsubscribed(?= \||$| from (?:this|these|you|your))|\bshould (?:be|have been) (?:unsubscribed|removed|opted out)\b",
    r"\bwhy (?:am i|are you|are we|do i) still (?:getting|on|receiving|texting|get|sending|messaging|contacting)\b.*\b(?:stop|unsubscribe|optout|opt out|opted out|removed)\b",
    r"(?<!never )(?<!didnt )(?<!did not )\b(?:asked|told|requested|begged|said) (?:you |yall |you people |you guys |multiple times |several times |\w+ times |already |repeatedly )*(?:to )?(?:be |get )?(?:remove|removed|take me off|taken off|unsubscribe|unsubscribed|delete|deleted|opt out|opted out)\b",
    r"\b(?:stop|quit|unsubscribe|optout|cancel) (?:stop|quit|end|unsubscribe|optout|cancel|all|stop all)\b",
    r"\bstop all\b(?= \||$| please| now| thanks| texts| messages| of it| of this| communication| contact| this)",
)  # fmt: skip

#: "STOP I'm not in Georgia": the word comes first and what follows is said to the sender.
OPENING: Final = re.compile(
    r"^(?:(?:please|pls|hi|hello|hey|ok|okay|yes|no|yeah|sorry|um|just|omg|lol|dude|bro|sir|fucking|oh my god|for the love of god|for gods sake|jesus|now|wrong number|not interested|thanks|thank you) )?(?:\| )?"
    r"(?:stop|unsubscribe|quit|optout|opt out|unsub|stopall)"
    r"(?: (?:i|im|ive|id|ill|you are|you have|you people|you keep|you got|youve|this is|this isnt|this number|thats|not|wrong|please|pls|thanks|thank|and thank|already|now|immediately|asap|right now|"
    r"damn|or i|or ill|or im|or else|before i|dude|bro|sir|man|ok|okay|lol|we are|were not|por favor|gracias|forever|permanently|for good|at once|it now|it please|it already|"
    r"this now|this please|this already|this harassment|this crap|this shit|this bullshit|doing this|with this|she|he|shes|hes|we|no hablo|no soy|no vivo|no quiero|no me|no estoy|no puedo|no mas|ya|yo|soy|estoy|me (?:equivoque|mude|molesta|tienen|cobran|cansan)|mi|por|porque|numero|usted|se|means stop|theres|there is|its not|nobody|none|the madness|do not|dont|never|remove|delete|take me|leave me|she is|he is|she died|he died|nobody|no one here|all of it|"
    r"enough|today|fucking|the fuck|bitch|asshole|stop|quit|end|my name|im|your spam|y all|moved|who is|who are|end of|period|last time|final|kindly|and dont|and remove|and delete|and leave|and take|and never|and do)\b"
    r"|(?: you)(?: \w+){1,2}(?= \||$)| (?:you )?(?:motherfuckers?|mother fuckers?|fuckers?|fucker|assholes?|idiots?|morons?|jerks?|creeps?|scum|bastards?|dumbass(?:es)?|people|bitch(?:es)?|losers?|weirdos?|scammers?|spammers?|liars?|dickheads?|pricks?|cunts?|clowns?|vultures?|commies?|libtards?|fascists?|nazis?|freaks?|pests?|dipshits?|shitheads?|imbeciles?)(?= \||$)|(?: it| this| that| now| please| all| everything)*(?= \||$))"
)

#: What makes a reply a wish to be left alone that stops short of saying so.
LIKELY: Final = (
    r"\bnot (?:at all |really |remotely |even |the least bit |particularly |that |one bit |in the least |currently )?interested\b(?! (?:in )?(?:\w+ ){1,5}but\b)(?!.*\bbut (?:i|im|we|happy|can|could|will|would|my|id|ill|keep)\b)",
    r"\b(?:dont|do not|couldnt) (?:\w+ )?(?:care (?:less|(?:about|for|who|what|if) (?:\w+ )?(?:your|this|the|any|politics)\b)|give a (?:\w+ )?(?:shit|fuck|damn|crap|rats))|\bwrong number\b.*\bdont care\b|(?:^|\| )(?:i )?(?:really |honestly |just |truly )?(?:dont|do not) care(?= \||$| anymore| at all| lol| bye)|\b(?:nobody|no one|noone) (?:here |in this house |at this number |in my (?:house|family) )?(?:wants|asked|is interested|cares|likes|needs)(?= (?:for |in |about )?(?:this|these|it|your|you|what you|any of|texts?|spam|political)\b| \||$)|\bprivate (?:\w+ )?(?:number|line|cell|phone)\b|\bwho (?:\w+ )?(?:signed|put|added|enrolled) (?:me|us) (?:up|on|to|in|here)\b(?! for (?:a|the|saturday|sunday))",
    r"\b(?:uninterested|no interest|zero interest|not my thing|no longer interested|not into (?:this|politics|it)|never interested|lost interest)\b",
    r"\b(?:leave|let) (?:me|us|my (?:phone|number|family|wife|husband|mom|kids?)|this number|people) (?:\w+ ){0,3}?(?:alone|be|in peace)\b",
    (r"(?<!he can )(?<!they can )(?<!they should )(?<!he should )\b(?:go away|get lost|bug off|buzz off|back off|beat it|shut up|shut it|eat shit|drop dead|get bent|stfu|gtfo|scram|kick rocks|take a hike|go fuck|f off|eff off|fuck off|fuck (?:right |all the way )?off|piss off|sod off|screw off|screw you|screw your?self|fuck you|fuck your?self|fuck yall|kiss my|"
    r"bite me|suck (?:it|my)|get a life|go to hell|burn in hell|rot in hell|kill your?self|go pound|pound sand|shove it|up yours|take a hint|get the hint|not you (?:people )?again|hell no leave|get out of (?:my|here with)|fuck outta|get fucked|jump in a lake|go jump|shoo|go bother|bother (?:someone|somebody|anyone) else|"
    r"hop off|die|eat a dick|kma|foff|gfy|fu|bugger off|f you|f your?self|f u|go f)\b(?= \||$| and| you| with| or| now| please| creeps?| loser| scum| i| im| ass| from| my| people| already| jerk| asshole| your| spammers?| liberals?| idiots?| stupid| trump| commie| all| bitch| the| creep| weirdo| scammers?| ya| then| libs?| maga| nazis?| freaks?| again| off| else| off)"),
    r"\blose (?:it|my number|this number|my contact|our number|my digits)\b",
    r"\b(?:forget|lose|burn|throw away|shred|rip up) (?:my|this) (?:number|phone number)\b",
    r"\b(?:never|didnt|did not|dont remember|dont recall|havent|have not|dont think i) (?:ever )?(?:signed|sign|signing) (?:me |myself )?up(?: for| to)?(?: (?:this|these|it|any|anything|texts?|that|your|to (?:be|get|receive)|here|with you|political|campaign|spam|get|be))?(?= |$)(?! (?:for |to )?(?:the|a|volunteer|canvass|knock|help|work|vote) )(?! to )",
    r"\b(?:never|didnt|did not|dont recall|havent|dont remember) (?:ever )?(?:subscribed?|subscribing|opt(?:ed)? in|opted|ask(?:ed)? (?:for|to (?:be|get|receive)|you to)|request(?:ed)?|gave (?:you|anyone|permission|consent|my|this|out|them)|give (?:you|anyone|permission|consent|my|this|out|them)|authorized?|consent(?:ed)?|agreed? to|grant(?:ed)?|provided? (?:you|my)|approved?)\b(?! (?:for )?(?:a|the) (?:yard|sign|mail|ballot|absentee))",
    r"\b(?:without|no) (?:my |any |prior |our )?(?:consent|permission|authorization)\b|\b(?:did|do|have) not have (?:my )?(?:permission|consent)\b|\bdont have (?:my )?(?:permission|consent)\b",
    r"(?:^|\| |\bsaid |\bthats |\bgod |\bplease |\bok |\bhad |\bis )enough(?= already| is enough| \||$| thank| thanks| today| for (?:today|one)| of (?:this|these|the|your)| with|s enough| now| please| texts| messages)(?!.*\bto (?:win|qualify|vote))|\benough (?:already|is enough)\b|\b(?:had|have|seen|heard) enough\b(?= of|$| \||from)|\benough (?:with|of) (?:the|these|this|your|it)\b",
    r"\b(?:too|so|this|way too|that|how) (?:damn |fucking |freaking |goddamn |many damn )?(?:many|much) (?:\w+ )?(?:texts?|messages?|spam|political stuff|politics|of these|emails?)\b",
    r"\b(?:text|texting|message|messaging|contact|bother|write) (?:me |us |people )?(?:way |far )?(?:too|so) (?:much|many|often)\b|\btexts? (?:every|all) (?:the )?(?:day|time|hour|single)\b|\b(?:constant|nonstop|endless|incessant|relentless) (?:texts?|texting|messages?|barrage|spam)\b",
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|millionth|2nd|3rd|4th|5th|6th|10th|\d+th|\d+) (?:text|message|texts|messages|time) (?:this|today|from|i|in|ive|you|already|so|that|about|about this)\b(?!.*\b(?:voter|vot(?:ed|ing)|meet))",
    r"\b(?:sick|tired|exhausted|weary|fed up|over it|done|so over|sick and tired|annoyed|irritated|overwhelmed) (?:and tired )?(?:of|with|by) (?:\w+ ){0,3}?(?:texts?|messages?|spam|texted|politics|political|you people|this shit|this crap|campaign|these|this|you|getting|being)\b(?! (?:war|president|mayor|congress|system|party))",
    r"\b(?:fewer|less|none) of (?:these|those|your|this)\b|\bfewer (?:texts|messages)\b|\bideally none\b",
    r"\bdont (?:even |really )?want (?:this|these|it|that|any|any part|any of (?:this|it|these)|no part|anything|to talk|to chat|to be bothered|to discuss|to participate|to hear (?:it|this|about)|your|you to|to be involved|to engage|none|nothing)\b(?= \||$| of| to do| from| about| with| anymore| text| texts| message| to| crap| shit| stuff| help| for| again| on my| please| thanks| here| over| at all| about)",
    r"\bdont (?:need|care for|like|appreciate|welcome|enjoy) (?:\w+ )?(?:this|these|your|getting|receiving|being)(?= (?:\w+ )?(?:texts?|messages?|spam|texted|contacted|bothered|harassed|crap|shit|propaganda|junk|bullshit|nonsense)| \||$)",
    r"\b(?:on|in|to|with) (?:the |a |your |national |federal |that )*(?:do not|dont|no) (?:call|text|contact)\b|\bdnc (?:list|registry)\b|\bdo not (?:call|contact|text) (?:list|registry)\b",
    r"\bwhy (?:in the \w+ |the \w+ |tf )?(?:do|are|am|did|does|would|is) (?:you|i|we|yall|this|u|people|you people|you guys|someone|anyone|it) (?:all |people |guys |still |always |even |again |always )*(?:keep|getting|still|texting|messaging|contacting|bothering|receiving|spamming|harassing|calling|text|get|bother|sending|text|on|writing|blowing|continue|hitting)\b(?! (?:out|lower|higher|rid|ready|to|signs?|the|a) )",
    r"\b(?:you|yall|you people|you guys|people|still|and|they|this campaign) (?:just |still |all |constantly |always )*keep (?:on )?(?:texting|messaging|sending|contacting|bothering|spamming|harassing|calling|bugging|hounding|blowing|hitting)\b",
    r"\bkeep (?:getting|receiving) (?:these|this|your|texts|messages|all these|so many|the same|spam|political|unwanted|unsolicited)\b",
    r"^spam(?: (?:spam|text|texts|texter|caller|message|number|risk|likely|alert))*$|^(?:this|that|its|it|you|all|these|more|just|ugh|another|pure|total|reported|marked|flagged|what|such) (?:\w+ ){0,4}(?:spam|spamming|spammers?|junk)\b|\b(?:mark|marking|marked|report|reporting|reported|flag|flagging|flagged|reported it|delete|deleted|block|blocked|blocking) (?:\w+ ){0,5}(?:spam|junk|phishing|scam|fcc|ftc|harassment)\b|\byour (?:\w+ )?spam\b|\bspammers?\b|\bspamming\b|\bspam (?:me|texts?|messages?|text|calls?|bot|somewhere|someone)\b|\b(?:no|more) spam\b",
    r"\b(?:unsolicited|unwanted|uninvited|intrusive|junk) (?:\w+ )?(?:texts?|messages?|texting|contact|political|calls?|spam|mail)?\b(?= |$)(?! ballot)",
    r"^(?:you are |you have been |youve been |youre |have been |been |you get |getting |consider yourself |number |this number is |you |and |now |auto )*(?:blocked|reported|block|report)(?: (?:and|&) (?:blocked|reported|deleted|block|report|delete))*(?: (?:you|now|bye|sender|lol|thanks|loser|asshole|bitch|spam|creep|creeps|goodbye|deleted|by|from|here))*(?= \||$)|\|(?: \w+){0,2} (?:blocked|reported)(?= \||$)",
    r"\b(?:blocking|block|blocked|reporting|report|reported) (?:this number|your number|you|your|ur|the number|all political|political|and report|and delet\w+|this|it to|all of you|to the (?:fcc|ftc|police|attorney)|every|unknown|numbers? like)\b(?! (?:street|party|road|grant))(?! (?:on|in) (?:the )?(?:elm|main|ballot))",
    r"\b(?:los|les|to) (?:fcc|ftc)\b|\b(?:fcc|ftc|tcpa|attorney general|better business|bbb)\b",
    r"\bharass(?:ment|ing|ed|er|ers|es)?\b(?! (?:at|in|of|by|on|law|women|policy|training|allegations?|claims?|charges?|voters?|immigrants?|people|workers|my (?:daughter|sister|coworker|neighbor)))(?!.*\b(?:workplace|sexual)\b)",
    r"\b(?:sue|suing) (?:you|your|u|yall|the campaign|for)\b|\bsee you in court\b|\b(?:my|our) (?:lawyer|attorney)\b|\btake legal action\b|\b(?:this|its|thats|is|texting \w+ is|are|be) illegal(?= to (?:text|contact|send|spam)| \||$)",
    r"\bwaste of (?:my |your )?time\b|(?:^|\| |please )no (?:politics|surveys|polls|political stuff)(?= \||$| please| thanks| here)|\b(?:dont|do not|never) (?:do|take|respond to|reply to|answer) (?:\w+ )?(?:surveys|polls|texts|text messages|messages from)\b|\b(?:ugh|oh god|great|wow|jesus|not|seriously) another (?:one|text|message)\b|\b(?:not|dont|do not) (?:wish|want|care|like) to participate\b|\b(?:get|getting|got|gotten|received|receiving|receive) (?:like |about |over |at least )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|a dozen|dozens|hundreds|tons|a ton|so many|twenty|fifty|a hundred|a million|a bunch) (?:of )?(?:these|texts|messages|political)\b",
    r"\b(?:wast(?:e|ing)|save) (?:\w+ )?(?:your|my|our|ur) (?:\w+ )?(?:time|breath|money|energy|effort|texts)\b",
    r"\bdont (?:even )?(?:bother|waste)\b(?! (?:with (?:the|a) |coming|to (?:come|bring|call ahead)|bringing))|\bnot worth your time\b|\bdont (?:ever )?(?:bother|bug|pester|harass|spam|disturb|annoy|come at)\b (?:me|us|my)",
    r"\bgive (?:it|me|this|us) a (?:\w+ )?(?:rest|break)\b|\bknock it off\b|\bcut it out\b|\bcut the crap\b|\b(?:quit|stop) it\b(?= \||$)|\bjust (?:quit|stop)\b(?= \||$)|\bplease (?:just )?(?:quit|stop)\b(?= \||$)|^(?:stop|quit) (?:this|that|lying|your lies|your bs|your bullshit)(?= \||$)|\b(?:this|it) (?:has|needs|must|better|really needs|really has|had better) (?:to )?(?:stop|end)(?= \||$| now| immediately| already| today)",
    r"\bno more(?= \||$| please| of (?:this|these|your)| politics| political| thanks| for me| thank| pleas| crap| shit| bullshit| ok| okay| ever)(?! politics in (?:the )?(?:school|sport))|\b(?:no|not) anymore(?= \||$| please)",
    r"^(?:\w+ ){0,3}?(?:hard pass|pass for good|permanent pass)\b|\bpass \| for good\b|\bpass forever\b|\b(?:no|nope) (?:\| )?(?:not now )?not ever\b|\bhell no and\b",
    r"\b(?:respect|invasion of|invading|violat\w+|violation of|value) (?:my |our |peoples |a persons |of )?privacy\b",
    r"\b(?:dont|do not|never) (?:do|discuss|talk|talk about|engage in|want|debate|respond to|answer|reply to|deal with|read|open|like|accept) (?:about )?(?:politics|political (?:\w+ )?(?:texts?|messages?|stuff|calls?|surveys?|ads?)|unknown numbers|unsolicited \w+|strangers|spam|political)\b",
    r"\b(?:not happy about|unhappy about|upset about|not pleased|do not appreciate|dont appreciate|very annoying|so annoying|super annoying|annoying me|is annoying|annoying texts?|annoying as|extremely annoying|creepy|inappropriate|intrusive|intrusion|bothersome|rude to text|stop it)\b(?! .*\b(?:candidate|ad|ads|law|bill|policy)\b)",
    r"\b(?:dont|do not|never) (?:give|hand|share|gave) (?:out )?(?:my|this) (?:\w+ )?(?:number|cell)\b|\bwho (?:the \w+ )?(?:gave|sold|shared) (?:you|yall|u|your) (?:\w+ )?(?:my|this)\b",
    r"\bno need (?:to|for you to|for) (?:keep |ever |continue |be |any |further |more |you )*(?:check\w*|text\w*|contact\w*|reach\w*|follow\w*|messag\w*|call\w*|write|writing|send\w*|remind\w*|bother\w*|respond|reply)\b(?! (?:lol )?if)",
    r"\b(?:prefer|rather|like|want|please) (?:to )?not (?:to )?(?:be )?(?:bothered|disturbed|participate|get involved|discuss|engage|talk)\b|\brather not(?= \||$)",
    r"\b(?:mind your (?:own )?(?:damn |fucking )?business|none of your (?:damn |fucking )?business|nunya|no of your business|get off my (?:phone|back|line|case)|out of my (?:life|phone|inbox)|pick on someone|hate (?:these|getting|your|political|this|when you|you people)(?= (?:\w+ )?(?:texts?|messages?|spam|texting|calls?|shit|crap|text|getting|receiving)|$| \|)|(?:hate|sick of|tired of|done with|over) (?:getting|receiving|all)? ?(?:these|this|them)(?= \||$)|\b(?:you|yall|you guys|you people|your people|your campaign) (?:have |ve |already |just |people )*(?:texted|messaged|contacted|called|bothered|written|emailed) (?:me|us|this number|my \w+) (?:\w+ ){0,3}(?:times|again|every|already|all day|today|yesterday|week|daily)\b|no soliciting|no solicitors|no solicitation)\b",
    r"\b(?:no|not) (?:\w+ )?(?:to|for) (?:political|campaign|unsolicited) (?:texts?|messages?|texting)\b|\b(?:hate|despise|loathe|ignore|ignoring|deleting|detest|cant stand|dont respond to|done with) (?:\w+ )?(?:these |your |political |all |getting |receiving |unsolicited )+(?:texts?|messages?)\b",
    r"\bdo you (?:people )?(?:ever |not |even )?(?:quit|stop|take no|take a hint|get the|understand no|give up|listen)\b(?= \||$| for)|\bwill you (?:ever )?(?:give up|quit|go away)\b|\bwhat part of\b|\bhow many (?:more )?(?:times|texts|messages) (?:do|are|must|will|can|have|you|am|did) (?:i|you|we|yall)\b(?! (?:need|have) (?:to )?(?:sign|vote|come|knock|send out))",
    r"\b(?:remove|delete) (?:it|this)(?= \||$| please| now)|\btake (?:him|her|it|them) off(?= \||$| please)|\b(?:get|keep) (?:your|ur) (?:\w+ )?(?:texts|messages|politics|spam|candidate) (?:away|off|out|to yourself)\b",
    r"\bunfollow\b|\bno me stop\b|\bcan you (?:please )?not\b(?= \||$)|\bplease (?:dont|do not)(?= \||$)|^(?:dont|do not)(?: please)?$|\bi (?:said|told you) no\b|\bno means no\b|\b(?:absolutely|hell|fuck) no(?: \|)? (?:dont|never|go|leave|quit|lose)",
)  # fmt: skip
