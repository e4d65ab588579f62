"""Asks a system every question of a set and records what it gives back; goes on where a killed run stopped.

Knows nothing of measures. Memory does not grow with the number of questions.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from assistant.answer import Answer, Turn
from assistant.evaluate.lists import Lists
from assistant.evaluate.questions import Question
from assistant.evaluate.recorded import N_PASSAGES, RunFiles, write_answer, write_line

Progress = Callable[[str, int, int], None]  # stage, done, total


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


def ask_all(
    system: System,
    questions: Sequence[Question],
    files: RunFiles,
    *,
    fingerprint: str,
    keep_finished: bool = False,
    lists: Lists | None = None,
    on_progress: Progress | None = None,
) -> tuple[str, ...]:
    """Ask every question that is not done; return the ids of those that raised an exception.

    An unfinished run with the same fingerprint (set, settings, program) goes on, a finished one where it is to be
    kept; anything else starts afresh. `lists` is asked, once an answer is there and its time taken, how each list
    alone ranks the documents.
    """
    files.folder.mkdir(parents=True, exist_ok=True)
    done = _resume(files, fingerprint, keep_finished)
    failed: list[str] = []
    with (
        files.passages.open("a", encoding="utf-8") as passages,
        files.answers.open("a", encoding="utf-8") as answers,
        files.errors.open("w", encoding="utf-8") as errors,
    ):
        for n_asked, question in enumerate(questions, start=1):
            if question.id not in done:
                try:
                    answer, seconds = _ask(system, question)
                    ranked = lists(answer) if lists else {}
                except Exception as error:  # noqa: BLE001  recorded with its traceback; the rest is still worth knowing
                    failed.append(question.id)
                    write_line(errors, _to_error(question, error))
                    errors.flush()
                else:
                    write_answer(passages, answers, question.id, answer, seconds, ranked)
            if on_progress:
                on_progress("ask", n_asked, len(questions))
    _write_state(files.state, fingerprint, finished=True)
    return tuple(failed)


def _ask(system: System, question: Question) -> tuple[Answer, float]:
    filters = question.filters
    started = time.perf_counter()
    answer = system.ask(
        question.text,
        k=N_PASSAGES,
        history=question.history,
        speaker=filters.speaker,
        source=filters.source,
        since=filters.since,
        until=filters.until,
    )
    return answer, time.perf_counter() - started


def _to_error(question: Question, error: Exception) -> dict[str, object]:
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
