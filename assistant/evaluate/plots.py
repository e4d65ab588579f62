"""Draws curves and intervals as inline SVG; colours come from the page's style sheet. Knows nothing of evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 480, 280
LEFT, RIGHT, TOP, BOTTOM = 58, 24, 14, 40
STRIP_WIDTH, STRIP_HEIGHT = 240, 34

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes of a plot: from (0, 0) to (`x_most`, `y_most`)."""

    x_label: str
    y_label: str
    x_most: float = 1.0
    y_most: float = 1.0
    x_percent: bool = True

    def x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.x_most

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.y_most

    def axes(self) -> list[str]:
        parts = []
        for step in range(5):
            x, y = self.x_most * step / 4, self.y_most * step / 4
            parts += [
                _line(self.x(0), self.y(y), self.x(self.x_most), self.y(y), "grid"),
                _text(LEFT - 6, self.y(y) + 4, f"{y:.0%}", "end"),
                _text(self.x(x), HEIGHT - BOTTOM + 16, f"{x:.0%}" if self.x_percent else f"{x:,.0f}", "middle"),
            ]
        middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
        turned = f'<text class="label" text-anchor="middle" transform="translate(12 {middle:.0f}) rotate(-90)">'
        return [
            *parts,
            _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, self.x_label, "middle", "label"),
            f"{turned}{escape(self.y_label)}</text>",
        ]

    def curve(self, points: Points, style: str) -> str:
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return f'<polyline class="{style}" points="{path}"/>'

    def dot(self, x: float, y: float, hint: str, radius: float = 3.5) -> str:
        place = f'cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius:.1f}"'
        return f'<circle class="dot" {place}><title>{escape(hint)}</title></circle>'


def draw_risk(points: Points, where_silent: float | None) -> str:
    """Draw the share wrong over the share answered; a mark where the system itself fell silent."""
    frame = Frame(
        "questions answered, most confident first", "of these wrong", y_most=_round_up(max(y for _, y in points))
    )
    parts = [*frame.axes(), frame.curve(points, "line")]
    if where_silent is not None:
        x, y = points[-1]
        parts.append(frame.dot(x, y, f"answers given: {x:.0%} of the questions, {y:.1%} of them wrong", 4.5))
        parts.append(_text(frame.x(x) - 8, frame.y(y) - 8, "answers given", "end"))
    return _svg(parts, "Risk over coverage")


def draw_reliability(bins: Iterable[tuple[float, float, float, float, int]]) -> str:
    """Draw the share right over confidence with intervals; (confidence, right, low, high, n) a bin."""
    frame = Frame("confidence stated", "of these right")
    parts = [*frame.axes(), frame.curve([(0, 0), (1, 1)], "ideal")]
    for confidence, right, low, high, n in bins:
        x = frame.x(confidence)
        parts.append(_line(x, frame.y(low), x, frame.y(high), "whisker"))
        hint = f"{n} answers at {confidence:.0%}: {right:.0%} right (95 % {low:.0%}–{high:.0%})"
        parts.append(frame.dot(confidence, right, hint, min(9.0, 2.5 + math.sqrt(n) / 2.5)))
    return _svg(parts, "Reliability of confidence")


def draw_recall(points: Points) -> str:
    """Draw the evidence found over the characters shown, a dot a passage."""
    most = _round_up_count(max(x for x, _ in points))
    frame = Frame("characters shown (mean)", "evidence found", x_most=most, x_percent=False)
    parts = [*frame.axes(), frame.curve([(0.0, 0.0), *points], "line")]
    for rank, (x, y) in enumerate(points, start=1):
        parts.append(frame.dot(x, y, f"{rank} passages, {x:,.0f} characters: {y:.1%} found", 4 if rank == 5 else 2.5))
        if rank in (5, len(points)):
            parts.append(_text(frame.x(x), frame.y(y) + 16, str(rank), "middle"))
    return _svg(parts, "Evidence found over characters shown")


