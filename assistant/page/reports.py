"""Turns the folders that `footnote evaluate --out` wrote into the HTML of the evaluation view.

Reports are looked for in the library's own folder, under `reports/`. What they hold is untrusted and escaped; the whole
report is shown in a frame that may do nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from assistant.evaluate.definitions import Definition, define
from assistant.evaluate.estimate import Estimate
from assistant.evaluate.plots import draw_interval, draw_scale
from assistant.evaluate.show import format_interval, format_value
from assistant.page.words import certainty, count

ROWS = 20  # questions shown at once
_LONGEST = 360  # characters of an answer
_SHOWN = (("", "all questions"), ("different", "answered differently"), ("silent", "silent"), ("answered", "answered"))


@dataclass(frozen=True, slots=True)
class Row:
    """What a run answered to one question."""

    id: str
    question: str
    text: str
    confidence: float
    silent: str

    @property
    def shape(self) -> tuple[str, str]:
        return self.silent, self.text


@dataclass(frozen=True, slots=True)
class Report:
    """One run: its name under `reports/`, its measures and its answers."""

    name: str
    folder: Path
    measures: dict[str, Estimate]
    facts: str

    def rows(self) -> tuple[Row, ...]:
        path = self.folder / "answers.jsonl"
        return _rows(path, path.stat().st_mtime_ns) if path.is_file() else ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the view's fields ask for: a report, another beside it, which questions, words they hold."""

    report: str = ""
    against: str = ""
    show: str = ""
    words: str = ""


def find_reports(folder: Path) -> dict[str, Path]:
    """Return the folders below that hold a finished run, by name, the newest first."""
    found = [*folder.glob("*/metrics.json"), *folder.glob("*/*/metrics.json")]
    found.sort(key=lambda path: (-path.stat().st_mtime_ns, str(path)))
    return {path.parent.relative_to(folder).as_posix(): path.parent for path in found}


