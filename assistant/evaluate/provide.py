"""Provides what is asked: an assistant over the set's library or the user's, in one process or in several.

Knows nothing of measures.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.evaluate.ask_all import Asker, Outcome, Progress, System, ask_one, lists_of
from assistant.evaluate.fingerprint import program_digest
from assistant.evaluate.questions import EvaluationSet, Question
from assistant.settings import Settings
from index.errors import InputError
from index.servers import Servers

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Document, Statement
    from index.sync import Progress as BuildProgress

IN_FOLDER = Servers()
FEWEST = 40  # questions for which another process pays
MOST = 4  # processes that ask unless more are wanted; each holds the models


@contextmanager
def asker(
    system: System, *, n_questions: int, jobs: int, with_lists: bool, servers: Servers = IN_FOLDER
) -> Iterator[Asker]:
    """Ask the system; an assistant that `assistant_for` made in up to `jobs` processes, each with the library open.

    Of 0 jobs there is one a core, at most four; one where a language model writes, whose server may have but one.
    """
    from assistant.ask import Assistant

    if jobs != 1 and isinstance(system, Assistant):
        most = jobs or (1 if system.settings.llm_url else min(MOST, os.cpu_count() or 1))
        if (n_processes := min(most, n_questions // FEWEST)) > 1:
            opened = partial(_open_assistant, system.library.folder, system.settings, servers, with_lists)
            with ProcessPoolExecutor(n_processes, multiprocessing.get_context("spawn"), opened) as processes:
                yield partial(_ask_apart, processes)
            return
    lists = lists_of(system) if with_lists else None
    yield lambda questions: (ask_one(system, question, lists) for question in questions)


_ask: Callable[[Question], Outcome]  # of one of the processes


def _open_assistant(folder: Path, settings: Settings, servers: Servers, with_lists: bool) -> None:
    global _ask
    from assistant.ask import Assistant

    assistant = Assistant(_open(folder, settings, servers=servers), settings)
    _ask = partial(ask_one, assistant, lists=lists_of(assistant) if with_lists else None)


def _ask_here(question: Question) -> Outcome:
    return _ask(question)


def _ask_apart(processes: ProcessPoolExecutor, questions: Sequence[Question]) -> Iterator[Outcome]:
    try:
        yield from processes.map(_ask_here, questions)
    except BrokenProcessPool as error:
        raise InputError("a process that asked was killed: run again, what was asked is kept") from error
    finally:
        processes.shutdown(cancel_futures=True)


@contextmanager
def assistant_for(
    evaluation_set: EvaluationSet,
    folder: Path,
    *,
    own: bool,
    settings: Settings,
    servers: Servers,
    on_progress: Progress | None,
) -> Iterator[System]:
    """Open an assistant over the library in `folder`, built from the set's documents where it brings them.

    A library of our `own` is built anew when the program or the set has changed.
    """
    from assistant.ask import Assistant

    if own:
        forget_older_library(folder, evaluation_set)
    with _open(folder, settings, servers=servers) as library:
        if evaluation_set.has_corpus:
            _build(library, evaluation_set, on_progress)
        yield Assistant(library, settings)


def servers_of(evaluation_set: EvaluationSet, settings: Settings) -> Servers:
    """Return where the library lies: as the settings say, but a set's own is never put among shared documents."""
    return IN_FOLDER if evaluation_set.has_corpus else settings.servers()


def _open(
    folder: Path,
    settings: Settings,
    attribute: Callable[[Document], list[Statement]] | None = None,
    servers: Servers = IN_FOLDER,
) -> Library:
    from index.library import Library

    return Library.open(
        folder,
        model=settings.embedding_model,
        attribute=attribute,
        chunk_tokens=settings.chunk_tokens,
        words_weight=settings.words_weight,
        servers=servers,
        rebuild=attribute is not None,
    )


def forget_older_library(folder: Path, evaluation_set: EvaluationSet) -> None:
    """Remove a library that another version of the program built, or that holds another set."""
    if not _is_made_by(folder, made_by := _maker(evaluation_set)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.with_suffix(".json").write_text(made_by, encoding="utf-8")


def cut_anew(folder: Path, sibling: Path, evaluation_set: EvaluationSet, settings: Settings) -> None:
    """Make the library in `folder` from a sibling that holds the same set in other chunks or by another model.

    Who said what does not depend on either, and text that is embedded already keeps its vector: neither is done again.
    """
    if _is_made_by(folder, made_by := _maker(evaluation_set)):
        return
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sibling, folder)
    with _open(sibling, Settings()) as made:
        told = made.catalog.statements_as_told
        with _open(folder, settings, lambda document: told(document.id)) as library:
            library.rebuild()
    folder.with_suffix(".json").write_text(made_by, encoding="utf-8")


def _maker(evaluation_set: EvaluationSet) -> str:
    return json.dumps({"program": program_digest(("index",)), "set": evaluation_set.digest})


def _is_made_by(folder: Path, made_by: str) -> bool:
    state = folder.with_suffix(".json")
    return state.is_file() and state.read_text(encoding="utf-8") == made_by


def _build(library: Library, evaluation_set: EvaluationSet, on_progress: Progress | None) -> None:
    """Put the corpus into the library, unless the library holds something else."""
    strangers = [info.id for info in library.documents() if info.id not in evaluation_set.documents]
    if strangers:
        raise InputError(
            f"library '{library.folder}' holds documents that are not in {evaluation_set.name} ({strangers[0]!r}, …): "
            "the numbers would not be the set's; name an empty folder with --library or leave it out"
        )
    n_documents = len(evaluation_set.documents)
    library.add(
        evaluation_set.documents.values(),
        on_progress=on_progress and (lambda progress: on_progress(*_how_far(progress, n_documents))),
    )


def _how_far(progress: BuildProgress, n_documents: int) -> tuple[str, int, int]:
    """Return stage, done and total; a library that is given documents does not know how many will come."""
    if progress.stage == "vectors":
        return progress.stage, progress.n_passages, progress.n_passages_all
    return progress.stage, progress.n_files_done, progress.n_files or n_documents
