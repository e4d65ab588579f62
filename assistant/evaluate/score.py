"""Scores what is recorded in a folder against a set: the measures, apart by category, and the times.

Knows nothing of how the answers came about: anybody's passages.jsonl, run.trec and answers.jsonl will do.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assistant.evaluate.definitions import in_order
from assistant.evaluate.estimate import Estimate, Floats, Mean, Statistic, estimate
from assistant.evaluate.questions import EvaluationSet, Question
from assistant.evaluate.recorded import (
    RunFiles,
    document_ranking,
    read_answers,
    read_passages,
    read_trec,
    read_verdicts,
    rows_in,
    write_qrels,
    write_trec,
)
from assistant.evaluate.sheet import Sheet, fill_sheet
from index.errors import InputError

BY_CATEGORY = (
    "nDCG@10",
    "R@5",
    "answer_f1",
    "sentence@1",
    "token_f1",
    "citation_precision",
    "silent_on_answerable",
    "abstention_recall",
)
STAGES = {"understand": 0, "retrieve": 1, "answer": 2, "total": 9}  # in the order of the pipeline
SMALLEST_CATEGORY = 5  # questions; of fewer nothing can be said


def score_files(evaluation_set: EvaluationSet, questions: Sequence[Question], files: RunFiles) -> Sheet:
    """Measure every question of a recorded run, reading its files a line at a time."""
    if files.is_empty:
        raise InputError(f"{files.folder}: no answers.jsonl, passages.jsonl or run.trec to score")
    passages = read_passages(files.passages) if files.passages.is_file() else None
    rankings = read_trec(files.run) if passages is None and files.run.is_file() else None
    return fill_sheet(
        evaluation_set,
        questions,
        read_answers(files.answers) if files.answers.is_file() else None,
        passages,
        rankings=rankings,
        verdicts=read_verdicts(files.judgments),
        failed=[str(error["query_id"]) for error in read_errors(files)],
    )


def read_errors(files: RunFiles) -> list[dict[str, Any]]:
    """Read the questions that raised an exception."""
    return list(rows_in(files.errors))


def write_document_run(questions: Sequence[Question], files: RunFiles) -> None:
    """Write run.trec from passages.jsonl, each document at its first passage, and the judgments as qrels.trec."""
    passages = read_passages(files.passages)
    write_trec(files.run, ((question.id, document_ranking(passages.get(question.id, ()))) for question in questions))
    write_qrels(files.qrels, ((question.id, question.relevant) for question in questions))


def estimate_sheet(sheet: Sheet, *, seed: int = 0) -> dict[str, Estimate]:
    """Estimate every measure of a run over all its questions."""
    statistics = sheet.statistics()
    ordered = {name: statistics[name] for name in in_order(list(statistics))}
    return estimate(ordered, sheet.clusters, seed=seed)


def estimate_categories(sheet: Sheet, *, seed: int = 0) -> dict[str, dict[str, dict[str, Estimate]]]:
    """Estimate the chief measures apart for each value of each category, by column and value."""
    members: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, question in enumerate(sheet.questions):
        for column, value in question.categories.items():
            members[column][value].append(place)
    return {
        column: {
            value: estimate(_only(sheet, places), sheet.clusters, seed=seed)
            for value, places in sorted(values.items())
            if len(places) >= SMALLEST_CATEGORY
        }
        for column, values in sorted(members.items())
    }


def _only(sheet: Sheet, places: Sequence[int]) -> dict[str, Statistic]:
    chosen = np.zeros(len(sheet.questions), dtype=bool)
    chosen[list(places)] = True
    return {
        name: Mean(np.where(chosen, sheet.columns[name], math.nan)) for name in BY_CATEGORY if name in sheet.columns
    }


def count_abstentions(sheet: Sheet) -> dict[str, dict[str, int]]:
    """Count answers by what they should have been and by what they were."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for question, abstention, confidence in zip(sheet.questions, sheet.abstentions, sheet.confidence, strict=True):
        if not math.isnan(confidence):
            counts[question.reason or "answerable"][abstention or "answered"] += 1
    return {kind: dict(sorted(found.items())) for kind, found in sorted(counts.items())}


def count_judged(sheet: Sheet, files: RunFiles) -> dict[str, int]:
    """Count a language model's sentences by who calls them borne out; empty where no judge was asked."""
    names = ("both", "check_alone", "judge_alone", "neither")
    counts = {name: int(n) for name, n in zip(names, sheet.agreement.sum(axis=0), strict=True)}
    n_without = sum(not row["verdict"] for row in rows_in(files.judgments))
    return counts | {"no_verdict": n_without} if any(counts.values()) else {}


def summarise_seconds(seconds: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """Return the median and the 95th percentile of each stage, in seconds."""
    return {
        stage: {
            "p50": round(float(np.nanquantile(values, 0.5)), 5),
            "p95": round(float(np.nanquantile(values, 0.95)), 5),
            "total": round(float(np.nansum(values)), 3),
        }
        for stage, values in sorted(seconds.items(), key=lambda item: (STAGES.get(item[0], 3), item[0]))
        if not np.isnan(values).all()
    }
