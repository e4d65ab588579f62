"""Draws docs/growth.svg: what a library costs as it grows, from docs/growth.jsonl.

The lines are what `FOOTNOTE_GROWTH=docs/growth.jsonl python -m benchmarks growth` notes.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

HERE = Path(__file__).parent
WIDTH, HEIGHT, GAP, EDGE = 300, 220, 70, 40
CURVES = (
    ("retrieval, ms of the processor", (("p50", "processor_p50", 1e3), ("p95", "processor_p95", 1e3))),
    ("MB", (("disk", "disk", 1e-6), ("memory", "memory", 1e-6))),
)
COLOURS = ("#1f5fa8", "#b4541a")


def main() -> None:
    rows = [json.loads(line) for line in (HERE / "growth.jsonl").read_text(encoding="utf-8").splitlines()]
    panels = "".join(panel(rows, *curve, left=EDGE + i * (WIDTH + GAP)) for i, curve in enumerate(CURVES))
    size = f'viewBox="0 0 {2 * WIDTH + GAP + 2 * EDGE} {HEIGHT + 2 * EDGE}"'
    style = 'font-family="system-ui, sans-serif" font-size="12" fill="#333"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}><rect width="100%" height="100%" fill="white"/>'
    (HERE / "growth.svg").write_text(f"{svg}{panels}</svg>\n", encoding="utf-8")


def panel(rows: list[dict[str, float]], unit: str, curves: tuple[tuple[str, str, float], ...], *, left: int) -> str:
    """Return one plot over passages, both axes logarithmic."""
    values = [row[key] * factor for row in rows for _, key, factor in curves]
    ys = range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)
    xs = range(3, 7)

    def x(value: float) -> float:
        return left + WIDTH * (math.log10(value) - xs[0]) / (xs[-1] - xs[0])

    def y(value: float) -> float:
        return EDGE + HEIGHT * (1 - (math.log10(value) - ys[0]) / (ys[-1] - ys[0]))

    parts = [f'<text x="{left}" y="{EDGE - 14}">{unit}</text>']
    for power in ys:
        at = f'y="{y(10**power) + 4:.0f}"'
        parts.append(f'<path d="M{left} {y(10**power):.0f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" {at} text-anchor="end">{10**power:,}</text>')
    for power in xs:
        parts.append(f'<text x="{x(10**power):.0f}" y="{EDGE + HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>')
    for (name, key, factor), colour in zip(curves, COLOURS, strict=True):
        points = [(x(row["n_passages"]), y(row[key] * factor)) for row in rows]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
        parts.append(f'<text x="{points[-1][0] + 8:.0f}" y="{points[-1][1] + 4:.0f}" fill="{colour}">{name}</text>')
    return "".join(parts)


if __name__ == "__main__":
    main()
