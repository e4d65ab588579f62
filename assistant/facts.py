"""Questions of fact: the sentences that answer, whoever says so, or why there are none.

Knows the library's passages and statements; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.abstain import is_enough, not_found
from assistant.answer import Abstention, Kind, Query, Reason
from assistant.quotable import is_quotable
from assistant.quote import Quoted, from_statement
from assistant.rank import Sentence, question_stems, rank_sentences, stems
from assistant.settings import Caution
from index.records import Passage, Statement

if TYPE_CHECKING:
    from index.library import Library

_N_SENTENCES = {Kind.SUMMARY: 6, Kind.REASON: 4, Kind.MANNER: 4}
_NEAR = 0.6  # of the best score, below which a further sentence is noise
_LEAD = "From the documents, word for word:"


@dataclass(frozen=True, slots=True)
class Found:
    """The sentences that answer, best first, or an abstention."""

    lead: str
    quotes: tuple[Quoted, ...]
    confidence: float
    abstention: Abstention | None = None


def find_facts(library: Library, query: Query, passages: Sequence[Passage], caution: Caution) -> Found:
    """Return the best sentences of the passages for a question of fact."""
    vector = library.embedder.embed([query.text])[0]
    ranked = rank_sentences(query.text, vector, passages, library.sentence_vectors(passages))
    ranked = [s for s in ranked if is_quotable(s.span.text, s.passage.document.title)]
    ranked = [s for s in ranked if is_quotable(s.span.text, s.passage.document.title)]
    confidence = _confidence(ranked, vector, library)
    if not ranked or not is_enough(confidence, caution):
        missing = _missing(query, passages)
        reason = Reason.NOTHING_IN_DOCUMENTS if missing or not passages else Reason.TOO_WEAK
        abstention = not_found(query, reason, missing)
        return Found(abstention.message, (), confidence, abstention)
    near = [s for s in ranked if s.score >= _NEAR * ranked[0].score]
    best = near[: _N_SENTENCES.get(query.kind, 3)]
    quotes = tuple(_to_quoted(library, sentence) for sentence in best)
    return Found(_LEAD, quotes, confidence)


def _confidence(ranked: Sequence[Sentence], vector: np.ndarray, library: Library) -> float:
    if not ranked:
        return 0.0
    best = ranked[0]
    vectors = library.sentence_vectors([best.passage])[0]
    inside = [i for i, span in enumerate(best.passage.sentences) if span == (best.span.start, best.span.end)]
    cosine = float(vectors[inside[0]] @ vector) if inside and len(vectors) else 0.0
    return round(min(1.0, max(0.0, (cosine - 0.1) / 0.6)), 4)


def _missing(query: Query, passages: Sequence[Passage]) -> list[str]:
    there = {word for passage in passages for word in stems(passage.text)}
    return [word for word in query.text.split() if set(question_stems(word)) - there and word[:1].isupper()]


def _to_quoted(library: Library, sentence: Sentence) -> Quoted:
    """Quote a sentence, as somebody's words where it lies inside a statement."""
    document = sentence.passage.document
    statement = _said_in(library.statements(document_ids=[document.id]), sentence)
    if statement:
        return from_statement(statement, sentence.span, lambda document_id: library.document(document_id).text)
    return Quoted(document, sentence.span, date=document.date, page=sentence.passage.page)


def _said_in(statements: Sequence[Statement], sentence: Sentence) -> Statement | None:
    """Return the statement that makes up most of a sentence."""
    shares = [
        (sum(max(0, min(c.end, sentence.span.end) - max(c.start, sentence.span.start)) for c in s.content), s)
        for s in statements
    ]
    best = max(shares, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= 0.5 * len(sentence.span.text) else None
