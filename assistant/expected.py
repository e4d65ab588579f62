"""Whether a sentence holds the kind of thing that a question asks for: a time, a number, a name, a place.

Knows patterns; nothing of passages or scores.
"""

# ruff: noqa: E501  a pattern reads best in one line

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.answer import Kind
from assistant.words import stem, words
from index.retrieve import STOP_WORDS

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_COUNT = (
    r"(?:\d[\d,]*(?:\.\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|hundreds?|thousands?|dozens?)"
)
_PATTERNS: dict[Kind, tuple[re.Pattern[str], ...]] = {
    Kind.TIME: (
        re.compile(rf"\b(?:\d{{1,2}} {_MONTH}(?:,? \d{{4}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|{_MONTH}(?:,? \d{{4}})?)\b"),
        re.compile(r"\b(?:early |late |mid-)?(?:1\d|20)\d\ds?(?:\s?[-–]\s?\d{2,4})?\b|\b\d{1,2}(?:st|nd|rd|th)(?:[- ]centur(?:y|ies))"),
        re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b\w+ (?:years?|days?|months?|weeks?|hours?)(?: ago| later)?\b"),
    ),
    Kind.NUMBER: (
        re.compile(rf"(?:[$€£] ?)?\b{_COUNT}(?: (?:hundred|thousand|[mb]illion|trillion))?(?: ?%| percent| per cent)?(?:[- ](?=[a-z])(?:years?|days?|months?|"
                   r"weeks?|hours?|minutes?|km|kilomet(?:re|er)s|miles|met(?:re|er)s|feet|people|dollars|euros|pounds))?", re.I),
    ),
}  # fmt: skip
_STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS)
_CAPITAL = re.compile(r"[A-Z][\w’'.-]*\w")
_PLACED = re.compile(r"\b(?:in|at|near|on|from|to|between|of) (?:the )?[A-Z]")
_COUNTED = re.compile(rf"{_COUNT}|\d.*|\w+illion", re.I)
_HOW_MANY = re.compile(r"\bhow (?:many|much) (\w+)", re.I)
_TOKEN = re.compile(r"[^\W_]+|[.,]")
_REACH = 4  # words between a number and what it counts


def lacks(kind: Kind, text: str, asked: Collection[str]) -> bool:
    """Tell whether a text holds nothing of the kind that the question asks for; of other kinds it lacks nothing."""
    if kind is Kind.PERSON:
        names = (stem(name.lower()) for name in _CAPITAL.findall(text))
        return all(name in asked or name in _STOP_STEMS for name in names)
    if kind is Kind.PLACE:
        return not _PLACED.search(text)
    found = (match.group() for pattern in _PATTERNS.get(kind, ()) for match in pattern.finditer(text))
    return kind in _PATTERNS and all(_repeats(stretch, asked) for stretch in found)


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


def _repeats(text: str, asked: Collection[str]) -> bool:
    held = [stem(word) for word in words(text)]
    return bool(held) and all(word in asked for word in held)
