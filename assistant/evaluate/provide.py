"""Provides what is asked: the user's own system, or an assistant over the set's library or the user's.

Knows nothing of questions and measures.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.evaluate.ask_all import Progress, System
from assistant.evaluate.fingerprint import program_digest
from assistant.evaluate.questions import EvaluationSet
from index.errors import InputError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.library import Library


@contextmanager
def assistant_for(
    evaluation_set: EvaluationSet, folder: Path, *, own: bool, settings: Settings, on_progress: Progress | None
) -> Iterator[System]:
    """Open an assistant over the library in `folder`, built from the set's documents where it brings them.

    A library of our `own` is built anew when the program or the set has changed.
    """
    from assistant.ask import Assistant
    from index.library import Library

    if own:
        forget_older_library(folder, evaluation_set)
    with Library.open(folder, model=settings.embedding_model) as library:
        if evaluation_set.has_corpus:
            _build(library, evaluation_set, on_progress)
        yield Assistant(library, settings)


def forget_older_library(folder: Path, evaluation_set: EvaluationSet) -> None:
    """Remove a library that another version of the program built, or that holds another set."""
    state = folder.with_suffix(".json")
    made_by = json.dumps({"program": program_digest(("index",)), "set": evaluation_set.digest})
    if not state.is_file() or state.read_text(encoding="utf-8") != made_by:
        shutil.rmtree(folder, ignore_errors=True)
        state.write_text(made_by, encoding="utf-8")


def _build(library: Library, evaluation_set: EvaluationSet, on_progress: Progress | None) -> None:
    """Put the corpus into the library, unless the library holds something else."""
    n_documents = len(evaluation_set.documents)
    strangers = [info.id for info in library.documents() if info.id not in evaluation_set.documents]
    if strangers:
        raise InputError(
            f"library '{library.folder}' holds documents that are not in {evaluation_set.name} ({strangers[0]!r}, …): "
            "the numbers would not be the set's; name an empty folder with --library or leave it out"
        )
    library.add(
        evaluation_set.documents.values(),
        on_progress=on_progress and (lambda progress: on_progress("build", progress.n_files_done, n_documents)),
    )
