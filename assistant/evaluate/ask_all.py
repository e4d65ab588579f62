"""Asks every question of a set and records what comes back; goes on where a killed run stopped.

Knows nothing of measures. Memory does not grow with the number of questions.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.answer import Answer, Turn
from assistant.evaluate.questions import Question
from assistant.evaluate.recorded import N_PASSAGES, RunFiles, to_rows, write_lines
from index.errors import InputError

if TYPE_CHECKING:
    from index.library import Library

Row = dict[str, Any]
Asker = Callable[[Sequence[Question]], "Iterable[Outcome]"]  # outcomes in the order of the questions
Progress = Callable[[str, int, int], None]  # stage, done, total
Lists = Callable[["Answer"], dict[str, list[str]]]
LISTS = ("dense", "bm25", "fused")
N_CANDIDATES = 200  # all that either list can bring: a hundred chunks each
N_DOCUMENTS = 20  # kept a list
FAR = 10**9


class System(Protocol):
    """What can be evaluated: anything that answers a question as an Assistant does."""

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        history: Sequence[Turn] = (),
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Answer:
        """Answer the question, with the `k` best passages beside the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question, as it is recorded: an answer and its passages, or the error it raised."""

    question_id: str
    answer: Row | None = None
    passages: tuple[Row, ...] = ()
    error: Row | None = None


def ask_all(
    ask: Asker,
    questions: Sequence[Question],
    files: RunFiles,
    *,
    fingerprint: str,
    keep_finished: bool = False,
    on_progress: Progress | None = None,
) -> None:
    """Ask every question that is not done and record what comes of it.

    An unfinished run with the same fingerprint (set, settings, program) goes on, a finished one where it is to be
    kept; anything else starts afresh.
    """
    files.folder.mkdir(parents=True, exist_ok=True)
    done = _resume(files, fingerprint, keep_finished)
    left = [question for question in questions if question.id not in done]
    n_done = len(questions) - len(left)
    with (
        files.passages.open("a", encoding="utf-8") as passages,
        files.answers.open("a", encoding="utf-8") as answers,
        files.errors.open("w", encoding="utf-8") as errors,
    ):
        for n_asked, outcome in enumerate(ask(left), start=1):
            write_lines(passages, outcome.passages)  # first, so that an answer's line means the whole
            write_lines(answers, [outcome.answer] if outcome.answer else [])
            write_lines(errors, [outcome.error] if outcome.error else [])
            if on_progress:
                on_progress("ask", n_done + n_asked, len(questions))
    _write_state(files.state, fingerprint, finished=True)


def ask_one(system: System, question: Question, lists: Lists | None) -> Outcome:
    """Ask one question; whatever it raises is an outcome too.

    `lists` is asked, once an answer is there and its time taken, how each list alone ranks the documents.
    """
    filters = question.filters
    started = time.perf_counter()
    try:
        answer = system.ask(
            question.text,
            k=N_PASSAGES,
            history=question.history,
            speaker=filters.speaker,
            source=filters.source,
            since=filters.since,
            until=filters.until,
        )
        seconds = time.perf_counter() - started
        passages, row = to_rows(question.id, answer, seconds, lists(answer) if lists else {})
    except Exception as error:  # noqa: BLE001  recorded with its traceback; the rest is still worth knowing
        return Outcome(question.id, error=_to_error(question, error))
    return Outcome(question.id, row, passages)


def _to_error(question: Question, error: Exception) -> Row:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return {
        "query_id": question.id,
        "question": question.text,
        "error": type(error).__name__,
        "message": str(error),
        "where": f"{Path(where.filename).name}:{where.lineno} {where.name}",
    }


def _resume(files: RunFiles, fingerprint: str, keep_finished: bool) -> set[str]:
    state = json.loads(files.state.read_text(encoding="utf-8")) if files.state.is_file() else {}
    if state.get("fingerprint") == fingerprint and (keep_finished or not state["finished"]):
        return files.keep_done()
    files.clear()
    _write_state(files.state, fingerprint, finished=False)
    return set()


def _write_state(path: Path, fingerprint: str, *, finished: bool) -> None:
    written = path.with_suffix(".new")
    written.write_text(json.dumps({"fingerprint": fingerprint, "finished": finished}), encoding="utf-8")
    written.replace(path)


def lists_of(system: object) -> Lists:
    """Return what ranks documents by each list of the system's library, for the query that an answer understood."""
    library: Library | None = getattr(system, "library", None)
    if library is None:
        raise InputError("only Footnote's own retrieval has lists to compare: leave out --compare-lists or --system")
    return lambda answer: document_lists(library, answer)


def document_lists(library: Library, answer: Answer) -> dict[str, list[str]]:
    """Return document ids by list, best first, each document at its first chunk."""
    query = answer.query
    passages = library.retrieve(query.text, k=N_CANDIDATES, source=query.source, since=query.since, until=query.until)
    ranked = {
        "dense": sorted((p.evidence.meaning_rank or FAR, p.document.id) for p in passages),
        "bm25": sorted((p.evidence.words_rank or FAR, p.document.id) for p in passages),
        "fused": [(p.rank, p.document.id) for p in passages],
    }
    return {
        name: list(dict.fromkeys(document_id for rank, document_id in pairs if rank < FAR))[:N_DOCUMENTS]
        for name, pairs in ranked.items()
    }
