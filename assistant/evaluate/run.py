"""One evaluation from beginning to end: load, build, ask, score, compare, report.

Knows nothing of any step's inside.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluate.adapt import load_system
from assistant.evaluate.ask_all import Progress, System, ask_all
from assistant.evaluate.compare import Difference, compare, compare_lists
from assistant.evaluate.fingerprint import fingerprint, program_digest, system_settings, versions
from assistant.evaluate.gates import Gate, broken_by_test, broken_by_value, parse_gate
from assistant.evaluate.judge import judge_model, judge_sentences
from assistant.evaluate.load import load_set
from assistant.evaluate.per_question import BUDGET
from assistant.evaluate.provide import asker, assistant_for
from assistant.evaluate.questions import EvaluationSet, Question
from assistant.evaluate.recorded import N_PASSAGES, RunFiles, question_ids
from assistant.evaluate.report import write_report
from assistant.evaluate.result import Evaluation
from assistant.evaluate.score import (
    count_abstentions,
    count_judged,
    estimate_categories,
    estimate_sheet,
    read_errors,
    score_files,
    summarise_seconds,
    write_document_run,
)
from assistant.llm import LanguageModel
from assistant.settings import Settings, load
from index.errors import InputError


def evaluate(
    set_path: str | Path,
    out: str | Path,
    *,
    library: str | Path | None = None,
    system: System | str | None = None,
    settings: Settings | None = None,
    scope: str | None = None,
    limit: int | None = None,
    against: str | Path | None = None,
    no_worse_than: str | Path | None = None,
    tolerance: float = 0.0,
    fail_under: Iterable[str] = (),
    judge: str | None = None,
    seed: int = 0,
    with_lists: bool = False,
    jobs: int = 1,
    keep_finished: bool = False,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Ask every question of a set and measure the answers; write the run and its report into `out`.

    A set with a corpus gets a library of its own, in `out` or in `library`; one without asks `library`, else that of
    the settings. `system`, or 'module:object', is asked in the assistant's place. `scope` names the metadata column
    that holds the one document a question is confined to. `against` is an earlier run's folder; a run significantly
    worse than `no_worse_than`, by more than `tolerance`, breaks the gate, and so does each 'MEASURE=VALUE' of
    `fail_under` that is not reached. `judge` names a language model on the
    settings' server that gives a second opinion on what a language model wrote. `with_lists` also measures how words
    alone, meaning alone and both rank the documents. `jobs` is the most processes that ask; a
    script with more than one needs its `if __name__ == "__main__"`. A killed run goes on where it stopped; a
    finished one is asked anew, unless `keep_finished`.

    Raises EvaluationSetError for a bad set, InputError for the rest.
    """
    started = time.perf_counter()
    terms = Terms.of(against, no_worse_than, tolerance, fail_under, seed)
    if limit is not None and limit < 1:
        raise InputError(f"limit is {limit}: evaluate at least one question")
    settings = settings or load()
    model = judge_model(judge, settings)
    evaluation_set = load_set(set_path, scope=scope, library=library or settings.library)
    questions = evaluation_set.sample(limit)
    files = RunFiles(Path(out).expanduser())
    named = system if isinstance(system, str) else None
    options = {"system": named, "scope": scope, "limit": limit, "seed": seed, "budget": BUDGET}
    options |= {"with_lists": True} if with_lists else {}
    with _provide(system, evaluation_set, files, library, settings, on_progress) as asked:
        built = time.perf_counter()
        in_force = _settings(evaluation_set, asked, **options)
        key = fingerprint(in_force, versions())
        with asker(asked, n_questions=len(questions), jobs=1 if system else jobs, with_lists=with_lists) as ask:
            ask_all(ask, questions, files, fingerprint=key, keep_finished=keep_finished, on_progress=on_progress)
    write_document_run(questions, files)
    seconds = {"build": round(built - started, 3), "ask": round(time.perf_counter() - built, 3)}
    in_force |= _judge(files, files, model, on_progress)
    return conclude(evaluation_set, questions, files, files, terms, in_force, seconds)


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
    return assistant_for(evaluation_set, folder, own=own, settings=settings, on_progress=on_progress)


