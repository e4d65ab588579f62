"""The report's tables as HTML: measures with intervals, measures by kind of question, silence by reason."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from assistant.evaluate import plots
from assistant.evaluate.compare import Difference
from assistant.evaluate.definitions import Definition, define
from assistant.evaluate.estimate import Estimate
from assistant.evaluate.result import Estimates, Evaluation
from assistant.evaluate.show import format_interval, format_value

FROM_0_TO_1 = "<span class='unseen'>from 0 to 1</span>"
VERDICTS = {"better": "good", "worse": "bad", "same": "none", "not shown": "none", "other questions": "none"}


def show_change(difference: Difference) -> str:
    """Return a difference with its interval and whether it is more than luck."""
    if difference.verdict == "same":
        return "<span class='soft'>same</span>"
    pill = f"<span class='pill {VERDICTS[difference.verdict]}'>{difference.verdict}</span>"
    return f"{difference.difference:+.3f} <small>({difference.low:+.3f} to {difference.high:+.3f})</small> {pill}"


def show_measures(evaluation: Evaluation) -> str:
    """Return the table of all measures, part by part."""
    compared = bool(evaluation.differences)
    change = "<th>change since the earlier run</th><th class='number'>detects from</th>" if compared else ""
    head = f"<th>measure</th><th>{plots.draw_scale()}{FROM_0_TO_1}</th><th class='number'>value</th><th>95 %</th>"
    rows = [f"<tr>{head}<th class='number'>n</th>{change}</tr>"]
    part = None
    for name, estimate in evaluation.measures.items():
        definition = define(name)
        if definition.part is not part:
            part = definition.part
            rows.append(f"<tr class='part'><td colspan='{7 if compared else 5}'>{part.value}</td></tr>")
        rows.append(_measure_row(definition, estimate, evaluation.differences.get(name), compared))
    return f"<table class='measures'>{''.join(rows)}</table>"


def _measure_row(definition: Definition, estimate: Estimate, difference: Difference | None, compared: bool) -> str:
    strip = ""
    if definition.is_share:
        before = difference.before if difference else None
        strip = plots.draw_interval(estimate.value, estimate.low, estimate.high, before)
    lower = "" if definition.higher_is_better or not definition.is_share else " ↓ lower is better"
    cells = [
        f"<td>{escape(definition.name)}<small>{escape(definition.meaning + lower)}</small></td>",
        f"<td>{strip}</td><td class='number'>{format_value(definition, estimate.value)}</td>",
        f"<td class='range'>{format_interval(definition, estimate)}</td><td class='number'>{estimate.n:,}</td>",
    ]
    if compared and difference:
        detectable = f"± {difference.detectable:.3f}" if difference.detectable else ""
        cells.append(
            f"<td class='range'>{show_change(difference)}</td><td class='number'><small>{detectable}</small></td>"
        )
    elif compared:
        cells.append("<td></td><td></td>")
    return f"<tr{' class=chief' if definition.is_chief else ''}>{''.join(cells)}</tr>"


def show_lists(evaluation: Evaluation) -> str:
    """Return whether both lists of the retrieval together rank documents better than each alone, in a line each."""
    lines = (
        f"<br>nDCG@10 of both lists fused against {escape(name)} alone: {show_change(found)}, p = {found.p_holm:.3f}"
        for name, found in evaluation.list_differences.items()
    )
    return "".join(lines)


def show_categories(evaluation: Evaluation) -> str:
    """Return a table for each column of the set that divides its questions into kinds."""
    blocks = [_category(column, values) for column, values in evaluation.categories.items() if values]
    return f"<h2>By kind of question</h2>{''.join(blocks)}" if blocks else ""


def _category(column: str, values: Mapping[str, Estimates]) -> str:
    names = list(dict.fromkeys(name for measures in values.values() for name in measures))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = []
    for value, measures in values.items():
        cells = "".join(_cell(define(name), measures.get(name)) for name in names)
        rows.append(f"<tr><td>{escape(value)}</td>{cells}</tr>")
    table = f"<table class='kinds'><tr><td></td>{head}</tr>{''.join(rows)}</table>"
    return f"<h3>{escape(column)}</h3>{scrolled(column, table)}"


def scrolled(label: str, table: str) -> str:
    """Put a wide table where it can be scrolled, by keyboard too."""
    return f"<div class='wide' tabindex='0' role='region' aria-label='{escape(label, quote=True)}'>{table}</div>"


def _cell(definition: Definition, estimate: Estimate | None) -> str:
    if estimate is None:
        return "<td></td>"
    value = format_value(definition, estimate.value)
    return f"<td>{value} <small>{format_interval(definition, estimate)}<br>n = {estimate.n:,}</small></td>"


def show_abstentions(evaluation: Evaluation) -> str:
    """Return how often which reason for silence was given to which kind of question."""
    counts = evaluation.abstentions
    given = sorted({name for found in counts.values() for name in found}, key=lambda name: (name != "answered", name))
    if not given:
        return ""
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in given)
    rows = "".join(
        f"<tr><td>{escape(kind.replace('_', ' '))}</td>"
        + "".join(f"<td>{found.get(name, 0)}</td>" for name in given)
        + "</tr>"
        for kind, found in counts.items()
    )
    about = (
        "<p class='soft'>Rows: what the question is. Columns: what was answered, or the reason given for silence.</p>"
    )
    table = f"<table><tr><td></td>{head}</tr>{rows}</table>"
    return f"<h2>Silence and its reasons</h2>{about}{scrolled('silence by reason', table)}"
