"""The sentences found for one question, counted in arrays: one row a sentence, one column an asked word.

Knows words, vectors and places; nothing of weights. What is known of a passage as a whole is here, of a sentence in
features.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Kind
from assistant.words import stem, stems
from index.embed import PassageVectors
from index.records import Passage, Span
from index.retrieve import query_spans

Vectors = NDArray[np.float32]
Numbers = NDArray[np.float64]

PASSAGE_NAMES = ("fused", "cosine", "overlap", "title")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the features see it: the stems of the words that carry its meaning, each once, and which they are.

    `places` are numbers of `query_spans`.
    """

    text: str
    kind: Kind
    stems: tuple[str, ...]
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str, kind: Kind) -> Asked:
        found: dict[str, int] = {}
        for place, (start, end) in enumerate(query_spans(text)):
            found.setdefault(stem(text[start:end].lower()), place)
        return cls(text, kind, tuple(found), tuple(found.values()))


class Pool:
    """The sentences of one question's passages.

    `question` holds the vectors of the question and of its words, `vectors` for each passage those of its sentences.
    How rare a word is is counted in these.
    """

    def __init__(
        self, asked: Asked, question: PassageVectors, passages: Sequence[Passage], vectors: Sequence[Vectors]
    ) -> None:
        self.asked, self.passages = asked, passages
        self.places = [(p, a, b) for p in passages for a, b in p.sentences]
        self.owner = np.array([i for i, p in enumerate(passages) for _ in p.sentences], int)
        self.stems = [stems(p.text[a - p.start : b - p.start]) for p, a, b in self.places]
        n, n_asked = len(self.places), len(asked.stems)
        self.counts = np.array([[s.count(word) for word in asked.stems] for s in self.stems], float)
        self.counts = self.counts.reshape(n, n_asked)
        self.lengths = np.array([len(s) for s in self.stems], float)
        self.first = np.append(True, self.owner[1:] != self.owner[:-1])[:n]
        self.last = np.append(self.first[1:], True)[:n]
        self.idf = np.log(1 + (n + 1) / (1 + (self.counts > 0).sum(axis=0)))
        self.weights = self.idf / (self.idf.sum() or 1.0)
        of_sentences = _aligned(passages, vectors, len(question.passage))
        self.cosines = of_sentences @ question.passage.astype(float)
        self.word_cosines = of_sentences @ question.sentences[list(asked.places)].astype(float).T
        self._titles = [frozenset(stems(p.document.title)) for p in passages]
        in_title = np.array([[word in title for word in asked.stems] for title in self._titles], float)
        self.in_title = in_title.reshape(len(passages), n_asked)

    def span(self, i: int) -> Span:
        passage, a, b = self.places[i]
        return Span(a, b, passage.text[a - passage.start : b - passage.start])

    def passage_rows(self) -> Numbers:
        """Return PASSAGE_NAMES for each passage.

        The fused score, the best cosine of a sentence, the best share of asked words in a sentence with the title, and
        how far question and title are the same words (their F1).
        """
        columns = [
            np.array([p.score for p in self.passages], float),
            self.best_of(self.cosines, -1.0),
            self.best_of(self.overlap_with_title(), 0.0),
            self._likeness_of_titles(),
        ]
        return np.stack(columns, axis=1) if len(self.passages) else np.empty((0, len(PASSAGE_NAMES)))

    def overlap_with_title(self) -> Numbers:
        """Return the share of asked words that stand in each sentence or in the title of its document."""
        return np.asarray(np.maximum(self.counts > 0, self.in_title[self.owner]) @ self.weights)

    def best_of(self, values: Numbers, at_least: float) -> Numbers:
        """Return for each passage the highest value of its sentences."""
        best = np.full(len(self.passages), at_least)
        np.maximum.at(best, self.owner, values)
        return best

    def before(self, values: Numbers) -> Numbers:
        """Return for each sentence the row of the one before it in its passage, zeros for the first."""
        return np.where(self.first[:, None], 0.0, np.roll(values, 1, axis=0))

    def after(self, values: Numbers) -> Numbers:
        """Return for each sentence the row of the one after it in its passage, zeros for the last."""
        return np.where(self.last[:, None], 0.0, np.roll(values, -1, axis=0))

    def summed(self, values: Numbers) -> Numbers:
        """Return for each passage the sum of its sentences' rows."""
        sums = np.zeros((len(self.passages), values.shape[1]))
        np.add.at(sums, self.owner, values)
        return sums

    def _likeness_of_titles(self) -> Numbers:
        asked = self.asked.stems
        shares = [sum(word in title for word in asked) / max(1, len(title)) for title in self._titles]
        of_title, of_question = np.array(shares, float), self.in_title @ self.weights
        return np.asarray(2 * of_title * of_question / np.maximum(of_title + of_question, 1e-9))


def _aligned(passages: Sequence[Passage], vectors: Sequence[Vectors], n_dimensions: int) -> Numbers:
    """Stack the sentences' vectors; a passage whose vectors are missing gets zeros."""
    rows = [
        v if len(v) == len(p.sentences) else np.zeros((len(p.sentences), n_dimensions), np.float32)
        for p, v in zip(passages, vectors, strict=True)
    ]
    return np.concatenate(rows).astype(float) if rows else np.empty((0, n_dimensions))
