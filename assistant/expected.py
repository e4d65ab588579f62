"""What kind of short thing a question asks for and where such things stand in a sentence: times, numbers, names, places.

Knows patterns of typed spans; nothing of passages or scores.
"""

# ruff: noqa: E501  a pattern reads best in one line

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from assistant.answer import Kind
from assistant.words import stem, words
from index.retrieve import STOP_WORDS

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_COUNT = (
    r"(?:\d[\d,]*(?:\.\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|hundreds?|thousands?|dozens?)"
)
_CAPITALISED = r"[A-Z][\w’'.&-]*[\w]"
_NAME = rf"{_CAPITALISED}(?: (?:(?:of|the|de|van|von|da|di|la|le|and|for) (?:the )?)?{_CAPITALISED})*"
PATTERNS: dict[Kind, tuple[re.Pattern[str], ...]] = {
    Kind.TIME: (
        re.compile(rf"\b(?:\d{{1,2}} {_MONTH}(?:,? \d{{4}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|{_MONTH}(?:,? \d{{4}})?)\b"),
        re.compile(r"\b(?:early |late |mid-)?(?:1\d|20)\d\ds?(?:\s?[-–]\s?\d{2,4})?\b|\b\d{1,2}(?:st|nd|rd|th)(?:[- ]centur(?:y|ies))"),
        re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b\w+ (?:years?|days?|months?|weeks?|hours?)(?: ago| later)?\b"),
    ),
    Kind.NUMBER: (
        re.compile(rf"(?:[$€£] ?)?\b{_COUNT}(?: (?:hundred|thousand|[mb]illion|trillion))?(?: ?%| percent| per cent)?(?:[- ](?:years?|days?|months?|"
                   r"weeks?|hours?|minutes?|km|kilomet(?:re|er)s|miles|met(?:re|er)s|feet|people|dollars|euros|pounds))?", re.I),
    ),
    Kind.PERSON: (re.compile(rf"\b{_NAME}"),),
    Kind.PLACE: (re.compile(rf"(?<=\bin )(?:the )?{_NAME}|(?<=\bat )(?:the )?{_NAME}|(?<=\bnear )(?:the )?{_NAME}"), re.compile(rf"\b{_NAME}")),
    Kind.FACT: (re.compile(rf"\b{_NAME}"),),
}  # fmt: skip
_OPENERS = frozenset(word.capitalize() for word in STOP_WORDS)
_STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS)
_CAPITAL = re.compile(r"[A-Z][\w’'.-]*\w")
_PLACED = re.compile(r"\b(?:in|at|near|on|from|to|between|of) (?:the )?[A-Z]")
_COUNTED = re.compile(rf"{_COUNT}|\d.*|\w+illion", re.I)
_HOW_MANY = re.compile(r"\bhow (?:many|much) (\w+)", re.I)
_TOKEN = re.compile(r"[^\W_]+|[.,]")
_REACH = 4  # words between a number and what it counts


def typed_spans(kind: Kind, text: str, asked: Collection[str]) -> Iterator[list[tuple[int, int]]]:
    """Yield the stretches of a text that are of the expected kind and say more than the question, surest form first."""
    for pattern in PATTERNS.get(kind, ()):
        found = [_trimmed(match, text) for match in pattern.finditer(text)]
        yield [span for span in found if span[0] < span[1] and not _repeats(text[span[0] : span[1]], asked)]


def lacks(kind: Kind, text: str, asked: Collection[str]) -> bool:
    """Tell whether a text holds nothing of the kind that the question asks for; of other kinds it lacks nothing."""
    if kind is Kind.PERSON:
        names = (stem(name.lower()) for name in _CAPITAL.findall(text))
        return all(name in asked or name in _STOP_STEMS for name in names)
    if kind is Kind.PLACE:
        return not _PLACED.search(text)
    return kind in (Kind.TIME, Kind.NUMBER) and not any(typed_spans(kind, text, asked))


def counts_what_is_asked(question: str, text: str) -> bool:
    """Tell whether a number stands just before what 'how many …' counts."""
    asked = _HOW_MANY.search(question)
    if not asked:
        return False
    counted, tokens = stem(asked[1].lower()), _TOKEN.findall(text)
    return any(
        stem(token.lower()) == counted and any(_COUNTED.fullmatch(before) for before in tokens[max(0, i - _REACH) : i])
        for i, token in enumerate(tokens)
    )


def _trimmed(match: re.Match[str], text: str) -> tuple[int, int]:
    """Cut capitalised stop words off the front of a name: 'The', 'In'."""
    start, end = match.span()
    first = re.match(r"\w+", text[start:end])
    while first and first.group() in _OPENERS:
        rest = text[start + first.end() : end]
        start = end - len(rest.lstrip())
        first = re.match(r"[A-Z]\w*", text[start:end])
    return start, end


def _repeats(text: str, asked: Collection[str]) -> bool:
    held = [stem(word) for word in words(text)]
    return bool(held) and all(word in asked for word in held)