def read_report(name: str, folder: Path) -> Report:
    """Read a run's measures; raises ValueError, KeyError or TypeError where the file is no such thing."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    measures = {name: _estimate(value) for name, value in metrics["measures"].items()}
    settings = metrics.get("settings", {})
    facts = [count(int(metrics.get("n_questions", 0)), "question"), f"set {settings.get('set', 'unknown')}"]
    facts += [count(len(metrics["errors"]), "error")] if metrics.get("errors") else []
    return Report(name, folder, measures, ", ".join(facts))


def _estimate(kept: dict[str, Any]) -> Estimate:
    low, high = (math.inf if kept.get(side) is None else float(kept[side]) for side in ("low", "high"))
    value = kept.get("value")
    return Estimate(math.nan if value is None else float(value), low, high, int(kept.get("n", 0)))


@lru_cache(4)
def _rows(path: Path, _: int) -> tuple[Row, ...]:
    with path.open(encoding="utf-8") as lines:
        return tuple(_row(json.loads(line)) for line in lines if line.strip())


def _row(kept: dict[str, Any]) -> Row:
    silent = (kept.get("abstention") or {}).get("reason", "")
    text = str(kept.get("text", ""))
    return Row(str(kept["query_id"]), str(kept.get("question", "")), text, float(kept.get("confidence") or 0), silent)


def nothing(folder: Path) -> str:
    """Return what is shown where there is no report yet."""
    library = f"--library '{folder.parent}'"
    propose, ask = f"init questions {library} --page", f"questions {library} --out '{folder}/first'"
    return (
        f"{_head('')}<div><p>No report yet. An evaluation asks a set of questions whose answers are known and measures "
        "what comes back. This proposes questions about your documents on a page to keep, mend or reject them:</p>"
        f"<pre>footnote evaluate {escape(propose)}</pre><p>And this asks them; its report can then be read here:</p>"
        f"<pre>footnote evaluate {escape(ask)}</pre></div>"
    )


def evaluation_view(names: Sequence[str], chosen: Chosen, report: Report, against: Report | None) -> str:
    """Return the whole view of one run, beside another where one is chosen."""
    return (
        _head(report.facts)
        + _form(names, chosen)
        + _measures(report, against)
        + _whole(report)
        + _questions(chosen, report, against)
    )


def _head(facts: str) -> str:
    status = f'<p role="status">{escape(facts)}</p>' if facts else ""
    return f'<div class="view-head"><h2 tabindex="-1">Evaluation</h2>{status}</div>'


def _form(names: Sequence[str], chosen: Chosen) -> str:
    others = [(name, name) for name in names if name != chosen.report]
    fields = (
        _select("Report", "report", [(name, name) for name in names], chosen.report)
        + _select("Beside", "against", [("", "no other"), *others], chosen.against)
        + _select("Questions", "show", _SHOWN, chosen.show)
    )
    words = (
        f'<label>Words <input id="f-words" name="words" value="{escape(chosen.words)}" maxlength="200" '
        'autocomplete="off" placeholder="in question or answer"></label>'
    )
    return f'<form class="fields" role="search" aria-label="Reports">{fields}{words}<button hidden></button></form>'


def _select(label: str, name: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    made = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return f'<label>{label} <select id="f-{name}" name="{name}">{made}</select></label>'


def _measures(report: Report, against: Report | None) -> str:
    """Return the chief measures, the others folded below them."""
    chief = [name for name in report.measures if define(name).is_chief]
    others = [name for name in report.measures if name not in chief]
    note = ""
    if against:
        note = (
            '<p class="empty">Hollow dot: the other run. Whether a change is more than luck, a paired test tells: '
            f"<code>footnote evaluate … --against {escape(against.name)}</code>.</p>"
        )
    rest = f"<summary>{count(len(others), 'more measure')}</summary>{_table(others, report, against)}"
    return (
        _table(chief or others, report, against)
        + note
        + (f'<details class="whole">{rest}</details>' if chief and others else "")
    )


def _table(names: Sequence[str], report: Report, against: Report | None) -> str:
    other = (
        f'<th class="number"><bdi>{escape(against.name)}</bdi></th><th class="number">change</th>' if against else ""
    )
    head = (
        f"<tr><th>Measure</th><th><span class='visually-hidden'>From 0 to 1</span>{draw_scale()}</th>"
        f"<th class='number'>Value</th><th>95 %</th>"
        f"<th class='number'>n</th>{other}</tr>"
    )
    rows, part = "", None
    for name in names:
        definition = define(name)
        if definition.part is not part:
            part = definition.part
            rows += f'<tr class="part"><th colspan="{7 if against else 5}">{part.value}</th></tr>'
        rows += _measure(definition, report.measures[name], against)
    return (
        '<div class="table" tabindex="0" role="region" aria-label="Measures"><table class="measures"><thead>'
        f"{head}</thead><tbody>{rows}</tbody></table></div>"
    )


def _measure(definition: Definition, estimate: Estimate, against: Report | None) -> str:
    before = against.measures.get(definition.name) if against else None
    strip = ""
    if definition.is_share and not math.isnan(estimate.value):
        strip = draw_interval(estimate.value, estimate.low, estimate.high, before.value if before else None)
    lower = "" if definition.higher_is_better or not definition.is_share else "; lower is better"
    other = ""
    if against:
        shown = format_value(definition, before.value) if before else ""
        digits = "+.3f" if definition.is_share else "+,.0f"
        change = f"{estimate.value - before.value:{digits}}" if before else ""
        other = f'<td class="number">{shown}</td><td class="number">{change}</td>'
    value, interval = format_value(definition, estimate.value), format_interval(definition, estimate)
    return (
        f'<tr><td><span class="measure">{escape(definition.name)}</span>'
        f"<small>{escape(definition.meaning + lower)}</small></td><td>{strip}</td>"
        f'<td class="number">{value}</td><td class="when">{interval}</td>'
        f'<td class="number">{estimate.n:,}</td>{other}</tr>'
    )


def _whole(report: Report) -> str:
    address = escape(f"page/evaluation/report?{urlencode({'report': report.name})}")
    title = escape(f"Report {report.name}")
    frame = f'<iframe src="{address}" title="{title}" loading="lazy" sandbox="" tabindex="0"></iframe>'
    return f'<details class="whole"><summary>Plots, kinds of question and cases to read</summary>{frame}</details>'


def _questions(chosen: Chosen, report: Report, against: Report | None) -> str:
    found = _found(chosen, report, against)
    more = ""
    if len(found) > ROWS:
        more = (
            f'<p><button type="button" class="choose" data-do="rows" data-from="evaluation/rows" data-after="{ROWS}" '
            f'data-all="{len(found)}">Show more questions</button></p>'
        )
    heads = "".join(f"<th><bdi>{escape(each.name)}</bdi></th>" for each in (report, against) if each)
    body = question_rows(chosen, report, against)
    return (
        f'<section><div class="section-head"><h3>Questions</h3><p class="exports">{len(found):,} shown of '
        f'{len(report.rows()):,}</p></div><div class="table" tabindex="0" role="region" aria-label="Questions">'
        f'<table class="answers"><thead><tr><th>Question</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
        f"{more}</section>"
    )


def question_rows(chosen: Chosen, report: Report, against: Report | None, after: int = 0) -> str:
    """Return the rows of questions that follow the first `after`."""
    pairs = _found(chosen, report, against)[after : after + ROWS]
    return "".join(_question(row, other, is_compared=against is not None) for row, other in pairs)


def _found(chosen: Chosen, report: Report, against: Report | None) -> list[tuple[Row, Row | None]]:
    others = {row.id: row for row in against.rows()} if against else {}
    pairs = [(row, others.get(row.id)) for row in report.rows()]
    words = chosen.words.casefold().split()
    return [
        (row, other)
        for row, other in pairs
        if _is_shown(chosen.show, row, other)
        and all(word in f"{row.question} {row.text} {other.text if other else ''}".casefold() for word in words)
    ]


def _is_shown(show: str, row: Row, other: Row | None) -> bool:
    if show == "different":
        return other is not None and row.shape != other.shape
    return show not in ("silent", "answered") or bool(row.silent) == (show == "silent")


def _question(row: Row, other: Row | None, *, is_compared: bool) -> str:
    beside = _answer(other, differs=other is not None and other.shape != row.shape) if is_compared else ""
    return (
        f'<tr><th scope="row" dir="auto">{escape(row.question)}<small>{escape(row.id)}</small></th>'
        f"{_answer(row, differs=False)}{beside}</tr>"
    )


def _answer(row: Row | None, *, differs: bool) -> str:
    if row is None:
        return '<td class="empty">not asked</td>'
    verdict = f"silent: {row.silent.replace('_', ' ')}" if row.silent else certainty(row.confidence)
    text = row.text if len(row.text) <= _LONGEST else row.text[: _LONGEST - 1].rstrip() + "…"
    mark = ' <b class="differs">differs</b>' if differs else ""
    return (
        f'<td><small class="{"quiet" if row.silent else "sure"}">{escape(verdict)}, {row.confidence:.2f}{mark}</small>'
        f'<div class="given" dir="auto">{escape(text)}</div></td>'
    )
