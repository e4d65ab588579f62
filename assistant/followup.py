"""A follow-up and the question before it to one question that stands alone.

Knows nothing of documents or models: ellipsis and pronouns are resolved by rule, and what was carried over is named.
"""

# ruff: noqa: E501  a pattern reads best in one line

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answer import Kind, Query
from assistant.dates import Period, find_period
from index.names import Named, match_name

_AND = r"(?:and|but|or|so|ok(?:ay)?|then|now|also)?,? ?"
_SWAP = re.compile(
    rf"^{_AND}(?:(?:what|how) about|what of|and also|and|same (?:question )?for)\b(?P<on> (?:about|on|for)\b)?,? (?P<new>[^?]{{1,80}}?)\W*$",
    re.I,
)
_ABOUT = re.compile(rf"^{_AND}(?:about|on|regarding) (?P<new>[^?]{{1,80}}?)\W*$", re.I)
_BARE_WHY = re.compile(
    rf"^{_AND}(?P<word>why|how so|how come|why (?:is|was|did (?:he|she|they|it)|not|so)(?: (?:that|say (?:that|so|this)|think (?:that|so)))?)\W*$",
    re.I,
)
_BARE_WHEN = re.compile(
    rf"^{_AND}(?:when|what (?:date|day|year))(?: (?:was|did|is|has) (?:that|this|it|he|she|they)(?: (?:said|happen|say (?:that|this|it|so)|be))?)?\W*$",
    re.I,
)
_BARE_WHERE = re.compile(
    rf"^{_AND}where(?: (?:was|did|is) (?:that|this|it|he|she|they)(?: (?:said|happen|say (?:that|this|it|so)))?)?\W*$",
    re.I,
)
_WHO_ELSE = re.compile(
    rf"^{_AND}(?:who else|anyone else|anybody else|any others?|other people|did (?:anyone|anybody|others?)(?: else)?(?: (?:agree|disagree|say so))?|who (?:agreed|disagreed|said (?:that|this|so)))\W*$",
    re.I,
)
_MORE = re.compile(
    rf"^{_AND}(?:anything else|what else|(?:tell me |say |show me )?more(?: please| details| about (?:that|this|it))?|go on|continue|(?:did|does|has) (?:he|she|they) (?:say|said) (?:anything|something) else|what else (?:did|does) (?:he|she|they) say|in more detail)\W*$",
    re.I,
)
_THEY_SAID = re.compile(
    rf"^{_AND}what (?:did|do|have) (?:they|those people|these people|each(?: of them)?) (?:all )?(?:say|said|think)\b(?P<rest>.*)$",
    re.I,
)
# 'What is a quark?' begins something new; 'What is the price?' may ask on.
_NEW_THING = re.compile(rf"^{_AND}wh(?:at|o)(?:['’]s| (?:is|are|was|were)) an? \w", re.I)
_PERSON_PRONOUN = re.compile(r"\b(?P<word>he|she|they|him|her|his|hers|their|them)\b", re.I)
_THING_PRONOUN = re.compile(
    r"\b(?P<word>it|its|this|that|these|those|they|them|their)\b(?! (?:is|was) (?:true|possible|clear)\b)", re.I
)
_ADDED = re.compile(r" \([^()]*\)\??$")  # what an earlier follow-up was given
_SAYS_ENOUGH = 1  # content words
_STANDS_ALONE = 3
_POSSESSIVE = frozenset({"his", "her", "hers", "their", "its"})
_NAME = re.compile(
    r"\b(?:[A-Z][\w’'&.-]*|\d{4})(?: (?:of|the|de|van|von|and|for|in) (?=[A-Z])(?:the )?[A-Z][\w’'&.-]*| [A-Z][\w’'&.-]*| \d+)*"
)
_STOP = frozenset(
    "a an and any are as at be been being both but by can could did do does for from give had has have how i if in into is it its just know "
    "like list many may me more most much my name no not of on one or other please s should show so some such tell than thank that the their "
    "them there these they this those to us use used want was we were what when where which who whom whose why will with would yes you your "
    "about also ever between during after before over under out up down first many much he she him her his hers interested interesting learn "
    "more something anything else find found information explain describe kind kinds type types example examples".split()
)  # fmt: skip
_WORD = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class Followed:
    """A question that stands alone, and what it took from the conversation."""

    text: str
    carried_over: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


