"""Counts characters that lie in spans. Knows nothing of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.evaluate.questions import GoldStatement, Offsets

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
