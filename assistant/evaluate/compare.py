"""Two runs of the same questions: which differences are more than luck.

Knows nothing of files. A measure counts as better or worse only by a paired test, corrected for the number of measures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from assistant.evaluate.ask_all import LISTS
from assistant.evaluate.definitions import define, in_order
from assistant.evaluate.estimate import N_DRAWS, Floats, Mean, Statistic, draw_weights, percentile_interval
from assistant.evaluate.sheet import Sheet

N_PERMUTATIONS = 10_000
BATCH = 500
LEVEL = 0.05
POWER = 0.8
NO_TEST = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure changed: `after - before` over `n` questions, with its 95 % interval.

    `p` is the paired test's, `p_holm` the same corrected over all measures. `detectable` is the smallest difference
    this set would have shown four times in five. `n_better` and `n_worse` count questions by what happened to them.
    """

    before: float
    after: float
    low: float
    high: float
    p: float
    test: str
    detectable: float
    n: int
    n_better: int
    n_worse: int
    higher_is_better: bool = True
    p_holm: float = 1.0

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `same` (nothing changed), `not shown` (luck could do that too) or `other questions`.

        The last is said of a measure that the two runs took on different questions, e.g. those they answered.
        """
        if self.test == NO_TEST:
            return "other questions"
        if self.difference == 0 and self.n_better + self.n_worse == 0:
            return "same"
        if self.p_holm >= LEVEL:
            return "not shown"
        return "better" if (self.difference > 0) == self.higher_is_better else "worse"


def compare(before: Sheet, after: Sheet, *, seed: int = 0) -> dict[str, Difference]:
    """Compare two sheets of the same questions measure by measure."""
    if [q.id for q in before.questions] != [q.id for q in after.questions]:
        raise ValueError("two runs are compared on the same questions in the same order")
    old, new = before.statistics(), after.statistics()
    names = [
        name
        for name in in_order(list(old))
        if name in new and define(name).is_share and (old[name].applies & new[name].applies).any()
    ]
    differences: dict[str, Difference] = {}
    for name in names:
        found = difference_test(name, old[name], new[name], after.clusters, seed=seed)
        if not math.isnan(found.difference):
            differences[name] = found
    return _corrected(differences)


def compare_lists(sheet: Sheet, *, seed: int = 0) -> dict[str, Difference]:
    """Compare, inside one run, how both lists fused rank the documents with each list alone; empty without lists."""
    found = {name: sheet.columns.get(f"nDCG@10_{name}") for name in LISTS}
    fused = found.pop("fused")
    return _corrected(
        {
            name: difference_test("nDCG@10", Mean(alone), Mean(fused), sheet.clusters, seed=seed)
            for name, alone in found.items()
            if alone is not None and fused is not None
        }
    )


def _corrected(differences: dict[str, Difference]) -> dict[str, Difference]:
    """Correct the p-values for their number; tests that could not have shown anything do not count (Tarone 1990)."""
    tested = [name for name, difference in differences.items() if difference.verdict not in ("same", "other questions")]
    corrected = holm([differences[name].p for name in tested])
    return differences | {name: replace(differences[name], p_holm=p) for name, p in zip(tested, corrected, strict=True)}


def difference_test(
    name: str, old: Statistic, new: Statistic, clusters: NDArray[np.int64], *, seed: int, n_draws: int = N_DRAWS
) -> Difference:
    """Compare one measure of two runs of the same questions; its p-value is not corrected yet."""
    both = old.applies & new.applies
    everyone = np.ones((1, len(both)))
    sample = np.concatenate([new(weights) - old(weights) for weights in draw_weights(clusters, n_draws, seed)])
    low, high = percentile_interval(sample, len(np.unique(clusters[both])))
    spread = float(np.nanstd(sample))
    before, after = float(old(everyone)[0]), float(new(everyone)[0])
    p, test, changes = _test(old, new, both, clusters, seed, (after - before, spread))
    higher_is_better = define(name).higher_is_better
    gains = changes if higher_is_better else -changes
    normal = NormalDist()
    return Difference(
        before,
        after,
        min(low, after - before),
        max(high, after - before),
        p,
        test,
        detectable=(normal.inv_cdf(1 - LEVEL / 2) + normal.inv_cdf(POWER)) * spread,
        n=int(both.sum()),
        n_better=int((gains > 0).sum()),
        n_worse=int((gains < 0).sum()),
        higher_is_better=higher_is_better,
    )


def _test(
    old: Statistic,
    new: Statistic,
    both: NDArray[np.bool_],
    clusters: NDArray[np.int64],
    seed: int,
    normal: tuple[float, float],
) -> tuple[float, str, Floats]:
    """Return the p-value, the test's name, and each question's change.

    A measure without a value a question (AUROC) is held against the bootstrap spread of its difference.
    """
    if not np.array_equal(old.applies, new.applies):
        return 1.0, NO_TEST, np.zeros(0)
    if not (isinstance(old, Mean) and isinstance(new, Mean)):
        difference, spread = normal
        p = 2 * NormalDist().cdf(-abs(difference) / spread) if spread > 0 else 1.0
        return p, "bootstrap", np.zeros(0)
    changes = (new.values - old.values)[both]
    groups = clusters[both]
    if old.is_binary and new.is_binary and len(np.unique(groups)) == len(groups):
        return mcnemar(int((changes > 0).sum()), int((changes < 0).sum())), "McNemar", changes
    return permutation_test(changes, groups, seed=seed), "permutation", changes


def mcnemar(n_gained: int, n_lost: int) -> float:
    """Return the two-sided mid-p value of McNemar's test on the questions that changed (Fagerland et al. 2013).

    The exact test is conservative: it raised 2 false alarms in a hundred where 5 are allowed.
    """
    n, fewer = n_gained + n_lost, min(n_gained, n_lost)
    twice_tail = 2 * sum(math.comb(n, k) for k in range(fewer)) + math.comb(n, fewer)
    return min(1.0, float(twice_tail / 2**n))


def permutation_test(
    changes: Floats, clusters: NDArray[np.int64], *, seed: int = 0, n_draws: int = N_PERMUTATIONS
) -> float:
    """Return the two-sided p-value of a paired permutation test of the mean (Fisher 1935; Smucker et al. 2007).

    The two runs are swapped at random, whole clusters at a time.
    """
    _, groups = np.unique(clusters, return_inverse=True)
    sums = np.bincount(groups, weights=changes)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    observed = abs(sums.sum()) - 1e-12 * np.abs(sums).sum()
    generator = np.random.default_rng(seed)
    n_extreme = 0
    for first in range(0, n_draws, BATCH):
        signs = generator.integers(0, 2, size=(min(BATCH, n_draws - first), len(sums)), dtype=np.int8)
        n_extreme += int((np.abs((2.0 * signs - 1.0) @ sums) >= observed).sum())
    return (1 + n_extreme) / (1 + n_draws)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected, largest = [1.0] * len(p_values), 0.0
    for n_smaller, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - n_smaller) * p_values[place]))
        corrected[place] = largest
    return corrected


def differences_to_json(differences: Mapping[str, Difference]) -> dict[str, dict[str, float | int | str | None]]:
    """Return the comparison's part of metrics.json."""
    return {
        name: {
            "before": round(d.before, 12),
            "after": round(d.after, 12),
            "difference": round(d.difference, 12),
            "low": round(d.low, 6) if math.isfinite(d.low) else None,
            "high": round(d.high, 6) if math.isfinite(d.high) else None,
            "p": round(d.p, 6),
            "p_holm": round(d.p_holm, 6),
            "test": d.test,
            "verdict": d.verdict,
            "detectable": round(d.detectable, 6),
            "n": d.n,
            "n_better": d.n_better,
            "n_worse": d.n_worse,
        }
        for name, d in differences.items()
    }