def carry(question: str, before: Query | None, people: Sequence[Named], today: date) -> Followed:
    """Return the question with what it leaves unsaid filled in from the question before it."""
    if before is None:
        return Followed(question)
    text = " ".join(question.split())
    steps = (_prompted, _swapped, _pronoun_for_speaker, _pronoun_for_thing)
    for step in steps:
        if followed := step(text, before, people, today):
            return followed
    return _with_focus(text, before)


def statement_question(speaker: str | None, topic: str | None) -> str:
    """Return the plainest question about somebody's words on a topic."""
    if speaker is None:
        return f"Who spoke about {topic}?" if topic else "Who said what?"
    return f"What did {speaker} say about {topic}?" if topic else f"What did {speaker} say?"


def _is_about_words(query: Query) -> bool:
    return query.kind in (Kind.STATEMENT, Kind.SPEAKERS) or query.speaker is not None


def _prompted(text: str, before: Query, people: Sequence[Named], today: date) -> Followed | None:
    """Resolve 'why?', 'when was that?', 'who else?', 'anything else?'."""
    said = _is_about_words(before)
    on = f" about {before.topic}" if before.topic else ""
    carried = tuple(name for name in ("speaker", "topic") if getattr(before, name)) if said else ("question",)
    period = (before.since, before.until) if said else (None, None)
    if _WHO_ELSE.match(text) and before.topic:
        besides = f" besides {before.speaker}" if before.speaker else ""
        return Followed(f"Who{besides} spoke{on}?", ("topic",), *period)
    if _MORE.match(text):
        return Followed(before.text, carried, *period)
    for pattern, word in ((_BARE_WHY, "Why"), (_BARE_WHEN, "When"), (_BARE_WHERE, "Where")):
        if pattern.match(text):
            if said and before.speaker:
                return Followed(f"{word} did {before.speaker} say that{on}?", carried, *period)
            return Followed(f"{word} {_lowered(_without_question_word(before.text))}", carried)
    return None


def _swapped(text: str, before: Query, people: Sequence[Named], today: date) -> Followed | None:
    """Resolve 'and about Russia?', 'what about Kishida?', 'and in 2022?'."""
    about = _ABOUT.match(text)
    match = about or _SWAP.match(text)
    if not match:
        return None
    new = match["new"].strip()
    if re.match(r"(?:what|who|when|where|why|how|which|did|does|do|is|are|was|were|has|have|can|will)\b", new, re.I):
        return None  # a whole question after 'and'
    if not _is_about_words(before):
        return Followed(_substituted(before.text, new), ("question",))
    period = find_period(
        new if re.match(r"(?:in|on|since|before|after|last|this|between|from|during)\b", new, re.I) else f"in {new}",
        today,
    )
    if period and len(period.rest) < 3:
        return _dated(before, period)
    names_somebody = not about and not match["on"] and bool(match_name(new, people).speakers)
    if names_somebody or (before.speaker is None and new[:1].isupper() and not about and before.kind is Kind.STATEMENT):
        return Followed(
            statement_question(new, before.topic), ("topic",) if before.topic else (), before.since, before.until
        )
    new = re.sub(r"^(?:his|her|their|its) ", "", new)
    return Followed(
        statement_question(before.speaker, new), ("speaker",) if before.speaker else (), before.since, before.until
    )


def _dated(before: Query, period: Period) -> Followed:
    carried = tuple(name for name in ("speaker", "topic") if getattr(before, name))
    return Followed(statement_question(before.speaker, before.topic), carried, period.since, period.until)


