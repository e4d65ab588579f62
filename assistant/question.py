"""Question and conversation to a Query: whose words, on what, when, and which kind of answer is expected.

Knows nothing of documents; of the library only the names of the people who are quoted in it.
"""

# ruff: noqa: E501  a pattern reads best in one line

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answer import Kind, Query, Turn
from assistant.dates import find_period
from assistant.followup import carry
from assistant.phrases import PATTERNS, Phrase
from index.names import Named, match_name

_POLITE = re.compile(
    r"^(?:(?:please|kindly|so|and|but|ok(?:ay)?|well|hey|hi|hello|now|then|also|actually|um+|sorry|thanks|thank you)\b[,!. ]*"
    r"|(?:(?:can|could|would|will) you )(?:please )?(?=\w)"
    r"|i(?:['’]d| would)? (?:like|want|need|love) to (?:know|hear|see|learn|read)\b(?: about)?[,: ]*"
    r"|(?:i(?:['’]m| am) (?:wondering|curious|asking)|i wonder|do you know|any idea|remind me|let me know|help me find)(?: about)?[,: ]*"
    r"|(?:tell|show|give|get|find|read) (?:me|us)\b(?: about)?[,: ]*"
    r"|(?:find|list|show|collect|search for|look up|pull up|quote|cite)\b(?: all| every)?[,: ]+"
    r"|(?:summari[sz]e|sum up|outline|explain|describe) (?=(?:what|everything|how)\b)|(?:compare|contrast) (?=what\b))",
    re.I,
)
_TAIL = re.compile(
    r"(?:[\s?!.,;:]+|,? (?:please|thanks|thank you)|,? (?:in|according to) (?:the|these|those|my|this) (?:documents?|articles?|files?|texts?))+$",
    re.I,
)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (Kind.SUMMARY, r"^(?:summar|sum up|compare|describe|outline|overview|list\b|discuss|tell me (?:more )?about|explain (?!why|how)|"
                       r"what (?:are|were) the (?:main|key|most important)|give (?:me )?(?:an? )?(?:overview|summary)|what (?:is|are) the differences?)"),
        (Kind.NUMBER, r"\bhow (?:many|much|old|long|far|tall|big|large|high|fast|deep|heavy|wide|often|few)\b|"
                      r"\b(?:what|which) (?:\w+ )?(?:number|percentage|percent|proportion|amount|price|cost|population|temperature|age|speed|share|rate|size|fraction|length|height|distance|salary)\b"),
        (Kind.TIME, r"^(?:\w+ ){0,3}?when\b|\b(?:what|which) (?:year|date|day|month|century|decade|time|era|period)s?\b|\bhow (?:recently|soon)\b"),
        (Kind.PLACE, r"^(?:\w+ ){0,2}?where\b|\b(?:what|which) (?:\w+ )?(?:country|countries|city|cities|place|state|town|region|continent|county|location|province|river|island)\b"),
        (Kind.PERSON, r"^(?:\w+ ){0,3}?(?:who|whom|whose)\b|\b(?:what|which) (?:\w+ )?(?:person|man|woman|people|scientist|president|king|queen|author|leader)\b"),
        (Kind.REASON, r"^(?:\w+ ){0,2}?why\b|\bwhat (?:\w+ )?(?:reasons?|causes?|caused|motivated|led to)\b|\bhow come\b"),
        (Kind.MANNER, r"^(?:\w+ ){0,2}?how\b"),
        (Kind.FACT, r"\b(?:what|which)\b"),
        (Kind.YES_NO, r"^(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]t)?\b"),
    )
)  # fmt: skip
_TOPIC_MARK = re.compile(
    r"\b(?:about|regarding|concerning|with regard to|with respect to|in regard to|on the subject of|on the topic of|when (?:discuss|present)ing|"
    r"when asked about|when it c[oa]mes? to|in relation to|in response to)\s+",
    re.I,
)
_TOPIC_START = re.compile(
    r"^(?:on|of|over|towards?|to|for|in favou?r of|against|that|if|whether|as|from|by|upon)\s+", re.I
)
_NO_TOPIC = re.compile(
    r"^(?:so|anything|something|nothing|a word|things|more|else|exactly|there|then|ever|also|publicly|about|of|on|over|to|that|to (?:the )?(?:press|reporters))*$",
    re.I,
)
_FILLER = re.compile(
    r"^(?:(?:anything|something|nothing|a word|things|much|more|else|exactly|ever|also|publicly)\s+)+", re.I
)
_BESIDES = re.compile(
    r"(?<=\bwho)(?: else)?,? (?:besides|except(?: for)?|apart from|other than|but) (?P<who>[^,;:?!]{1,60}?),?(?= (?:has |have |is |was )?\w+(?:ed|s|oke|aid|old|rote)\b)",
    re.I,
)
_ARTICLE = re.compile(r"^(?:the|a|an) ", re.I)
_EVERYBODY = re.compile(
    r"^(?:people|others?|other people|any(?:one|body)|every(?:one|body)|some(?:one|body)|they all|all|we|you|one|the (?:people|speakers|sources)|(?:any|some|the) of them)(?: else)?$",
    re.I,
)
_NOT_SPEAKERS = re.compile(
    r"\b(?=\w{1,12}$)(?:documents?|reports?|articles?|contracts?|leases?|papers?|stud(?:y|ies)|texts?|files?|books?|chapters?|sections?|clauses?|laws?|bills?|acts?|"
    r"rules?|polic(?:y|ies)|agreements?|treat(?:y|ies)|manuals?|guides?|minutes|notes|emails?|letters?|passages?|stor(?:y|ies)|it|this|that|these|i|"
    r"theor(?:y|ies)|terms?|words?|names?|title|abbreviation|acronym|symbol|letter|data|evidence|results|findings|bible|constitution|experiments?)$",
    re.I,
)
_NOT_IN_NAMES = re.compile(
    r"^(?:many|much|most|far|long|old|to|be|of|in|at|happened|leads?|(?:the )?(?:word|term|acronym|letters?|name))\b|\b(?:the|a|an|of|to|in|and|from)$|"
    r"\b(?:did|does|was|were|is|are|when|while|if|which|who|what|how|not)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    kind: Kind
    speaker: str | None = None
    topic: str | None = None


def understand(
    question: str,
    history: Sequence[Turn] = (),
    people: Sequence[Named] = (),
    *,
    speaker: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    today: date | None = None,
) -> Query:
    """Return the question as a self-contained Query; the given filters go before what the question says.

    `history` is the conversation before it, oldest first; what is taken from there is named in `carried_over`.
    `today` tells what 'last year' or 'in March' mean; the assistant gives the newest document's date.
    """
    today = today or date.today()
    before: Query | None = None
    for turn in history:
        if turn.role == "user":
            before = _understand_after(turn.text, before, people, today)
    query = _understand_after(question, before, people, today)
    if speaker and (identity := resolve(speaker, people)) != query.speaker:
        kind = query.kind if query.kind is Kind.STATEMENT or not query.topic else Kind.STATEMENT
        query = replace(query, speaker=identity, kind=kind)
    return replace(query, source=source or query.source, since=since or query.since, until=until or query.until)


def resolve(name: str, people: Sequence[Named]) -> str:
    """Return the identity a typed name stands for; the name as typed where nobody, or more than one, has it."""
    found = match_name(name, people).speakers
    return found[0] if len(found) == 1 else re.sub(r"['’]s$", "", _ARTICLE.sub("", name.strip()))


def bare(question: str) -> str:
    """Return the question without politeness before it and punctuation after it."""
    text = " ".join(question.split())
    while (shorter := _POLITE.sub("", text, count=1)) and shorter != text:
        text = shorter
    return _TAIL.sub("", text) or text


def _understand_after(question: str, before: Query | None, people: Sequence[Named], today: date) -> Query:
    followed = carry(question, before, people, today)
    besides = _BESIDES.search(followed.text)
    text = " ".join(_BESIDES.sub("", followed.text).split())
    period = find_period(bare(text), today)
    reading = _read(text, bare(text), people)
    said = reading.kind in (Kind.STATEMENT, Kind.SPEAKERS) or reading.speaker is not None
    if said and period and (dated := _read(text, period.rest, people)).speaker == reading.speaker:
        reading = replace(dated, kind=reading.kind)
        since, until = period.since, period.until
    else:
        since, until = followed.since, followed.until
    return Query(
        question,
        text,
        reading.kind,
        reading.speaker,
        reading.topic,
        since=since,
        until=until,
        besides=resolve(besides["who"], people) if besides and reading.kind is Kind.SPEAKERS else None,
        carried_over=followed.carried_over,
    )


def _read(text: str, plain: str, people: Sequence[Named]) -> _Reading:
    kind = kind_of(text, plain)
    head = plain[:400]  # no question says who it is about after that
    for phrase in PATTERNS:
        for match in phrase.pattern.finditer(head):
            if reading := _to_reading(phrase, match, kind, people):
                return reading
    return _Reading(kind, None, _summary_topic(text, plain) if kind is Kind.SUMMARY else None)


def kind_of(text: str, plain: str) -> Kind:
    """Return the kind of answer a question expects, by its question word."""
    for candidate in (" ".join(text.split()), plain):
        if _KINDS[0][1].search(candidate):
            return Kind.SUMMARY
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), Kind.FACT)


