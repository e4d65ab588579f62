"""What is known of a sentence as an answer to a question, as numbers for the ranker.

Knows words, vectors and places; nothing of trees or thresholds. The same code makes the training data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.words import question_stems, stem, stems, words
from index.records import Passage, Span
from index.retrieve import STOP_WORDS

Vectors = NDArray[np.float32]
Numbers = NDArray[np.float64]

N_SHORTLISTED = 40  # sentences that are looked at closely: the right one is among thirty nearly always
NAMES = (
    "bm25_sentence bm25_window bm25_passage overlap overlap_previous overlap_window overlap_passage overlap_title "
    "n_matched rarest_in_sentence rarest_in_passage cosine cosine_previous cosine_next cosine_passage cosine_passage_best cosine_share "  # noqa: E501
    "cosine_rank cosine_gap sum sum_rank sum_gap passage_rank passage_score words_rank meaning_rank place_in_passage "
    "first_in_passage starts_at n_words bigrams longest_run spread overlap_exact names_in_sentence new_words quoted "
    "starts_with_pronoun is_question n_asked"
).split()
_NAME = re.compile(r"\b[A-Z][\w’'-]*")
_PRONOUN = re.compile(r"^[\"“‘(]?(?:He|She|It|They|His|Her|Its|Their|This|That|These|Those|Such)\b")
_QUESTION = re.compile(r"\?[\"”]?\s*$")
_QUOTED = re.compile(r"[\"“]([^\"”]{3,})[\"”]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the features see it: stems of its words and of its names, quoted strings."""

    text: str
    stems: tuple[str, ...]
    names: frozenset[str]
    quoted: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """The sentences worth a close look, by passage number and span, with a row of NAMES each."""

    owners: tuple[int, ...]
    spans: tuple[Span, ...]
    rows: Numbers


def read_question(text: str) -> Asked:
    """Return what the features need of a question."""
    """Return a question as the features see it; its first word's capital letter makes no name."""
    first, _, rest = text.partition(" ")
    names = {stem(name.lower()) for name in _NAME.findall(rest if first.lower() in STOP_WORDS else text)}
    return Asked(
        text,
        tuple(question_stems(text)),
        frozenset(names - {stem(word) for word in STOP_WORDS}),
        tuple(quoted.lower() for quoted in _QUOTED.findall(text)),
    )


def shortlist(
    asked: Asked,
    question_vector: Vectors,
    passages: Sequence[Passage],
    vectors: Sequence[Vectors],
    n: int = N_SHORTLISTED,
) -> Shortlist:
    """Return the `n` sentences nearest to the question by words and meaning, with their features.

    `vectors` holds for each passage the unit vectors of its sentences. How rare a word is is counted in these passages.
    """
    pool = _Pool(asked, question_vector, passages, vectors)
    columns = pool.columns()
    best = np.argsort(-columns["sum"], kind="stable")[:n]
    chosen = {name: values[best] for name, values in columns.items()} | pool.close_look(best)
    rows = np.stack([chosen[name] for name in NAMES], axis=1) if len(best) else np.empty((0, len(NAMES)))
    return Shortlist(tuple(pool.owner[best].tolist()), tuple(pool.span(i) for i in best.tolist()), rows)


