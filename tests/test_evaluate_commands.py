"""`footnote evaluate` as it is typed, and sets that it writes."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.evaluate import load_set
from assistant.evaluate.propose import propose_questions, review
from index.errors import EvaluationSetError, InputError

runner = CliRunner()


def footnote(*arguments, status: int = 0, typed: str | None = None) -> str:
    found = runner.invoke(app, ["evaluate", *map(str, arguments)], input=typed, standalone_mode=False)
    if found.exception:
        raise found.exception
    assert (found.return_value or 0) == status, found.output
    return found.stdout


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A library of the test documents, with statements found by the real attribution."""
    from golden import QUESTIONS

    from index.library import Library

    folder = tmp_path_factory.mktemp("library")
    with Library.open(folder) as opened:
        opened.sync(QUESTIONS / "documents")
        yield opened


def test_a_template_is_a_good_set_and_is_not_written_twice(tmp_path):
    footnote("init", tmp_path / "set")
    counts = json.loads(footnote("check", tmp_path / "set", "--json"))
    assert counts["questions"] == 4
    assert counts["with evidence"] == 3
    assert counts["with history"] == 1
    with pytest.raises(InputError, match="already"):
        footnote("init", tmp_path / "set")


def test_a_set_is_asked_without_naming_the_command(tmp_path):
    footnote("init", tmp_path / "set")
    metrics = json.loads(footnote(tmp_path / "set", "--out", tmp_path / "out", "--json"))
    assert metrics["measures"]["citation_validity"]["value"] == 1
    assert metrics["measures"]["abstention_recall"]["n"] == 1
    footnote("--limit", 2, tmp_path / "set", "--out", tmp_path / "out", "--fail-under", "R@5=1.1", status=1)
    shown = footnote("score", tmp_path / "set", tmp_path / "out", "--out", tmp_path / "scored")
    assert "R@5" in shown


def test_each_list_of_the_retrieval_is_measured_alone(tmp_path):
    footnote("init", tmp_path / "set")
    options = (tmp_path / "set", "--out", tmp_path / "out", "--compare-lists", "--json")
    metrics = json.loads(footnote(*options))
    assert {"nDCG@10_dense", "nDCG@10_bm25", "nDCG@10_fused"} <= metrics["measures"].keys()
    assert set(metrics["list_differences"]) == {"dense", "bm25"}
    with pytest.raises(InputError, match="compare-lists"):
        footnote(*options, "--system", "evaluation_peers:overlap")


def test_bad_lines_are_an_error_with_their_lines(tmp_path):
    footnote("init", tmp_path / "set")
    with (tmp_path / "set" / "questions.jsonl").open("a", encoding="utf-8") as out:
        out.write('{"question": "?", "evidence": [{"source": "minutes.txt", "quote": "never"}]}\n')
    with pytest.raises(EvaluationSetError, match=r"questions\.jsonl:5"):
        footnote("check", tmp_path / "set")


@pytest.mark.slow
def test_a_sweep_shares_one_library_and_asks_finished_points_once(tmp_path):
    footnote("init", tmp_path / "set")
    options = ("sweep", tmp_path / "set", "--vary", "caution=cautious,eager", "--out", tmp_path / "sweep", "--json")
    rows = json.loads(footnote(*options))
    assert [set(row["settings"]) for row in rows] == [{"caution"}] * 2
    assert any(row["worth_it"] for row in rows)
    assert len(list((tmp_path / "sweep").glob("library-*/catalog.sqlite"))) == 1
    answers = next((tmp_path / "sweep").glob("caution=*/answers.jsonl"))
    before = answers.read_bytes()  # with the seconds each answer took: asked again, they would differ
    footnote(*options)
    assert answers.read_bytes() == before


def test_a_sweep_over_what_is_no_setting_is_refused(tmp_path):
    with pytest.raises(InputError, match="footnote settings"):
        footnote("sweep", tmp_path, "--vary", "colour=red")


def test_proposed_questions_have_their_evidence_in_the_library(library, tmp_path):
    rows = propose_questions(library, 18)
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = load_set(tmp_path / "questions.jsonl", library=library.folder)
    kinds = {question.categories["kind"] for question in found.questions}
    assert len(found.questions) == len({question.text for question in found.questions})
    assert {"what was said", "not in the documents"} <= kinds
    for question in found.questions:
        assert bool(question.gold) == question.answerable
        for statement in question.gold:
            said = library.statements(speaker=question.person, document_ids=[statement.document_id])
            assert question.person is None or said


def test_proposals_are_the_same_each_time(library):
    assert propose_questions(library, 12) == propose_questions(library, 12)


def test_a_person_keeps_what_he_accepts_until_he_quits():
    rows = [{"question": text} for text in "abcde"]

    def decide(row, number, total):
        assert total == 5
        if row["question"] == "d":
            raise StopIteration
        return {"a": row, "b": None, "c": row | {"question": "C"}}[row["question"]]

    assert list(review(rows, decide)) == [{"question": "a"}, {"question": "C"}]
