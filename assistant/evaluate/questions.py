"""What an evaluation set holds: documents, questions and where in the documents the answers stand.

Knows nothing of file formats or measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.answer import Turn
from index.records import Document, Filters

Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GoldStatement:
    """One thing a right answer should quote.

    `content` are the words that count, `sentences` the sentences around them, which may be quoted without loss of
    precision. Both are half-open character offsets into the document's text.
    """

    document_id: str
    content: tuple[Offsets, ...]
    sentences: tuple[Offsets, ...] = ()

    @property
    def n_characters(self) -> int:
        return sum(end - start for start, end in self.content)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set.

    `answers` are short answers, any of which is right. `relevant` grades documents (above 0: relevant). `reason` is
    why there is no answer, for unanswerable questions. `person` is whose words are asked for. `categories` are the
    set's own columns by which measures are reported apart. `cluster` is shared by questions that are not independent:
    those of one conversation, else of one document.
    """

    id: str
    text: str
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    answerable: bool = True
    gold: tuple[GoldStatement, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    person: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Questions with gold, and the documents they are about.

    `has_corpus` tells whether the documents came with the set (a library is built from them) or stand in a library
    that is there already. `statements` are all annotated statements by (last name, document id), where a set has them.
    `digest` is the SHA-256 of everything that was read.
    """

    name: str
    digest: str
    questions: tuple[Question, ...]
    documents: Mapping[str, Document]
    has_corpus: bool = True
    statements: Mapping[tuple[str, str], tuple[Offsets, ...]] = field(default_factory=dict)

    def sample(self, limit: int | None) -> tuple[Question, ...]:
        """Return `limit` questions spread evenly over the set: sets list kinds of question one after the other."""
        n_questions = len(self.questions)
        if limit is None or limit >= n_questions:
            return self.questions
        return tuple(self.questions[position * n_questions // limit] for position in range(limit))


DocumentSpan = tuple[str, int, int]  # document id, start, end


def n_covered(start: int, end: int, spans: Iterable[Offsets]) -> int:
    """Return how many characters of [start, end) lie in at least one span."""
    covered, reached = 0, start
    for low, high in sorted(spans):
        low, high = max(low, reached), min(high, end)
        if low < high:
            covered, reached = covered + high - low, high
    return covered


def share_covered(statement: GoldStatement, spans: Iterable[DocumentSpan]) -> float:
    """Return the share of the statement's content characters that lie in the spans."""
    here = [(start, end) for document_id, start, end in spans if document_id == statement.document_id]
    covered = sum(n_covered(start, end, here) for start, end in statement.content)
    return covered / max(1, statement.n_characters)


def within_budget(spans: Sequence[DocumentSpan], n_spans: int, n_characters: int) -> list[DocumentSpan]:
    """Return the first spans, at most `n_spans`, whose summed length stays within the budget (the first always)."""
    kept: list[DocumentSpan] = []
    used = 0
    for span in spans[:n_spans]:
        used += span[2] - span[1]
        if kept and used > n_characters:
            break
        kept.append(span)
    return kept
