"""The short answer inside a sentence: a name, a date, a number, a place, where the question asks for one.

Knows patterns of typed spans; guesses no yes or no. The span is marked in the quote, never shown instead of it.
"""

# ruff: noqa: E501  a pattern reads best in one line

from __future__ import annotations

import re

from assistant.answer import Kind, Query, ShortAnswer
from assistant.rank import Sentence
from assistant.words import question_stems, stem, words
from index.retrieve import STOP_WORDS

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_COUNT = (
    r"(?:\d[\d,]*(?:\.\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|hundreds?|thousands?|dozens?)"
)
_CAPITALISED = r"[A-Z][\w’'.&-]*[\w]"
_NAME = rf"{_CAPITALISED}(?: (?:(?:of|the|de|van|von|da|di|la|le|and|for) (?:the )?)?{_CAPITALISED})*"
_PATTERNS: dict[Kind, tuple[re.Pattern[str], ...]] = {
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
_HEAD = re.compile(
    r"^(?:what|which|whose)\s+(?!is|are|was|were|did|does|do|has|have|had|will|would|can|could)\w+", re.I
)
_AFTER = 0.4  # a span after the asked words is preferred to one before them by so many words


def find_short_answer(query: Query, sentence: Sentence) -> ShortAnswer | None:
    """Return the span of the expected kind that stands nearest to the asked words, None where none is expected."""
    patterns = _PATTERNS.get(query.kind, ())
    if query.kind is Kind.FACT and not _HEAD.match(query.text):
        return None  # 'what is …' asks for more than a name
    asked = set(question_stems(query.text))
    text = sentence.span.text
    for pattern in patterns:
        spans = [
            span
            for match in pattern.finditer(text)
            if (span := _trimmed(match, text)) and not _repeats(span, text, asked)
        ]
        if spans:
            start, end = min(spans, key=lambda span: _distance(span, text, asked))
            return ShortAnswer(
                text[start:end], sentence.passage.document.id, sentence.span.start + start, sentence.span.start + end
            )
    return None


def _trimmed(match: re.Match[str], text: str) -> tuple[int, int] | None:
    """Cut a capitalised stop word off the front of a name: 'The', 'In'."""
    start, end = match.span()
    first = re.match(r"\w+", text[start:end])
    while first and first.group() in _OPENERS:
        rest = text[start + first.end() : end]
        start = end - len(rest.lstrip())
        first = re.match(r"[A-Z]\w*", text[start:end])
    return (start, end) if start < end else None


def _repeats(span: tuple[int, int], text: str, asked: set[str]) -> bool:
    held = [stem(word) for word in words(text[span[0] : span[1]])]
    return bool(held) and all(word in asked for word in held)


def _distance(span: tuple[int, int], text: str, asked: set[str]) -> tuple[float, int]:
    """Return the mean distance in words from a span to the asked words of its sentence."""
    tokens = [(m.start(), stem(m.group().lower())) for m in re.finditer(r"[^\W_]+", text)]
    here = next((n for n, (at, _) in enumerate(tokens) if at >= span[0]), len(tokens))
    at = [n for n, (start, word) in enumerate(tokens) if word in asked and not span[0] <= start < span[1]]
    distances = sorted(abs(n - here) + (_AFTER if n > here else 0.0) for n in at)
    nearest = distances[: max(1, (len(distances) + 1) // 2)]
    return (sum(nearest) / len(nearest) if nearest else float(here)), span[0]
