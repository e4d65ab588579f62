"""The curves of a run: risk over coverage, reliability, recall over characters shown. Knows nothing of drawing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assistant.evaluate.estimate import wilson_interval
from assistant.evaluate.sheet import Sheet

N_BINS = 10


class Bin(NamedTuple):
    """The answers of one tenth of the confidence scale, and what share of them is right."""

    confidence: float
    right: float
    low: float
    high: float
    n: int


def risk_over_coverage(sheet: Sheet) -> list[tuple[float, float]]:
    """Return (share of all questions answered, share wrong among them) as the confidence asked for falls."""
    given = np.flatnonzero(sheet.answered & ~np.isnan(sheet.confidence))
    order = given[np.argsort(-sheet.confidence[given], kind="stable")]
    if not len(order):
        return []
    confidence = sheet.confidence[order]
    last_of_tie = np.flatnonzero(np.append(confidence[1:] != confidence[:-1], True))
    n_answered = last_of_tie + 1
    n_wrong = np.cumsum(~sheet.right[order])[last_of_tie]
    n_questions = max(1, int((~np.isnan(sheet.confidence)).sum()))
    return [(float(n / n_questions), float(wrong / n)) for n, wrong in zip(n_answered, n_wrong, strict=True)]


def reliability(sheet: Sheet) -> list[Bin]:
    """Return the tenths of the confidence scale that hold answers."""
    given = sheet.answered & ~np.isnan(sheet.confidence)
    confidence, right = sheet.confidence[given], sheet.right[given]
    tenth = np.clip((confidence * N_BINS).astype(int), 0, N_BINS - 1)
    bins = []
    for number in np.unique(tenth):
        here = tenth == number
        n = int(here.sum())
        low, high = wilson_interval(float(right[here].sum()), n)
        bins.append(Bin(float(confidence[here].mean()), float(right[here].mean()), low, high, n))
    return bins


def recall_over_characters(sheet: Sheet) -> list[tuple[float, float]]:
    """Return (characters shown, share of evidence found), means over questions, after 1, 2, … passages."""
    with_gold = ~np.isnan(sheet.found_by_rank[:, 0])
    if not with_gold.any():
        return []
    shown, found = sheet.shown_by_rank[with_gold].mean(axis=0), sheet.found_by_rank[with_gold].mean(axis=0)
    return [(float(x), float(y)) for x, y in zip(shown, found, strict=True)]
