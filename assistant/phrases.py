"""The ways people ask who said what, as patterns: `who` is the speaker's name as typed, `rest` what follows.

Knows nothing of people or documents: whether `who` can be somebody is decided where the patterns are used.
"""

# ruff: noqa: E501  a pattern reads best in one line

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assistant.answer import Kind


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to ask. `kind` None keeps the kind that the question word tells.

    `needs_known`: counts only where the library knows the person, since other questions look alike ('How did Rome see
    Greece?'). `is_bare`: nothing but a name marks it ('Stoltenberg on China'), so that the name must match exactly.
    """

    text: str
    kind: Kind | None = Kind.STATEMENT
    needs_known: bool = False
    is_bare: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.text)


@cache  # when first asked: most of what a program does asks nothing
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.I)


# Base forms; the other forms are made by `_forms`.
_SPEAK = (
    "say think believe claim argue promise deny tell state announce warn suggest propose write comment remark mention explain respond reply "
    "declare express feel contend insist assert admit acknowledge concede confirm predict recommend demand urge discuss talk speak note "
    "observe reveal complain vow pledge threaten emphasize emphasise stress highlight advise ask answer tweet post react allege hint imply "
    "conclude"
)
_JUDGE = (
    "criticise criticize condemn praise denounce blame accuse applaud welcome endorse defend attack support oppose reject back call "
    "describe characterize characterise see view portray assess regard dismiss question justify compare want hope expect fear agree disagree "
    "apologise apologize address raise cite refer like dislike hate love"
)
_NAME = r"(?!(?:was|is|were|are|did|do|does|has|have|had)\b)[^,;:?!]{1,70}?"
_WHO = rf"(?P<who>{_NAME})"
_NO_QUESTION = r"(?!(?:what|which|who|whom|whose|when|where|why|how)\b)"
_NAMED = _NO_QUESTION + _WHO
_WHO_PERFECT = rf"(?P<who_perfect>{_NAME})"
_WHO_GOING = rf"(?P<who_going>{_NAME})"
_ADVERBS = (
    r"(?:(?:ever|also|actually|really|publicly|then|just|once|still|recently|later|first|finally|go on to|try to|have to|always|exactly|"
    r"himself|herself|specifically|previously|originally|repeatedly|himself) )*"
)
_IRREGULAR = {
    "say": "said", "think": "thought", "tell": "told", "write": "wrote|written", "feel": "felt", "speak": "spoke|spoken",
    "see": "saw|seen", "deny": "denied", "reply": "replied", "justify": "justified", "imply": "implied",
}  # fmt: skip


def _forms(verbs: str, which: str = "base third past ing") -> str:
    """Return a pattern of the verbs in the named forms."""
    forms: list[str] = []
    for verb in verbs.split():
        stem = verb.removesuffix("e")
        of = {
            "base": verb,
            "third": f"{verb[:-1]}ies" if verb.endswith(("ny", "ly", "fy")) else f"{verb}e?s",
            "past": _IRREGULAR.get(verb) or rf"{verb}{verb[-1]}?ed|{stem}ed",
            "ing": rf"{stem}{verb[-1]}?ing",
        }
        forms += [of[name] for name in which.split()]
    return "(?:" + "|".join(sorted(forms, key=len, reverse=True)) + r")\b"


def _asked(verbs: str) -> str:
    """Return 'did X say', 'has X said', 'is X saying': the form of the verb follows from the auxiliary."""
    return (
        rf"(?:(?:did|does|do|would|might|will) {_WHO} {_ADVERBS}(?:have to )?{_forms(verbs, 'base')}"
        rf"|(?:has|have|had|['’]s|['’]d) {_WHO_PERFECT} {_ADVERBS}(?:been )?{_forms(verbs, 'past ing')}"
        rf"|(?:is|are|was|were) {_WHO_GOING} {_ADVERBS}{_forms(verbs, 'ing')})"
    )


_OPINION_OF = (
    "say think believe claim argue state comment remark mention warn declare insist assert allege complain criticise criticize condemn "
    "praise denounce accuse deny speak talk support oppose endorse reject welcome predict call promise vow pledge disagree agree suggest propose "
    "admit concede acknowledge question dismiss blame defend urge demand recommend"
)
_REST = r"(?P<rest>.*)$"
_AUX = r"(?:did|does|do|has|have|had|was|were|is|are|would|might|will|'s|’s)"
_VIEW = (
    r"(?:positions?|stances?|views?|opinions?|takes?|comments?|remarks?|statements?|reactions?|responses?|thoughts?|arguments?|claims?|"
    r"attitudes?|criticisms?|messages?|warnings?|promises?|beliefs?|perspectives?|assessments?|explanations?|quotes?|quotations?|words?|"
    r"stand|feelings?|answers?|denials?|suggestions?|proposals?|predictions?|points? of view|standpoints?|speech(?:es)?|tweets?)"
)
_ON = r"(?:about|on|of|regarding|concerning|over|towards?|to|against|for|as to|with (?:regard|respect) to|in (?:regard|response) to|when)"
_ITS = r"(?:['’]s|s['’]|(?<=[sxz])['’])"


def _phrase(pattern: str, kind: Kind | None = Kind.STATEMENT, *, known: bool = False, is_bare: bool = False) -> Phrase:
    return Phrase(pattern, kind, known or is_bare, is_bare)


_SAYING, _JUDGING = _asked(_SPEAK), _asked(f"{_SPEAK} {_JUDGE}")
_SAID, _SPEAKING = _forms(_SPEAK, "third past"), _forms(_SPEAK, "ing")

PATTERNS: tuple[Phrase, ...] = (
    # Who said …?
    _phrase(rf"^(?:who|which (?:\w+ ){{0,2}}?\w+|what (?:people|person|experts?|officials?|politicians?))(?: all| else)?(?: was it (?:that|who)| is it (?:that|who))?"
            rf"(?: has| have| had| is| are| was| were| did| does| would)?(?: been)? {_ADVERBS}{_forms(_OPINION_OF)}{_REST}", Kind.SPEAKERS),
    _phrase(rf"^who(?: else)?(?: is| was| are| were| gets)? (?:quoted|cited|on record)(?: as)?{_REST}", Kind.SPEAKERS),
    _phrase(rf"^whose (?:\w+ )?{_VIEW} (?:is|was|are|were)(?: it)?(?: that)?{_REST}", Kind.SPEAKERS),
    _phrase(rf"^what (?:is|was|has been|had been|gets|is being|was being) (?:said|written|claimed|argued|thought){_REST}", Kind.SPEAKERS),
    _phrase(rf"^(?:what|which)(?: (?:are|were|is))?(?: the| some| all)?(?: different| various| main| other)? (?:{_VIEW}) (?:are there |were there |exist )?(?=(?:about|on|regarding|concerning) ){_REST}", Kind.SPEAKERS),
    _phrase(rf"^(?:all|any|the|some)? ?(?:quotes|quotations|statements|comments|opinions|views|remarks) (?=(?:about|on|regarding|concerning) ){_REST}", Kind.SPEAKERS),
    # How X's position changed
    _phrase(rf"^how (?:did|has|have|does|do) {_WHO}{_ITS} (?:\w+ )?{_VIEW}(?P<rest>(?: {_ON} .*?)?) (?:change|evolve|shift|develop|differ|soften|harden|moved?)(?:d|ed)?\b.*$"),
    _phrase(rf"^(?:did|has|have|does) {_WHO} (?:ever )?(?:chang|revers|shift|soften|harden)(?:e|ed|en)? (?:his|her|their|its|the) (?:mind|views?|positions?|stance|tune|opinion){_REST}"),
    # Several people compared
    _phrase(rf"^(?:how|where|on what|do|did|does) (?:do |did |does )?(?P<who>{_NAME} (?:and|&|as well as) {_NAME}) (?:differ|disagree|agree)s?(?P<rest>(?: {_ON} .*)?)$", known=True),
    # What is X's position on …?
    _phrase(rf"^(?:(?:what|how|which)(?: else)?(?: is| are| was| were|['’]s|['’]re| has been| have been| about)?|where (?:is|was)) {_WHO}{_ITS} (?:\w+ ){{0,2}}?{_VIEW}\b{_REST}"),
    _phrase(rf"^(?:what|which) (?:\w+ )?{_VIEW} {_AUX} {_WHO} {_ADVERBS}(?:take|hold|have|make|give|offer|express|adopt|taken|held|had|made|given|offered|expressed|issue|issued|raise|raised)\b{_REST}"),
    _phrase(rf"^where {_AUX} {_WHO} stand\b{_REST}"),
    _phrase(rf"^(?:what (?:is|are|was|were) )?(?:the |any |all |every |some )*(?:\w+ )?{_VIEW} (?:of|by|from|made by|given by) {_WHO}(?P<rest> {_ON} .*)?$", known=True),
    _phrase(rf"^(?:all |any |every |some |the )*(?:quotes?|quotations?|statements?|comments?|remarks?) (?:by|from|made by) {_WHO}(?P<rest> {_ON} .*)?$"),
    _phrase(rf"^(?:the |all |any )?{_WHO}{_ITS} (?:\w+ )?{_VIEW}(?P<rest> {_ON} .*)?$", known=True),
    _phrase(rf"^(?:did|does|do|has|have|had)(?:n['’]t)? {_WHO} {_ADVERBS}(?:make|made|given?|express(?:ed)?|offer(?:ed)?|have|had|issued?) (?:an?|any|some) (?:\w+ )?{_VIEW}{_REST}"),
    # When, where or why did X say …?
    _phrase(rf"^(?:on what (?:day|date)|when|where|why|to whom|in (?:what|which) \w+) {_SAYING}{_REST}", None, known=True),
    # What did X say …?
    _phrase(rf"^what(?: else| exactly| all| precisely| specifically| more)? ?{_SAYING}{_REST}"),
    _phrase(rf"^what(?: else| exactly)? ?{_JUDGING}{_REST}", None, known=True),
    # How did X respond …?
    _phrase(rf"^how (?:exactly )?{_AUX} {_WHO} {_ADVERBS}(?:feel|felt|think|thought|respon[ds]+e?d?|react(?:ed)?|repl(?:y|ied)|comment(?:ed)?)\b{_REST}"),
    _phrase(rf"^how (?:exactly )?{_JUDGING}{_REST}", known=True),
    # Did X ever say …?
    _phrase(rf"^(?:did|does|do|has|have|had)(?:n['’]t)? {_WHO} {_ADVERBS}(?:said?|mention(?:ed)?|comment(?:ed)?|talk(?:ed)?|sp(?:eak|oken)|tweet(?:ed)?)\b{_REST}"),
    _phrase(rf"^{_JUDGING}{_REST}", known=True),
    _phrase(rf"^is {_WHO} (?:for|against|in favou?r of|opposed to)\b{_REST}", known=True),
    # everything X said about …
    _phrase(rf"^(?:(?:everything|anything|all(?: the things)?|things|something|whatever|what(?: else)?|(?:the )?(?:places?|passages?|times?|parts?|sentences?) (?:where|when|in which)|where|how(?! (?:many|much)\b)) )"
            rf"(?:that )?{_WHO} {_ADVERBS}(?:has |had |have )?{_ADVERBS}(?:(?:is|was) {_SPEAKING}|{_SAID}){_REST}"),
    _phrase(rf"^{_WHO} (?:has |had |have )?{_SAID} what\b{_REST}"),
    # According to X …
    _phrase(rf"^according to {_WHO},? (?P<rest>(?:who|what|when|where|why|how|which|is|are|was|were|did|does|do|can|will|would|should)\b.*)$", None, known=True),
    _phrase(r"^(?P<rest>.{3,}?),? (?:according to|in the (?:words|view|opinion|eyes) of|as (?:told|said|stated|described|explained) by) (?P<who>[^,;:?!]{1,70})$", None, known=True),
    _phrase(rf"^in {_WHO}{_ITS} (?:\w+ )?{_VIEW},? {_REST}", None, known=True),
    # X on …
    _phrase(rf"^{_NAMED}(?: quotes?| comments?| statements?| opinions?)? (?:on|about|regarding|re) (?P<rest>.+)$", is_bare=True),
    _phrase(rf"^{_NAMED} {_SAID}(?P<rest> .+)$", is_bare=True),
    _phrase(rf"^{_NO_QUESTION}(?P<who>(?:[^\s,;:?!]+ ){{0,4}}[^\s,;:?!]+)$(?P<rest>)", is_bare=True),
)  # fmt: skip
