"""Comparisons, gates, the report, other people's runs and systems."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from evaluation_peers import OverlapSystem, write_set

from assistant.evaluate import Terms, evaluate, load_set
from assistant.evaluate.adapt import load_system
from assistant.evaluate.conclude import broken_by_test, parse_gate
from assistant.evaluate.run import score
from assistant.evaluate.sweep import mark_worth
from index.errors import InputError

TOPICS = "harbour bridge library market museum station theatre garden school tower bakery cinema".split()
PERSONS = "Anna Bruno Clara David Elena Fritz Greta Hanno Irene Jonas Karla Ludwig".split()


@pytest.fixture(scope="module")
def big_set(tmp_path_factory):
    """Thirty-six questions on a dozen documents with markup in their text."""
    corpus = {
        topic: f"{person} opened the {topic} <b>on time</b> & in May.\n\nThe {topic} costs {n + 3} euros a visit."
        for n, (topic, person) in enumerate(zip(TOPICS, PERSONS, strict=True))
    }
    questions, grades, gold = [], [], []
    for topic in TOPICS:
        for kind, question, words in (
            ("who", f"Who opened the {topic} in May?", corpus[topic].partition(" opened")[0]),
            ("cost", f"What costs the {topic} a visit?", re.search(r"\d+ euros", corpus[topic]).group()),
        ):
            number = f"{topic}-{kind}"
            start = corpus[topic].index(words)
            questions.append({"_id": number, "text": question, "answers": [words], "metadata": {"kind": kind}})
            grades.append((number, topic, 1))
            gold.append(
                {"query_id": number, "corpus_id": topic, "start": start, "end": start + len(words), "text": words}
            )
        questions.append(
            {
                "_id": f"{topic}-none",
                "text": "Zebras?",
                "answerable": False,
                "metadata": {"kind": "none", "reason": "not_in_documents"},
            }
        )
    return write_set(tmp_path_factory.mktemp("sets") / "set", corpus, questions, grades, gold)


@dataclass
class Forgetful:
    """Answers well, but is silent on every question that holds a word."""

    inner: OverlapSystem
    word: str

    def ask(self, question: str, **options):
        return self.inner.ask("Zebras?" if self.word in question else question, **options)


@pytest.fixture(scope="module")
def two_runs(big_set, tmp_path_factory):
    good, runs = OverlapSystem(load_set(big_set).documents), tmp_path_factory.mktemp("runs")
    evaluate(big_set, runs / "good", system=good)
    evaluate(big_set, runs / "bad", system=Forgetful(good, "opened"))
    return big_set, runs / "good", runs / "bad", good


def test_a_run_against_itself_changed_nothing_and_breaks_no_gate(two_runs, tmp_path):
    folder, good, _, system = two_runs
    evaluation = evaluate(folder, tmp_path / "again", system=system, terms=Terms(against=good, no_worse_than=good))
    assert {difference.verdict for difference in evaluation.differences.values()} == {"same"}
    assert evaluation.exit_status == 0


def test_a_worse_run_breaks_the_gate_by_the_test(two_runs, tmp_path):
    folder, good, bad, system = two_runs
    evaluation = evaluate(
        folder, tmp_path / "again", system=Forgetful(system, "opened"), terms=Terms(no_worse_than=good)
    )
    assert evaluation.exit_status == 1
    assert any(line.startswith("answer_f1 got worse") for line in evaluation.broken_gates)
    found = evaluation.differences["answer_f1"]
    assert (found.verdict, found.n_worse, found.n_better) == ("worse", 12, 0)
    assert found.low <= found.difference <= found.high < 0
    better = evaluate(folder, tmp_path / "again", system=system, terms=Terms(no_worse_than=bad))
    assert better.differences["answer_f1"].verdict == "better"
    assert better.broken_gates == ()


def test_a_tolerance_lets_a_small_loss_pass(two_runs, tmp_path):
    folder, good, bad, _ = two_runs
    differences = score(folder, bad, tmp_path / "scored", terms=Terms(against=good)).differences
    assert broken_by_test(differences, tolerance=0.0)
    assert not broken_by_test(differences, tolerance=0.95)


@pytest.mark.parametrize(
    ("gate", "status"),
    [("R@5=0.5", 0), ("R@5=1.01", 1), ("silent_on_answerable=0.5", 0), ("silent_on_answerable=-0.1", 1)],
)
def test_a_gate_by_value_knows_which_way_is_better(two_runs, tmp_path, gate, status):
    folder, good, _, _ = two_runs
    evaluation = score(folder, good, tmp_path / "scored", terms=Terms(fail_under=[gate]))
    assert evaluation.exit_status == status
    assert len(evaluation.broken_gates) == status


@pytest.mark.parametrize(
    ("text", "remedy"), [("R5=0.9", "R@5"), ("R@5", "MEASURE=VALUE"), ("R@5=high", "MEASURE=VALUE")]
)
def test_a_gate_that_can_not_be_is_refused_before_anything_is_asked(text, remedy):
    with pytest.raises(InputError, match=remedy):
        parse_gate(text)


def test_a_gate_on_what_the_set_can_not_measure_is_refused(two_runs, tmp_path):
    folder, good, _, _ = two_runs
    with pytest.raises(InputError, match="can't measure"):
        score(folder, good, tmp_path / "scored", terms=Terms(fail_under=["right_speaker=0.5"]))


def test_a_run_that_is_not_there_is_refused_before_anything_is_asked(two_runs, tmp_path):
    folder, _, _, system = two_runs
    system.asked.clear()
    with pytest.raises(InputError, match="no such run"):
        evaluate(folder, tmp_path / "out", system=system, terms=Terms(against=tmp_path / "nowhere"))
    assert not system.asked


def test_measures_of_the_questions_that_were_answered_are_not_compared_when_those_differ(two_runs, tmp_path):
    folder, good, bad, _ = two_runs
    differences = score(folder, bad, tmp_path / "scored", terms=Terms(against=good)).differences
    assert differences["citation_precision_answered"].verdict == "other questions"
    assert differences["citation_precision"].verdict == "worse"


def test_errors_in_one_run_are_left_out_of_the_comparison(two_runs, tmp_path):
    folder, good, _, system = two_runs

    class Broken(Forgetful):
        def ask(self, question: str, **options):
            if self.word in question:
                raise ValueError("no")
            return self.inner.ask(question, **options)

    evaluation = evaluate(folder, tmp_path / "out", system=Broken(system, "opened"), terms=Terms(against=good))
    assert evaluation.differences["answer_f1"].n == 12
    assert evaluation.differences["answer_f1"].verdict == "same"


@pytest.mark.parametrize(
    "name", ["run.trec", "answers.jsonl", "passages.jsonl", ""], ids=["trec", "answers", "passages", "folder"]
)
def test_anybodys_run_scores_as_ours(two_runs, tmp_path, name):
    folder, good, _, _ = two_runs
    whole = json.loads((good / "metrics.json").read_text("utf-8"))["measures"]
    found = json.loads(json.dumps(score(folder, good / name, tmp_path / "scored").to_json()))["measures"]
    assert found
    assert all(whole[measure] == value for measure, value in found.items())
    expected = {"run.trec": {"nDCG@10"}, "answers.jsonl": {"answer_f1"}, "passages.jsonl": {"R@5"}, "": set(whole)}[
        name
    ]
    assert expected <= found.keys()


class Page(HTMLParser):
    """Notes tags, what is fetched from elsewhere, and whether every tag is closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.outside += [value for name, value in attrs if name in ("src", "href") or "http" in (value or "")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report_is_one_whole_page_without_network_and_shows_text_as_text(two_runs, tmp_path):
    folder, good, _, system = two_runs
    evaluate(
        folder, tmp_path / "out", system=Forgetful(system, "opened"), terms=Terms(against=good, fail_under=["R@5=1"])
    )
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.outside == []
    assert "script" not in page.tags
    assert "&lt;b&gt;on time&lt;/b&gt; &amp; in May" in text
    for heading in (
        "Gate broken",
        "Worse than before",
        "Risk over coverage",
        "By kind of question",
        "Silence and its reasons",
    ):
        assert heading in text


def test_the_report_of_the_same_run_has_the_same_bytes_times_apart(two_runs, tmp_path):
    folder, good, _, _ = two_runs
    for name in ("one", "two"):
        score(folder, good, tmp_path / name)
    assert (tmp_path / "one" / "report.html").read_bytes() == (tmp_path / "two" / "report.html").read_bytes()


def build_retriever(documents):
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore

    nodes = SentenceSplitter(chunk_size=40, chunk_overlap=0).get_nodes_from_documents(documents)

    class Retriever(BaseRetriever):
        def _retrieve(self, bundle):
            words = set(bundle.query_str.lower().rstrip("?").split())
            scored = [NodeWithScore(node=n, score=len(words & set(n.text.lower().split())) / 10) for n in nodes]
            return sorted(scored, key=lambda hit: (-hit.score, hit.node.node_id))

    return Retriever()


def build_engine(documents):
    retriever = build_retriever(documents)

    def query(question: str):
        return SimpleNamespace(source_nodes=retriever.retrieve(question)[:2], __str__=lambda self: "x")

    return SimpleNamespace(query=query)


@pytest.mark.parametrize("name", ["build_retriever", "build_engine"])
def test_a_llama_index_retriever_or_engine_is_measured_by_the_same_measures(big_set, tmp_path, name):
    found = load_set(big_set)
    system = load_system(f"{__name__}:{name}", found)
    evaluation = evaluate(big_set, tmp_path / "out", system=system)
    assert evaluation.exit_status == 0, evaluation.errors
    assert evaluation.measures["R@5"].value > 0.5
    assert evaluation.measures["citation_validity"].value == 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nocolon", "module:object"),
        ("json:nothing", "can't be loaded"),
        ("no_such:thing", "can't be loaded"),
        ("json:__name__", "neither"),
    ],
)
def test_a_system_that_is_none_is_refused(big_set, name, reason):
    with pytest.raises(InputError, match=reason):
        load_system(name, load_set(big_set))


def test_the_front_holds_what_nothing_beats_at_everything():
    from assistant.evaluate.sweep import Point

    points = [
        Point(n, {}, None, quality, seconds, 10.0, 1.0)
        for n, quality, seconds in (("a", 0.9, 2.0), ("b", 0.8, 1.0), ("c", 0.8, 3.0))
    ]
    assert [point.name for point in mark_worth(points) if point.is_worth_it] == ["a", "b"]
