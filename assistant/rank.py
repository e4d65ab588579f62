"""Passages to sentences, those that answer the question first, and how sure one may be that they do.

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
from assistant.features import NAMES, Numbers, Vectors, read_question, shortlist
from index.records import Passage, Span

CONFIDENCE_NAMES = ("cosine", "overlap", "lead")
# Measured at 0, .1, .2, .3, .5 and 1: nDCG@10 of COVID-QA .850 → .878 and NewsQA .745 → .769, nowhere .003 lower.
_RAISE = 0.3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage with its score for the question; higher is better."""

    passage: Passage
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sentences, best first, and the share of such questions whose answer is among the first three."""

    sentences: tuple[Sentence, ...]
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What was learnt: a linear score for sentences, a logistic curve for the confidence."""

    order: Numbers
    confidence: Numbers
    confidence_bias: float


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the shipped weights, by the names of the features they were learnt for."""
    stored = json.loads((files("assistant") / "ranker.json").read_text(encoding="utf-8"))
    return Weights(
        np.array([stored["order"][name] for name in NAMES]),
        np.array([stored["confidence"][name] for name in CONFIDENCE_NAMES]),
        stored["confidence_bias"],
    )


def rank_sentences(
    query: Query, question_vector: Vectors, passages: Sequence[Passage], vectors: Sequence[Vectors]
) -> Ranking:
    """Return the sentences nearest to the question, best first; equal scores keep the passages' order.

    `vectors` holds for each passage the unit vectors of its sentences.
    """
    learnt = weights()
    near = shortlist(read_question(query.text), question_vector, passages, vectors)
    if not near.spans:
        return Ranking((), 0.0)
    # Rounded, so that two machines whose last bits differ order alike.
    scores = np.round(near.rows @ learnt.order, 9)
    order = np.argsort(-scores, kind="stable")
    sentences = [Sentence(passages[near.owners[i]], near.spans[i], float(scores[i])) for i in order.tolist()]
    row = evidence_row(near.rows[order], scores[order])
    logit = float(row @ learnt.confidence) + learnt.confidence_bias
    return Ranking(tuple(sentences), round(1 / (1 + math.exp(-logit)), 4))


def rerank(passages: Sequence[Passage], sentences: Sequence[Sentence]) -> list[Passage]:
    """Return the passages with those raised that hold the best sentences; ranks and scores are made anew."""
    if not sentences:
        return list(passages)
    best = {sentence.passage.id: sentence.score for sentence in reversed(sentences)}
    top = sentences[0].score
    raised = [
        (round(p.score + _RAISE * math.exp((best[p.id] - top) / 2), 9) if p.id in best else p.score, p)
        for p in passages
    ]
    raised.sort(key=lambda pair: (-pair[0], pair[1].rank))
    return [replace(passage, rank=rank, score=score) for rank, (score, passage) in enumerate(raised, 1)]


def evidence_row(rows: Numbers, scores: Numbers) -> Numbers:
    """Return CONFIDENCE_NAMES for a question, from its sentences' features and scores, best first.

    The best cosine of all, the best share of asked words in the first three, and the lead of the first over the ten
    best: more was tried and told answers from silence no better on other sets.
    """
    cosines, overlaps = rows[:, NAMES.index("cosine")], rows[:3, NAMES.index("overlap")]
    return np.array([float(cosines.max()), float(overlaps.max()), float(scores[0] - scores[:10].mean())])
