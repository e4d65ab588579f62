"""The measures of every question of a run, as columns; and the statistics drawn from them.

The only module that knows ir_measures. Knows nothing of files or of how results are shown.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from assistant.evaluate.estimate import Auroc, CalibrationError, Floats, Kappa, Mean, Ratio, RiskCoverageArea, Statistic
from assistant.evaluate.per_question import (
    by_rank,
    count_agreement,
    is_right,
    measure_passages,
    measure_quotes,
    measure_short_answer,
    measure_silence,
    measure_validity,
    measure_writing,
    right_speaker_characters,
)
from assistant.evaluate.questions import DocumentSpan, EvaluationSet, Question
from assistant.evaluate.recorded import N_PASSAGES, Recorded, document_ranking

FEWEST_WITHIN = 5  # questions of each kind a document needs for an AUROC of its own

# ir_measures' names, at document level. R@5 alone is the measure over gold spans.
DOCUMENT_NAMES = {
    "nDCG@10": "nDCG@10",
    "R@5": "document_R@5",
    "R@20": "document_R@20",
    "RR@10": "RR@10",
    "Success@1": "Success@1",
}
MEASURES = ("nDCG@10", "R@5", "R@20", "RR@10", "Success@1")
BATCH = 500  # questions handed over at a time, so that memory does not grow with the set


class Sheet:
    """One row a question, in the order of the set; NaN where a measure does not apply. Holds numbers only.

    `columns` are the measures, `seconds` the stages' times. `clusters` numbers the groups of questions that are not
    independent. `right` tells whether an answer given is right; `scored` which questions have gold or are unanswerable,
    and so take part in AUROC. `characters` are those quoted of the asked person and all quoted; `agreement` counts
    sentences by the check's and the judge's verdict (see `count_agreement`); `found_by_rank` and `shown_by_rank` have a
    column a passage.
    """

    def __init__(self, evaluation_set: EvaluationSet, questions: Sequence[Question], failed: set[str]) -> None:
        n = len(questions)
        self.questions = questions
        self.clusters: NDArray[np.int64] = np.unique([q.cluster for q in questions], return_inverse=True)[1]
        self.columns: dict[str, Floats] = {}
        self.seconds: dict[str, Floats] = {}
        self.confidence = np.full(n, math.nan)
        self.answered, self.right = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        self.characters, self.agreement = np.zeros((n, 2)), np.zeros((n, 4))
        self.found_by_rank, self.shown_by_rank = (np.full((n, N_PASSAGES), math.nan) for _ in range(2))
        self.abstentions: list[str | None] = [None] * n
        has_gold = any(question.gold for question in questions)
        # In a set with gold, silence on an answerable question without any can't be judged.
        self.scored = np.array([not q.answerable or bool(q.gold) or not has_gold for q in questions], dtype=bool)
        self._set = evaluation_set
        self._place = {question.id: place for place, question in enumerate(questions) if question.id not in failed}
        self._has_short_answers = any(question.answers for question in questions)

    def _write(self, place: int, row: Mapping[str, float], columns: dict[str, Floats] | None = None) -> None:
        columns = self.columns if columns is None else columns
        for name, value in row.items():
            if name not in columns:
                columns[name] = np.full(len(self.questions), math.nan)
            columns[name][place] = value

    def add_rankings(self, rankings: Mapping[str, Sequence[str]], names: Mapping[str, str] = DOCUMENT_NAMES) -> None:
        judged = ((q.id, q.relevant) for q in self.questions if q.relevant and q.id in self._place)
        for question_id, row in score_rankings(judged, rankings):
            self._write(self._place[question_id], {ours: row[name] for name, ours in names.items()})

    def add_passages(self, passages: Mapping[str, Sequence[DocumentSpan]]) -> None:
        for question in self.questions:
            if question.id in self._place:
                self._add_passages(question, self._place[question.id], passages.get(question.id, ()))

    def _add_passages(self, question: Question, place: int, passages: Sequence[DocumentSpan]) -> None:
        self._write(place, measure_passages(question, passages))
        if not (question.answerable and question.gold):
            return
        found, shown = by_rank(question, passages[:N_PASSAGES])
        for target, values in ((self.found_by_rank, found), (self.shown_by_rank, shown)):
            target[place] = (values + [values[-1]] * N_PASSAGES)[:N_PASSAGES] if values else 0.0

    def add_answers(self, answers: Iterable[Recorded], verdicts: Mapping[str, Mapping[int, str]]) -> None:
        missing, lists = dict(self._place), defaultdict[str, dict[str, list[str]]](dict)
        for recorded in answers:
            if recorded.question_id in missing:
                place = missing.pop(recorded.question_id)
                self._add_answer(place, recorded, verdicts.get(recorded.question_id, {}))
                self.confidence[place] = recorded.confidence
                for name, ranked in recorded.lists.items():
                    lists[name][recorded.question_id] = ranked
        for name, rankings in lists.items():
            self.add_rankings(rankings, {"nDCG@10": f"nDCG@10_{name}"})
        for question_id, place in missing.items():
            self._add_answer(place, Recorded(question_id, 0.0, (), "missing", None, "", {}), {})

    def _add_answer(self, place: int, recorded: Recorded, verdicts: Mapping[int, str]) -> None:
        question = self.questions[place]
        quotes = list(dict.fromkeys(quoted.span for quoted in recorded.quotes))
        self._write(place, measure_quotes(question, quotes))
        self._write(place, measure_validity(recorded, self._set))
        self._write(place, measure_writing(recorded, verdicts))
        self.agreement[place] = count_agreement(recorded, verdicts)
        if self.scored[place]:
            self._write(place, measure_silence(question, recorded))
        if self._has_short_answers:
            self._write(place, measure_short_answer(question, recorded))
        if self._set.statements:
            self.characters[place] = right_speaker_characters(question, quotes, self._set.statements)
        self.answered[place] = recorded.abstention is None
        self.right[place] = recorded.abstention is None and is_right(question, recorded, quotes)
        self.abstentions[place] = recorded.abstention
        self._write(place, recorded.seconds, self.seconds)

    @property
    def answerable(self) -> NDArray[np.bool_]:
        return np.array([question.answerable for question in self.questions], dtype=bool)

    def changes_since(self, before: Sheet) -> dict[str, float]:
        """Return by how much each question got better (above 0) or worse: answer F1, silence right or wrong, R@5."""
        total = np.zeros(len(self.questions))
        for name, sign in (("answer_f1", 1), ("abstention_recall", 1), ("token_f1", 1), ("R@5", 0.1)):
            if name in self.columns and name in before.columns:
                total += sign * np.nan_to_num(self.columns[name] - before.columns[name])
        return {question.id: float(change) for question, change in zip(self.questions, total, strict=True) if change}

    def statistics(self) -> dict[str, Statistic]:
        """Return every statistic of the run by its name, in the order of the report."""
        given = self.answered & ~np.isnan(self.confidence)
        judged = self.scored & ~np.isnan(self.confidence)
        found: dict[str, Statistic] = {name: Mean(values) for name, values in self.columns.items()}
        found["right_speaker"] = Ratio(self.characters[:, 0], self.characters[:, 1])
        if self.agreement.any():
            found["judge_agreement"] = Ratio(self.agreement[:, 0] + self.agreement[:, 3], self.agreement.sum(axis=1))
            found["judge_kappa"] = Kappa(self.agreement)
        if (judged & self.answerable).any() and (judged & ~self.answerable).any():
            found["abstention_auroc"] = Auroc(self.confidence, self.answerable, judged)
            found["abstention_auroc_within_documents"] = Mean(self._auroc_within(judged))
        if not given.any() or not self.right.any():
            return found
        found["calibration_error"] = CalibrationError(self.confidence, self.right, given)
        found["brier_score"] = Mean(np.where(given, (self.confidence - self.right) ** 2, math.nan))
        found["risk_coverage_area"] = RiskCoverageArea(self.confidence, self.right, given)
        return found

    def _auroc_within(self, judged: NDArray[np.bool_]) -> Floats:
        """Return each document's own AUROC, in the row of its first question."""
        values = np.full(len(self.questions), math.nan)
        for cluster in np.unique(self.clusters):
            here = self.clusters == cluster
            kinds = [here & self.scored & self.answerable, here & self.scored & ~self.answerable]
            if min(kind.sum() for kind in kinds) >= FEWEST_WITHIN:
                weights = np.ones((1, len(values)))
                values[np.flatnonzero(here)[0]] = Auroc(self.confidence, self.answerable, judged & here)(weights)[0]
        return values


def fill_sheet(
    evaluation_set: EvaluationSet,
    questions: Sequence[Question],
    answers: Iterable[Recorded] | None,
    passages: Mapping[str, Sequence[DocumentSpan]] | None,
    *,
    rankings: Mapping[str, Sequence[str]] | None = None,
    verdicts: Mapping[str, Mapping[int, str]] | None = None,
    failed: Iterable[str] = (),
) -> Sheet:
    """Measure each question once.

    Questions in `failed` raised an exception: nothing is measured of them. A question without an answer counts as
    silent and as quoting nothing. `answers` None: only retrieval is measured. `passages` None: nothing was retrieved
    by span, `rankings` may still rank documents. `verdicts` are a judge's, by question and place of the sentence.
    """
    sheet = Sheet(evaluation_set, questions, set(failed))
    if passages is not None:
        sheet.add_passages(passages)
        rankings = rankings or {question_id: document_ranking(spans) for question_id, spans in passages.items()}
    if rankings is not None:
        sheet.add_rankings(rankings)
    if answers is not None:
        sheet.add_answers(answers, verdicts or {})
    return sheet


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