class _Pool:
    """All sentences of all passages of one question, counted in arrays: one row a sentence, one column an asked word."""  # noqa: E501

    def __init__(
        self, asked: Asked, question_vector: Vectors, passages: Sequence[Passage], vectors: Sequence[Vectors]
    ) -> None:
        self.asked, self.passages = asked, passages
        self.places = [(p, a, b) for p in passages for a, b in p.sentences]
        self.owner = np.array([i for i, p in enumerate(passages) for _ in p.sentences], int)
        self.stems = [stems(p.text[a - p.start : b - p.start]) for p, a, b in self.places]
        self.counts = np.array([[s.count(word) for word in asked.stems] for s in self.stems], float)
        self.counts = self.counts.reshape(len(self.places), len(asked.stems))
        self.lengths = np.array([len(s) for s in self.stems], float)
        self.first = np.append(True, self.owner[1:] != self.owner[:-1])[: len(self.owner)]
        self.last = np.append(self.first[1:], True)[: len(self.owner)]
        n = len(self.places)
        self.idf = np.log(1 + (n + 1) / (1 + (self.counts > 0).sum(axis=0)))
        self.weights = self.idf / (self.idf.sum() or 1.0)
        self.cosines = _aligned(passages, vectors, len(question_vector)) @ question_vector.astype(float)

    def span(self, i: int) -> Span:
        passage, a, b = self.places[i]
        return Span(a, b, passage.text[a - passage.start : b - passage.start])

    def columns(self) -> dict[str, Numbers]:
        """Return what is cheap enough to be known of every sentence."""
        columns = {**self._by_words(), **self._by_meaning(), **self._by_place()}
        parts = ("bm25_sentence", "bm25_window", "bm25_passage", "cosine", "cosine_passage")
        total = np.sum([_share(columns[name]) for name in parts], axis=0) / len(parts)
        return columns | {"sum": total, "sum_rank": _ranks(total), "sum_gap": total.max(initial=0.0) - total}

    def _by_words(self) -> dict[str, Numbers]:
        counts, weights = self.counts, self.weights
        before, after = self._before(counts), self._after(counts)
        passage_counts, passage_lengths = self._summed(counts), self._summed(self.lengths[:, None])[:, 0]
        window_lengths = (
            self.lengths + self._before(self.lengths[:, None])[:, 0] + self._after(self.lengths[:, None])[:, 0]
        )
        titles = [set(stems(p.document.title)) for p in self.passages]
        in_title = np.array([[word in title for word in self.asked.stems] for title in titles], float)
        in_title = in_title.reshape(len(titles), len(weights))
        rarest = np.argsort(-weights, kind="stable")[:1]
        of_passages = [_bm25(passage_counts, passage_lengths), (passage_counts > 0) @ weights, in_title @ weights]
        bm25_passage, overlap_passage, overlap_title = (values[self.owner] for values in of_passages)
        return {
            "bm25_sentence": _bm25(counts, self.lengths),
            "bm25_window": _bm25(counts + before + after, window_lengths),
            "bm25_passage": bm25_passage,
            "overlap": (counts > 0) @ weights,
            "overlap_previous": (counts + before > 0) @ weights,
            "overlap_window": (counts + before + after > 0) @ weights,
            "overlap_passage": overlap_passage,
            "overlap_title": overlap_title,
            "n_matched": (counts > 0).sum(axis=1).astype(float),
            "rarest_in_sentence": (counts[:, rarest] > 0).sum(axis=1).astype(float),
            "rarest_in_passage": (passage_counts[:, rarest] > 0).sum(axis=1).astype(float)[self.owner],
        }

    def _by_meaning(self) -> dict[str, Numbers]:
        cosines, n = self.cosines, len(self.passages)
        sizes = np.bincount(self.owner, minlength=n)
        mean = np.bincount(self.owner, cosines, minlength=n) / np.maximum(1, sizes)
        best = np.full(n, -1.0)
        np.maximum.at(best, self.owner, cosines)
        return {
            "cosine": cosines,
            "cosine_previous": self._before(cosines[:, None])[:, 0],
            "cosine_next": self._after(cosines[:, None])[:, 0],
            "cosine_passage": mean[self.owner],
            "cosine_passage_best": best[self.owner],
            "cosine_share": _share(cosines),
            "cosine_rank": _ranks(cosines),
            "cosine_gap": cosines.max(initial=-1.0) - cosines,
        }

    def _by_place(self) -> dict[str, Numbers]:
        sizes = np.bincount(self.owner, minlength=len(self.passages))
        firsts = np.flatnonzero(self.first)
        place = np.arange(len(self.owner)) - firsts[np.cumsum(self.first) - 1]
        of_passages = {
            "passage_rank": np.log1p([p.rank for p in self.passages]),
            "passage_score": np.array([p.score for p in self.passages], float),
            "words_rank": np.log1p([p.evidence.words_rank or 200 for p in self.passages]),
            "meaning_rank": np.log1p([p.evidence.meaning_rank or 200 for p in self.passages]),
        }
        return {name: values[self.owner] for name, values in of_passages.items()} | {
            "place_in_passage": place / np.maximum(1, sizes[self.owner]),
            "first_in_passage": self.first.astype(float),
            "starts_at": np.log1p([float(a) for _, a, _ in self.places]),
            "n_words": np.log1p(self.lengths),
        }

    def close_look(self, chosen: NDArray[np.intp]) -> dict[str, Numbers]:
        """Return what costs a regular expression or a loop, for the chosen sentences only."""
        asked = self.asked
        texts = [self.span(i).text for i in chosen.tolist()]
        held = [self.stems[i] for i in chosen.tolist()]
        exact = set(words(asked.text)) - STOP_WORDS
        in_order = stems(asked.text)
        names = [{stem(name.lower()) for name in _NAME.findall(text)} for text in texts]
        return {
            "bigrams": np.array([_bigrams(asked.stems, s) for s in held]),
            "longest_run": np.array([_longest_run(in_order, s) for s in held]),
            "spread": np.array([_spread(set(asked.stems), s) for s in held]),
            "overlap_exact": np.array([len(exact.intersection(words(t))) / max(1, len(exact)) for t in texts]),
            "names_in_sentence": np.array([len(asked.names & found) / max(1, len(asked.names)) for found in names]),
            "new_words": np.array([float(len(set(s).difference(asked.stems))) for s in held]),
            "quoted": np.array([float(any(q in text.lower() for q in asked.quoted)) for text in texts]),
            "starts_with_pronoun": np.array([float(bool(_PRONOUN.match(text))) for text in texts]),
            "is_question": np.array([float(bool(_QUESTION.search(text))) for text in texts]),
            "n_asked": np.full(len(texts), float(len(asked.stems))),
        }

    def _before(self, values: Numbers) -> Numbers:
        """Return for each sentence the row of the one before it in its passage, zeros for the first."""
        return np.where(self.first[:, None], 0.0, np.roll(values, 1, axis=0))

    def _after(self, values: Numbers) -> Numbers:
        return np.where(self.last[:, None], 0.0, np.roll(values, -1, axis=0))

    def _summed(self, values: Numbers) -> Numbers:
        sums = np.zeros((len(self.passages), values.shape[1]))
        np.add.at(sums, self.owner, values)
        return sums


