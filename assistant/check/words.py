"""Words that the check of a sentence treats in a way of their own. Lists, and nothing else."""

from __future__ import annotations

NUMBERS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
LARGE = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000,
    "dozen": 12, "bn": 1_000_000_000,
}  # fmt: skip
ORDINALS = {
    word: n for n, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}

# What a negation in a source bears out: 'never' also a plain 'not'.
NEGATIONS = {
    "not": frozenset({"not"}), "no": frozenset({"not"}), "never": frozenset({"never"}), "nobody": frozenset({"nobody"}),
    "none": frozenset({"none"}), "nothing": frozenset({"nothing"}), "neither": frozenset({"neither"}),
    "nor": frozenset({"neither"}), "nowhere": frozenset({"nowhere"}), "without": frozenset({"without"}),
}  # fmt: skip

# Auxiliary → tense of the verb that hangs on it, and the kind of modality where it is one.
AUXILIARIES = {
    **dict.fromkeys("is are am does do being".split(), ("present", "")),
    **dict.fromkeys("was were did been".split(), ("past", "")),
    **dict.fromkeys("has have had".split(), ("perfect", "")),
    "be": ("", ""),
    **dict.fromkeys("will would shall wo 'll".split(), ("future", "will")),
    **dict.fromkeys("can could ca".split(), ("any", "can")),
    **dict.fromkeys("may might".split(), ("any", "may")),
    **dict.fromkeys("must should ought".split(), ("any", "must")),
}

PRONOUNS = frozenset("he she it they this that these those his her its their who which".split())
# They carry no claim by themselves; prepositions among them bind what follows and are compared where it moved.
IGNORED = (
    frozenset(
        "a an the of to in on at by for from with into onto as about that than and or but so yet there here such "
        "i me my mine we us our ours you your yours him them hers theirs himself herself itself themselves what "
        "whom whose when where while how also too then just now already still again often always however moreover "
        "furthermore additionally although though s t d ll m re ve mr mrs ms dr regarding concerning".split()
    )
    | PRONOUNS
)
# Words of a source that must not be left out between words that are taken over: without them it says something else.
UNSKIPPABLE = frozenset(
    "only if whether unless until except almost nearly hardly barely scarcely some few fewer most half several perhaps "
    "possibly probably likely unlikely reportedly allegedly alleged supposedly deny denies denied denying doubt doubts "
    "doubted refuse refuses refused reject rejects rejected fail fails failed decline declines declined false falsely "
    "untrue wrong wrongly lack lacks lacked lacking impossible less rather instead claim claims claimed "
    "estimated expected rumoured rumored planned proposed hope hopes hoped want wants wanted".split()
)
# Verbs by which words are given to somebody and that add no colour of their own.
NEUTRAL_CUES = frozenset(
    "according say tell state note add explain remark comment mention write observe speak report reply answer".split()
)
_IRREGULAR = """
arise arose arisen|become became|begin began begun|bend bent|bind bound|bite bit bitten|bleed bled|blow blew blown|
break broke broken|bring brought|build built|burn burnt|buy bought|catch caught|choose chose chosen|come came|
deal dealt|dig dug|do did done|draw drew drawn|dream dreamt|drink drank drunk|drive drove driven|eat ate eaten|
fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fly flew flown|forbid forbade forbidden|
forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given|go went gone|
grow grew grown|hang hung|have had|hear heard|hide hid hidden|hold held|keep kept|kneel knelt|know knew known|lay laid|
lead led|learn learnt|leave left|lend lent|lie lain|light lit|lose lost|make made|mean meant|meet met|pay paid|
prove proven|ride rode ridden|ring rang rung|rise rose risen|run ran|say said|see saw seen|seek sought|sell sold|
send sent|shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|
sit sat|sleep slept|slide slid|speak spoke spoken|spend spent|spin spun|stand stood|steal stole stolen|stick stuck|
strike struck stricken|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken|teach taught|
tear tore torn|tell told|think thought|throw threw thrown|understand understood|wake woke woken|wear wore worn|
weep wept|win won|withdraw withdrew withdrawn|write wrote written|overcome overcame|undertake undertook undertaken
"""
IRREGULAR: dict[str, tuple[str, ...]] = {}
for _line in _IRREGULAR.replace("\n", "").split("|"):
    _base, *_others = _line.split()
    for _other in _others:
        IRREGULAR[_other] = (_base,)
NOUNS = frozenset("people men women children feet".split())
IRREGULAR |= {"people": ("person",), "men": ("man",), "women": ("woman",), "children": ("child",), "feet": ("foot",)}

# Words that may stand for one another.
_GROUPS = """
begin start commence|end finish|buy purchase|large big|help assist aid|need require|show demonstrate|
increase rise grow|decrease fall decline drop|firm company|roughly approximately around|child kid|car automobile|
euro eur|dollar usd|kilometre kilometer km|metre meter|centre center|harbour harbor|labour labor|colour color|
programme program|defence defense|organisation organization|occur happen|
whole entire|attempt try|almost nearly
"""
SAME: dict[str, tuple[str, ...]] = {}
for _line in _GROUPS.replace("\n", "").split("|"):
    for _word in _line.split():
        SAME[_word] = (*SAME.get(_word, ()), *_line.split())
