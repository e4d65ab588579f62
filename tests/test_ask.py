"""Asking over the example library: invariants of every answer, then what single questions bring."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answer import Answer, Kind, Reason
from assistant.ask import LONGEST_QUESTION, Assistant, Delta
from assistant.example import DOCUMENTS
from index.errors import InputError
from index.library import Library
from index.records import Document, DocumentInfo

QUESTIONS = (
    "When does the dredging work begin?",
    "How much does the dredging cost?",
    "What did Lindqvist say about cruise ships?",
    "What did Helena Strand say about the night ferry?",
    "What did Berge say?",
    "Who spoke about the night ferry?",
    "Who criticised the fees?",
    "Why was nobody hurt in the storm?",
    "Summarise the discussion of the night ferry",
    "What did Macron say about Peru?",
    "What is the capital of Peru?",
    "Who spoke about volcanoes?",
)
ROOT = Path(__file__).parents[1]
ASK_ALL = """
import json, sys
from assistant import Assistant
from index import Library
with Library.open(sys.argv[1]) as library:
    answers = [Assistant(library).ask(question).to_json() for question in sys.argv[2:]]
print(json.dumps([{**answer, "timings": None} for answer in answers]))
"""
# Invented: two people speak of one country, and a ministry of another speaks in between.
ARTICLE = """Alliance weighs its next step

BRUNN, 3 May 2024. A victory of the northern fleet would encourage Marland, Pia Holm told reporters on Friday. “Marland watches closely what happens here,” Holm said.

Marland's trade ministry said that it had no plans to sell ships to anybody.

Questions about Marland sent to the fleet's office were not answered.