def _aligned(passages: Sequence[Passage], vectors: Sequence[Vectors], n_dimensions: int) -> Numbers:
    """Stack the sentences' vectors; a passage whose vectors are missing gets zeros."""
    rows = [
        v if len(v) == len(p.sentences) else np.zeros((len(p.sentences), n_dimensions), np.float32)
        for p, v in zip(passages, vectors, strict=True)
    ]
    return np.concatenate(rows).astype(float) if rows else np.empty((0, n_dimensions))


def _bm25(counts: Numbers, lengths: Numbers, k1: float = 1.2, b: float = 0.75) -> Numbers:
    """Score texts by words whose rarity is counted in these texts (Robertson and Zaragoza 2009)."""
    n, n_with = len(counts), (counts > 0).sum(axis=0)
    idf = np.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
    norm = k1 * (1 - b + b * lengths / max(1.0, float(lengths.sum()) / max(1, n)))
    return np.asarray((counts * (k1 + 1) / (counts + norm[:, None] + 1e-9)) @ idf)


def _share(values: Numbers) -> Numbers:
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else np.zeros_like(values)


def _ranks(values: Numbers) -> Numbers:
    ranks = np.empty(len(values))
    ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return np.log1p(ranks)


def _bigrams(asked: Sequence[str], held: Sequence[str]) -> float:
    """Return the share of neighbouring asked words that are neighbours, or one word apart, in a sentence."""
    pairs = set(pairwise(asked))
    there = set(pairwise(held)) | set(zip(held, held[2:], strict=False))
    return len(pairs & there) / max(1, len(pairs))


def _longest_run(asked: Sequence[str], held: Sequence[str]) -> float:
    """Return the length of the longest run of words, stop words too, that question and sentence share."""
    best, row, known = 0, [0] * (len(asked) + 1), set(asked)
    for word in held:
        if word not in known:
            row = [0] * (len(asked) + 1)
            continue
        row = [0, *(row[j] + 1 if asked[j] == word else 0 for j in range(len(asked)))]
        best = max(best, *row)
    return float(best)


def _spread(asked: set[str], held: Sequence[str]) -> float:
    """Return how close together the asked words stand: their number over the stretch that holds them."""
    at = [n for n, word in enumerate(held) if word in asked]
    return len(at) / (at[-1] - at[0] + 1) if len(at) > 1 else 0.0
