"""The short answer inside a sentence: a name, a date, a number, a place or another few words, where one is expected.

Knows shapes of words and what stands around them; guesses no yes or no. The span is marked in the quote, never shown
instead of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.answer import Kind, Query, ShortAnswer
from assistant.rank import Sentence
from assistant.words import question_stems, stem
from index.retrieve import STOP_WORDS

EXPECTED = frozenset({Kind.PERSON, Kind.TIME, Kind.PLACE, Kind.NUMBER, Kind.FACT})
_LONGEST = 8  # words
_TOKEN = re.compile(r"[$€£]?[^\W_]+(?:[.,’'/-][^\W_]+)*%?|[^\w\s]")
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)$"
)
# 'Who is Ada Weil?' and 'What does the report say about cargo?' ask for more than a few words.
_SAYS = re.compile(r"what (?:do|does|did) .+ (?:say|tell|write|state|report|mention)\b", re.I)
_WHO_IS = re.compile(r"who(?:['’]s| is| was| are| were)(?: (?-i:[A-Z])[\w.'’-]*)+\W*$", re.I)
_YEAR = re.compile(r"(?:1\d|20)\d\ds?$")
_UNIT = re.compile(r"(?:years?|days?|months?|weeks?|hours?|minutes?|percent|[mb]illion|miles|met(?:re|er)s|feet|km)$")
_COUNT = re.compile(
    r"(?:[$€£]?\d.*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|"
    r"eigh|nine)ty.*|hundreds?|thousands?|dozens?)$",
    re.I,
)
_FORMS = re.compile(r"(?:ed|ing|ly)$")
_ARTICLES = frozenset({"the", "a", "an"})
# Forms of the words inside, how many are asked, whether the ends are, words to the nearest asked, any before, after.
_Shape = tuple[tuple[str, ...], int, bool, bool, int, bool, bool]


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    form: str  # what the features see of it
    is_asked: bool

    @property
    def is_content(self) -> bool:
        return self.form not in ("stop", "mark")


def find_short_answer(query: Query, sentence: Sentence) -> ShortAnswer | None:
    """Return the likeliest few words of the sentence, None where the question asks for more, or for yes or no."""
    text = query.text.strip()
    if query.kind not in EXPECTED or _WHO_IS.match(text) or _SAYS.match(text):
        return None
    scored = [
        (round(sum(map(_weight, parts)), 6), -start, end)
        for start, end, parts in _candidates(query.text, query.kind, sentence.span.text)
    ]
    if not scored:
        return None
    _, minus_start, end = max(scored)
    start = -minus_start
    at = sentence.span.start
    return ShortAnswer(sentence.span.text[start:end], sentence.passage.document.id, at + start, at + end)


def candidates(question: str, kind: Kind, text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the stretches of a sentence that begin and end with a word of meaning, each with its features by name."""
    for start, end, parts in _candidates(question, kind, text):
        yield start, end, [name for part in parts for name in part]


def _candidates(question: str, kind: Kind, text: str) -> Iterator[tuple[int, int, tuple[tuple[str, ...], ...]]]:
    """Yield each stretch with its features in three parts: what stands before, inside and after it."""
    tokens = _tokens(text, frozenset(question_stems(question)))
    kinds = (kind.value, question_word(question))
    asked_at = [k for k, token in enumerate(tokens) if token.is_asked]
    before = [_before(tokens, i, kind.value) if token.is_content else () for i, token in enumerate(tokens)]
    after = [_after(tokens, j, kind.value) if token.is_content else () for j, token in enumerate(tokens)]
    for i, first in enumerate(tokens):
        is_told = False
        for j in range(i, min(len(tokens), i + _LONGEST) if first.is_content else i):
            if tokens[j].text in ';:()[]"“”?!':
                break
            is_told = is_told or (tokens[j].is_content and not tokens[j].is_asked)
            if is_told and tokens[j].is_content:
                inside = _inside(_shape(tokens, i, j, asked_at), kinds)
                yield first.start, tokens[j].end, (before[i], inside, after[j])


