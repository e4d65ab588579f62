"""Intervals cover what they say, tests raise no more false alarms than they say: by simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluate.compare import _difference, holm, mcnemar, permutation_test
from assistant.evaluate.estimate import (
    Auroc,
    CalibrationError,
    Mean,
    Ratio,
    RiskCoverageArea,
    Statistic,
    estimate,
    t_quantile,
    wilson_interval,
)

N_SETS = 2000
N_DRAWS = 400


@dataclass(frozen=True)
class World:
    """Draws sets of questions whose true value is known."""

    draw: Callable[[np.random.Generator], tuple[Statistic, np.ndarray]]
    truth: float


def shares(n: int) -> World:
    return World(lambda r: (Mean(r.beta(0.6, 0.4, n)), np.arange(n)), 0.6)


def yes_or_no(n: int, p: float) -> World:
    return World(lambda r: (Mean((r.random(n) < p).astype(float)), np.arange(n)), p)


def in_clusters(n_clusters: int) -> World:
    def draw(r):
        clusters = np.repeat(np.arange(n_clusters), r.poisson(6, n_clusters) + 1)
        return Mean((r.random(len(clusters)) < r.beta(3, 2, n_clusters)[clusters]).astype(float)), clusters

    return World(draw, 0.6)


def scores(n: int) -> World:
    def draw(r):
        positive = r.random(n) < 0.6
        return Auroc(r.normal(size=n) + positive, positive, np.ones(n, bool)), np.arange(n)

    return World(draw, 0.5 * (1 + math.erf(0.5)))


def ratios(n: int) -> World:
    def draw(r):
        size = r.gamma(2, 100, n)
        return Ratio(size * r.beta(4, 1, n), size), np.arange(n)

    return World(draw, 0.8)


@pytest.mark.parametrize(
    "world",
    [shares(60), yes_or_no(50, 0.9), yes_or_no(200, 0.97), in_clusters(21), in_clusters(84), scores(120), ratios(80)],
    ids=["shares", "yes or no", "nearly always yes", "21 documents", "84 documents", "AUROC", "ratio"],
)
def test_an_interval_covers_the_truth_in_93_to_97_of_a_hundred_sets(world):
    covered = 0
    for seed in range(N_SETS):
        statistic, clusters = world.draw(np.random.default_rng(seed))
        found = estimate({"x": statistic}, clusters, seed=seed, n_draws=N_DRAWS)["x"]
        covered += found.low <= world.truth <= found.high
    assert 0.93 <= covered / N_SETS <= 0.97


def test_an_interval_that_forgot_the_clusters_would_not_cover():
    covered = 0
    for seed in range(300):
        statistic, clusters = in_clusters(21).draw(np.random.default_rng(seed))
        found = estimate({"x": statistic}, np.arange(len(clusters)), seed=seed, n_draws=N_DRAWS)["x"]
        covered += found.low <= 0.6 <= found.high
    assert covered / 300 < 0.93


def two_equal_runs(r: np.random.Generator, n_clusters: int, per_cluster: int) -> tuple[np.ndarray, np.ndarray]:
    """Return changes between two systems of one quality whose errors depend on the document."""
    clusters = np.repeat(np.arange(n_clusters), per_cluster)
    skill = r.beta(3, 2, n_clusters)

    def run() -> np.ndarray:
        share = np.clip(skill + r.normal(0, 0.15, n_clusters), 0, 1)[clusters]
        return (r.random(len(clusters)) < share).astype(float)

    return run() - run(), clusters


@pytest.mark.parametrize(("n_clusters", "per_cluster"), [(200, 1), (40, 6)], ids=["questions", "documents"])
def test_the_permutation_test_raises_few_false_alarms(n_clusters, per_cluster):
    alarms = 0
    for seed in range(N_SETS):
        changes, clusters = two_equal_runs(np.random.default_rng(seed), n_clusters, per_cluster)
        alarms += permutation_test(changes, clusters, seed=seed, n_draws=N_DRAWS) < 0.05
    assert 0.03 <= alarms / N_SETS <= 0.06


def test_mcnemars_test_raises_few_false_alarms():
    alarms = 0
    for seed in range(N_SETS):
        changes, _ = two_equal_runs(np.random.default_rng(seed), 200, 1)
        alarms += mcnemar(int((changes > 0).sum()), int((changes < 0).sum())) < 0.05
    assert 0.03 <= alarms / N_SETS <= 0.06


def test_the_bootstrap_test_of_auroc_raises_few_false_alarms():
    alarms, n = 0, 120
    for seed in range(400):
        r = np.random.default_rng(seed)
        positive = r.random(n) < 0.6
        base = r.normal(size=n) + positive
        runs = [Auroc(base + r.normal(0, 0.7, n), positive, np.ones(n, bool)) for _ in range(2)]
        alarms += _difference("abstention_auroc", runs[0], runs[1], np.arange(n), seed).p < 0.05
    assert alarms / 400 <= 0.075  # 6 % and the simulation's own error


def test_ten_measures_together_raise_few_false_alarms_after_holms_correction():
    alarms = 0
    for seed in range(600):
        r = np.random.default_rng(seed)
        p_values = [
            mcnemar(int((changes > 0).sum()), int((changes < 0).sum()))
            for changes, _ in (two_equal_runs(r, 150, 1) for _ in range(10))
        ]
        alarms += min(holm(p_values)) < 0.05
    assert alarms / 600 <= 0.06


def test_a_real_difference_is_found_as_often_as_the_detectable_one_says():
    n, found, detectable = 200, 0, []
    for seed in range(300):
        r = np.random.default_rng(seed)
        before = (r.random(n) < 0.5).astype(float)
        after = np.where(r.random(n) < 0.3, (r.random(n) < 0.75).astype(float), before)
        difference = _difference("sentence@1", Mean(before), Mean(after), np.arange(n), seed)
        found += difference.p < 0.05
        detectable.append(difference.detectable)
    assert 0.7 <= found / 300 <= 0.9  # the true difference is .075
    assert np.mean(detectable) == pytest.approx(0.075, abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_the_order_and_never_makes_a_p_value_smaller(p_values):
    corrected = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert all(corrected[a] <= corrected[b] for a, b in pairwise(order))


def test_holm_equals_the_textbook():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_mcnemar_equals_the_textbook():
    assert mcnemar(1, 8) == pytest.approx(2 * (1 + 9 / 2) / 2**9)
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1


@pytest.mark.parametrize(
    ("degrees", "expected"), [(1, 12.7062), (2, 4.30265), (3, 3.18245), (10, 2.22814), (100, 1.98397)]
)
def test_students_quantiles_equal_the_tables(degrees, expected):
    assert t_quantile(0.975, degrees) == pytest.approx(expected, rel=0.002)


def test_wilsons_interval_equals_the_textbook():
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auroc_equals_counting_pairs(pairs):
    values = np.array([score / 5 for score, _ in pairs])
    positive = np.array([is_positive for _, is_positive in pairs])
    found = Auroc(values, positive, np.ones(len(pairs), bool))(np.ones((1, len(pairs))))[0]
    won = [(a > b) + (a == b) / 2 for a in values[positive] for b in values[~positive]]
    assert math.isnan(found) if not won else found == pytest.approx(np.mean(won))


def test_weights_count_as_copies():
    r = np.random.default_rng(3)
    n = 40
    confidence, right, weights = r.integers(0, 8, n) / 8, r.random(n) < 0.6, r.integers(0, 4, n)
    everything, copied = np.ones(n, bool), np.repeat(np.arange(n), weights)
    for make in (CalibrationError, RiskCoverageArea, Auroc):
        weighted = make(confidence, right, everything)(weights[None, :].astype(float))[0]
        again = make(confidence[copied], right[copied], everything[copied])(np.ones((1, len(copied))))[0]
        assert weighted == pytest.approx(again)


def test_one_cluster_gives_no_interval():
    found = estimate({"x": Mean(np.array([0.2, 0.9]))}, np.zeros(2, np.int64))["x"]
    assert (found.low, found.high) == (-math.inf, math.inf)
