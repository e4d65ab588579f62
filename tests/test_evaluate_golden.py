"""The quality of answers is a test too: golden measures on the fixed questions of tests/qa."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace

import pytest
from golden import GOLDEN, QUESTIONS, TOLERANCES, measure

from assistant import Assistant
from assistant.evaluate import Question, load_set
from assistant.evaluate.definitions import define
from assistant.evaluate.provide import FEWEST, asker
from index import Library
from index.errors import InputError


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


def test_two_processes_answer_as_one_does(evaluation):
    folder = evaluation.folder / "library"
    questions = [*load_set(QUESTIONS).questions[:6], Question("long", "why " * 2000)]
    with Library.open(folder) as library:
        system = Assistant(library)
        told = []
        for jobs in (1, 2):
            with asker(system, n_questions=FEWEST * 2, jobs=jobs, with_lists=True) as ask:
                told.append([without_times(outcome) for outcome in ask(questions)])
    one, two = told
    assert one == two
    assert [outcome.question_id for outcome in two] == [question.id for question in questions]
    assert two[-1].error["error"] == "InputError"
    assert two[0].answer["lists"]["fused"]


def test_a_process_that_is_killed_is_told_in_one_line(evaluation):
    questions = load_set(QUESTIONS).questions
    with (
        Library.open(evaluation.folder / "library") as library,
        asker(Assistant(library), n_questions=FEWEST * 2, jobs=2, with_lists=False) as ask,
    ):
        outcomes = ask(questions)
        next(iter(outcomes))
        multiprocessing.active_children()[0].kill()
        with pytest.raises(InputError, match="run again"):
            list(outcomes)


def without_times(outcome):
    answer = outcome.answer and {k: v for k, v in outcome.answer.items() if k not in ("seconds", "timings")}
    return replace(outcome, answer=answer)