def _to_reading(phrase: Phrase, match: re.Match[str], kind: Kind, people: Sequence[Named]) -> _Reading | None:
    groups = match.groupdict()
    topic = _topic(groups.get("rest") or "")
    who = next((text for name, text in groups.items() if name.startswith("who") and text), "").strip(" ,'\"“”")
    if phrase.kind is Kind.SPEAKERS or _EVERYBODY.match(who):
        return _Reading(Kind.SPEAKERS, None, topic) if topic else None
    found = match_name(who, people)
    if not found.speakers and not _may_speak(who):
        return None
    if phrase.needs_known and not (found.speakers and (found.exact or not phrase.is_bare)):
        return None
    identity = resolve(who, people) if found.speakers else _ARTICLE.sub("", who)
    is_sure = bool(found.speakers) or topic is None or _names_its_topic(phrase, groups.get("rest") or "")
    if not is_sure and who.islower():
        return None
    return _Reading(phrase.kind or kind if is_sure else kind, identity, topic)


def _may_speak(who: str) -> bool:
    n_words = len(who.split())
    return (
        0 < n_words <= 8
        and not _NOT_SPEAKERS.search(who)
        and not _NOT_IN_NAMES.search(who)
        and any(letter.isalpha() for letter in who)
    )


def _names_its_topic(phrase: Phrase, rest: str) -> bool:
    """Tell 'say about China' from 'say would happen', which asks for a fact when nobody knows the speaker."""
    return bool(_TOPIC_MARK.search(rest) or _TOPIC_START.match(rest.strip()))


