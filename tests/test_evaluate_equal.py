"""Our measures against others' code for the same: pytrec_eval, a second writing of SQuAD's rules, score.py."""

from __future__ import annotations

import importlib.util
import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from evaluation_peers import OverlapSystem
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluate import evaluate, load_set
from assistant.evaluate.per_question import exact_match, token_f1
from assistant.evaluate.sheet import score_rankings

NEAR = 1e-9


def test_rankings_equal_pytrec_eval():
    import pytrec_eval

    chance = random.Random(7)
    names = [f"d{number}" for number in range(40)]
    qrels = {f"q{n}": {d: chance.randint(1, 3) for d in chance.sample(names, chance.randint(1, 9))} for n in range(60)}
    rankings = {q: chance.sample(names, chance.choice([0, 1, 7, 30])) for q in qrels}
    runs = {q: {d: 1 / rank for rank, d in enumerate(ranked, 1)} for q, ranked in rankings.items() if ranked}
    expected = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut_10", "recall_5", "recall_20", "success_1"}).evaluate(
        runs
    )
    names_there = {"nDCG@10": "ndcg_cut_10", "R@5": "recall_5", "R@20": "recall_20", "Success@1": "success_1"}
    for question_id, row in score_rankings(qrels.items(), rankings):
        there = expected.get(question_id, {})
        for ours, theirs in names_there.items():
            assert row[ours] == pytest.approx(there.get(theirs, 0.0), abs=NEAR), (question_id, ours)
        first = next((r for r, d in enumerate(rankings[question_id][:10], 1) if d in qrels[question_id]), None)
        assert row["RR@10"] == pytest.approx(1 / first if first else 0.0, abs=NEAR)


def test_a_question_without_a_ranking_scores_zero():
    rows = dict(score_rankings([("q", {"d": 1})], {}))
    assert set(rows["q"].values()) == {0.0}


def reference_tokens(text: str) -> list[str]:
    """SQuAD's normalisation, written a second time from its description."""
    kept = re.sub(r"[!-/:-@\[-`{-~]", "", text.lower())
    return [token for token in re.sub(r"\b(?:a|an|the)\b", " ", kept).split() if token]


def reference_f1(predicted: str, answer: str) -> float:
    left, right = reference_tokens(predicted), reference_tokens(answer)
    if not left or not right:
        return float(left == right)
    remaining, shared = Counter(right), 0
    for token in left:
        if remaining[token] > 0:
            remaining[token] -= 1
            shared += 1
    return 2 * shared / (len(left) + len(right))


texts = st.lists(
    st.sampled_from(["the", "a", "an", "The", "cat", "Cat!", "sat.", "on-mat", "U.S.", "5", "’s", "é", "_", "than"])
).map(" ".join)


@given(
    predicted=st.one_of(texts, st.text(max_size=30)),
    answers=st.lists(st.one_of(texts, st.text(max_size=30)), min_size=1, max_size=4),
)
def test_short_answers_equal_a_second_writing_of_squads_rules(predicted, answers):
    assert token_f1(predicted, answers) == pytest.approx(max(reference_f1(predicted, a) for a in answers), abs=NEAR)
    assert exact_match(predicted, answers) == any(reference_tokens(predicted) == reference_tokens(a) for a in answers)


