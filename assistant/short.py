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
_MONTH = re.compile(r"(?:January|February|March|April|May|June|July|August|September|October|November|December)$")
_YEAR = re.compile(r"(?:1\d|20)\d\ds?$")
_UNIT = re.compile(r"(?:years?|days?|months?|weeks?|hours?|minutes?|percent|[mb]illion|miles|met(?:re|er)s|feet|km)$")
_COUNT = re.compile(
    r"(?:[$€£]?\d.*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|"
    r"eigh|nine)ty.*|hundreds?|thousands?|dozens?)$",
    re.I,
)
_FORMS = re.compile(r"(?:ed|ing|ly)$")
_ARTICLES = frozenset({"the", "a", "an"})


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
    if query.kind not in EXPECTED:
        return None
    weights = _weights()
    scored = [
        (round(sum(weights.get(name, 0.0) for name in features), 6), -start, end)
        for start, end, features in candidates(query.text, query.kind, sentence.span.text)
    ]
    if not scored:
        return None
    _, minus_start, end = max(scored)
    start = -minus_start
    at = sentence.span.start
    return ShortAnswer(sentence.span.text[start:end], sentence.passage.document.id, at + start, at + end)


def candidates(question: str, kind: Kind, text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the stretches of a sentence that begin and end with a word of meaning, each with its features by name."""
    tokens = _tokens(text, frozenset(question_stems(question)))
    kinds = (kind.value, question_word(question))
    for i, first in enumerate(tokens):
        if not first.is_content:
            continue
        for j in range(i, min(len(tokens), i + _LONGEST)):
            if tokens[j].text in ';:()[]"“”?!':
                break
            if tokens[j].is_content and not all(token.is_asked or not token.is_content for token in tokens[i : j + 1]):
                yield first.start, tokens[j].end, _features(tokens, i, j, kinds)


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


def _features(tokens: list[_Token], i: int, j: int, kinds: tuple[str, str]) -> list[str]:
    inside = tokens[i : j + 1]
    before, after = (tokens[i - 1] if i else None), (tokens[j + 1] if j + 1 < len(tokens) else None)
    n = len(inside)
    held = [token.form for token in inside]
    shape = "+".join(form for form in sorted(set(held)) if form not in ("stop", "mark"))
    asked_near = [k - j if k > j else i - k for k, token in enumerate(tokens) if token.is_asked and not i <= k <= j]
    distance = min(asked_near, default=9)
    sides = [("before", before), ("after", after)]
    found = [
        f"shape {shape}",
        f"n {n}",
        f"first {inside[0].form} last {inside[-1].form}",
        f"asked inside {min(2, sum(token.is_asked for token in inside))}",
        f"ends asked {inside[0].is_asked} {inside[-1].is_asked}",
        f"stops {min(3, held.count('stop'))} marks {held.count('mark')}",
        f"near {min(distance, 6)}",
        "follows asked {} {}".format(*(any(t.is_asked for t in part) for part in (tokens[:i], tokens[j + 1 :]))),
        *(f"{kind} shape {shape}" for kind in kinds),
        *(f"{kind} n {n}" for kind in kinds),
        *(f"{side} {_side(token)}" for side, token in sides),
        *(f"{kinds[0]} {side} {_side(token)}" for side, token in sides),
        *(f"{side} {token.text.lower()}" for side, token in sides if token and not token.is_content),
        *(f"{kinds[0]} {side} {token.text.lower()}" for side, token in sides if token and not token.is_content),
        f"cut {before.form if before else ''} {inside[0].form}",
        f"cut {inside[-1].form} {after.form if after else ''} after",
    ]
    if before and before.text.lower() in _ARTICLES and i > 1:
        found.append(
            f"{kinds[0]} before article {tokens[i - 2].text.lower() if not tokens[i - 2].is_content else 'word'}"
        )
    return found


def _side(token: _Token | None) -> str:
    return "edge" if token is None else "asked" if token.is_asked else token.form


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    stored: dict[str, float] = json.loads((files("assistant") / "short.json").read_text(encoding="utf-8"))
    return stored
