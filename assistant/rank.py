"""Passages to sentences, those that answer the question first.

Knows passages, their sentences and vectors; knows nothing of storage or of how an answer is worded.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.records import Passage, Span
from index.retrieve import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage with its score for the question; higher is better."""

    passage: Passage
    span: Span
    score: float


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a word without its commonest English endings: enough to compare words, not to show them."""
    for ending in (
        "ational",
        "ations",
        "ation",
        "ingly",
        "ings",
        "edly",
        "ing",
        "ies",
        "ied",
        "ers",
        "ed",
        "es",
        "ly",
        "er",
        "s",
        "e",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def stems(text: str) -> list[str]:
    """Return the stem of every word, in order."""
    return [stem(word) for word in _WORD.findall(text.lower())]


def question_stems(text: str) -> list[str]:
    """Return the stems of a question's words that carry meaning, each once."""
    words = _WORD.findall(text.lower())
    return list(dict.fromkeys(stem(word) for word in words if word not in STOP_WORDS)) or [stem(w) for w in words]


def rank_sentences(
    question: str, question_vector: Vectors, passages: Sequence[Passage], vectors: Sequence[Vectors]
) -> list[Sentence]:
    """Return the sentences of all passages, best first: a sum of word and meaning scores on three levels."""
    spans = [(passage, span) for passage in passages for span in passage.sentences]
    if not spans:
        return []
    asked = question_stems(question)
    words = [stems(passage.text[a - passage.start : b - passage.start]) for passage, (a, b) in spans]
    owner = np.array([i for i, passage in enumerate(passages) for _ in passage.sentences])
    by_passage = [[w for j in np.flatnonzero(owner == i) for w in words[j]] for i in range(len(passages))]
    sentence_words, passage_words = _bm25(asked, words), _bm25(asked, by_passage)[owner]
    window = [
        [w for k in (j - 1, j, j + 1) if 0 <= k < len(words) and owner[k] == owner[j] for w in words[k]]
        for j in range(len(words))
    ]
    rows = np.concatenate(
        [
            v if len(v) == len(p.sentences) else np.zeros((len(p.sentences), len(question_vector)), np.float32)
            for p, v in zip(passages, vectors, strict=True)
        ]
    )
    cosines = rows @ question_vector
    passage_cosines = np.array(
        [cosines[owner == i].mean() if (owner == i).any() else 0.0 for i in range(len(passages))]
    )[owner]
    score = sum(
        _share(part) for part in (sentence_words, _bm25(asked, window), passage_words, cosines, passage_cosines)
    )
    order = np.lexsort((np.arange(len(spans)), -np.asarray(score)))
    return [_to_sentence(spans[i][0], spans[i][1], float(np.asarray(score)[i]) / 5) for i in order]


def _to_sentence(passage: Passage, span: tuple[int, int], score: float) -> Sentence:
    start, end = span
    return Sentence(passage, Span(start, end, passage.text[start - passage.start : end - passage.start]), score)


def _share(values: NDArray[np.floating]) -> NDArray[np.floating]:
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else np.zeros_like(values)


def _bm25(
    asked: Sequence[str], texts: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.75
) -> NDArray[np.float64]:
    counts = [Counter(text) for text in texts]
    lengths = np.array([len(text) for text in texts], float)
    norm = k1 * (1 - b + b * lengths / max(1.0, lengths.mean()))
    score = np.zeros(len(texts))
    for word in asked:
        tf = np.array([count[word] for count in counts], float)
        n = int((tf > 0).sum())
        score += math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) * tf * (k1 + 1) / (tf + norm)
    return score
