"""One evaluation from beginning to end: load, build, ask, conclude. Knows nothing of any step's inside."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.evaluate.adapt import load_system
from assistant.evaluate.ask_all import Progress, System, ask_all
from assistant.evaluate.conclude import Run, Terms, conclude
from assistant.evaluate.fingerprint import fingerprint, program_digest, system_settings, versions
from assistant.evaluate.load import load_set
from assistant.evaluate.per_question import BUDGET
from assistant.evaluate.provide import asker, assistant_for, servers_of
from assistant.evaluate.questions import EvaluationSet
from assistant.evaluate.recorded import N_PASSAGES, RunFiles, question_ids
from assistant.evaluate.result import Evaluation
from assistant.evaluate.score import write_document_run
from assistant.settings import Settings, load
from index.errors import InputError

if TYPE_CHECKING:
    from index.library import Library

NO_TERMS = Terms()


def evaluate(
    set_path: str | Path,
    out: str | Path,
    *,
    terms: Terms = NO_TERMS,
    library: str | Path | None = None,
    system: System | str | None = None,
    settings: Settings | None = None,
    scope: str | None = None,
    limit: int | None = None,
    with_lists: bool = False,
    jobs: int = 1,
    keep_finished: bool = False,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Ask every question of a set and measure the answers; write the run and its report into `out`.

    A set with a corpus gets a library of its own, in `out` or in `library`; one without asks `library`, else that of
    the settings. `system`, or 'module:object', is asked in the assistant's place. `scope` names the metadata column
    that holds the one document a question is confined to. `with_lists` also measures how words alone, meaning alone and
    both rank the documents. `jobs` is the most processes that ask; a script with more than one needs its
    `if __name__ == "__main__"`. A killed run goes on where it stopped; a finished one is asked anew, unless
    `keep_finished`.

    Raises EvaluationSetError for a bad set, InputError for the rest.
    """
    started = time.perf_counter()
    settings = settings or load()
    terms.check(settings)
    if limit is not None and limit < 1:
        raise InputError(f"limit is {limit}: evaluate at least one question")
    evaluation_set = load_set(set_path, scope=scope, library=library or settings.library)
    questions = evaluation_set.sample(limit)
    files = RunFiles(Path(out).expanduser())
    named = system if isinstance(system, str) else None
    options: dict[str, Any] = {"system": named, "scope": scope, "limit": limit, "seed": terms.seed, "budget": BUDGET}
    options |= {"with_lists": True} if with_lists else {}
    with _provide(system, evaluation_set, files, library, settings, on_progress) as asked:
        built = time.perf_counter()
        in_force = _settings(evaluation_set, asked, options)
        key = fingerprint(in_force, versions())
        with asker(
            asked,
            n_questions=len(questions),
            jobs=1 if system else jobs,
            with_lists=with_lists,
            servers=servers_of(evaluation_set, settings),
        ) as ask:
            ask_all(ask, questions, files, fingerprint=key, keep_finished=keep_finished, on_progress=on_progress)
    write_document_run(questions, files)
    seconds = {"build": round(built - started, 3), "ask": round(time.perf_counter() - built, 3)}
    run = Run(evaluation_set, questions, files, files)
    return conclude(run, terms, settings, in_force, seconds, on_progress)


def _provide(
    system: System | str | None,
    evaluation_set: EvaluationSet,
    files: RunFiles,
    library: str | Path | None,
    settings: Settings,
    on_progress: Progress | None,
) -> AbstractContextManager[System]:
    if isinstance(system, str):
        system = load_system(system, evaluation_set)
    if system is not None:
        return nullcontext(system)
    own = library is None and evaluation_set.has_corpus
    folder = files.folder / "library" if own else Path(library or settings.library).expanduser()
    servers = servers_of(evaluation_set, settings)
    return assistant_for(evaluation_set, folder, own=own, settings=settings, servers=servers, on_progress=on_progress)


def _settings(evaluation_set: EvaluationSet, asked: System, options: dict[str, Any]) -> dict[str, Any]:
    """Return all that decides the numbers, so that the same settings give the same metrics.json."""
    library: Library | None = getattr(asked, "library", None)
    holds = (
        {}
        if library is None
        else {
            "library_sha256": library.catalog.digest()[:16],
            "library_documents": library.n_documents,
            "library_passages": library.n_passages,
        }
    )
    return {
        "set": evaluation_set.name,
        "set_sha256": evaluation_set.digest,
        "program": program_digest(),
        "prompts": program_digest(("prompts",)),
        "n_passages": N_PASSAGES,
        **holds,
        **options,
        "assistant": system_settings(asked),
    }


def score(
    set_path: str | Path,
    run: str | Path,
    out: str | Path,
    *,
    terms: Terms = NO_TERMS,
    scope: str | None = None,
    library: str | Path | None = None,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Score anybody's run: a folder in the layout of `evaluate`, a TREC run, or answers or passages as JSON lines.

    Measures that the files say nothing of are left out. A question that is missing counts as silent.
    """
    settings = load()
    terms.check(settings)
    files, target = RunFiles.at(Path(run).expanduser()), RunFiles(Path(out).expanduser())
    evaluation_set = load_set(set_path, scope=scope, library=library)
    there = question_ids(files)
    n_missing = sum(question.id not in there for question in evaluation_set.questions)
    if n_missing == len(evaluation_set.questions):
        raise InputError(f"{run}: not one question of {evaluation_set.name} is in that run")
    in_force: dict[str, Any] = {"set": evaluation_set.name, "set_sha256": evaluation_set.digest}
    in_force |= {"seed": terms.seed, "budget": BUDGET, "n_missing": n_missing}
    found = Run(evaluation_set, evaluation_set.questions, files, target)
    return conclude(found, terms, settings, in_force, {}, on_progress)