def _pronoun_for_speaker(text: str, before: Query, people: Sequence[Named], today: date) -> Followed | None:
    """Put the speaker asked about before in the place of 'he', 'she', 'they', and the topic in that of 'it'."""
    if before.kind is Kind.SPEAKERS and before.topic and (said := _THEY_SAID.match(text)):
        on = said["rest"].strip(" ?!.")
        return Followed(f"What did people say {_its(on or 'about it', before.topic)}?", () if on else ("topic",))
    if not before.speaker:
        return None
    match = _PERSON_PRONOUN.search(text)
    if not match:
        return None
    word = match["word"].lower()
    name = before.speaker + ("'s" if word in _POSSESSIVE and not _is_object(text, match) else "")
    text = text[: match.start()] + name + text[match.end() :]
    carried = ["speaker"]
    if before.topic:
        replaced = _its(text, before.topic)
        carried += ["topic"] * (replaced != text)
        text = replaced
    return Followed(text, tuple(carried))


def _its(text: str, topic: str) -> str:
    """Put the topic in the place of the first 'about it'."""
    about_it = r"\b(about|on|of|regarding) (?:it|that|this|them|these|those)\b"
    return re.sub(about_it, rf"\1 {_escaped(topic)}", text, count=1)


def _is_object(text: str, match: re.Match[str]) -> bool:
    """Tell 'about her?' from 'her position'."""
    return match["word"].lower() == "her" and not re.match(r"\s+\w", text[match.end() :])


def _pronoun_for_thing(text: str, before: Query, people: Sequence[Named], today: date) -> Followed | None:
    """Put the name asked about before in the place of the first 'it', 'its', 'they' that has none in its sentence."""
    focus = before.topic or max(names_in(_ADDED.sub("", before.text)), key=len, default="")
    if not focus or focus.lower() in text.lower():
        return None
    for match in _THING_PRONOUN.finditer(text):
        word = match["word"].lower()
        if word in ("this", "that", "these", "those") and re.match(r"\s+\w", text[match.end() :]):
            continue  # a determiner or a conjunction
        if not before.topic and names_in(text[: match.start()]):
            return None  # the name before it is nearer
        name = focus + ("'s" if word in _POSSESSIVE else "")
        return Followed(text[: match.start()] + name + text[match.end() :], ("topic",))
    return None


def _with_focus(text: str, before: Query) -> Followed:
    """Add what the conversation is about where the question says too little to be searched.

    More would do harm: with it always added, follow-ups that stand alone were found less often than without.
    """
    focus = focus_of(before)
    if not focus or focus.lower() in text.lower() or names_in(text) or len(content_words(text)) > _SAYS_ENOUGH:
        return Followed(text)
    if _NEW_THING.match(text):
        return Followed(text)
    return Followed(f"{text.rstrip(' ?!.')} ({focus})?", ("topic",))


def focus_of(query: Query) -> str:
    """Return what a question is about in a few of its words: its topic, else its names, else its content words."""
    if query.topic:
        return query.topic
    text = _ADDED.sub("", query.text)
    return max(names_in(text), key=len, default="") or " ".join(content_words(text)[-3:])


def names_in(question: str) -> list[str]:
    """Return the names in a question; its first word, capitalised anyway, is none."""
    found = (match for match in _NAME.finditer(question) if match.start() > 0)
    return [re.sub(r"['’]s$", "", match.group()) for match in found if match.group().lower() not in _STOP]


def content_words(text: str) -> list[str]:
    """Return the words of a question that say what it is about, in order."""
    return [word for word in _WORD.findall(text) if word.lower() not in _STOP and len(word) > 1]


def _substituted(question: str, new: str) -> str:
    """Put `new` in the place of the last name of the question, or after it where it has none."""
    names = [match for match in _NAME.finditer(question) if match.start() > 0]
    if names and new[:1].isupper():
        last = names[-1]
        return question[: last.start()] + new + question[last.end() :]
    return new if len(content_words(new)) > _STANDS_ALONE else f"{new}: {question}"


def _without_question_word(text: str) -> str:
    return re.sub(
        r"^(?:what|who|when|where|why|how)\s+(?=(?:is|are|was|were|did|does|do|has|have|had|can|will)\b)",
        "",
        text,
        flags=re.I,
    )


def _lowered(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first.lower() in _STOP else text


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\")
