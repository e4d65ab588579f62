"""The report: one HTML file that needs no network, the same bytes for the same run. Times apart."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files as resources
from pathlib import Path
from string import Template
from typing import Any

from assistant.evaluate import curves, plots
from assistant.evaluate.case_html import show_case
from assistant.evaluate.cases import choose_cases
from assistant.evaluate.compare import Difference
from assistant.evaluate.definitions import Definition, Part, define
from assistant.evaluate.estimate import Estimate
from assistant.evaluate.questions import EvaluationSet
from assistant.evaluate.recorded import RunFiles, read_rows
from assistant.evaluate.report_tables import (
    scrolled,
    show_abstentions,
    show_categories,
    show_change,
    show_lists,
    show_measures,
)
from assistant.evaluate.result import Evaluation
from assistant.evaluate.sheet import Sheet
from assistant.evaluate.show import format_interval, format_value

# The first of these that was measured stands for its part on the first screen.
TILES = {
    Part.RETRIEVAL: ("R@5", "nDCG@10"),
    Part.ANSWERS: ("answer_f1", "token_f1"),
    Part.CITATIONS: ("citation_precision", "citation_validity"),
    Part.ABSTENTION: ("abstention_auroc", "silent_on_answerable"),
}


ABOUT_INTERVALS = (
    "Intervals: 95 %, bootstrap of 2,000 draws over {drawn}, widened for few of them (Hesterberg 2015); Wilson's for "
    "yes-or-no measures of independent questions. Each measure is defined in docs/evaluation.md."
)
ABOUT_DIFFERENCES = (
    " Differences: the same questions paired; McNemar's test (mid-p) for yes-or-no measures of independent questions, "
    "else a permutation test that swaps whole documents or conversations; Holm's correction over all measures. "
    "'Detects from': the smallest difference this set would have shown four times in five."
)


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
    template = Template(resources(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    page = template.substitute(
        title=escape(f"Evaluation: {evaluation_set.name}"),
        style=resources(__package__).joinpath("report.css").read_text(encoding="utf-8"),
        status=_status(evaluation),
        subtitle=_subtitle(evaluation, sheet),
        notices=_notices(evaluation),
        glance=_tiles(evaluation) + _outcomes(sheet),
        about_measures=_about_measures(evaluation) + show_lists(evaluation),
        measures=show_measures(evaluation),
        curves=_curves(evaluation, sheet),
        categories=show_categories(evaluation),
        abstentions=show_abstentions(evaluation),
        cases=_cases(evaluation_set, sheet, files, changes, earlier),
        method=_method(evaluation),
    )
    path.write_text(page, encoding="utf-8")


def _status(evaluation: Evaluation) -> str:
    if evaluation.errors or evaluation.broken_gates:
        problems = [_count(len(evaluation.broken_gates), "gate", "broken")] if evaluation.broken_gates else []
        problems += [_count(len(evaluation.errors), "question", "failed")] if evaluation.errors else []
        return f"<span class='pill bad'>{escape(', '.join(problems))}</span>"
    verdicts = [difference.verdict for difference in evaluation.differences.values()]
    n_better, n_worse = verdicts.count("better"), verdicts.count("worse")
    if not verdicts:
        return "<span class='pill good'>every question asked</span>"
    if not n_better and not n_worse:
        return "<span class='pill'>no difference shown</span>"
    return f"<span class='pill {'bad' if n_worse else 'good'}'>{n_better} better, {n_worse} worse</span>"


def _count(n: int, noun: str, what: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'} {what}"


def _subtitle(evaluation: Evaluation, sheet: Sheet) -> str:
    n_answerable = int(sheet.answerable.sum())
    parts = [
        f"{evaluation.n_questions:,} questions",
        f"{n_answerable:,} with an answer in the documents, {evaluation.n_questions - n_answerable:,} without",
    ]
    if "all" in evaluation.seconds or "ask" in evaluation.seconds:
        parts.append(f"asked in {evaluation.seconds.get('ask', 0):,.0f} s")
    return escape(" · ".join(parts))


def _notices(evaluation: Evaluation) -> str:
    lines = [f"Gate broken: {broken}" for broken in evaluation.broken_gates]
    if n_missing := evaluation.settings.get("n_missing"):
        lines.append(f"{n_missing:,} questions are not in the run: they count as silent.")
    lines += [f"Question {e['query_id']}: {e['error']}: {e['message']}" for e in evaluation.errors[:10]]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<div class='notice'><ul>{items}</ul></div>" if lines else ""


def _tiles(evaluation: Evaluation) -> str:
    tiles = []
    for part, names in TILES.items():
        name = next((name for name in names if name in evaluation.measures), None)
        if name:
            tiles.append(_tile(part, define(name), evaluation.measures[name], evaluation.differences.get(name)))
    return f"<div class='tiles'>{''.join(tiles)}</div>"


def _tile(part: Part, definition: Definition, estimate: Estimate, difference: Difference | None) -> str:
    interval = f"<small>{format_interval(definition, estimate)}</small>"
    change = f"<p>{show_change(difference)}</p>" if difference else ""
    return (
        f"<div class='tile'><div class='part'>{part.value}: <b>{escape(definition.label)}</b></div>"
        f"<div class='number'>{format_value(definition, estimate.value)}{interval}</div>"
        f"<p>{escape(definition.name)}: {escape(definition.meaning)}</p>{change}</div>"
    )


def _percent(share: float, name: str) -> str:
    """Return what fits: a narrow piece has its name in the hint only."""
    return f"{share:.0%} {name}" if share >= 0.12 else f"{share:.0%}" if share >= 0.04 else ""


def _about_measures(evaluation: Evaluation) -> str:
    text = "Dot: value; line: 95 % interval; bold: the measures to look at first."
    if evaluation.differences:
        text += (
            " Hollow dot: the earlier run. A change counts as better or worse only by a paired test, corrected for the"
            " number of measures."
        )
    return escape(text)


def _outcomes(sheet: Sheet) -> str:
    """Return two bars that need no explanation: what became of the questions with and without an answer."""
    asked = sheet.scored & ~(sheet.confidence != sheet.confidence)
    with_answer, without = asked & sheet.answerable, asked & ~sheet.answerable
    right, silent = with_answer & sheet.right, with_answer & ~sheet.answered
    wrong = with_answer & sheet.answered & ~sheet.right
    rows = [
        ("with an answer", [("yes", "right", right), ("no", "not right", wrong), ("pause", "silent", silent)]),
        (
            "without an answer",
            [("yes", "rightly silent", without & ~sheet.answered), ("no", "answered", without & sheet.answered)],
        ),
    ]
    shown = [
        _outcome(label, [(style, name, int(chosen.sum())) for style, name, chosen in parts]) for label, parts in rows
    ]
    legend = "<span class='yes'></span> right <span class='no'></span> wrong <span class='pause'></span> silent"
    return f"{''.join(shown)}<div class='outcome'><div></div><div class='legend soft'>{legend}</div></div>"


def _outcome(label: str, parts: list[tuple[str, str, int]]) -> str:
    total = sum(n for _, _, n in parts)
    if not total:
        return ""
    spans = "".join(
        f"<span class='{style}' style='flex:{n}' title='{n:,} {name}'>{_percent(n / total, name)}</span>"
        for style, name, n in parts
        if n
    )
    return f"<div class='outcome'><div>{total:,} questions {label}</div><div class='stack'>{spans}</div></div>"


def _curves(evaluation: Evaluation, sheet: Sheet) -> str:
    figures = []
    risk = curves.risk_over_coverage(sheet)
    if risk and sheet.right.any():
        figures.append(
            _figure(
                "Risk over coverage",
                "how many answers are wrong if only the surest are given",
                plots.draw_risk(risk, risk[-1][0]),
            )
        )
        bins = [(b.confidence, b.right, b.low, b.high, b.n) for b in curves.reliability(sheet)]
        figures.append(
            _figure(
                "Reliability",
                "is an answer given at 80 % right eight times in ten? Size: number of answers",
                plots.draw_reliability(bins),
            )
        )
    recall = curves.recall_over_characters(sheet)
    if recall:
        figures.append(
            _figure(
                "Evidence over characters",
                "what a reader has to read for it; a dot a passage",
                plots.draw_recall(recall),
            )
        )
    stages: Mapping[str, Any] = evaluation.seconds.get("stages", {})
    if stages:
        figures.append(
            _figure("Speed", "median (dark) and 95th percentile (light) a question", plots.draw_seconds(stages))
        )
    return "".join(figures)


def _figure(heading: str, about: str, drawing: str) -> str:
    caption = f"<figcaption>{escape(heading)}<small>{escape(about)}</small></figcaption>"
    return f"<figure class='card'>{caption}{drawing}</figure>"


def _cases(
    evaluation_set: EvaluationSet,
    sheet: Sheet,
    files: RunFiles,
    changes: Mapping[str, float],
    earlier: RunFiles | None,
) -> str:
    headings = choose_cases(sheet, changes)
    wanted = {sheet.questions[place].id for cases in headings for place in cases.places}
    rows = read_rows(files.answers, wanted)
    before = read_rows(earlier.answers, wanted) if earlier else {}
    if not rows:
        return ""
    legend = "<mark>gold</mark> <mark class='quoted'>quoted</mark> <mark class='both'>both</mark>"
    blocks = [f"<h2>Questions to read</h2><p>{legend}</p>"]
    for cases in headings:
        blocks.append(f"<h3>{escape(cases.heading)} <small class='soft'>{escape(cases.about)}</small></h3>")
        for place in cases.places:
            question = sheet.questions[place]
            note = _note(sheet, place, changes)
            blocks.append(show_case(question, rows.get(question.id), before.get(question.id), evaluation_set, note))
    return "".join(blocks)


def _note(sheet: Sheet, place: int, changes: Mapping[str, float]) -> str:
    parts = [f"confidence {sheet.confidence[place]:.0%}"] if sheet.confidence[place] == sheet.confidence[place] else []
    for name in ("answer_f1", "R@5"):
        value = sheet.columns[name][place] if name in sheet.columns else float("nan")
        parts += [f"{name} {value:.2f}"] if value == value else []
    question_id = sheet.questions[place].id
    parts += [f"{changes[question_id]:+.2f}"] if question_id in changes else []
    return " · ".join(parts)


def _method(evaluation: Evaluation) -> str:
    drawn = f"{evaluation.n_questions:,} independent questions"
    if evaluation.n_clusters < evaluation.n_questions:
        drawn = f"{evaluation.n_questions:,} questions, drawn as {evaluation.n_clusters:,} documents or conversations"
    text = ABOUT_INTERVALS.format(drawn=drawn) + (ABOUT_DIFFERENCES if evaluation.differences else "")
    rows = "".join(
        f"<tr><td><code>{escape(str(name))}</code></td><td><code>{escape(str(value))}</code></td></tr>"
        for name, value in {**evaluation.settings, **evaluation.versions}.items()
    )
    table = f"<summary>Settings and versions</summary>{scrolled('settings', f'<table>{rows}</table>')}"
    return f"<p>{escape(text)}</p><details>{table}</details>"
