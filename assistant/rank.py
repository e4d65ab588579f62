"""Passages reordered, their sentences ranked, those that answer first, and how sure one may be that they do.

Knows features and weights (training/train_ranker.py makes them); nothing of storage or of how an answer is worded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np

from assistant.answer import Query
from assistant.features import NAMES, shortlist
from assistant.pool import PASSAGE_NAMES, Asked, Numbers, Pool, Vectors
from index.embed import PassageVectors
from index.records import Passage, Span

CONFIDENCE_NAMES = ("cosine", "overlap", "lead", "n_asked")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage with its score for the question; higher is better."""

    passage: Passage
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages and sentences, best first, and the share of such questions answered among the first three sentences."""

    passages: tuple[Passage, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What was learnt: linear scores for passages and sentences, a logistic curve for the confidence."""

    passages: Numbers
    sentences: Numbers
    confidence: Numbers
    confidence_bias: float


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the shipped weights, by the names of the features they were learnt for."""
    stored = json.loads((files("assistant") / "ranker.json").read_text(encoding="utf-8"))
    return Weights(
        np.array([stored["passages"][name] for name in PASSAGE_NAMES]),
        np.array([stored["sentences"][name] for name in NAMES]),
        np.array([stored["confidence"][name] for name in CONFIDENCE_NAMES]),
        stored["confidence_bias"],
    )


def rank(query: Query, question: PassageVectors, passages: Sequence[Passage], vectors: Sequence[Vectors]) -> Ranking:
    """Return the passages and their sentences nearest to the question, best first; equal scores keep their order.

    `question` holds the unit vectors of the question and its words, `vectors` for each passage those of its sentences.
    A passage's new score is in (0, 1], 1 for the best.
    """
    learnt = weights()
    pool = Pool(Asked.of(query.text, query.kind), question, passages, vectors)
    # Rounded, so that two machines whose last bits differ order alike.
    passage_scores = np.round(pool.passage_rows() @ learnt.passages, 9)
    near = shortlist(pool, passage_scores)
    scores = np.round(near.rows @ learnt.sentences, 9)
    ranked = _reordered(passages, passage_scores)
    if not near.spans:
        return Ranking(tuple(ranked))
    order = np.argsort(-scores, kind="stable")
    of_id = {passage.id: passage for passage in ranked}
    sentences = [Sentence(of_id[passages[near.owners[i]].id], near.spans[i], float(scores[i])) for i in order.tolist()]
    row = evidence_row(near.rows[order], scores[order], len(pool.asked.stems))
    logit = float(row @ learnt.confidence) + learnt.confidence_bias
    return Ranking(tuple(ranked), tuple(sentences), round(1 / (1 + math.exp(-logit)), 4))


def _reordered(passages: Sequence[Passage], scores: Numbers) -> list[Passage]:
    order = np.argsort(-scores, kind="stable").tolist()
    return [
        replace(
            passages[i],
            rank=rank,
            score=round(math.exp(scores[i] - scores[order[0]]), 9),
            evidence=replace(passages[i].evidence, fused_rank=passages[i].rank),
        )
        for rank, i in enumerate(order, 1)
    ]


def evidence_row(rows: Numbers, scores: Numbers, n_asked: int) -> Numbers:
    """Return CONFIDENCE_NAMES for a question, from its sentences' features and scores, best first.

    The best cosine of all, the best share of asked words in the first three, the lead of the first over the ten best,
    and how many words are asked: more was tried and told answers from silence no better on other sets.
    """
    cosines, overlaps = rows[:, NAMES.index("cosine")], rows[:3, NAMES.index("overlap")]
    return np.array(
        [float(cosines.max()), float(overlaps.max()), float(scores[0] - scores[:10].mean()), math.log1p(n_asked)]
    )
