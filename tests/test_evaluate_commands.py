"""`footnote evaluate` as it is typed, and sets that it writes."""

from __future__ import annotations

import json

import pytest
from serving import chromium, violations
from typer.testing import CliRunner

from assistant.answer import Abstention, Answer, Citation, Query, Reason
from assistant.cli import app
from assistant.conversations import Conversation
from assistant.evaluate import load_set
from assistant.evaluate.folder import to_document
from assistant.evaluate.propose import propose_questions, when_questions, who_questions
from assistant.evaluate.template import PAGE, review
from index import Library
from index.errors import EvaluationSetError, InputError
from index.servers import Servers

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
    shown = footnote("score", tmp_path / "set", "--run", tmp_path / "out", "--out", tmp_path / "scored")
    assert "R@5" in shown


def test_a_library_that_is_none_is_refused_and_leaves_nothing_behind(tmp_path):
    footnote("init", tmp_path / "set")
    (tmp_path / "file").write_text("no library", encoding="utf-8")
    with pytest.raises(InputError, match="not a library"):
        footnote(tmp_path / "set", "--out", tmp_path / "out", "--library", tmp_path / "file")
    assert not (tmp_path / "out").exists()


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
def test_a_sweep_cuts_one_library_anew_and_asks_finished_points_once(tmp_path):
    footnote("init", tmp_path / "set")
    vary = ("--vary", "chunk_tokens=16,128", "--vary", "words_weight=0,0.5")
    options = ("sweep", tmp_path / "set", *vary, "--out", tmp_path / "sweep", "--json")
    rows = json.loads(footnote(*options))
    assert [set(row["settings"]) for row in rows] == [{"chunk_tokens", "words_weight"}] * 4
    assert any(row["worth_it"] for row in rows)
    libraries = sorted(path.parent for path in (tmp_path / "sweep").glob("library-*/catalog.sqlite"))
    counts = []
    for folder in libraries:
        with Library.open(folder) as library:
            counts.append((library.n_passages, library.status().n_statements))
    assert len({n_passages for n_passages, _ in counts}) == 2
    assert len({n_statements for _, n_statements in counts}) == 1
    answers = next((tmp_path / "sweep").glob("chunk_tokens=*/answers.jsonl"))
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


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The vote was taken at 18.55.", "When was the vote taken?", "18.55"),
        ("The old bridge will be closed on 3 June 2025.", "When will the old bridge be closed?", "3 June 2025"),
        ("Skarvik has been a free port in all but name.", None, None),
        ("It was taken in 1999.", None, None),
        ("The hall was built in 1902 and sold in 1950.", None, None),
        ("The hall was built in 1902, in a hurry.", "When was the hall built?", "1902"),
    ],
)
def test_a_plain_sentence_with_a_date_becomes_a_question(library, sentence, question, answer):
    class One:
        def documents(self):
            return [document.info]

        def document(self, document_id):
            return document

    document = to_document("d", f"Minutes.\n\n{sentence}")
    rows = list(when_questions(One(), 0))
    assert [(row["question"], row["answers"]) for row in rows] == ([(question, [answer])] if question else [])
    for row in rows:
        place = row["evidence"][0]
        assert document.text[place["start"] : place["end"]] == place["quote"] == sentence


def test_who_is_asked_of_people_the_library_knows(library):
    for row in who_questions(library, 0):
        assert row["answers"][0] in {name for person in library.people() for name in person.names}
        assert row["evidence"][0]["quote"].startswith(row["answers"][0])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["", ""], list(range(1, 13))),
        (["1 3-4", "12"], [2, 5, 6, 7, 8, 9, 10, 11]),
        (["k2", ""], [2, 11, 12]),
        (["what?", "1-9", "q"], [10]),
        (["q"], []),
    ],
    ids=["all", "some rejected", "some kept", "not understood", "at once"],
)
def test_a_person_keeps_what_he_does_not_reject_until_he_quits(typed, kept):
    rows, answers = [{"question": str(n)} for n in range(1, PAGE + 3)], iter(typed)
    found = review(rows, lambda page, total: next(answers), lambda row: "")
    assert [int(row["question"]) for row in found] == kept


def test_a_person_may_reword_a_question():
    answers = iter(["e1", ""])
    found = review([{"question": "a"}], lambda page, total: next(answers), lambda row: "A?")
    assert list(found) == [{"question": "A?"}]


def test_proposals_are_reviewed_in_the_terminal(library, tmp_path):
    typed = "1-9\nq\n"
    footnote("init", tmp_path / "set", "--library", library.folder, "-n", "12", "--review", typed=typed)
    assert len((tmp_path / "set" / "questions.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.browser
def test_proposals_are_reviewed_on_a_page(library, tmp_path):
    footnote("init", tmp_path, "--library", library.folder, "-n", "6", "--page")
    with chromium() as browser:
        page = browser.new_page()
        page.goto((tmp_path / "review.html").as_uri())
        page.get_by_label("keep q1").uncheck()
        page.get_by_label("question q2").fill("Mended?")
        page.get_by_label("short answers q3").fill("one | two")
        assert page.get_by_role("status").inner_text() == "5 of 6 kept"
        assert violations(page) == []
        with page.expect_download() as download:
            page.get_by_role("button").click()
        download.value.save_as(tmp_path / "questions.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["q2", "q3", "q4", "q5", "q6"]
    assert rows[0]["question"] == "Mended?"
    assert rows[1]["answers"] == ["one", "two"]
    assert len(load_set(tmp_path / "questions.jsonl", library=library.folder).questions) == 5


def test_what_readers_judged_becomes_a_set(library, tmp_path):
    with pytest.raises(InputError, match="judged"):
        footnote("init", tmp_path / "none", "--library", library.folder, "--feedback")
    document = library.document(library.documents()[0].id)
    quote = document.span(0, 20)
    good = Answer(Query("What is it called?", "?"), quote.text, 0.9, (Citation(1, 0, 20, document.info, quote),))
    none = Answer(Query("And why?", "?"), "No.", 0.1, (), Abstention(Reason.NOTHING_IN_DOCUMENTS, "No."))
    talk = Conversation("c").with_answer(good, "2025-01-01").with_answer(none, "2025-01-02").with_answer(good, "2025")
    judged = talk.with_verdict(1, "good").with_verdict(2, "good").with_verdict(3, "bad", "not what I asked")
    library.conversations.save(judged.to_json())
    try:
        footnote("init", tmp_path / "set", "--library", library.folder, "--feedback")
    finally:
        library.conversations.delete("c")
    found = load_set(tmp_path / "set", library=library.folder).questions
    assert [(q.answerable, len(q.gold), len(q.history)) for q in found] == [(True, 1, 0), (False, 0, 2), (True, 0, 4)]
    assert found[0].gold[0].content == ((0, 20),)
    assert found[1].reason == "nothing_in_documents"


def test_a_library_whose_catalog_is_on_a_server_is_asked(database_server, tmp_path, monkeypatch):
    address = database_server.new_library()
    with Library.open(tmp_path / "library", servers=Servers(address)) as shared:
        shared.add([to_document("minutes.txt", "The vote was taken at 18.55.\n\nThe ferry sails at noon.")])
    monkeypatch.setenv("FOOTNOTE_CATALOG", address)
    row = {"question": "When was the vote taken?", "answers": ["18.55"], "evidence": [{"source": "minutes.txt"}]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    options = ("--library", tmp_path / "library", "--out", tmp_path / "out", "--json")
    assert json.loads(footnote(tmp_path / "questions.jsonl", *options))["measures"]["nDCG@10"]["value"] == 1
