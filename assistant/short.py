"""The short answer inside a sentence: a name, a date, a number, a place, where the question asks for one.

Knows patterns of typed spans; guesses no yes or no. The span is marked in the quote, never shown instead of it.
"""

from __future__ import annotations

import re

from assistant.answer import Kind, Query, ShortAnswer
from assistant.expected import typed_spans
from assistant.rank import Sentence
from assistant.words import question_stems, stem

_HEAD = re.compile(
    r"^(?:what|which|whose)\s+(?!is|are|was|were|did|does|do|has|have|had|will|would|can|could)\w+", re.I
)
_AFTER = 0.4  # a span after the asked words is preferred to one before them by so many words


def find_short_answer(query: Query, sentence: Sentence) -> ShortAnswer | None:
    """Return the span of the expected kind that stands nearest to the asked words, None where none is expected."""
    if query.kind is Kind.FACT and not _HEAD.match(query.text):
        return None  # 'what is …' asks for more than a name
    asked = set(question_stems(query.text))
    text = sentence.span.text
    for spans in typed_spans(query.kind, text, asked):
        if spans:
            start, end = min(spans, key=lambda span: _distance(span, text, asked))
            return ShortAnswer(
                text[start:end], sentence.passage.document.id, sentence.span.start + start, sentence.span.start + end
            )
    return None


def _distance(span: tuple[int, int], text: str, asked: set[str]) -> tuple[float, int]:
    """Return the mean distance in words from a span to the asked words of its sentence."""
    tokens = [(m.start(), stem(m.group().lower())) for m in re.finditer(r"[^\W_]+", text)]
    here = next((n for n, (at, _) in enumerate(tokens) if at >= span[0]), len(tokens))
    at = [n for n, (start, word) in enumerate(tokens) if word in asked and not span[0] <= start < span[1]]
    distances = sorted(abs(n - here) + (_AFTER if n > here else 0.0) for n in at)
    nearest = distances[: max(1, (len(distances) + 1) // 2)]
    return (sum(nearest) / len(nearest) if nearest else float(here)), span[0]
