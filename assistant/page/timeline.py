"""Draws who spoke when: a row a speaker, a dot a statement, as SVG that takes its colours from the style sheet.

Pure functions. Statements of the same row and nearly the same day are stacked, so that a busy day is a tall one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from assistant.page.foot import Place
from assistant.page.words import day

_WIDTH, _LABELS, _ROW, _TOP = 760, 150, 30, 8  # units of the drawing, pixels where it is as wide as it can be
_DOT = 4  # radius
_STACK = 5  # dots upon each other before they hide behind the last
_LONGEST = 22  # characters of a name
_DAY, _YEAR = 1, 365


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement in the plot: whose, its ISO date, whether it is a direct quote, and where it opens."""

    row: str
    date: str
    is_direct: bool
    place: Place
    label: str


def timeline(rows: Sequence[str], marks: Sequence[Mark]) -> str:
    """Return the drawing, or nothing where no statement has a date."""
    days = {mark.date: _ordinal(mark.date) for mark in marks}
    if not days:
        return ""
    first, last = min(days.values()), max(days.values())
    pad = max(_DAY, (last - first) // 40)
    scale = _Scale(first - pad, last + pad)
    used = [row for row in rows if any(mark.row == row for mark in marks)]
    height = _TOP + _ROW * len(used) + 22
    drawn = "".join(_row(name, i, scale, [m for m in marks if m.row == name], days) for i, name in enumerate(used))
    label = f"When {', '.join(used[:3])}{' and others' if len(used) > 3 else ''} spoke; the tables below say the same"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{_axis(scale, height)}{drawn}</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: int
    last: int

    def x(self, ordinal: int) -> float:
        return _LABELS + (ordinal - self.first) / max(1, self.last - self.first) * (_WIDTH - _LABELS - 10)


def _ordinal(iso: str) -> int:
    """Return the day of an ISO date; of a month or a year alone its middle, where it is least wrong."""
    parts = [int(part) for part in iso[:10].split("-") if part.isdecimal()]
    year, month, day_ = [*parts, *(6, 15)[len(parts) - 1 :]][:3] if parts else (1, 1, 1)
    try:
        return date(year, month, day_).toordinal()
    except ValueError:
        return date(max(1, min(year, 9999)), 6, 15).toordinal()


def _row(name: str, number: int, scale: _Scale, marks: Sequence[Mark], days: dict[str, int]) -> str:
    base = _TOP + _ROW * (number + 1) - _DOT - 2
    stacks: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        stacks[round(scale.x(days[mark.date]) / (2 * _DOT))].append(mark)
    dots = "".join(
        _dot(mark, 2 * _DOT * column, base - min(i, _STACK - 1) * 4.2)
        for column, stacked in stacks.items()
        for i, mark in enumerate(stacked)
    )
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return (
        f'<text x="{_LABELS - 10}" y="{base + 4}" text-anchor="end">{escape(short)}</text>'
        f'<path class="base" d="M{_LABELS} {base + _DOT + 2}H{_WIDTH}"/>{dots}'
    )


def _dot(mark: Mark, x: float, y: float) -> str:
    kind = "dot direct" if mark.is_direct else "dot"
    return (
        f'<circle class="{kind}" cx="{x:.0f}" cy="{y:.1f}" r="{_DOT}" data-do="place" {mark.place.attributes()}>'
        f"<title>{escape(mark.label)}</title></circle>"
    )


def _axis(scale: _Scale, height: int) -> str:
    return "".join(
        f'<path class="tick" d="M{scale.x(at):.0f} {_TOP}V{height - 20}"/>'
        f'<text class="tick" x="{scale.x(at):.0f}" y="{height - 5}" text-anchor="middle">{escape(text)}</text>'
        for at, text in _ticks(scale.first, scale.last)
    )


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """Return at most seven round dates inside the scale: years where it spans several, else months, else days."""
    first, last = max(1, first), min(last, date.max.toordinal())
    start, end = date.fromordinal(first), date.fromordinal(last)
    years = [date(year, 1, 1) for year in range(start.year, end.year + 1)]
    months = [date(year.year, month, 1) for year in years for month in range(1, 13)]
    chosen, width = (years, 4) if last - first > 3 * _YEAR else (months, 7)
    inside = [each for each in chosen if first <= each.toordinal() <= last]
    if len(inside) < 2:
        step = max(1, (last - first) // 4)
        inside, width = [date.fromordinal(at) for at in range(first + step, last, step)][:6], 10
    every = -(-len(inside) // 7)
    return [(each.toordinal(), day(each.isoformat()[:width])) for each in inside[::every]]
