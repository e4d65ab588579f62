"""Intervals cover what they say, tests raise no more false alarms than they say: by simulation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluate.compare import difference_test, holm, mcnemar
from assistant.evaluate.estimate import (
    Auroc,
    CalibrationError,
    Mean,
    RiskCoverageArea,
    estimate,
    wilson_interval,
)
from benchmarks.coverage import EQUAL, WORLDS, covered, false_alarms, in_documents

# Few sets in the tests of every day; `make test-slow` and `python -m benchmarks.coverage` simulate thousands.
FEW, MANY = 400, 2000
BY_CHANCE = 3 * math.sqrt(0.95 * 0.05 / FEW)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_an_interval_covers_the_truth(world):
    assert 0.95 - BY_CHANCE <= covered(world, FEW, 300) <= 0.95 + BY_CHANCE


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_an_interval_covers_the_truth_in_93_to_97_of_a_hundred_sets(world):
    assert 0.93 <= covered(world, MANY, 400) <= 0.97


def test_an_interval_that_forgot_the_documents_would_not_cover():
    assert covered(in_documents(21), FEW, 300, forget_documents=True) < 0.93


@pytest.mark.parametrize("name", EQUAL)
def test_tests_raise_few_false_alarms(name):
    assert false_alarms(EQUAL[name], FEW // 2, 300) <= 0.05 + BY_CHANCE * math.sqrt(2)


@pytest.mark.slow
@pytest.mark.parametrize("name", EQUAL)
def test_tests_raise_at_most_6_false_alarms_in_a_hundred(name):
    assert false_alarms(EQUAL[name], MANY, 400) <= 0.06


def test_a_real_difference_is_found_as_often_as_the_detectable_one_says():
    n, found, detectable = 200, 0, []
    for seed in range(300):
        r = np.random.default_rng(seed)
        before = (r.random(n) < 0.5).astype(float)
        after = np.where(r.random(n) < 0.3, (r.random(n) < 0.75).astype(float), before)
        difference = difference_test("sentence@1", Mean(before), Mean(after), np.arange(n), seed=seed)
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
