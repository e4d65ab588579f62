"""Ranks documents by words alone, by meaning alone and by both fused: what each list of the retrieval is worth.

Knows of a passage only its rank in each list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.errors import InputError

if TYPE_CHECKING:
    from assistant.answer import Answer
    from index.library import Library

Lists = Callable[["Answer"], dict[str, list[str]]]
LISTS = ("dense", "bm25", "fused")
N_CANDIDATES = 200  # all that either list can bring: a hundred chunks each
N_DOCUMENTS = 20  # kept a list
FAR = 10**9


def lists_of(system: object) -> Lists:
    """Return what ranks documents by each list of the system's library, for the query that an answer understood."""
    library: Library | None = getattr(system, "library", None)
    if library is None:
        raise InputError("only Footnote's own retrieval has lists to compare: leave out --compare-lists or --system")
    return lambda answer: document_lists(library, answer)


def document_lists(library: Library, answer: Answer) -> dict[str, list[str]]:
    """Return document ids by list, best first, each document at its first chunk."""
    query = answer.query
    passages = library.retrieve(query.text, k=N_CANDIDATES, source=query.source, since=query.since, until=query.until)
    ranked = {
        "dense": sorted((p.evidence.meaning_rank or FAR, p.document.id) for p in passages),
        "bm25": sorted((p.evidence.words_rank or FAR, p.document.id) for p in passages),
        "fused": [(p.rank, p.document.id) for p in passages],
    }
    return {
        name: list(dict.fromkeys(document_id for rank, document_id in pairs if rank < FAR))[:N_DOCUMENTS]
        for name, pairs in ranked.items()
    }