def question_word(question: str) -> str:
    """Return the question word with the word after it: 'what year', 'how many', 'who'."""
    match = re.search(r"\b(what|which|who|whom|whose|when|where|how)\b(?:\s+([^\W_]+))?", question.lower())
    return f"{match[1]} {stem(match[2] or '')}" if match else ""


def _tokens(text: str, asked: frozenset[str]) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        is_asked = stem(word.lower()) in asked
        found.append(_Token(match.start(), match.end(), word, _form(word, at_start=not found), is_asked))
    return found


def _form(word: str, *, at_start: bool) -> str:
    if not (word[0].isalnum() or word[0] in "$€£"):
        return "mark"
    if word.lower() in STOP_WORDS:
        return "stop"
    for form, pattern in (("month", _MONTH), ("year", _YEAR), ("unit", _UNIT), ("count", _COUNT)):
        if pattern.match(word):
            return form
    if word[0].isupper():
        return "first" if at_start else "name"
    return "formed" if _FORMS.search(word) else "word"


def _shape(tokens: list[_Token], i: int, j: int, asked_at: list[int]) -> _Shape:
    inside = tokens[i : j + 1]
    n_asked = sum(i <= k <= j for k in asked_at)
    distance = min((k - j if k > j else i - k for k in asked_at if not i <= k <= j), default=9)
    follows, precedes = bool(asked_at) and asked_at[0] < i, bool(asked_at) and asked_at[-1] > j
    return (
        tuple(token.form for token in inside),
        min(2, n_asked),
        inside[0].is_asked,
        inside[-1].is_asked,
        min(distance, 6),
        follows,
        precedes,
    )


@lru_cache(maxsize=32768)  # few shapes, again and again
def _inside(shape: _Shape, kinds: tuple[str, str]) -> tuple[str, ...]:
    held, n_asked, is_first_asked, is_last_asked, distance, follows, precedes = shape
    forms, n = "+".join(sorted({*held} - {"stop", "mark"})), len(held)
    return (
        f"shape {forms}",
        f"n {n}",
        f"first {held[0]} last {held[-1]}",
        f"asked inside {n_asked}",
        f"ends asked {is_first_asked} {is_last_asked}",
        f"stops {min(3, held.count('stop'))} marks {held.count('mark')}",
        f"near {distance}",
        f"follows asked {follows} {precedes}",
        *(f"{kind} shape {forms}" for kind in kinds),
        *(f"{kind} n {n}" for kind in kinds),
    )


def _before(tokens: list[_Token], i: int, kind: str) -> tuple[str, ...]:
    token = tokens[i - 1] if i else None
    found = [*_side("before", token, kind), f"cut {token.form if token else ''} {tokens[i].form}"]
    if token and token.text.lower() in _ARTICLES and i > 1:
        found.append(f"{kind} before article {'word' if tokens[i - 2].is_content else tokens[i - 2].text.lower()}")
    return tuple(found)


def _after(tokens: list[_Token], j: int, kind: str) -> tuple[str, ...]:
    token = tokens[j + 1] if j + 1 < len(tokens) else None
    return (*_side("after", token, kind), f"cut {tokens[j].form} {token.form if token else ''} after")


def _side(side: str, token: _Token | None, kind: str) -> list[str]:
    form = "edge" if token is None else "asked" if token.is_asked else token.form
    found = [f"{side} {form}"]
    if token and not token.is_content:
        found.append(f"{side} {token.text.lower()}")
    return [*found, *(f"{kind} {name}" for name in found)]


@lru_cache(maxsize=65536)
def _weight(features: tuple[str, ...]) -> float:
    weights = _weights()
    return sum(weights.get(name, 0.0) for name in features)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    stored: dict[str, float] = json.loads((files("assistant") / "short.json").read_text(encoding="utf-8"))
    return stored
