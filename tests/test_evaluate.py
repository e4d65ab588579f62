"""The evaluation from a set to metrics.json, asked of a peer of the assistant."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from evaluation_peers import BrokenOn, OverlapSystem, write_set

from assistant.evaluate import Terms, evaluate, load_set
from index.errors import EvaluationSetError, InputError

CORPUS = {
    "fees": "The harbour fee rises by four percent in April. Small ships stay exempt.\n\nThe council voted in March.",
    "bridge": "The old bridge closes in June for repairs. Cyclists use the ferry meanwhile.",
    "a b": "The library opens a reading room on Mondays. Lending stays free of charge.",
}


def gold(question: str, document: str, words: str) -> dict:
    start = CORPUS[document].index(words)
    return {"query_id": question, "corpus_id": document, "start": start, "end": start + len(words), "text": words}


QUESTIONS = [
    {"_id": "q1", "text": "When does the harbour fee rise?", "answers": ["April"], "metadata": {"kind": "when"}},
    {"_id": "q2", "text": "Which ships stay exempt?", "answers": ["small ships"], "metadata": {"kind": "which"}},
    {"_id": "q3", "text": "When does the old bridge close?", "answers": ["June"], "metadata": {"kind": "when"}},
    {
        "_id": "q4",
        "text": "Who painted the ceiling?",
        "answerable": False,
        "metadata": {"kind": "who", "reason": "not_in_documents"},
    },
    {"_id": "q5", "text": "When does the reading room open?", "answers": ["Mondays"], "metadata": {"kind": "when"}},
]
GRADES = [("q1", "fees", 1), ("q2", "fees", 1), ("q3", "bridge", 1), ("q5", "a b", 1)]
GOLD = [
    gold("q1", "fees", "four percent in April"),
    gold("q2", "fees", "Small ships stay exempt."),
    gold("q3", "bridge", "closes in June"),
    gold("q5", "a b", "on Mondays"),
]


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    return write_set(tmp_path / "set", CORPUS, QUESTIONS, GRADES, GOLD)


def system_over(folder: Path) -> OverlapSystem:
    return OverlapSystem(load_set(folder).documents)


def measured(folder: Path) -> dict:
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    metrics.pop("seconds")
    return metrics


def test_a_run_writes_the_files_of_the_contract(small_set, tmp_path):
    evaluation = evaluate(small_set, tmp_path / "out", system=system_over(small_set))
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    passages = [json.loads(line) for line in (tmp_path / "out" / "passages.jsonl").read_text("utf-8").splitlines()]
    answers = [json.loads(line) for line in (tmp_path / "out" / "answers.jsonl").read_text("utf-8").splitlines()]
    assert evaluation.exit_status == 0
    assert {"measures", "settings", "versions", "seconds"} <= metrics.keys()
    assert all({"value", "low", "high", "n"} == set(measure) for measure in metrics["measures"].values())
    assert all({"query_id", "rank", "document_id", "start", "end", "score"} == set(passage) for passage in passages)
    assert {"query_id", "text", "citations", "abstention", "confidence", "passages"} <= answers[0].keys()
    assert [answer["query_id"] for answer in answers] == ["q1", "q2", "q3", "q4", "q5"]


def test_every_measure_of_the_contract_is_there_and_its_value_lies_in_its_interval(small_set, tmp_path):
    measures = evaluate(small_set, tmp_path / "out", system=system_over(small_set)).measures
    promised = {
        "nDCG@10",
        "R@5",
        "answer_f1",
        "sentence@1",
        "citation_precision",
        "citation_recall",
        "abstention_auroc",
    }
    assert promised <= measures.keys()
    assert all(estimate.low <= estimate.value <= estimate.high for estimate in measures.values())
    assert measures["citation_validity"].value == 1
    assert measures["R@5"].n == 4
    assert measures["abstention_recall"].n == 1


def test_the_trec_run_ranks_each_document_at_its_first_passage(small_set, tmp_path):
    evaluate(small_set, tmp_path / "out", system=system_over(small_set))
    rows = [line.split() for line in (tmp_path / "out" / "run.trec").read_text("utf-8").splitlines()]
    assert all(len(row) == 6 and float(row[4]) == pytest.approx(1 / int(row[3]), abs=1e-9) for row in rows)
    assert {row[2] for row in rows} == {"fees", "bridge", "a%20b"}
    assert max(Counter((row[0], row[2]) for row in rows).values()) == 1


def test_a_second_run_gives_the_same_bytes(small_set, tmp_path):
    for name in ("one", "two"):
        evaluate(small_set, tmp_path / name, system=system_over(small_set))
    assert measured(tmp_path / "one") == measured(tmp_path / "two")
    text = (tmp_path / "one" / "metrics.json").read_text("utf-8").partition('"seconds"')[0]
    assert text == (tmp_path / "two" / "metrics.json").read_text("utf-8").partition('"seconds"')[0]


def test_an_exception_in_one_question_is_listed_and_the_rest_is_scored(small_set, tmp_path):
    evaluation = evaluate(small_set, tmp_path / "out", system=BrokenOn(system_over(small_set), "bridge"))
    assert evaluation.exit_status == 1
    assert [(error["query_id"], error["error"]) for error in evaluation.errors] == [("q3", "RuntimeError")]
    assert evaluation.measures["R@5"].n == 3
    assert evaluation.measures["nDCG@10"].n == 3


@dataclass
class KilledAfter:
    inner: OverlapSystem
    n_left: int

    def ask(self, question: str, **options):
        if not self.n_left:
            raise KeyboardInterrupt
        self.n_left -= 1
        return self.inner.ask(question, **options)


@pytest.mark.parametrize("torn", [False, True], ids=["between questions", "in the middle of a line"])
def test_a_killed_run_goes_on_where_it_stopped(small_set, tmp_path, torn):
    system, out = system_over(small_set), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        evaluate(small_set, out, system=KilledAfter(system, 3))
    if torn:
        for name in ("answers.jsonl", "passages.jsonl"):
            (out / name).write_bytes((out / name).read_bytes()[:-30])
    system.asked.clear()
    evaluate(small_set, out, system=KilledAfter(system, 9))
    assert len(system.asked) == (3 if torn else 2)
    evaluate(small_set, tmp_path / "whole", system=KilledAfter(system, 9))
    assert measured(out) == measured(tmp_path / "whole")


def test_a_run_of_other_settings_is_not_gone_on_with(small_set, tmp_path):
    system = system_over(small_set)
    with pytest.raises(KeyboardInterrupt):
        evaluate(small_set, tmp_path / "out", system=KilledAfter(system, 3))
    system.asked.clear()
    evaluate(small_set, tmp_path / "out", system=KilledAfter(system, 9), terms=Terms(seed=1))
    assert len(system.asked) == len(QUESTIONS)


def test_a_limit_asks_questions_from_the_whole_set(small_set, tmp_path):
    system = system_over(small_set)
    evaluate(small_set, tmp_path / "out", system=system, limit=2)
    assert system.asked == ["When does the harbour fee rise?", "When does the old bridge close?"]
    with pytest.raises(InputError, match="limit"):
        evaluate(small_set, tmp_path / "out", system=system, limit=0)


def test_measures_are_reported_apart_by_the_columns_of_the_set(small_set):
    questions = load_set(small_set).questions
    assert [question.categories for question in questions][:2] == [{"kind": "when"}, {"kind": "which"}]


def test_every_bad_line_is_named_at_once(tmp_path):
    rows = [{"_id": "q1", "text": " "}, {"text": "no id"}, {"_id": "q1", "text": "Again?"}]
    spans = [
        {"query_id": "q1", "corpus_id": "fees", "start": 5, "end": 3},
        {"query_id": "q1", "corpus_id": "no", "start": 0, "end": 1},
    ]
    folder = write_set(
        tmp_path / "set", CORPUS, rows, [("q1", "gone", 1)], [*spans, gold("q1", "fees", "April") | {"text": "June"}]
    )
    with pytest.raises(EvaluationSetError) as raised:
        load_set(folder)
    places = [problem.partition(": ")[0] for problem in raised.value.problems]
    assert sorted(places) == sorted(
        [
            "queries.jsonl:1",
            "queries.jsonl:2",
            "queries.jsonl:3",
            "qrels.tsv:2",
            "gold_spans.jsonl:1",
            "gold_spans.jsonl:2",
            "gold_spans.jsonl:3",
        ]
    )