def score(
    set_path: str | Path,
    run: str | Path,
    out: str | Path,
    *,
    scope: str | None = None,
    library: str | Path | None = None,
    against: str | Path | None = None,
    no_worse_than: str | Path | None = None,
    tolerance: float = 0.0,
    fail_under: Iterable[str] = (),
    judge: str | None = None,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Score anybody's run: a folder in the layout of `evaluate`, a TREC run, or answers or passages as JSON lines.

    Measures that the files say nothing of are left out. A question that is missing counts as silent.
    """
    terms = Terms.of(against, no_worse_than, tolerance, fail_under, seed)
    model = judge_model(judge, load())
    files = RunFiles.at(Path(run).expanduser())
    evaluation_set = load_set(set_path, scope=scope, library=library)
    target = RunFiles(Path(out).expanduser())
    target.folder.mkdir(parents=True, exist_ok=True)
    there = question_ids(files)
    n_missing = sum(question.id not in there for question in evaluation_set.questions)
    if n_missing == len(evaluation_set.questions):
        raise InputError(f"{run}: not one question of {evaluation_set.name} is in that run")
    settings: dict[str, Any] = {"set": evaluation_set.name, "set_sha256": evaluation_set.digest, "seed": seed}
    settings |= {"budget": BUDGET, "n_missing": n_missing, **_judge(files, target, model, on_progress)}
    return conclude(evaluation_set, evaluation_set.questions, files, target, terms, settings, {})


def _judge(
    files: RunFiles, target: RunFiles, model: LanguageModel | None, on_progress: Progress | None
) -> dict[str, str]:
    """Have a judge model look at what a language model wrote; return what is kept of it among the settings."""
    if model is None:
        return {}
    judge_sentences(files, target, model, on_progress)
    files.judgments = target.judgments
    return {"judge": model.name}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is held against; checked before the first question is asked."""

    against: RunFiles | None
    no_worse_than: RunFiles | None
    tolerance: float
    gates: tuple[Gate, ...]
    seed: int

    @classmethod
    def of(
        cls,
        against: str | Path | None,
        no_worse_than: str | Path | None,
        tolerance: float,
        fail_under: Iterable[str],
        seed: int,
    ) -> Terms:
        gates = tuple(parse_gate(text) for text in fail_under)
        return cls(_earlier(against), _earlier(no_worse_than), tolerance, gates, seed)


def _earlier(run: str | Path | None) -> RunFiles | None:
    if run is None:
        return None
    files = RunFiles.at(Path(run).expanduser())
    if files.is_empty:
        raise InputError(f"{run}: no run to compare with; name the --out folder of an earlier one")
    return files


def conclude(
    evaluation_set: EvaluationSet,
    questions: Sequence[Question],
    files: RunFiles,
    target: RunFiles,
    terms: Terms,
    settings: Mapping[str, Any],
    seconds: Mapping[str, Any],
) -> Evaluation:
    """Score a recorded run, compare it, try the gates, and write metrics.json and report.html."""
    sheet = score_files(evaluation_set, questions, files)
    measures = estimate_sheet(sheet, seed=terms.seed)
    differences, changed = _compare(evaluation_set, questions, files, terms.against or terms.no_worse_than, terms)
    broken = broken_by_value(terms.gates, measures)
    if terms.no_worse_than:
        bounded, _ = (
            _compare(evaluation_set, questions, files, terms.no_worse_than, terms)
            if terms.against
            else (differences, changed)
        )
        broken += broken_by_test(bounded, terms.tolerance)
    evaluation = Evaluation(
        folder=target.folder,
        measures=measures,
        n_questions=len(questions),
        n_clusters=len(set(sheet.clusters.tolist())),
        categories=estimate_categories(sheet, seed=terms.seed),
        errors=tuple(read_errors(files)),
        abstentions=count_abstentions(sheet),
        judged=count_judged(sheet, files),
        differences=differences,
        list_differences=compare_lists(sheet, seed=terms.seed),
        broken_gates=tuple(broken),
        settings=settings,
        versions=versions(),
        seconds={**seconds, "stages": summarise_seconds(sheet.seconds)},
    )
    target.metrics.write_text(json.dumps(evaluation.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    earlier = terms.against or terms.no_worse_than
    write_report(target.report, evaluation, evaluation_set, sheet, files, changed, earlier)
    return evaluation


def _compare(
    evaluation_set: EvaluationSet,
    questions: Sequence[Question],
    files: RunFiles,
    earlier: RunFiles | None,
    terms: Terms,
) -> tuple[dict[str, Difference], dict[str, float]]:
    """Compare with an earlier run on the questions that both have; also return by how much each question changed."""
    if earlier is None:
        return {}, {}
    there = question_ids(earlier)
    failed = {str(error["query_id"]) for run in (earlier, files) for error in read_errors(run)}
    shared = [question for question in questions if question.id in there - failed]
    if not shared:
        raise InputError(f"{earlier.folder}: not one question of {evaluation_set.name} is in that run")
    before = score_files(evaluation_set, shared, earlier)
    after = score_files(evaluation_set, shared, files)
    return compare(before, after, seed=terms.seed), after.changes_since(before)


def _settings(evaluation_set: EvaluationSet, asked: System, **options: object) -> dict[str, Any]:
    """Return all that decides the numbers, so that the same settings give the same metrics.json."""
    return {
        "set": evaluation_set.name,
        "set_sha256": evaluation_set.digest,
        "program": program_digest(),
        "n_passages": N_PASSAGES,
        **options,
        "assistant": system_settings(asked),
    }
