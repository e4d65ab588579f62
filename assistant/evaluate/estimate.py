"""Estimates with intervals: what a set of questions says about the questions it was drawn from.

Knows nothing of what is measured. Every statistic is a function of weights, one weight a question: weight 1 everywhere
gives the value, resampled weights give its bootstrap distribution, and all of it is vectorised over the draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
N_DRAWS = 2000
BATCH = 100  # draws at a time: memory is BATCH times the number of questions


class Statistic(Protocol):
    """A number computed from weighted questions."""

    def __call__(self, weights: Floats) -> Floats:
        """Return one value for each row of weights; NaN where it is undefined."""

    @property
    def applies(self) -> NDArray[np.bool_]:
        """The questions it is computed from."""


@dataclass(frozen=True, eq=False)
class Mean:
    """The mean of the values that are not NaN."""

    values: Floats

    def __call__(self, weights: Floats) -> Floats:
        return _divide(weights @ np.where(self.applies, self.values, 0.0), weights @ self.applies.astype(np.float64))

    @property
    def applies(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.values)

    @property
    def is_binary(self) -> bool:
        return bool(np.isin(self.values[self.applies], (0.0, 1.0)).all())


@dataclass(frozen=True, eq=False)
class Ratio:
    """A sum divided by a sum, e.g. characters right by characters quoted."""

    numerator: Floats
    denominator: Floats

    def __call__(self, weights: Floats) -> Floats:
        return _divide(weights @ self.numerator, weights @ self.denominator)

    @property
    def applies(self) -> NDArray[np.bool_]:
        return self.denominator > 0


@dataclass(frozen=True, eq=False)
class Auroc:
    """The chance that a positive question has the higher score, ties counting half (Hanley & McNeil 1982)."""

    scores: Floats
    positive: NDArray[np.bool_]
    applies: NDArray[np.bool_]

    @property
    def n_of_rarer(self) -> int:
        """Return the number of positive or of negative questions, whichever is less."""
        n_positive = int((self.positive & self.applies).sum())
        return min(n_positive, int(self.applies.sum()) - n_positive)

    def __call__(self, weights: Floats) -> Floats:
        use = np.flatnonzero(self.applies)
        order = use[np.argsort(self.scores[use], kind="stable")]
        if not len(order):
            return np.full(len(weights), math.nan)
        ties = np.flatnonzero(np.diff(self.scores[order], prepend=-math.inf))
        weighted = weights[:, order]
        positive = np.add.reduceat(weighted * self.positive[order], ties, axis=1)
        negative = np.add.reduceat(weighted * ~self.positive[order], ties, axis=1)
        below = np.cumsum(negative, axis=1) - negative / 2
        return _divide((positive * below).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1))


@dataclass(frozen=True, eq=False)
class CalibrationError:
    """The mean distance between confidence and share right in ten equal-width bins (Naeini et al. 2015)."""

    confidence: Floats
    right: NDArray[np.bool_]
    applies: NDArray[np.bool_]
    n_bins: int = 10

    def __call__(self, weights: Floats) -> Floats:
        gap = np.where(self.applies, self.right - self.confidence, 0.0)
        bins = np.clip((np.nan_to_num(self.confidence) * self.n_bins).astype(int), 0, self.n_bins - 1)
        member = (bins[:, None] == np.arange(self.n_bins)) & self.applies[:, None]
        return _divide(np.abs(weights @ (gap[:, None] * member)).sum(axis=1), weights @ self.applies.astype(np.float64))


@dataclass(frozen=True, eq=False)
class RiskCoverageArea:
    """The mean, over coverages, of the share wrong among the most confident answers (Geifman & El-Yaniv 2017).

    Answers of equal confidence are taken in together: none of them comes first.
    """

    confidence: Floats
    right: NDArray[np.bool_]
    applies: NDArray[np.bool_]

    def __call__(self, weights: Floats) -> Floats:
        use = np.flatnonzero(self.applies)
        order = use[np.argsort(-self.confidence[use], kind="stable")]
        if not len(order):
            return np.full(len(weights), math.nan)
        ties = np.flatnonzero(np.diff(-self.confidence[order], prepend=-math.inf))
        weighted = weights[:, order]
        answers = np.add.reduceat(weighted, ties, axis=1)
        wrong = np.add.reduceat(weighted * ~self.right[order], ties, axis=1)
        risk = _divide(np.cumsum(wrong, axis=1), np.cumsum(answers, axis=1))
        return _divide(np.nansum(risk * answers, axis=1), answers.sum(axis=1))


@dataclass(frozen=True, eq=False)
class Kappa:
    """Cohen's kappa (1960): how far two yes-or-no verdicts agree beyond chance, 1 where always, 0 where as by chance.

    `counts` has four columns a question: both yes, the first alone, the second alone, neither.
    """

    counts: Floats

    def __call__(self, weights: Floats) -> Floats:
        both, first, second, neither = (weights @ self.counts).T
        total = both + first + second + neither
        by_chance = (both + first) * (both + second) + (neither + first) * (neither + second)
        return _divide((both + neither) * total - by_chance, total * total - by_chance)

    @property
    def applies(self) -> NDArray[np.bool_]:
        return np.asarray(self.counts.sum(axis=1) > 0)


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    result: Floats = np.divide(numerator, denominator, out=np.full_like(numerator, math.nan), where=denominator > 0)
    return result


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure's value, its 95 % interval, and how many questions it was computed from."""

    value: float
    low: float
    high: float
    n: int


