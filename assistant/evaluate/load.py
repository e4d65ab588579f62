"""Loads an evaluation set, whatever its format. The formats have modules of their own."""

from __future__ import annotations

from pathlib import Path

from assistant.evaluate.folder import read_folder
from assistant.evaluate.questions import EvaluationSet
from index.errors import EvaluationSetError


def load_set(path: str | Path, *, scope: str | None = None, library: str | Path | None = None) -> EvaluationSet:
    """Load the set at `path`; raise EvaluationSetError with every bad line at once.

    `scope` names the metadata column that holds the one document a question is confined to.
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise EvaluationSetError(f"{path}: no such file or folder; `footnote evaluate init` writes a template")
    return read_folder(path, scope=scope)