def _topic(rest: str) -> str | None:
    """Return what a statement is about from the words after the verb."""
    rest = rest.strip(" ,;:?!.")
    marks = list(_TOPIC_MARK.finditer(rest))
    before = _TOPIC_START.match(rest[: marks[0].start()].strip()) if marks else None
    if (
        marks
        and before
        and marks[0].group().lower().startswith("when ")
        and len(rest[before.end() : marks[0].start()]) > 4
    ):
        topic = rest[before.end() : marks[0].start()]  # the occasion is no part of it
    elif marks:
        topic = rest[marks[0].end() :]
    else:
        topic = _TOPIC_START.sub("", _FILLER.sub("", rest), count=1)
    topic = topic.strip(" ,;:?!.")
    return None if _NO_TOPIC.match(topic) or not topic else topic


def _summary_topic(text: str, plain: str) -> str | None:
    topic = re.sub(
        r"^(?:summari[sz]e|sum up|describe|outline|explain|discuss|list|compare|(?:give (?:me )?)?(?:an? |the )?(?:overview|summary) (?:of|on|about)|tell me (?:more )?about|"
        r"what (?:are|were|is) the (?:\w+ )?\w+ (?:of|in|between))\s+(?:the (?:discussion|debate|conversation)s? (?:about|of|on) )?",
        "",
        plain,
        flags=re.I,
    )
    return topic if topic != plain or text.lower().startswith("tell me about") else None