def draw_weights(clusters: NDArray[np.int64], n_draws: int, seed: int) -> Iterator[Floats]:
    """Yield batches of bootstrap weights: clusters drawn with replacement, each question weighted as its cluster."""
    generator = np.random.default_rng(seed)
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    for first in range(0, n_draws, BATCH):
        n_rows = min(BATCH, n_draws - first)
        drawn = generator.integers(0, n_clusters, size=(n_rows, n_clusters))
        drawn += np.arange(n_rows)[:, None] * n_clusters
        counts = np.bincount(drawn.ravel(), minlength=n_rows * n_clusters).reshape(n_rows, n_clusters)
        yield counts[:, clusters].astype(np.float64)


def estimate(
    statistics: Mapping[str, Statistic], clusters: NDArray[np.int64], *, seed: int = 0, n_draws: int = N_DRAWS
) -> dict[str, Estimate]:
    """Estimate every statistic that applies to at least one question, from the same draws."""
    kept = {name: statistic for name, statistic in statistics.items() if statistic.applies.any()}
    everyone = np.ones((1, len(clusters)))
    values = {name: float(statistic(everyone)[0]) for name, statistic in kept.items()}
    kept = {name: statistic for name, statistic in kept.items() if not math.isnan(values[name])}
    samples: dict[str, list[Floats]] = {name: [] for name in kept}
    for weights in draw_weights(clusters, n_draws, seed) if kept else ():
        for name, statistic in kept.items():
            samples[name].append(statistic(weights))
    return {
        name: _to_estimate(statistic, values[name], np.concatenate(samples[name]), clusters)
        for name, statistic in kept.items()
    }


def _to_estimate(statistic: Statistic, value: float, sample: Floats, clusters: NDArray[np.int64]) -> Estimate:
    n_clusters = len(np.unique(clusters[statistic.applies]))
    low, high = percentile_interval(sample, n_clusters)
    n_questions = int(statistic.applies.sum())
    if isinstance(statistic, Mean) and statistic.is_binary and n_clusters == n_questions:
        low, high = wilson_interval(value * n_questions, n_questions)
    elif value in (0.0, 1.0) and (low == high or n_clusters < 2):
        # No draw can differ from a sample without a single failure; the next question still may.
        n = min(n_clusters, statistic.n_of_rarer) if isinstance(statistic, Auroc) else n_clusters
        low, high = wilson_interval(value * n, n)
    return Estimate(value, min(low, value), max(high, value), n_questions)


def percentile_interval(sample: Floats, n_clusters: int) -> tuple[float, float]:
    """Return the 95 % bootstrap interval, widened for few clusters.

    The expanded percentile interval of Hesterberg 2015 (What Teachers Should Know About the Bootstrap, section 3.2):
    without it, 20 clusters would cover 92 %.
    """
    sample = sample[~np.isnan(sample)]
    from scipy.special import stdtrit  # the quantile of Student's t; imported here, since the page reads intervals

    if n_clusters < 2 or not len(sample):
        return -math.inf, math.inf
    tail = NormalDist().cdf(-math.sqrt(n_clusters / (n_clusters - 1)) * stdtrit(n_clusters - 1, 0.975))
    low, high = np.quantile(sample, [tail, 1 - tail])
    return float(low), float(high)


def wilson_interval(n_yes: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (Wilson 1927), which holds near 0 and 1, where resampling can't."""
    z = NormalDist().inv_cdf(0.975)
    centre = (n_yes + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(max(0.0, n_yes * (n - n_yes) / n) + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)
