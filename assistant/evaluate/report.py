"""The report: one HTML file that needs no network, the same bytes for the same run. Times apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from assistant.evaluate import curves, plots
from assistant.evaluate.cases import show_cases
from assistant.evaluate.definitions import Part, by_part, define
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
    risk = curves.risk_over_coverage(sheet)
    if risk and sheet.right.any():
        about = "how many answers are wrong if only the surest are given"
        yield "Risk over coverage", about, plots.draw_risk(risk, risk[-1][0])
        about = "is an answer given at 80 % right eight times in ten? Size: number of answers"
        yield "Reliability", about, plots.draw_reliability(curves.reliability(sheet))
    if recall := curves.recall_over_characters(sheet):
        about = "what a reader has to read for it; a dot a passage"
        yield "Evidence over characters", about, plots.draw_recall(recall)
    stages: Mapping[str, Any] = evaluation.seconds.get("stages", {})
    if stages:
        yield "Speed", "median (dark) and 95th percentile (light) a question", plots.draw_seconds(stages)