def score_module(shared_data: Path):
    spec = importlib.util.spec_from_file_location("score", shared_data.parent / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.round = lambda value, digits: value  # it rounds to four digits only to print
    return module


OURS = {
    "answer precision": "citation_precision",
    "answer recall": "citation_recall",
    "answer f1": "answer_f1",
    "characters quoted": "characters_quoted",
    "AUROC": "abstention_auroc",
    "AUROC within documents": "abstention_auroc_within_documents",
    "right person": "right_speaker",
}


SETS = ("who_said_what/dev", "clapnq_dev", "newsqa_mrqa_dev", "scifact", "squad2_dev")
DOCUMENTS = {"nDCG@10": "nDCG@10", "document_R@5": "R@5", "document_R@20": "R@20", "RR@10": "RR@10"}
DOCUMENTS |= {"Success@1": "Success@1"}


@pytest.fixture(scope="module", params=SETS)
def evaluated(request, shared_data, tmp_path_factory):
    """A part of a public set, asked of the peer: (folder of the set, folder of the run, measures)."""
    folder, target = shared_data / request.param, tmp_path_factory.mktemp("set")
    found = load_set(folder)
    kept = list(found.documents)[:: max(1, len(found.documents) // 40)]
    system = OverlapSystem({document_id: found.documents[document_id] for document_id in kept}, least=4)
    thin = thinned(folder, target / "set", 120)
    return thin, target / "out", evaluate(thin, target / "out", system=system).measures


# score.py leaves the closing of its files to the interpreter.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.shared
def test_every_value_equals_the_independent_scorers(evaluated, shared_data):
    folder, out, measures = evaluated
    scored = score_module(shared_data).score(folder, out)
    compared = [key for key, value in scored.items() if isinstance(value, float)]
    assert {"R@5", "answer f1", "sentence@1", "sentence@3", "nDCG@10"} <= set(compared)
    for key in compared:
        name = OURS.get(key, key.replace("silent on ", "silent_on_"))
        if key == "right person" and name not in measures:
            continue  # nothing quoted of questions that name a person
        assert measures[name].value == pytest.approx(scored[key], abs=NEAR), key


@pytest.mark.shared
def test_rankings_equal_ir_measures_and_pytrec_eval_on_the_files_of_the_run(evaluated):
    import ir_measures
    import pytrec_eval

    _, out, measures = evaluated
    qrels = list(ir_measures.read_trec_qrels(str(out / "qrels.trec")))
    run = list(ir_measures.read_trec_run(str(out / "run.trec")))
    wanted = {name: ir_measures.parse_measure(there) for name, there in DOCUMENTS.items()}
    theirs = ir_measures.calc_aggregate(list(wanted.values()), qrels, run)
    for name, measure in wanted.items():
        assert measures[name].value == pytest.approx(theirs[measure], abs=NEAR), name
    grades, runs = defaultdict(dict), defaultdict(dict)
    for judged in qrels:
        grades[judged.query_id][judged.doc_id] = judged.relevance
    for ranked in run:
        runs[ranked.query_id][ranked.doc_id] = ranked.score
    evaluator = pytrec_eval.RelevanceEvaluator(dict(grades), {"ndcg_cut_10", "recall_5", "success_1"})
    scores = evaluator.evaluate(dict(runs))
    for name, there in (("nDCG@10", "ndcg_cut_10"), ("document_R@5", "recall_5"), ("Success@1", "success_1")):
        total = sum(row[there] for row in scores.values())
        assert measures[name].value == pytest.approx(total / len(grades), abs=NEAR), name


@pytest.mark.shared
def test_short_answers_equal_squads_algorithm_on_the_files_of_the_run(evaluated):
    folder, out, measures = evaluated
    rows = [json.loads(line) for line in (out / "answers.jsonl").read_text("utf-8").splitlines()]
    said = {row["query_id"]: "" if row["abstention"] else (row["short_answer"] or {}).get("text", "") for row in rows}
    asked = [q for q in load_set(folder).questions if q.answers]
    if not asked:
        assert "token_f1" not in measures
        return
    f1 = [max(reference_f1(said[q.id], answer) for answer in q.answers) for q in asked]
    exact = [any(reference_tokens(said[q.id]) == reference_tokens(a) for a in q.answers) for q in asked]
    assert measures["token_f1"].value == pytest.approx(sum(f1) / len(asked), abs=NEAR)
    assert measures["exact_match"].value == pytest.approx(sum(exact) / len(asked), abs=NEAR)


def thinned(folder: Path, target: Path, n_questions: int) -> Path:
    """Copy a set with some of its questions, spread over it."""
    target.mkdir()
    for path in folder.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if path.name == "queries.jsonl":
            lines = lines[:: max(1, len(lines) // n_questions)]
        (target / path.name).write_text("".join(lines), encoding="utf-8")
    return target


def test_a_question_that_was_not_answered_counts_as_silent():
    from assistant.evaluate.questions import EvaluationSet, GoldStatement, Question
    from assistant.evaluate.sheet import fill_sheet

    question = Question("q", "?", gold=(GoldStatement("d", ((0, 5),)),), relevant={"d": 1})
    sheet = fill_sheet(EvaluationSet("s", "", (question, replace(question, id="r")), {}), (question,), [], {})
    assert sheet.columns["answer_f1"][0] == 0
    assert sheet.columns["silent_on_answerable"][0] == 1
