"""What the terminal shows of an evaluation. Knows rich; decides nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from assistant.evaluate import ask_all
from assistant.evaluate.definitions import Definition, by_part, define
from assistant.evaluate.estimate import Estimate
from assistant.evaluate.result import Evaluation
from assistant.evaluate.template import HELP

if TYPE_CHECKING:
    from assistant.evaluate.sweep import Point

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)
STAGES = {
    "embedding": "reading and embedding",
    "attributing": "who said what",
    "vectors": "vectors for Chroma",
    "ask": "asking",
    "judge": "asking the judge",
}
BAR = 12  # characters
MOST_ERRORS = 5
LONGEST_EVIDENCE = 120  # characters of a piece of evidence in a table


@contextmanager
def progress() -> Iterator[ask_all.Progress]:
    """Show a bar for each stage on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bars:
        tasks = {}

        def step(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield step


def show_evaluation(evaluation: Evaluation) -> None:
    """Print the measures by part, then what went wrong."""
    _out.print(_table(evaluation))
    if evaluation.n_clusters < evaluation.n_questions:
        groups = f"{evaluation.n_clusters} groups of one document or conversation"
        _out.print(Text(f"intervals: {evaluation.n_questions} questions drawn as {groups}", style="dim"))
    if n_missing := evaluation.settings.get("n_missing"):
        _out.print(Text(f"{n_missing} of {evaluation.n_questions} questions are not in the run: they count as silent"))
    if evaluation.judged:
        _out.print(Text(tell_judged(evaluation.judged)), soft_wrap=True)
    for name, found in evaluation.list_differences.items():
        change = f"{found.difference:+.3f}, 95 % {found.low:+.3f} to {found.high:+.3f}, p = {found.p_holm:.3f}"
        _out.print(Text(f"nDCG@10 of both lists fused against {name} alone: {change}: {found.verdict}"), soft_wrap=True)
    for error in evaluation.errors[:MOST_ERRORS]:
        _out.print(Text(f"error in question {error['query_id']}: {error['error']}: {error['message']}", style="red"))
    if len(evaluation.errors) > MOST_ERRORS:
        _out.print(Text(f"and {len(evaluation.errors) - MOST_ERRORS} more: errors.jsonl", style="red"))
    for broken in evaluation.broken_gates:
        _out.print(Text(f"gate broken: {broken}", style="bold red"), soft_wrap=True)
    _out.print(Text(f"report: {evaluation.folder / 'report.html'}"))


def tell_judged(judged: Mapping[str, int]) -> str:
    """Return in words how the judge's verdicts lie against the check's."""
    told = "sentences borne out by check and judge: {both}, check alone: {check_alone}, judge alone: {judge_alone}, "
    return (told + "neither: {neither}; no verdict: {no_verdict}").format(**judged)


def _table(evaluation: Evaluation) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("measure", no_wrap=True)
    table.add_column("value", justify="right", min_width=6)
    table.add_column("95 %", no_wrap=True, min_width=13, style="dim")
    table.add_column("n", justify="right", min_width=4)
    table.add_column("change" if evaluation.differences else "", no_wrap=True, min_width=BAR)
    for part, names in by_part(evaluation.measures):
        table.add_row(Text(part.value, style="bold"))
        for name in names:
            definition, estimate = define(name), evaluation.measures[name]
            last = _change(evaluation, name) if evaluation.differences else Text(_bar(definition, estimate))
            interval = format_interval(definition, estimate)
            table.add_row(f" {name}", format_value(definition, estimate.value), interval, str(estimate.n), last)
    return table


def _change(evaluation: Evaluation, name: str) -> Text:
    difference = evaluation.differences.get(name)
    if difference is None:
        return Text()
    colour = {"better": "green", "worse": "red"}.get(difference.verdict, "dim")
    sign = "" if difference.verdict in ("same", "other questions") else f"{difference.difference:+.3f} "
    return Text(sign + difference.verdict, style=colour)


def _bar(definition: Definition, estimate: Estimate) -> str:
    if not definition.is_share or not 0 <= estimate.value <= 1:
        return ""
    return "█" * round(estimate.value * BAR) + "·" * (BAR - round(estimate.value * BAR))


def format_value(definition: Definition, value: float) -> str:
    """Return a value with the digits that mean something: three for shares and small counts, none for characters."""
    if math.isinf(value) or math.isnan(value):
        return "–"
    if definition.is_share:
        return f"{value:.3f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def format_interval(definition: Definition, estimate: Estimate) -> str:
    """Return `low–high`, or why there is none."""
    if math.isinf(estimate.low):
        return "too few to say"
    return f"{format_value(definition, estimate.low)}–{format_value(definition, estimate.high)}"


def show_sweep(points: Sequence[Point], by: str, out: Path) -> None:
    """Print the combinations, best first; a star marks those that no other beats at everything."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading, justify in (
        ("", "left"),
        ("settings", "left"),
        (by, "right"),
        ("95 %", "left"),
        ("median", "right"),
        ("MB", "right"),
    ):
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for point in points:
        estimate, definition = point.evaluation.measures[by], define(by)
        interval = format_interval(definition, estimate)
        star = "★" if point.is_worth_it else ""
        value = format_value(definition, estimate.value)
        table.add_row(star, point.name, value, interval, f"{point.seconds * 1000:.1f} ms", f"{point.megabytes:.1f}")
    _out.print(table)
    _out.print(Text(f"plot: {out / 'sweep.html'}"))


def ask_about(rows: Sequence[tuple[int, dict[str, Any]]], total: int) -> str:
    """Show proposed questions as a table and return what a person types."""
    table = Table(
        box=None, pad_edge=False, header_style="dim", title=f"of {total} proposed questions", show_lines=False
    )
    for heading, ratio in (("", None), ("question", 5), ("kind", 2), ("evidence, or why there is no answer", 6)):
        table.add_column(heading, ratio=ratio, overflow="fold", justify="right" if not heading else "left")
    for number, row in rows:
        pieces = row.get("evidence", ())
        evidence = "\n".join(f"{piece['source']}: {_shortened(piece['quote'])}" for piece in pieces[:3])
        reason = Text(row["reason"].replace("_", " "), style="yellow") if "reason" in row else Text(evidence)
        table.add_row(str(number), Text(row["question"], style="bold"), row.get("kind", ""), reason)
    _err.print(table)
    return _err.input(f"{HELP}: ", markup=False)


def reword(row: dict[str, Any]) -> str:
    """Return the new wording of a question, empty to leave it."""
    _err.print(Text(row["question"], style="bold"))
    return _err.input("reworded: ", markup=False).strip()


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_EVIDENCE else f"{text[: LONGEST_EVIDENCE - 1]}…"
