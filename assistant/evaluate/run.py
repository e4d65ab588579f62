"""One evaluation from beginning to end: load, build, ask, score, compare, report.

Knows nothing of any step's inside.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.evaluate.ask_all import Progress, System, ask_all
from assistant.evaluate.fingerprint import fingerprint, program_digest, system_settings, versions
from assistant.evaluate.load import load_set
from assistant.evaluate.per_question import BUDGET
from assistant.evaluate.questions import EvaluationSet
from assistant.evaluate.recorded import N_PASSAGES, RunFiles
from assistant.evaluate.result import Evaluation
from assistant.evaluate.score import (
    count_abstentions,
    estimate_categories,
    estimate_sheet,
    read_errors,
    score_files,
    summarise_seconds,
    write_document_run,
)
from index.errors import InputError

if TYPE_CHECKING:
    from index.library import Library


def evaluate(
    set_path: str | Path,
    out: str | Path,
    *,
    library: str | Path | None = None,
    system: System | None = None,
    scope: str | None = None,
    limit: int | None = None,
    seed: int = 0,
    budget: int = BUDGET,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Ask every question of a set and measure the answers; write the run and its report into `out`.

    A set with a corpus gets a library of its own, in `out` or in `library`; a set without one needs `library`.
    `scope` names the metadata column that holds the one document a question is confined to. A killed run goes on
    where it stopped. Raises EvaluationSetError for a bad set.
    """
    if limit is not None and limit < 1:
        raise InputError(f"limit is {limit}: evaluate at least one question")
    started = time.perf_counter()
    evaluation_set = load_set(set_path, scope=scope)
    questions = evaluation_set.sample(limit)
    files = RunFiles(Path(out).expanduser())
    files.folder.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, Any] = {}
    with _system(evaluation_set, files, library, system, on_progress) as asked:
        seconds["build"] = round(time.perf_counter() - started, 3)
        settings = _settings(evaluation_set, asked, scope=scope, limit=limit, seed=seed, budget=budget)
        ask_all(asked, questions, files, fingerprint=fingerprint(settings, versions()), on_progress=on_progress)
    write_document_run(questions, files)
    sheet = score_files(evaluation_set, questions, files, budget=budget)
    seconds |= {"stages": summarise_seconds(sheet.seconds), "all": round(time.perf_counter() - started, 3)}
    evaluation = Evaluation(
        folder=files.folder,
        measures=estimate_sheet(sheet, seed=seed),
        n_questions=len(questions),
        n_clusters=len(set(sheet.clusters.tolist())),
        categories=estimate_categories(sheet, seed=seed),
        errors=tuple(read_errors(files)),
        abstentions=count_abstentions(sheet),
        settings=settings,
        versions=versions(),
        seconds=seconds,
    )
    files.metrics.write_text(json.dumps(evaluation.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return evaluation


def _settings(evaluation_set: EvaluationSet, system: System, **options: object) -> dict[str, Any]:
    """Return all that decides the numbers, so that the same settings give the same metrics.json."""
    return {
        "set": evaluation_set.name,
        "set_sha256": evaluation_set.digest,
        "program": program_digest(),
        "n_passages": N_PASSAGES,
        **options,
        "assistant": system_settings(system),
    }


@contextmanager
def _system(
    evaluation_set: EvaluationSet,
    files: RunFiles,
    library: str | Path | None,
    system: System | None,
    on_progress: Progress | None,
) -> Iterator[System]:
    """Provide what is asked: the given system, or an assistant over the set's or the user's library."""
    if system is not None:
        yield system
        return
    from assistant.ask import Assistant
    from index.library import Library

    folder = Path(library).expanduser() if library else files.folder / "library"
    if library is None:
        _forget_older_library(folder, files.folder / "library.json", evaluation_set)
    with Library.open(folder) as opened:
        if evaluation_set.has_corpus:
            _build(opened, evaluation_set, on_progress)
        yield Assistant(opened)


def _forget_older_library(folder: Path, state: Path, evaluation_set: EvaluationSet) -> None:
    """Remove a library that another version of the program built, or that holds another corpus."""
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
