"""What is known of a sentence as an answer to a question, as numbers for the ranker.

Knows the arrays of pool.py and places; nothing of weights or thresholds. The same code makes the training data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Kind
from assistant.expected import counts_what_is_asked, lacks
from assistant.pool import Numbers, Pool
from assistant.words import words
from index.records import Span
from index.retrieve import STOP_WORDS

N_SHORTLISTED = 40  # sentences that are looked at closely: the right one is among thirty nearly always
NAMES = (
    "bm25_sentence bm25_passage overlap overlap_passage overlap_title overlap_with_title overlap_exact n_matched "
    "rarest_in_sentence rarest_in_passage cosine cosine_passage cosine_passage_best passage_gap n_words new_words "
    "bigrams word_cosine least_word_cosine missing_words_cosine least_missing_cosine "
    "lacks_time lacks_number lacks_person lacks_place counts"
).split()
_LACKED = (Kind.TIME, Kind.NUMBER, Kind.PERSON, Kind.PLACE)


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """The sentences worth a close look, by passage number and span, with a row of NAMES each."""

    owners: tuple[int, ...]
    spans: tuple[Span, ...]
    rows: Numbers


def shortlist(pool: Pool, passage_scores: Numbers, n: int = N_SHORTLISTED) -> Shortlist:
    """Return the `n` sentences nearest to the question by words and meaning, with their features."""
    columns = {**_by_words(pool), **_by_meaning(pool)}
    parts = (
        *(columns[name] for name in ("bm25_sentence", "bm25_passage", "cosine", "cosine_passage")),
        _bm25_window(pool),
    )
    best = np.argsort(-np.sum([_share(part) for part in parts], axis=0), kind="stable")[:n]
    columns["passage_gap"] = (passage_scores.max(initial=-np.inf) - passage_scores)[pool.owner]
    chosen = {name: values[best] for name, values in columns.items()} | _close_look(pool, best)
    rows = np.stack([chosen[name] for name in NAMES], axis=1) if len(best) else np.empty((0, len(NAMES)))
    return Shortlist(tuple(pool.owner[best].tolist()), tuple(pool.span(i) for i in best.tolist()), rows)


def _by_words(pool: Pool) -> dict[str, Numbers]:
    counts, weights, owner = pool.counts, pool.weights, pool.owner
    in_passage, lengths = pool.summed(counts), pool.summed(pool.lengths[:, None])[:, 0]
    rarest = np.argsort(-weights, kind="stable")[:1]
    return {
        "bm25_sentence": _bm25(counts, pool.lengths),
        "bm25_passage": _bm25(in_passage, lengths)[owner],
        "overlap": (counts > 0) @ weights,
        "overlap_passage": ((in_passage > 0) @ weights)[owner],
        "overlap_title": (pool.in_title @ weights)[owner],
        "overlap_with_title": pool.overlap_with_title(),
        "n_matched": (counts > 0).sum(axis=1).astype(float),
        "rarest_in_sentence": (counts[:, rarest] > 0).sum(axis=1).astype(float),
        "rarest_in_passage": (in_passage[:, rarest] > 0).sum(axis=1).astype(float)[owner],
        "n_words": np.log1p(pool.lengths),
    }


def _bm25_window(pool: Pool) -> Numbers:
    """Return the score of each sentence together with its neighbours."""
    lengths = pool.lengths[:, None]
    around = [values + pool.before(values) + pool.after(values) for values in (pool.counts, lengths)]
    return _bm25(around[0], around[1][:, 0])


def _by_meaning(pool: Pool) -> dict[str, Numbers]:
    n = len(pool.passages)
    sizes = np.maximum(1, np.bincount(pool.owner, minlength=n))
    cosines, held = pool.word_cosines, pool.counts > 0
    return {
        "word_cosine": cosines.sum(axis=1) / max(1, cosines.shape[1]),
        "least_word_cosine": cosines.min(axis=1, initial=1.0),
        "missing_words_cosine": np.where(held, 0.0, cosines) @ pool.weights,
        "least_missing_cosine": np.where(held, 1.0, cosines).min(axis=1, initial=1.0),
        "cosine": pool.cosines,
        "cosine_passage": (np.bincount(pool.owner, pool.cosines, minlength=n) / sizes)[pool.owner],
        "cosine_passage_best": pool.best_of(pool.cosines, -1.0)[pool.owner],
    }


def _close_look(pool: Pool, chosen: NDArray[np.intp]) -> dict[str, Numbers]:
    """Return what costs a regular expression or a loop, for the chosen sentences only."""
    asked = pool.asked
    texts = [pool.span(i).text for i in chosen.tolist()]
    held = [pool.stems[i] for i in chosen.tolist()]
    exact = set(words(asked.text)) - STOP_WORDS
    known = frozenset(asked.stems)
    lacking = np.array([lacks(asked.kind, text, known) for text in texts], float)
    return {
        "bigrams": np.array([_bigrams(asked.stems, s) for s in held]),
        "overlap_exact": np.array([len(exact.intersection(words(t))) / max(1, len(exact)) for t in texts]),
        "new_words": np.array([float(len(set(s).difference(known))) for s in held]),
        "counts": np.array([counts_what_is_asked(asked.text, text) for text in texts], float),
    } | {f"lacks_{kind}": lacking * (asked.kind is kind) for kind in _LACKED}


def _bm25(counts: Numbers, lengths: Numbers, k1: float = 1.2, b: float = 0.75) -> Numbers:
    """Score texts by words whose rarity is counted in these texts (Robertson and Zaragoza 2009)."""
    n, n_with = len(counts), (counts > 0).sum(axis=0)
    idf = np.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
    norm = k1 * (1 - b + b * lengths / max(1.0, float(lengths.sum()) / max(1, n)))
    return np.asarray((counts * (k1 + 1) / (counts + norm[:, None] + 1e-9)) @ idf)


def _share(values: Numbers) -> Numbers:
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else np.zeros_like(values)


def _bigrams(asked: Sequence[str], held: Sequence[str]) -> float:
    """Return the share of neighbouring asked words that are neighbours, or one word apart, in a sentence."""
    pairs = set(pairwise(asked))
    there = set(pairwise(held)) | set(zip(held, held[2:], strict=False))
    return len(pairs & there) / max(1, len(pairs))
