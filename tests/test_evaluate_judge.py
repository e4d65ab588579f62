"""A judge model on a real server gives a second opinion on what a language model wrote."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from evaluation_peers import OverlapSystem, write_set
from llm_server import KEY, MODEL, serving

from assistant.answer import ModelUse, SentenceCheck, Support
from assistant.evaluate import Terms, evaluate, load_set
from assistant.evaluate.estimate import Kappa
from assistant.evaluate.run import score
from index.errors import InputError, LanguageModelError, SettingError

CORPUS = {
    f"d{n}": f"The {thing} opens in May.\n\nIt costs {n + 2} euros." for n, thing in enumerate("zoo pool fair".split())
}
WRITTEN = (
    SentenceCheck("It opens in May.", Support.SUPPORTED, 0, 16, (1,)),
    SentenceCheck("Here is what I found:", Support.LEFT_OUT),
    SentenceCheck("It opens in June.", Support.UNSUPPORTED, problem="June"),
)


class Writer(OverlapSystem):
    """Answers as its parent does, as if a language model had written the same two sentences each time."""

    def ask(self, question: str, **options):
        answer = super().ask(question, **options)
        return replace(answer, model=ModelUse("tiny", None, WRITTEN, 300, 20, 0.002))


@pytest.fixture
def server(monkeypatch):
    with serving() as server:
        server.text = "Yes."
        for name, value in (("URL", server.url), ("MODEL", "another"), ("KEY", KEY)):
            monkeypatch.setenv(f"FOOTNOTE_LLM_{name}", value)
        yield server


@pytest.fixture
def written(tmp_path):
    questions = [{"_id": name, "text": f"When does the {text.split()[1]} open?"} for name, text in CORPUS.items()]
    gold = [{"query_id": name, "corpus_id": name, "start": 0, "end": 10} for name in CORPUS]
    folder = write_set(tmp_path / "set", CORPUS, questions, [(name, name, 1) for name in CORPUS], gold)
    evaluate(folder, tmp_path / "run", system=Writer(load_set(folder).documents))
    return folder, tmp_path / "run"


def test_every_sentence_that_claims_something_is_judged_with_the_passages_it_was_written_from(
    server, written, tmp_path
):
    folder, run = written
    found = score(folder, run, tmp_path / "judged", terms=Terms(judge=MODEL))
    assert len(server.requests) == 6  # two sentences in each of three answers; what was left out claims nothing
    assert server.requests[0]["model"] == MODEL
    system, user = (message["content"] for message in server.requests[0]["messages"])
    assert system.startswith("You check one sentence")
    assert "Source 1\n| The zoo opens in May." in user
    assert "Sentence: It opens in May." in user
    assert found.measures["sentences_judged"].value == 1
    assert found.measures["sentences_supported"].value == 0.5
    assert found.measures["judge_agreement"].value == 0.5
    assert found.measures["judge_kappa"].value == 0  # who says yes to everything agrees as by chance
    assert found.judged == {"both": 3, "check_alone": 0, "judge_alone": 3, "neither": 0, "no_verdict": 0}
    assert found.settings["judge"] == MODEL
    report = (tmp_path / "judged" / "report.html").read_text("utf-8")
    assert "judge alone: 3" in report
    assert KEY not in report + json.dumps(found.to_json())


def test_what_was_judged_is_not_asked_again_by_the_same_model(server, written, tmp_path):
    folder, run = written
    first = score(folder, run, tmp_path / "judged", terms=Terms(judge=MODEL)).to_json()
    assert score(folder, run, tmp_path / "judged", terms=Terms(judge=MODEL)).to_json() == first
    assert len(server.requests) == 6
    score(folder, run, tmp_path / "judged", terms=Terms(judge="a-larger-one"))
    assert len(server.requests) == 12


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("NO", "no"), ("**no**, June is wrong", "no"), ("<think>yes, or no?</think>\n\nYES", "yes"), ("Perhaps.", None)],
)
def test_verdicts_are_read_as_models_write_them(server, written, tmp_path, text, verdict):
    server.text = text
    folder, run = written
    if verdict:
        score(folder, run, tmp_path / "judged", terms=Terms(judge=MODEL))
        lines = (tmp_path / "judged" / "judgments.jsonl").read_text("utf-8").splitlines()
        assert {json.loads(line)["verdict"] for line in lines} == {verdict}
    else:
        with pytest.raises(LanguageModelError, match="neither yes nor no"):
            score(folder, run, tmp_path / "judged", terms=Terms(judge=MODEL))


@pytest.mark.parametrize("mode", ["500", "cut", "html"])
def test_a_judge_that_fails_is_told_and_scores_nothing(server, written, tmp_path, mode):
    folder, run = written
    server.mode = mode
    with pytest.raises(LanguageModelError, match="no verdict"):
        score(folder, run, tmp_path / "judged", terms=Terms(judge=MODEL))
    assert not (tmp_path / "judged" / "metrics.json").exists()


def test_a_judge_without_a_server_or_without_prose_is_refused(server, written, tmp_path, monkeypatch):
    folder, run = written
    evaluate(folder, tmp_path / "plain", system=OverlapSystem(load_set(folder).documents))
    with pytest.raises(InputError, match="no language model wrote"):
        score(folder, tmp_path / "plain", tmp_path / "judged", terms=Terms(judge=MODEL))
    monkeypatch.delenv("FOOTNOTE_LLM_URL")
    with pytest.raises(SettingError, match="FOOTNOTE_LLM_URL"):
        evaluate(folder, run, system=Writer(load_set(folder).documents), terms=Terms(judge=MODEL))


def test_what_a_language_model_costs_is_measured_where_its_server_and_the_settings_tell(written):
    measures = json.loads((written[1] / "metrics.json").read_text("utf-8"))["measures"]
    costs = {name: measures[name]["value"] for name in ("tokens_prompt", "tokens_answer", "cost_1000")}
    assert costs == {"tokens_prompt": 300, "tokens_answer": 20, "cost_1000": 2}


def test_kappa_is_cohens():
    counts = np.array([[20.0, 5.0, 10.0, 15.0]])  # the textbook's example: observed .7, by chance .5
    assert Kappa(counts)(np.ones((1, 1)))[0] == pytest.approx(0.4)
    assert Kappa(np.array([[3.0, 0, 0, 2.0]]))(np.ones((1, 1)))[0] == 1
