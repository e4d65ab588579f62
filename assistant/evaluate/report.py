"""The report: one HTML file that needs no network, the same bytes for the same run. Times apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import numpy as np

from assistant.evaluate import plots
from assistant.evaluate.cases import show_cases
from assistant.evaluate.definitions import Part, by_part, define
from assistant.evaluate.estimate import wilson_interval
from assistant.evaluate.questions import EvaluationSet
from assistant.evaluate.recorded import RunFiles
from assistant.evaluate.result import Evaluation
from assistant.evaluate.sheet import Sheet
from assistant.evaluate.show import format_interval, format_value, tell_judged

HERE = Path(__file__).parent
# The first of these that was measured stands for its part on the first screen.
TILES = {
    Part.RETRIEVAL: ("R@5", "nDCG@10"),
    Part.ANSWERS: ("answer_f1", "token_f1"),
    Part.CITATIONS: ("citation_precision", "citation_validity"),
    Part.ABSTENTION: ("abstention_auroc", "silent_on_answerable"),
}
Outcome = tuple[str, list[tuple[str, str, int]]]
N_BINS = 10


def write_report(
    path: Path,
    evaluation: Evaluation,
    evaluation_set: EvaluationSet,
    sheet: Sheet,
    files: RunFiles,
    changes: Mapping[str, float],
    earlier: RunFiles | None,
) -> None:
    """Write the report of a run, and of what changed since the earlier one."""
    measured = ((name for name in names if name in evaluation.measures) for names in TILES.values())
    page = template("report.html").render(
        name=evaluation_set.name,
        run=evaluation,
        n_answerable=int(sheet.answerable.sum()),
        verdicts=[difference.verdict for difference in evaluation.differences.values()],
        tiles=[name for names in measured if (name := next(names, None))],
        outcomes=_outcomes(sheet),
        figures=list(_figures(evaluation, sheet)),
        headings=show_cases(evaluation_set, sheet, files, changes, earlier),
    )
    path.write_text(page, encoding="utf-8")


@cache
def template(name: str) -> jinja2.Template:
    """Return a page that knows how measures are written and drawn; what it is given is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "by_part": by_part,
        "define": define,
        "value": format_value,
        "interval": format_interval,
        "tell_judged": tell_judged,
        "strip": plots.draw_interval,
        "scale": plots.draw_scale,
    }
    return environment.get_template(name)


def _outcomes(sheet: Sheet) -> list[Outcome]:
    """Return two bars that need no explanation: what became of the questions with and without an answer."""
    asked = sheet.scored & (sheet.confidence == sheet.confidence)
    with_answer, without = asked & sheet.answerable, asked & ~sheet.answerable
    rows = (
        (
            "with an answer",
            ("yes", "right", with_answer & sheet.right),
            ("no", "not right", with_answer & sheet.answered & ~sheet.right),
            ("pause", "silent", with_answer & ~sheet.answered),
        ),
        (
            "without an answer",
            ("yes", "rightly silent", without & ~sheet.answered),
            ("no", "answered", without & sheet.answered),
        ),
    )
    counted = [(label, [(style, name, int(chosen.sum())) for style, name, chosen in parts]) for label, *parts in rows]
    return [(label, parts) for label, parts in counted if any(n for _, _, n in parts)]


def _figures(evaluation: Evaluation, sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """Yield heading, what it tells, and drawing."""
    risk = risk_over_coverage(sheet)
    if risk and sheet.right.any():
        about = "how many answers are wrong if only the surest are given"
        yield "Risk over coverage", about, plots.draw_risk(risk, risk[-1][0])
        about = "is an answer given at 80 % right eight times in ten? Size: number of answers"
        yield "Reliability", about, plots.draw_reliability(reliability(sheet))
    if recall := recall_over_characters(sheet):
        about = "what a reader has to read for it; a dot a passage"
        yield "Evidence over characters", about, plots.draw_recall(recall)
    stages: Mapping[str, Any] = evaluation.seconds.get("stages", {})
    if stages:
        yield "Speed", "median (dark) and 95th percentile (light) a question", plots.draw_seconds(stages)


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
