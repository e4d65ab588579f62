"""Evaluates a set under every combination of some settings: a table, and which combinations are worth their cost.

Knows no single setting, but which of them decide what is in a library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from assistant.evaluate.ask_all import Progress
from assistant.evaluate.fingerprint import fingerprint
from assistant.evaluate.load import load_set
from assistant.evaluate.plots import draw_front
from assistant.evaluate.provide import cut_anew, forget_older_library
from assistant.evaluate.report import template
from assistant.evaluate.result import Evaluation
from assistant.evaluate.run import evaluate
from assistant.settings import Settings, load
from index.errors import InputError

# Settings that change what is stored; combinations that agree on them share one library and its embeddings.
IN_THE_LIBRARY = ("embedding_model", "chunk_tokens")


@dataclass(frozen=True, slots=True)
class Point:
    """One combination.

    `seconds` is the median a question, `characters` the mean shown by five passages, `megabytes` the library's size.
    """

    name: str
    values: Mapping[str, str]
    evaluation: Evaluation
    quality: float
    seconds: float
    characters: float
    megabytes: float
    is_worth_it: bool = False


def parse_vary(texts: Sequence[str]) -> dict[str, list[str]]:
    """Parse 'setting=value,value' texts; raise InputError for an unknown setting."""
    grid: dict[str, list[str]] = {}
    for text in texts:
        name, _, values = text.partition("=")
        if name not in Settings.model_fields or not values:
            raise InputError(f"vary '{text}': write SETTING=VALUE,VALUE; `footnote settings` lists the settings")
        grid[name] = values.split(",")
    if not grid:
        raise InputError("nothing to vary: give --vary SETTING=VALUE,VALUE at least once")
    return grid


def sweep(
    set_path: str | Path,
    out: str | Path,
    grid: Mapping[str, Sequence[str]],
    *,
    by: str = "answer_f1",
    limit: int | None = None,
    scope: str | None = None,
    library: str | Path | None = None,
    on_progress: Progress | None = None,
) -> list[Point]:
    """Evaluate every combination into a folder of its own in `out`; finished ones are not asked again.

    Write sweep.json and sweep.html. Points are sorted by the measure `by`, best first.
    """
    out = Path(out).expanduser()
    out.mkdir(parents=True, exist_ok=True)
    home = Path(library or load().library).expanduser()
    evaluation_set = load_set(set_path, scope=scope, library=home)
    points = []
    origin = None if evaluation_set.has_corpus else home
    for values in product(*grid.values()):
        chosen = dict(zip(grid, values, strict=True))
        folder = out / f"library-{_shared(chosen)}"
        if origin:
            cut_anew(folder, origin, evaluation_set, load(**chosen))
        else:
            forget_older_library(folder, evaluation_set)
            origin = folder
        name = ", ".join(f"{key}={value}" for key, value in chosen.items())
        evaluation = evaluate(
            set_path,
            out / name.replace("/", "_").replace(", ", "+"),
            library=folder,
            settings=load(**chosen),
            limit=limit,
            scope=scope,
            keep_finished=True,
            on_progress=on_progress,
        )
        points.append(_to_point(name, chosen, evaluation, by, folder))
    points = mark_worth(sorted(points, key=lambda point: -point.quality))
    rows = [_to_row(point, by) for point in points]
    (out / "sweep.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    front = draw_front([(p.seconds * 1000, p.quality, p.name, p.is_worth_it) for p in points], by)
    page = template("sweep.html").render(name=evaluation_set.name, points=points, by=by, front=front)
    (out / "sweep.html").write_text(page, encoding="utf-8")
    return points


def _shared(chosen: Mapping[str, str]) -> str:
    return fingerprint({name: chosen.get(name) for name in IN_THE_LIBRARY})[:8]


def _to_point(name: str, chosen: Mapping[str, str], evaluation: Evaluation, by: str, library: Path) -> Point:
    if by not in evaluation.measures:
        raise InputError(f"no measure '{by}' on this set; it has {', '.join(evaluation.measures)}")
    stages: Mapping[str, Any] = evaluation.seconds.get("stages", {})
    characters = evaluation.measures.get("characters@5")
    return Point(
        name,
        chosen,
        evaluation,
        evaluation.measures[by].value,
        stages.get("total", {}).get("p50", 0.0),
        characters.value if characters else 0.0,
        (library / "catalog.sqlite").stat().st_size / 1e6,
    )


def mark_worth(points: Sequence[Point]) -> list[Point]:
    """Mark the points that no other beats in quality without being slower or larger (Pareto's front)."""

    def is_beaten(point: Point) -> bool:
        mine = (-point.quality, point.seconds, point.megabytes)
        others = ((-o.quality, o.seconds, o.megabytes) for o in points if o is not point)
        return any(all(a <= b for a, b in zip(other, mine, strict=True)) and other != mine for other in others)

    return [replace(point, is_worth_it=not is_beaten(point)) for point in points]


def _to_row(point: Point, by: str) -> dict[str, Any]:
    estimate = point.evaluation.measures[by]
    return {
        "settings": dict(point.values),
        by: {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n},
        "seconds_p50": point.seconds,
        "characters@5": point.characters,
        "megabytes": round(point.megabytes, 1),
        "worth_it": point.is_worth_it,
    }
