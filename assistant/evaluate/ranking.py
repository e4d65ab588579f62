"""Document rankings scored by ir_measures, the only module that knows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

MEASURES = ("nDCG@10", "R@5", "R@20", "RR@10", "Success@1")
BATCH = 500  # questions handed over at a time, so that memory does not grow with the set


def score_rankings(
    judged: Iterable[tuple[str, Mapping[str, int]]], rankings: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each judged question's measures; a question without a ranking scores 0.

    `judged` are (question id, grade by document id). The run's score is 1/rank: the tools behind ir_measures break
    ties by id.
    """
    import ir_measures

    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    batches = iter(judged)
    while batch := list(islice(batches, BATCH)):
        qrels = [ir_measures.Qrel(q, d, grade) for q, grades in batch for d, grade in grades.items()]
        run = [
            ir_measures.ScoredDoc(question_id, document_id, 1 / rank)
            for question_id, _ in batch
            for rank, document_id in enumerate(rankings.get(question_id, ()), start=1)
        ]
        rows: dict[str, dict[str, float]] = {question_id: {} for question_id, _ in batch}
        for metric in ir_measures.iter_calc(measures, qrels, run):
            rows[metric.query_id][str(metric.measure)] = float(metric.value)
        for question_id, row in rows.items():
            yield question_id, {name: row.get(name, math.nan) for name in MEASURES}
