"""A query's passages: by words and by meaning, fused.

Knows nothing of questions, speakers' names or answers; what is asked and within what is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.catalog import Catalog
from index.records import Chunk, Evidence, Passage

# Dropped from the words of a query: they cost ten times the time and find nothing.
STOP_WORDS = frozenset(
    "a about an and any are as at be been being but by can could did do does doing for from had has have he her hers "
    "him his how i if in into is it its just me might mine more most must my no nor not of off on or our ours out over "
    "own shall she should so some such than that the their theirs them then there these they this those to too under "
    "until up us very was we were what when where which while who whom whose why will with would you your yours "
    "s t d ll m re ve say says said tell tells told please".split()
)
# Candidates from each list; the fused score is the weighted sum of both, each scaled to [0, 1] over its candidates.
N_CANDIDATES = 100
WORDS_WEIGHT = 0.5
_WORD = re.compile(r"\w+")
_PLAIN_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Ranked:
    """Chunk numbers with their scores, best first."""

    numbers: tuple[int, ...]
    scores: tuple[float, ...]


def query_words(query: str) -> list[str]:
    """Return the words to search for, lower-cased, each once; the stop words only if there is nothing else."""
    words = list(dict.fromkeys(_WORD.findall(query.lower())))
    return [word for word in words if word not in STOP_WORDS] or words


def query_spans(query: str) -> list[tuple[int, int]]:
    """Return the places of the words that carry a query's meaning; of its stop words only if there is nothing else."""
    places = [match.span() for match in _PLAIN_WORD.finditer(query)]
    return [(a, b) for a, b in places if query[a:b].lower() not in STOP_WORDS] or places


def nearest(numbers: NDArray[np.int64], cosines: NDArray[np.float32], n: int) -> Ranked:
    """Return the `n` chunks of the highest cosines; ties go to the lower number."""
    if not len(numbers):
        return Ranked((), ())
    n = min(n, len(numbers))
    nth = np.partition(cosines, -n)[-n]
    best = np.flatnonzero(cosines >= nth)  # more than n where rows tie for the last place
    best = best[np.lexsort((numbers[best], -cosines[best]))][:n]
    return Ranked(tuple(numbers[best].tolist()), tuple(cosines[best].tolist()))


def fuse(words: Ranked, meaning: Ranked, *, words_weight: float = WORDS_WEIGHT) -> list[tuple[int, float]]:
    """Return chunk numbers by the weighted sum of their normalised scores, best first, ties by number.

    Bruch, Gai and Ingber 2023 (arXiv 2210.11934): a convex combination of scores beats reciprocal ranks, which
    forget by how much one passage is better than the next.
    """
    scores: dict[int, float] = {}
    for ranked, weight in ((words, words_weight), (meaning, 1 - words_weight)):
        for number, share in zip(ranked.numbers, _normalised(ranked.scores), strict=True):
            scores[number] = scores.get(number, 0.0) + weight * share
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def to_passages(
    fused: Sequence[tuple[int, float]], words: Ranked, meaning: Ranked, catalog: Catalog, query: str, k: int
) -> list[Passage]:
    """Return the `k` best fused chunks as passages that know why they are where they are.

    A chunk that a writer has taken out since it was found is left out. Ties go by place, not by number: a library that
    grew is searched like a fresh one.
    """
    words_rank = {number: rank for rank, number in enumerate(words.numbers, 1)}
    meaning_rank = {number: rank for rank, number in enumerate(meaning.numbers, 1)}
    asked = query_words(query)
    last = round(fused[k - 1][1], 12) if len(fused) > k else -1.0  # all that tie for the last place are read
    near = [(number, score) for number, score in fused if round(score, 12) >= last]
    chunks = catalog.chunks_by_number([number for number, _ in near])
    there = [(chunks[number], number, score) for number, score in near if number in chunks]
    there.sort(key=lambda found: (-round(found[2], 12), found[0].document.id, found[0].start))
    return [
        _to_passage(
            chunk, rank, score, Evidence(words_rank.get(number), meaning_rank.get(number), _matched(asked, chunk))
        )
        for rank, (chunk, number, score) in enumerate(there[:k], 1)
    ]


def _to_passage(chunk: Chunk, rank: int, score: float, evidence: Evidence) -> Passage:
    return Passage(
        chunk.document, chunk.start, chunk.end, chunk.text, chunk.page, chunk.sentences, rank, score, evidence
    )


def _matched(asked: Sequence[str], chunk: Chunk) -> tuple[str, ...]:
    """Return the asked words that stand in the chunk, compared by their first five letters."""
    there = {word[:5] for word in _WORD.findall(chunk.text.lower())}
    return tuple(word for word in asked if word[:5] in there)


def _normalised(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    low, high = min(scores), max(scores)
    return [(score - low) / (high - low) if high > low else 1.0 for score in scores]
