"""The quality of answers is a test too: golden measures on the fixed questions of tests/qa."""

from __future__ import annotations

import json

import pytest
from golden import GOLDEN, QUESTIONS, TOLERANCES, measure

from assistant.evaluate import load_set
from assistant.evaluate.definitions import define


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    return measure(tmp_path_factory.mktemp("golden"))


def test_no_question_raises(evaluation):
    assert evaluation.errors == ()


@pytest.mark.parametrize("name", TOLERANCES)
def test_no_golden_measure_got_worse(evaluation, name):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))[name]
    change = evaluation.measures[name].value - golden["value"]
    loss = -change if define(name).higher_is_better else change
    assert loss <= golden["tolerance"] + 1e-4, (
        f"{name} was {golden['value']} and is {evaluation.measures[name].value:.4f}: mend it, "
        "or if that is the price of something better, say so in the commit and run `make golden`"
    )


def test_the_questions_cover_what_the_product_promises():
    questions = load_set(QUESTIONS).questions
    kinds = {
        kind: sum(q.categories["kind"] == kind for q in questions) for kind in ("what was said", "fact", "follow-up")
    }
    assert len(questions) == 40
    assert all(n >= 4 for n in kinds.values())
    assert {q.reason for q in questions if not q.answerable} == {"not_this_speaker", "not_in_documents"}
    assert all(q.gold for q in questions if q.answerable)