Tom Reyes, the envoy of the islands, said the harbour of Odda would be rebuilt within two years.
"""  # noqa: E501  one paragraph, one line


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library.open(tmp_path_factory.mktemp("example")) as library:
        library.sync(DOCUMENTS)
        yield Assistant(library)


@pytest.fixture(scope="session")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library.open(tmp_path_factory.mktemp("alliance")) as library:
        library.add([Document(DocumentInfo("alliance", "alliance.txt", "Alliance", "2024-05-03"), ARTICLE, "0")])
        yield Assistant(library)


@pytest.fixture(scope="session")
def answers(example: Assistant) -> dict[str, Answer]:
    return {question: example.ask(question) for question in QUESTIONS}


def test_answer_is_the_drained_stream(example: Assistant, answers: dict[str, Answer]) -> None:
    for question, answer in answers.items():
        *deltas, last = example.stream(question)
        assert last == answer
        assert "".join(piece.text for piece in deltas if isinstance(piece, Delta)) == answer.text


def test_same_question_gives_the_same_bytes(example: Assistant, answers: dict[str, Answer]) -> None:
    for question, answer in answers.items():
        again = example.ask(question)
        assert {**again.to_json(), "timings": None} == {**answer.to_json(), "timings": None}


def test_another_process_gives_the_same_bytes(example: Assistant, answers: dict[str, Answer]) -> None:
    command = [sys.executable, "-c", ASK_ALL, str(example.library.folder), *QUESTIONS]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}, cwd=ROOT
    )
    assert json.loads(done.stdout) == [{**answer.to_json(), "timings": None} for answer in answers.values()]


def test_every_quote_is_word_for_word_and_inside_its_span(example: Assistant, answers: dict[str, Answer]) -> None:
    cited = [(answer, citation) for answer in answers.values() for citation in answer.citations]
    assert len(cited) > 10
    for answer, citation in cited:
        quote = citation.quote
        assert example.library.document(citation.document.id).text[quote.start : quote.end] == quote.text
        assert quote.text in answer.text[citation.start : citation.end]


def test_answer_cites_or_abstains_with_a_reason(answers: dict[str, Answer]) -> None:
    assert {answer.abstention is None for answer in answers.values()} == {True, False}
    for answer in answers.values():
        assert (answer.abstention is None) == bool(answer.citations)
        assert answer.abstention is None or answer.text == answer.abstention.message


def test_short_answer_slices_its_document(example: Assistant, answers: dict[str, Answer]) -> None:
    for short in filter(None, (answer.short_answer for answer in answers.values())):
        assert example.library.document(short.document_id).text[short.start : short.end] == short.text


def test_questions_offered_have_an_answer(example: Assistant, answers: dict[str, Answer]) -> None:
    offered = {q for answer in answers.values() for q in answer.follow_ups}
    offered |= {q for answer in answers.values() if answer.abstention for q in answer.abstention.instead}
    assert offered
    assert [q for q in sorted(offered) if example.ask(q).abstention] == []


def test_headings_are_not_quoted(example: Assistant, answers: dict[str, Answer]) -> None:
    titles = {info.title for info in example.library.documents()} | {"Night ferry", "Harbour fees"}
    assert not {c.quote.text for answer in answers.values() for c in answer.citations} & titles


def test_fact_is_answered_by_its_sentence(answers: dict[str, Answer]) -> None:
    assert (
        answers["When does the dredging work begin?"].citations[0].quote.text.startswith("Work begins on 1 September")
    )
    assert "5.2 million" in answers["How much does the dredging cost?"].citations[0].quote.text


def test_who_spoke_quotes_each_person_once(answers: dict[str, Answer]) -> None:
    answer = answers["Who spoke about the night ferry?"]
    speakers = [citation.speaker for citation in answer.citations]
    assert answer.query.kind is Kind.SPEAKERS
    assert len(speakers) == len(set(speakers))
    assert {"Petra Vale", "Helena Strand"} <= set(speakers)
    assert "Petra Vale" in answer.text.splitlines()[0]


def test_nobody_spoke_of_it(answers: dict[str, Answer]) -> None:
    abstention = answers["Who spoke about volcanoes?"].abstention
    assert abstention
    assert abstention.reason is Reason.NOTHING_IN_DOCUMENTS


def test_words_of_the_asked_person_only(alliance: Assistant) -> None:
    answer = alliance.ask("What did Holm say about Marland?")
    assert answer.citations
    assert {citation.speaker for citation in answer.citations} == {"Pia Holm"}
    assert "ministry" not in answer.text
    assert "not answered" not in answer.text


def test_who_else_spoke_is_named(alliance: Assistant) -> None:
    abstention = alliance.ask("What did Reyes say about Marland?").abstention
    assert abstention
    assert abstention.reason is Reason.NOT_THIS_SPEAKER
    assert "Pia Holm" in abstention.message
    assert "What did Pia Holm say about Marland?" in abstention.instead


def test_unknown_person(alliance: Assistant) -> None:
    abstention = alliance.ask("What did Macron say about Peru?").abstention
    assert abstention
    assert abstention.reason is Reason.NOTHING_IN_DOCUMENTS
    assert "Macron" in abstention.message


@pytest.mark.parametrize(
    ("question", "k", "names"),
    [
        ("", None, "empty"),
        (" \n\t ", None, "empty"),
        ("?", None, "no words"),
        ("… \x00 —", None, "no words"),
        ("why " * 25_000, None, f"{LONGEST_QUESTION:,}"),
        ("Why?", 0, "k is 0"),
        ("Why?", -3, "k is -3"),
    ],
)
def test_bad_input_is_named(example: Assistant, question: str, k: int | None, names: str) -> None:
    with pytest.raises(InputError, match=names) as raised:
        example.ask(question, k=k)
    assert "\n" not in str(raised.value)


def test_k_above_the_corpus_gives_all_there_is(example: Assistant) -> None:
    answer = example.ask("When does the dredging work begin?", k=10_000)
    assert 0 < len(answer.passages) <= example.library.n_passages


@pytest.mark.parametrize(
    "question", ["a", "the", "\x00 who", "’; DROP TABLE chunks; --", "𝕏" * 50, "NEAR/2 AND (", "<b>who</b>"]
)
def test_odd_questions_are_answered_or_abstained(example: Assistant, question: str) -> None:
    assert example.ask(question).text


def test_empty_library_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Library.open(tmp_path_factory.mktemp("empty")) as library:
        abstention = Assistant(library).ask("Who spoke?").abstention
    assert abstention
    assert abstention.reason is Reason.NO_DOCUMENTS


NEAR = "The pilot boat of Odda is painted orange. The mayor of Odda paid for the pilot boat, which has two engines."


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library.open(tmp_path_factory.mktemp("near")) as library:
        library.add([Document(DocumentInfo("odda", "odda.txt", "Odda"), NEAR, "0")])
        yield Assistant(library)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was the pilot boat of Odda painted?", "Nothing in them tells when."),
        ("What colour is the pilot boat of Odda that Rollo steers?", "Not found near them: Rollo."),
    ],
    ids=["no-time", "no-name"],
)
def test_a_near_miss_says_what_it_lacks_and_gives_no_short_answer(near: Assistant, question: str, said: str) -> None:
    answer = near.ask(question)
    assert said in answer.text
    assert answer.short_answer is None


def test_what_lacks_nothing_is_not_called_a_near_miss(near: Assistant) -> None:
    answer = near.ask("How many engines has the pilot boat of Odda?")
    assert "Nothing in them" not in answer.text
    assert answer.short_answer
    assert answer.short_answer.text == "two"


GERMAN = (
    "Der Hafen von Odda wurde 1998 ausgebaggert. Die neue Mole kostete vier Millionen Kronen.\n\n"
    "Die Schule liegt am Fjord und hat zweihundert Schüler. Das Dach ist undicht, weil die Ziegel alt sind."
)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Wann wurde der Hafen von Odda ausgebaggert?", "1998"),
        ("Was kostete die neue Mole?", "vier Millionen"),
        ("Wie viele Schüler hat die Schule am Fjord?", "zweihundert"),
        ("Warum ist das Dach undicht?", "Ziegel"),
    ],
)
def test_questions_in_german_find_their_sentence_by_words_and_vectors(
    tmp_path_factory: pytest.TempPathFactory, question: str, holds: str
) -> None:
    with Library.open(tmp_path_factory.mktemp("german")) as library:
        library.add([Document(DocumentInfo("odda", "odda.txt", "Odda"), GERMAN, "0")])
        answer = Assistant(library).ask(question)
        assert holds in answer.citations[0].quote.text
