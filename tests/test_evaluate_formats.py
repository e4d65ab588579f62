"""Sets as JSON lines, CSV and SQuAD's JSON: evidence is located, and what can't be is named by its line."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import NamedTuple

import pytest
from evaluation_peers import OverlapSystem

from assistant.evaluate import evaluate, load_set
from assistant.evaluate.folder import Line, Problems, to_document
from assistant.evaluate.load import to_set
from assistant.evaluate.locate import Locator
from index.errors import EvaluationSetError

NEWS = """Port fees rise.

The harbour fee rises in April, the mayor said. “Nobody
likes a higher fee,” she added. Nobody else spoke."""
HALL = "The hall closes at six. The hall opens at nine."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents" / "2025").mkdir(parents=True)
    (tmp_path / "documents" / "2025" / "news.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "documents" / "hall.txt").write_text(HALL, encoding="utf-8")
    return tmp_path


def write_questions(folder: Path, *rows: dict) -> Path:
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "evidence",
    [
        {"source": "2025/news.txt", "quote": "The harbour fee rises in April"},
        {"source": "news.txt", "quote": "The harbour fee rises in April"},
        {"source": "news.txt", "start": NEWS.index("The harbour"), "end": NEWS.index(", the mayor")},
    ],
    ids=["quote", "file name alone", "place"],
)
def test_evidence_is_located(folder, evidence):
    found = load_set(write_questions(folder, {"question": "When does the fee rise?", "evidence": [evidence]}))
    question = found.questions[0]
    (start, end), text = question.gold[0].content[0], found.documents[question.gold[0].document_id].text
    assert text[start:end] == "The harbour fee rises in April"
    assert [text[low:high] for low, high in question.gold[0].sentences] == [
        "The harbour fee rises in April, the mayor said."
    ]
    assert question.relevant == {"2025/news.txt": 1}


def test_a_quote_may_be_typed_with_other_quotation_marks_and_line_breaks(folder):
    evidence = {"source": "news.txt", "quote": '"Nobody likes   a higher fee,"'}
    found = load_set(write_questions(folder, {"question": "Who likes it?", "evidence": [evidence]}))
    start, end = found.questions[0].gold[0].content[0]
    assert found.documents["2025/news.txt"].text[start:end] == "“Nobody\nlikes a higher fee,”"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"question": "?", "evidence": [{"source": "news.txt", "quote": "never said"}]}, "not in"),
        ({"question": "?", "evidence": [{"source": "hall.txt", "quote": "The hall"}]}, "more than once"),
        ({"question": "?", "evidence": [{"source": "new.txt", "quote": "fee"}]}, "did you mean"),
        ({"question": "?", "evidence": [{"source": "hall.txt", "start": 5, "end": 500}]}, "outside"),
        ({"question": "?", "evidence": [{"source": "hall.txt", "start": 3}]}, "needs a quote"),
        ({"question": "?", "evidence": [{"quote": "fee"}]}, "needs a source"),
        ({"question": " "}, "empty"),
        ({"text": "?"}, "no 'question'"),
        ({"question": "?", "answerable": False, "answers": ["nine"]}, "unanswerable"),
        ({"question": "?", "history": [{"role": "robot", "text": "hm"}]}, "role"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_line_is_named_with_its_reason(folder, row, reason):
    with pytest.raises(EvaluationSetError) as raised:
        load_set(write_questions(folder, {"question": "Good?"}, row))
    assert len(raised.value.problems) == 1
    assert raised.value.problems[0].startswith("questions.jsonl:2: ")
    assert reason in raised.value.problems[0]


def test_a_line_that_is_no_json_is_named_and_the_rest_is_still_checked(folder):
    (folder / "questions.jsonl").write_text('{"question": \n[]\n{"no": 1}\n', encoding="utf-8")
    with pytest.raises(EvaluationSetError) as raised:
        load_set(folder)
    assert [problem.split(":")[1] for problem in raised.value.problems] == ["1", "2", "3"]


def test_rows_of_a_csv_file_with_one_id_are_one_question(folder):
    text = (
        "id;question;answer;source;quote;kind\n"
        "a;When does the hall close?;six|at six;hall.txt;closes at six;time\n"
        "a;When does the hall close?;;hall.txt;opens at nine;time\n"
        "b;Who spoke?;the mayor;news.txt;the mayor said;person\n"
    )
    (folder / "questions.csv").write_text(text, encoding="utf-8")
    found = load_set(folder)
    assert [(q.id, q.answers, len(q.gold), q.categories) for q in found.questions] == [
        ("a", ("six", "at six"), 2, {"kind": "time"}),
        ("b", ("the mayor",), 1, {"kind": "person"}),
    ]


SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Hall",
            "paragraphs": [
                {"context": HALL, "qas": []},
                {
                    "context": "Tickets cost five euros.",
                    "qas": [
                        {
                            "id": "s1",
                            "question": "What do tickets cost?",
                            "answers": [{"text": "five euros", "answer_start": 13}],
                        },
                        {"id": "s2", "question": "What do seats cost?", "answers": [], "is_impossible": True},
                    ],
                },
            ],
        }
    ],
}


def test_squad_json_becomes_one_document_an_article(tmp_path):
    (tmp_path / "squad.json").write_text(json.dumps(SQUAD), encoding="utf-8")
    found = load_set(tmp_path / "squad.json")
    first, second = found.questions
    (start, end), text = first.gold[0].content[0], found.documents["Hall"].text
    assert text[start:end] == "five euros"
    assert [text[low:high] for low, high in first.gold[0].sentences] == ["Tickets cost five euros."]
    assert not second.answerable
    assert first.cluster == second.cluster == "Hall"


def test_an_answer_that_is_not_at_its_place_is_named(tmp_path):
    broken = json.loads(json.dumps(SQUAD))
    broken["data"][0]["paragraphs"][1]["qas"][0]["answers"][0]["answer_start"] = 2
    (tmp_path / "squad.json").write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(EvaluationSetError, match="question s1"):
        load_set(tmp_path / "squad.json")


def test_a_set_with_history_and_without_answers_runs(folder, tmp_path):
    history = [{"role": "user", "text": "When does the hall open?"}, {"role": "assistant", "text": "At nine."}]
    rows = [
        {"question": "And close?", "history": history, "evidence": [{"source": "hall.txt", "quote": "closes at six"}]},
        {"question": "Who built the tower?", "reason": "not_in_documents"},
    ]
    found = load_set(write_questions(folder, *rows))
    evaluation = evaluate(folder, tmp_path / "out", system=OverlapSystem(found.documents))
    assert evaluation.measures["R@5"].value == 1
    assert evaluation.measures["silent_on_not_in_documents"].n == 1
    assert "exact_match" not in evaluation.measures


@pytest.mark.parametrize("name", ["nothing", "set.txt", "empty"])
def test_what_is_no_set_is_refused_with_the_remedy(tmp_path, name):
    (tmp_path / "set.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvaluationSetError, match=r"init|a set is|neither"):
        load_set(tmp_path / name)


def test_questions_alone_need_a_library(tmp_path):
    write_questions(tmp_path, {"question": "Which?"})
    with pytest.raises(EvaluationSetError, match="--library"):
        load_set(tmp_path)


def test_a_quote_is_found_in_text_with_special_characters():
    document = to_document("d", "It cost $4.50 (four-fifty) — really?")
    line = Line(Path("x"), 1, problems := Problems())
    statement = Locator({"d": document}).statement({"source": "d", "quote": "$4.50 (four-fifty) - really?"}, line)
    assert not len(problems)
    assert statement.content == ((8, 36),)


class Row(NamedTuple):
    """A document, query or judgment as ir_datasets hands it out."""

    doc_id: str = ""
    query_id: str = ""
    title: str = ""
    text: str = ""
    relevance: int = 0

    def default_text(self) -> str:
        return self.text


class HallData:
    """A data set with the iterators of ir_datasets: three documents, two queries, one of them judged."""

    def docs_iter(self):
        return iter(
            [Row("d1", title="Hall", text=HALL), Row("d2", text="The pool is closed."), Row("d3", text="Rain.")]
        )

    def queries_iter(self):
        return iter([Row(query_id="q1", text="When does the hall open?"), Row(query_id="q2", text="Who sings?")])

    def qrels_iter(self):
        return iter(
            [
                Row("d1", "q1", relevance=2),
                Row("d2", "q1"),
                Row("gone", "q2", relevance=1),
            ]
        )


def test_a_data_set_of_ir_datasets_becomes_documents_and_judgments(tmp_path):
    found = to_set(HallData(), "hall/test")
    (question,) = found.questions
    assert (question.id, question.relevant, question.gold) == ("q1", {"d1": 2}, ())
    assert found.documents["d1"].info.title == "Hall"
    assert found.documents["d1"].text == HALL
    assert to_set(HallData(), "hall/test").digest == found.digest
    measures = evaluate_documents(found, tmp_path)
    assert measures["nDCG@10"].value == 1
    assert "R@5" not in measures


def test_a_data_set_that_ir_datasets_loads_is_read_by_its_id(tmp_path):
    ir_datasets = pytest.importorskip("ir_datasets", reason="needs the package ir_datasets")
    (tmp_path / "docs.tsv").write_text(f"d1\t{HALL}\nd2\tThe pool is closed.\n", encoding="utf-8")
    (tmp_path / "queries.tsv").write_text("q1\tWhen does the hall open?\nq2\tWho sings?\n", encoding="utf-8")
    (tmp_path / "qrels").write_text("q1 0 d1 2\nq1 0 d2 0\nq2 0 gone 1\n", encoding="utf-8")
    parts = {"docs_tsv": "docs.tsv", "queries_tsv": "queries.tsv", "qrels_trec": "qrels"}
    data = ir_datasets.create_dataset(**{name: str(tmp_path / file) for name, file in parts.items()})
    ir_datasets.registry.register(f"hall-{tmp_path.name}/test", data)
    found = load_set(f"irds:hall-{tmp_path.name}/test")
    assert [(q.id, q.text, q.relevant) for q in found.questions] == [("q1", "When does the hall open?", {"d1": 2})]
    assert {id_: document.text for id_, document in found.documents.items()} == {
        "d1": HALL,
        "d2": "The pool is closed.",
    }
    with pytest.raises(EvaluationSetError, match="ir_datasets has no"):
        load_set("irds:hall/nowhere")


def evaluate_documents(found, tmp_path):
    """Write the set as a folder with TREC's qrels and evaluate it there."""
    folder = tmp_path / "set"
    folder.mkdir()
    corpus = [{"_id": d.id, "title": d.info.title, "text": d.text} for d in found.documents.values()]
    queries = [{"_id": q.id, "text": q.text} for q in found.questions]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    grades = [f"{q.id} 0 {d} {grade}\n" for q in found.questions for d, grade in q.relevant.items()]
    (folder / "qrels.tsv").write_text("".join(grades), encoding="utf-8")
    evaluation = evaluate(folder, tmp_path / "out", system=OverlapSystem(load_set(folder).documents))
    assert (tmp_path / "out" / "qrels.trec").read_text("utf-8") == "".join(grades)
    return evaluation.measures


def test_ir_datasets_that_is_not_installed_is_an_error_with_its_remedy():
    if importlib.util.find_spec("ir_datasets"):
        pytest.skip("ir_datasets is installed here")
    with pytest.raises(EvaluationSetError, match="pip install ir_datasets"):
        load_set("irds:beir/scifact/test")


def test_a_file_alone_is_evidence_for_the_document_only(folder):
    (folder / "questions.csv").write_text("question,source\nWhen does the hall open?,hall.txt\n", encoding="utf-8")
    (question,) = load_set(folder / "questions.csv").questions
    assert (question.relevant, question.gold, question.answerable) == ({"hall.txt": 1}, (), True)
