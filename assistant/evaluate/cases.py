"""Chooses the questions worth reading: where the run failed, and what changed since the earlier one.

Knows nothing of HTML.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.evaluate.sheet import Sheet

N_CASES = 6  # a heading
N_CHANGED = 10


@dataclass(frozen=True, slots=True)
class Cases:
    """Questions under one heading, by their place in the sheet, and what they have in common."""

    heading: str
    about: str
    places: tuple[int, ...]


def choose_cases(sheet: Sheet, changes: Mapping[str, float]) -> list[Cases]:
    """Return the headings that have questions; the most instructive of each first."""
    places = range(len(sheet.questions))
    confident = sorted(places, key=lambda place: -_number(float(sheet.confidence[place])))
    judged = [place for place in confident if sheet.scored[place] and not math.isnan(sheet.confidence[place])]
    wrong = [p for p in judged if sheet.questions[p].answerable and sheet.answered[p] and not sheet.right[p]]
    unanswerable = [p for p in judged if not sheet.questions[p].answerable and sheet.answered[p]]
    silent = [p for p in judged if sheet.questions[p].answerable and not sheet.answered[p]]
    silent.sort(key=lambda place: -_value(sheet, "R@5", place))
    missed = [p for p in judged if sheet.questions[p].answerable and _value(sheet, "R@20", p) == 0]
    by_change = sorted(places, key=lambda place: -abs(changes.get(sheet.questions[place].id, 0.0)))
    worse = [place for place in by_change if changes.get(sheet.questions[place].id, 0.0) < 0]
    better = [place for place in by_change if changes.get(sheet.questions[place].id, 0.0) > 0]
    found = [
        Cases("Worse than before", f"{len(worse)} questions, the largest changes first", tuple(worse[:N_CHANGED])),
        Cases("Better than before", f"{len(better)} questions, the largest changes first", tuple(better[:N_CHANGED])),
        Cases("Sure and wrong", f"{len(wrong)} answers quote no gold statement", _first(wrong)),
        Cases("Answered where there is no answer", f"{len(unanswerable)} questions", _first(unanswerable)),
        Cases(
            "Silent where there is an answer",
            f"{len(silent)} questions, those with the evidence found first",
            _first(silent),
        ),
        Cases("Evidence not found", f"{len(missed)} questions: nothing in 20 passages", _first(missed)),
    ]
    return [cases for cases in found if cases.places]


def _first(places: Iterable[int]) -> tuple[int, ...]:
    return tuple(places)[:N_CASES]


def _value(sheet: Sheet, name: str, place: int) -> float:
    return _number(sheet.columns[name][place]) if name in sheet.columns else 0.0


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else float(value)
