"""What an evaluation gives back, and its public shape. Knows nothing of how it was computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.evaluate.compare import Difference, differences_to_json
from assistant.evaluate.estimate import Estimate

Estimates = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of a run.

    `categories` holds the measures apart: column → value → measures. `errors` are the questions that raised an
    exception. `abstentions` counts by why there was no answer (`answerable` where there was one) and by the reason
    given (`answered` where there was none). `judged` counts the sentences of a language model by the check's and the
    judge's verdict. `differences` are those to an earlier run, `list_differences` those of
    both lists fused to each list of the retrieval alone. `broken_gates` says why each broken gate is broken. `seconds`
    are apart from all else, since everything else is the same on a second run.
    """

    folder: Path
    measures: Estimates
    n_questions: int
    n_clusters: int
    categories: Mapping[str, Mapping[str, Estimates]] = field(default_factory=dict)
    errors: tuple[Mapping[str, Any], ...] = ()
    abstentions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    judged: Mapping[str, int] = field(default_factory=dict)
    differences: Mapping[str, Difference] = field(default_factory=dict)
    list_differences: Mapping[str, Difference] = field(default_factory=dict)
    broken_gates: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_status(self) -> int:
        """0: every question was asked and every gate holds; else 1."""
        return int(bool(self.errors or self.broken_gates))

    def to_json(self) -> dict[str, Any]:
        """Return the shape of metrics.json, `seconds` last."""
        return {
            "measures": estimates_to_json(self.measures),
            "categories": {
                column: {value: estimates_to_json(measures) for value, measures in values.items()}
                for column, values in self.categories.items()
            },
            "n_questions": self.n_questions,
            "n_clusters": self.n_clusters,
            "abstentions": {kind: dict(counts) for kind, counts in self.abstentions.items()},
            **({"judged": dict(self.judged)} if self.judged else {}),
            "differences": differences_to_json(self.differences),
            "list_differences": differences_to_json(self.list_differences),
            "errors": [dict(error) for error in self.errors],
            "broken_gates": list(self.broken_gates),
            "settings": dict(self.settings),
            "versions": dict(self.versions),
            "seconds": dict(self.seconds),
        }


def estimates_to_json(estimates: Estimates) -> dict[str, dict[str, float | int | None]]:
    """Return {name: {value, low, high, n}}; a bound that can't be known (one cluster of questions) is null."""
    return {
        name: {"value": round(e.value, 12), "low": _finite(e.low), "high": _finite(e.high), "n": e.n}
        for name, e in estimates.items()
    }


def _finite(bound: float) -> float | None:
    return round(bound, 6) if math.isfinite(bound) else None
