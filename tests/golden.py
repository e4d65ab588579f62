"""The golden measures of the assistant on tests/qa: `make golden` rewrites tests/qa/golden.json.

A change of the assistant may move a measure by its tolerance; more than that, for the worse, fails
tests/test_evaluate_golden.py. Rewrite after an improvement too, so that it can't be lost again unnoticed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.evaluate import Evaluation, evaluate

QUESTIONS = Path(__file__).parent / "qa"
GOLDEN = QUESTIONS / "golden.json"
TOLERANCES = {
    "R@5": 0.035,
    "nDCG@10": 0.03,
    "answer_f1": 0.03,
    "sentence@1": 0.035,
    "sentence@3": 0.035,
    "token_f1": 0.05,
    "citation_precision": 0.03,
    "citation_recall": 0.035,
    "citation_validity": 0.0,
    "silent_on_answerable": 0.035,
    "abstention_auroc": 0.04,
    "abstention_recall": 0.0,
}


def measure(folder: Path) -> Evaluation:
    """Evaluate the assistant, as it is, on the questions of tests/qa."""
    return evaluate(QUESTIONS, folder)


def write(evaluation: Evaluation) -> None:
    golden = {
        name: {"value": round(evaluation.measures[name].value, 4), "tolerance": tolerance}
        for name, tolerance in TOLERANCES.items()
    }
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    with TemporaryDirectory() as folder:
        evaluation = measure(Path(folder))
        golden = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.is_file() else {}
        for name in TOLERANCES:
            before, now = golden.get(name, {}).get("value"), evaluation.measures[name].value
            sys.stdout.write(f"{name:24}{before!s:>8} → {now:.4f}\n")
        if "--write" in sys.argv:
            write(evaluation)
    return evaluation.exit_status


if __name__ == "__main__":
    sys.exit(main())
