"""The measures of every question of a run, as columns; and the statistics drawn from them.

Knows nothing of files or of how results are shown.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
from assistant.evaluate.questions import EvaluationSet, Question
from assistant.evaluate.ranking import score_rankings
from assistant.evaluate.recorded import N_PASSAGES, Recorded, document_ranking
from assistant.evaluate.spans import DocumentSpan

FEWEST_WITHIN = 5  # questions of each kind a document needs for an AUROC of its own

# ir_measures' names, at document level. R@5 alone is the measure over gold spans.
DOCUMENT_NAMES = {
    "nDCG@10": "nDCG@10",
    "R@5": "document_R@5",
    "R@20": "document_R@20",
    "RR@10": "RR@10",
    "Success@1": "Success@1",
}


@dataclass(frozen=True)
class Sheet:
    """One row a question, in the order of the set; NaN where a measure does not apply.

    `clusters` numbers the groups of questions that are not independent. `right` tells whether an answer given is
    right; `scored` which questions have gold or are unanswerable, and so take part in AUROC. `characters` are those
    quoted of the asked person and all quoted; `agreement` counts sentences by the check's and the judge's verdict (see
    `count_agreement`); `found_by_rank` and `shown_by_rank` have a column a passage.
    """

    questions: Sequence[Question]
    clusters: NDArray[np.int64]
    columns: Mapping[str, Floats]
    confidence: Floats
    answered: NDArray[np.bool_]
    right: NDArray[np.bool_]
    scored: NDArray[np.bool_]
    characters: Floats
    agreement: Floats
    abstentions: Sequence[str | None]
    found_by_rank: Floats
    shown_by_rank: Floats
    seconds: Mapping[str, Floats] = field(default_factory=dict)

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
            n_positive, n_negative = (
                int((here & self.scored & self.answerable).sum()),
                int((here & self.scored & ~self.answerable).sum()),
            )
            if min(n_positive, n_negative) >= FEWEST_WITHIN:
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
    filler = _Filler(evaluation_set, questions, set(failed), verdicts or {})
    if passages is not None:
        filler.add_passages(passages)
        rankings = rankings or {question_id: document_ranking(spans) for question_id, spans in passages.items()}
    if rankings is not None:
        filler.add_rankings(rankings)
    if answers is not None:
        filler.add_answers(answers)
    return filler.sheet()


class _Filler:
    """Fills the columns of a sheet from one stream of answers, keeping numbers only."""

    def __init__(
        self,
        evaluation_set: EvaluationSet,
        questions: Sequence[Question],
        failed: set[str],
        verdicts: Mapping[str, Mapping[int, str]],
    ) -> None:
        self._set, self._questions, self._verdicts = evaluation_set, questions, verdicts
        self._place = {question.id: place for place, question in enumerate(questions) if question.id not in failed}
        self._columns: dict[str, Floats] = defaultdict(lambda: np.full(len(questions), math.nan))
        self._seconds: dict[str, Floats] = defaultdict(lambda: np.full(len(questions), math.nan))
        self._confidence = np.full(len(questions), math.nan)
        self._right = np.zeros(len(questions), dtype=bool)
        self._answered = np.zeros(len(questions), dtype=bool)
        self._characters = np.zeros((len(questions), 2))
        self._agreement = np.zeros((len(questions), 4))
        self._found_by_rank = np.full((len(questions), N_PASSAGES), math.nan)
        self._shown_by_rank = np.full((len(questions), N_PASSAGES), math.nan)
        self._abstentions: list[str | None] = [None] * len(questions)
        self._has_short_answers = any(question.answers for question in questions)
        self._has_gold = any(question.gold for question in questions)

    def _write(self, place: int, row: Mapping[str, float]) -> None:
        for name, value in row.items():
            self._columns[name][place] = value

    def add_rankings(self, rankings: Mapping[str, Sequence[str]], names: Mapping[str, str] = DOCUMENT_NAMES) -> None:
        judged = ((q.id, q.relevant) for q in self._questions if q.relevant and q.id in self._place)
        for question_id, row in score_rankings(judged, rankings):
            self._write(self._place[question_id], {ours: row[name] for name, ours in names.items()})

    def add_passages(self, passages: Mapping[str, Sequence[DocumentSpan]]) -> None:
        for question in self._questions:
            if question.id in self._place:
                self._add_passages(question, self._place[question.id], passages.get(question.id, ()))

    def _add_passages(self, question: Question, place: int, passages: Sequence[DocumentSpan]) -> None:
        self._write(place, measure_passages(question, passages))
        if not (question.answerable and question.gold):
            return
        found, shown = by_rank(question, passages[:N_PASSAGES])
        for target, values in ((self._found_by_rank, found), (self._shown_by_rank, shown)):
            target[place] = (values + [values[-1]] * N_PASSAGES)[:N_PASSAGES] if values else 0.0

    def add_answers(self, answers: Iterable[Recorded]) -> None:
        missing, lists = dict(self._place), defaultdict[str, dict[str, list[str]]](dict)
        for recorded in answers:
            if recorded.question_id in missing:
                self._add_answer(missing.pop(recorded.question_id), recorded)
                self._confidence[self._place[recorded.question_id]] = recorded.confidence
                for name, ranked in recorded.lists.items():
                    lists[name][recorded.question_id] = ranked
        for name, rankings in lists.items():
            self.add_rankings(rankings, {"nDCG@10": f"nDCG@10_{name}"})
        for question_id, place in missing.items():
            self._add_answer(place, Recorded(question_id, 0.0, (), "missing", None, "", {}))

    def _add_answer(self, place: int, recorded: Recorded) -> None:
        question = self._questions[place]
        quotes = list(dict.fromkeys(quoted.span for quoted in recorded.quotes))
        self._write(place, measure_quotes(question, quotes))
        self._write(place, measure_validity(recorded, self._set))
        verdicts = self._verdicts.get(recorded.question_id, {})
        self._write(place, measure_writing(recorded, verdicts))
        self._agreement[place] = count_agreement(recorded, verdicts)
        if self._is_scored(question):
            self._write(place, measure_silence(question, recorded))
        if self._has_short_answers:
            self._write(place, measure_short_answer(question, recorded))
        if self._set.statements:
            self._characters[place] = right_speaker_characters(question, quotes, self._set.statements)
        self._answered[place] = recorded.abstention is None
        self._right[place] = recorded.abstention is None and is_right(question, recorded, quotes)
        self._abstentions[place] = recorded.abstention
        for stage, seconds in recorded.seconds.items():
            self._seconds[stage][place] = seconds

    def _is_scored(self, question: Question) -> bool:
        """Tell whether silence can be judged: in a set with gold, an answerable question without any can't."""
        return not question.answerable or bool(question.gold) or not self._has_gold

    def sheet(self) -> Sheet:
        _, clusters = np.unique([question.cluster for question in self._questions], return_inverse=True)
        return Sheet(
            questions=self._questions,
            clusters=clusters.astype(np.int64),
            columns=dict(self._columns),
            confidence=self._confidence,
            answered=self._answered,
            right=self._right,
            scored=np.array([self._is_scored(question) for question in self._questions], dtype=bool),
            characters=self._characters,
            agreement=self._agreement,
            abstentions=self._abstentions,
            found_by_rank=self._found_by_rank,
            shown_by_rank=self._shown_by_rank,
            seconds=dict(self._seconds),
        )
