"""Reads lines of JSON and collects what is wrong with them, each under its file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import EvaluationSetError


class Problems:
    """The bad lines of a set; raised together, since a person mends them together."""

    SHOWN = 50

    def __init__(self) -> None:
        self._found: list[tuple[str, int, str]] = []

    def add(self, path: Path, line: int, what: str) -> None:
        self._found.append((path.name, line, what))

    def __len__(self) -> int:
        return len(self._found)

    def raise_any(self, name: str) -> None:
        """Raise EvaluationSetError if there are problems."""
        if self._found:
            lines = [f"{file}:{line}: {what}" for file, line, what in sorted(self._found)]
            left_out = [f"and {len(lines) - self.SHOWN} more"] if len(lines) > self.SHOWN else []
            count = f"{len(lines)} bad line{'s' if len(lines) > 1 else ''}"
            raise EvaluationSetError(f"{name}: {count}; mend and run again", (*lines[: self.SHOWN], *left_out))


@dataclass(frozen=True, slots=True)
class Line:
    """A place in a file, 1-based, and where to say what is wrong with it."""

    path: Path
    number: int
    problems: Problems

    def is_wrong(self, what: str) -> None:
        self.problems.add(self.path, self.number, what)


def json_lines(
    path: Path, problems: Problems, *, required: tuple[str, ...] = ()
) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Yield the objects of a JSONL file; bad lines and objects without a required key become problems."""
    if not path.is_file():
        raise EvaluationSetError(f"{path}: no such file")
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            line = Line(path, number, problems)
            if not raw.strip():
                continue
            try:
                row = json.loads(raw)
            except ValueError as error:
                line.is_wrong(f"not JSON ({error})")
                continue
            if not isinstance(row, dict):
                line.is_wrong("not a JSON object")
            elif missing := [key for key in required if key not in row]:
                line.is_wrong(f"no {', '.join(map(repr, missing))}")
            else:
                yield line, row