def draw_seconds(stages: Mapping[str, Mapping[str, float]]) -> str:
    """Draw the median and the 95th percentile of each stage as bars."""
    most = max((stage["p95"] for stage in stages.values()), default=0.0) or 1e-9
    room = (HEIGHT - 2 * TOP) / max(1, len(stages))
    parts, left, width = [], 104, WIDTH - 104 - 128
    for place, (name, stage) in enumerate(stages.items()):
        y = TOP + place * room + room * 0.2
        height = min(26.0, room * 0.6)
        for style, value in (("bar-far", stage["p95"]), ("bar", stage["p50"])):
            size = f'width="{max(1.0, width * value / most):.1f}" height="{height:.1f}"'
            parts.append(f'<rect class="{style}" x="{left}" y="{y:.1f}" {size} rx="3"/>')
        parts.append(_text(left - 8, y + height / 2 + 4, name, "end"))
        numbers = f"{_milliseconds(stage['p50'])} · {_milliseconds(stage['p95'])}"
        parts.append(_text(left + max(1.0, width * stage["p95"] / most) + 8, y + height / 2 + 4, numbers, "start"))
    return _svg(parts, "Seconds by stage, median and 95th percentile")


def draw_front(points: Sequence[tuple[float, float, str, bool]], quality: str) -> str:
    """Draw (milliseconds, quality, name, is worth it) points; those worth it are joined by a line."""
    most = _round_up_count(max(x for x, *_ in points))
    frame = Frame("median milliseconds a question", quality, x_most=most, x_percent=False)
    front = sorted((x, y) for x, y, _, is_worth_it in points if is_worth_it)
    parts = [*frame.axes(), frame.curve(front, "line")]
    for x, y, name, is_worth_it in points:
        parts.append(frame.dot(x, y, f"{name}: {y:.3f}, {x:,.1f} ms", 5 if is_worth_it else 3))
    return _svg(parts, f"{quality} over time")


def draw_interval(value: float, low: float, high: float, before: float | None = None) -> str:
    """Draw a share on a strip from 0 to 1: a dot, its whisker, and a hollow dot for the earlier run."""

    def x(share: float) -> float:
        return 6 + (STRIP_WIDTH - 12) * min(1.0, max(0.0, share))

    middle = STRIP_HEIGHT / 2
    parts = [_line(x(tick / 4), 0, x(tick / 4), STRIP_HEIGHT, "grid") for tick in range(5)]
    if math.isfinite(low):
        parts.append(_line(x(low), middle, x(high), middle, "whisker"))
    if before is not None:
        parts.append(f'<circle class="before" cx="{x(before):.1f}" cy="{middle}" r="4"/>')
    parts.append(f'<circle class="dot" cx="{x(value):.1f}" cy="{middle}" r="4.5"/>')
    size = f'viewBox="0 0 {STRIP_WIDTH} {STRIP_HEIGHT}" width="{STRIP_WIDTH}" height="{STRIP_HEIGHT}"'
    return f'<svg class="strip" {size} aria-hidden="true">{"".join(parts)}</svg>'


def draw_scale() -> str:
    """Draw the numbers above a column of strips."""
    ends = (("0", 6, "start"), (".5", STRIP_WIDTH / 2, "middle"), ("1", STRIP_WIDTH - 6, "end"))
    marks = "".join(_text(x, 11, text, anchor) for text, x, anchor in ends)
    size = f'viewBox="0 0 {STRIP_WIDTH} 14" width="{STRIP_WIDTH}" height="14"'
    return f'<svg class="strip" {size} aria-hidden="true">{marks}</svg>'


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def _round_up(share: float) -> float:
    """Return the next of 20, 40, 60, 80, 100 %."""
    return min(1.0, max(0.2, math.ceil(share * 5 - 1e-9) / 5))


def _round_up_count(count: float) -> float:
    magnitude = 10 ** math.floor(math.log10(max(1.0, count)))
    return float(math.ceil(count / magnitude * 2) / 2 * magnitude)


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, style: str = "tick") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Iterable[str], title: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
