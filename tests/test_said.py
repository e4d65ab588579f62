"""Whose words are quoted, on what, and what is offered instead: over made statements and over the example library."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from assistant.answer import Answer, Reason, Turn
from assistant.ask import Assistant
from assistant.example import DOCUMENTS
from assistant.shapes import statement_to_json, to_csv
from assistant.speakers import may_be_named, statements_on, topics_of
from assistant.speakers import speakers as speakers_of
from assistant.statements import best, choose, find_on
from index.embed import HashingEmbedder, Vectors
from index.errors import InputError
from index.library import Library
from index.records import Document, DocumentInfo, Filters, Statement

# Each line is one document: its date, then sentences that one or more people say, as 'Name, Name: words'.
NOTES = """
2024-02-10|Ada Weil: The tunnel is a mistake. Jonas Weil: The tunnel will be open by May, because the drill came early.
2024-05-03|Ada Weil, Tom Reyes: Both harbours stay open to every ship. Tom Reyes: It costs nothing.
2025-01-20|Ada Weil: The tunnel has changed the town, and I was wrong about it. Twenty: The tunnel is long.
2025-01-21|Pia Holm: The tunnel is a mistake. Pia Holm: We need the new quay, said Twenty people in Marland.
2025-03-02|Wei O'Connor: The drill is a marvel of Marland. Each: The drill is loud.
"""
_SAID = re.compile(r"(?P<who>[A-Z][\w' ,]*): (?P<words>[^.]+\.)")


def _attribute(document: Document) -> list[Statement]:
    """Read the notes' own notation: everybody before a colon says the sentence after it."""
    return [
        Statement(
            document.info,
            who,
            "said",
            "direct",
            (document.span(*match.span("words")),),
            *match.span("words"),
            (who,),
        )
        for match in _SAID.finditer(document.text)
        for who in match["who"].split(", ")
    ]


def _library(folder, notes: str) -> Library:
    library = Library.open(folder, embedder=HashingEmbedder(), attribute=_attribute)
    rows = [line.split("|", 1) for line in notes.strip().splitlines()]
    library.add(
        Document(DocumentInfo(f"n{n}", f"n{n}.txt", f"Note {n}", day), text, str(n))
        for n, (day, text) in enumerate(rows, 1)
    )
    return library


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with _library(tmp_path_factory.mktemp("notes"), NOTES) as library:
        yield Assistant(library)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library.open(tmp_path_factory.mktemp("example")) as library:
        library.sync(DOCUMENTS)
        yield Assistant(library)


def asked(assistant: Assistant, *questions: str) -> Answer:
    """Ask one question after the other in one conversation; return the last answer."""
    history: list[Turn] = []
    for question in questions:
        answer = assistant.ask(question, history=history)
        history += [Turn("user", question), Turn("assistant", answer.text)]
    return answer


def speakers(answer: Answer) -> list[str]:
    return list(dict.fromkeys(name for citation in answer.citations for name in citation.speakers))


# --- the forms in which people ask

LINDQVIST, STRAND, VALE = ["Marta Lindqvist"], ["Helena Strand"], ["Petra Vale"]
SHIPS, FERRY = "What did Lindqvist say about cruise ships?", "What did Strand say about the night ferry?"
FORMS = [
    ((SHIPS,), LINDQVIST, "A cruise ship brings"),
    (("What does Lindqvist think about cruise ships?",), LINDQVIST, "A cruise ship brings"),
    (("Lindqvist on cruise ships",), LINDQVIST, "A cruise ship brings"),
    (("What is Lindqvist's position on cruise ships?",), LINDQVIST, "A cruise ship brings"),
    (("Did Lindqvist ever say anything about cruise ships?",), LINDQVIST, "A cruise ship brings"),
    (("How did Lindqvist's view on cruise ships change?",), LINDQVIST, "A cruise ship brings"),
    (("What did Lindqvist say in March 2025?",), LINDQVIST, "We have put this off"),
    (("Lindqvist's comments",), LINDQVIST, ""),
    (("What did Lindquist say about cruise ships?",), LINDQVIST, "A cruise ship brings"),
    (("what did marta say about cruise ships",), LINDQVIST, "A cruise ship brings"),
    (("What did Mayor Strand say about the night ferry?",), STRAND, "Nobody here wants"),
    (("Where does Vale stand on the night ferry?",), VALE, "The night ferry carried"),
    (("What promises did Vale make about the night ferry?",), VALE, "The night ferry carried"),
    (("Who spoke about the night ferry?",), VALE + STRAND, "The night ferry carried"),
    (("Who besides Strand spoke about the night ferry?",), VALE, "The night ferry carried"),
    (("Who criticised the fees?",), ["Helena Strand", "Olav Berge", "Robin Aker"], "fees"),
    (
        ("Who praised the fees?",),
        ["Helena Strand", "Olav Berge", "Robin Aker"],
        "No one’s words are reported as praise",
    ),
    (("What did Vale and Strand say about the night ferry?",), VALE + STRAND, "on the night ferry, as quoted"),
    (("Compare what Strand and Vale said about the night ferry.",), VALE + STRAND, "each apart"),
    (("How do Strand and Vale differ on the night ferry?",), VALE + STRAND, "Nobody here wants"),
    (("What did Lindqvist and Vale say about the night ferry?",), VALE, "nothing on the night ferry from Lindqvist"),
    ((SHIPS, "and about the fee?"), LINDQVIST, "pay no fee"),
    ((SHIPS, "What did they say about the fee?"), LINDQVIST, "pay no fee"),
    ((FERRY, "What about Vale?"), VALE, "The night ferry carried"),
    ((FERRY, "who else?"), VALE, "The night ferry carried"),
    ((FERRY, "why?"), STRAND, "Nobody here wants"),
    ((FERRY, "when was that?"), STRAND, "Nobody here wants"),
    (("Who spoke about the night ferry?", "What did they say?"), VALE + STRAND, "The night ferry carried"),
]


@pytest.mark.parametrize(("questions", "who", "words"), FORMS, ids=[" > ".join(row[0]) for row in FORMS])
def test_each_form_of_question_quotes_the_right_person(example: Assistant, questions, who, words) -> None:
    answer = asked(example, *questions)
    assert speakers(answer) == who
    assert words in answer.text


def test_a_body_whose_name_joins_two_is_one_speaker(tmp_path) -> None:
    with _library(tmp_path, "2025-01-20|Reyes and Holm: The quay is full.") as library:
        answer = Assistant(library).ask("What did Reyes and Holm say about the quay?")
    assert answer.text.startswith("Reyes and Holm on the quay, as quoted or reported in one document:")


SILENT = [
    (("Has Lindqvist ever mentioned whales?",), Reason.NOTHING_IN_DOCUMENTS, "Nobody quoted in them speaks about it"),
    (("What did Strand say about the wind park?",), Reason.NOT_THIS_SPEAKER, "Ingrid Solberg spoke about it"),
    ((SHIPS, "who else?"), Reason.NOTHING_IN_DOCUMENTS, "besides Marta Lindqvist"),
    (("What did Strand say in 2019?",), Reason.NOTHING_IN_DOCUMENTS, "between 2019-01-01 and 2019-12-31"),
    (("What did Macron say about Peru?",), Reason.NOTHING_IN_DOCUMENTS, "Nobody called Macron"),
]


@pytest.mark.parametrize(("questions", "reason", "message"), SILENT, ids=[" > ".join(row[0]) for row in SILENT])
def test_what_was_not_said_is_an_abstention_with_its_reason(example: Assistant, questions, reason, message) -> None:
    answer = asked(example, *questions)
    assert answer.abstention is not None
    assert answer.abstention.reason is reason
    assert message in answer.text


@pytest.mark.parametrize("question", [SHIPS, FERRY, "When does the dredging work begin?", "Who criticised the fees?"])
def test_every_question_offered_has_an_answer(example: Assistant, question: str) -> None:
    follow_ups = example.ask(question).follow_ups
    assert follow_ups
    for each in follow_ups:
        assert example.ask(each).citations, each


# --- people of one name, over time, joint statements


def test_two_people_of_one_last_name_are_quoted_apart_and_offered(notes: Assistant) -> None:
    answer = notes.ask("What did Weil say about the tunnel?")
    assert [c.speaker for c in answer.citations] == ["Ada Weil", "Ada Weil", "Jonas Weil"]
    assert "“Weil” may be more than one here: Ada Weil and Jonas Weil" in answer.text
    assert answer.follow_ups[:2] == (
        "What did Ada Weil say about the tunnel?",
        "What did Jonas Weil say about the tunnel?",
    )


def test_a_change_of_mind_is_told_in_order(notes: Assistant) -> None:
    answer = notes.ask("How did Ada Weil's view on the tunnel change?")
    assert [c.date for c in answer.citations] == ["2024-02-10", "2025-01-20"]
    assert "oldest first" in answer.text


def test_everything_somebody_said_comes_newest_first(notes: Assistant) -> None:
    assert [c.date for c in notes.ask("Ada Weil's statements").citations] == ["2025-01-20", "2024-05-03", "2024-02-10"]


def test_the_reason_of_somebodys_words_comes_first(notes: Assistant) -> None:
    answer = asked(notes, "What did Jonas Weil say about the tunnel?", "why?")
    assert "because the drill came early" in answer.citations[0].quote.text


@pytest.mark.parametrize(
    "question",
    ["What did Ada Weil say about harbours?", "What did Reyes say about harbours?", "Who spoke about harbours?"],
)
def test_a_joint_statement_names_everybody_who_made_it(notes: Assistant, question: str) -> None:
    answer = notes.ask(question)
    assert [set(c.speakers) for c in answer.citations] == [{"Ada Weil", "Tom Reyes"}]
    assert re.search(r"— (?:Ada Weil and Tom Reyes|Tom Reyes and Ada Weil) \(said, direct\)", answer.text)
    assert set(answer.to_json()["citations"][0]["also_by"]) < {"Ada Weil", "Tom Reyes"}


def test_a_joint_statement_in_an_answer_of_fact_names_everybody_too(notes: Assistant) -> None:
    answer = notes.ask("Which harbours stay open to every ship?")
    assert set(answer.citations[0].speakers) == {"Ada Weil", "Tom Reyes"}


def test_the_same_words_in_two_documents_are_quoted_once_with_both(notes: Assistant) -> None:
    found = choose("tunnel", notes.library.statements(), lambda id_: notes.library.document(id_).text)
    twice = [one for one in found if one.also]
    assert [(one.statement.speaker, [s.speaker for s in one.also]) for one in twice] == [("Pia Holm", ["Ada Weil"])]


def test_a_long_topic_is_answered_by_what_comes_nearest_with_reserve(example: Assistant) -> None:
    answer = example.ask("What did Vale say about the passengers of the night ferry in the winter storms?")
    assert speakers(answer) == VALE
    assert answer.text.startswith(
        "Nearest to “the passengers of the night ferry in the winter storms” in what Petra Vale"
    )
    assert answer.confidence < 0.5
    assert example.ask("What did Berge say about the price of nuclear power stations abroad?").abstention


def test_those_who_do_it_are_another_topic_than_what_they_do_it_with(notes: Assistant) -> None:
    assert notes.ask("What did O'Connor say about drillers?").abstention
    assert notes.ask("What did O'Connor say about drills?").citations


# --- names and topics


@pytest.mark.parametrize("name", ["Each", "Twenty", "Both", "12", "It", "Nobody", "One", "Several", "They all"])
def test_an_empty_word_names_nobody(name: str) -> None:
    assert not may_be_named(name)


@pytest.mark.parametrize("name", ["Ada Weil", "the county", "NATO", "port authority", "Twenty One Pilots"])
def test_a_name_names_somebody(name: str) -> None:
    assert may_be_named(name)


def test_empty_words_are_never_offered_or_named(notes: Assistant) -> None:
    for question in (
        "What did Tom Reyes say about the drill?",
        "Who spoke about the drill?",
        "Who spoke about the tunnel?",
    ):
        answer = notes.ask(question)
        shown = " ".join([answer.text.split("\n\n")[0], *answer.follow_ups])
        assert not re.search(r"\b(?:Each|Twenty)\b", shown), shown


def test_topics_are_names_and_things_and_never_the_speakers_own_name() -> None:
    info = DocumentInfo("d", "d.txt", "D")
    words = (
        "Twenty ships of Ada Weil reached Marland's quay on Monday. The night ferry is late (CROSSTALK). But I've told "
    )
    words += "each of us who needs the boats."
    statement = Statement(
        info, "Ada Weil", "said", "direct", (Document(info, words, "").span(0, len(words)),), 0, len(words)
    )
    assert set(topics_of([statement])["Ada Weil"]) == {"Marland", "night ferry", "boats"}


# --- what is read of a large library


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """More statements than are looked at one by one, half of them one person's."""
    lines = [
        f"20{n % 20:02}-01-02|" + " ".join(f"{'Ada Weil' if i % 2 else 'Tom Reyes'}: {words} {i}." for i in range(50))
        for n, words in enumerate(("The tunnels are dark", "The university is old", "Café and quay", "Rain fell") * 33)
    ]
    with _library(tmp_path_factory.mktemp("many"), "\n".join(lines)) as library:
        yield library


@pytest.mark.parametrize("speaker", ["Ada Weil", None])
@pytest.mark.parametrize(
    "topic", ["tunnels", "tunnel", "universities", "old university", "CAFÉ", "rain", "whales", "the"]
)
def test_reading_only_what_holds_the_topic_finds_what_reading_all_does(many: Library, topic: str, speaker) -> None:
    texts = {info.id: many.document(info.id).text for info in many.documents()}
    all_of_them = choose(topic, many.statements(speaker=speaker), texts.__getitem__, limit=10_000)
    read = best(topic, find_on(many, topic, Filters(speaker), most=None), limit=10_000)
    assert [one.statement.id for one in read] == [one.statement.id for one in all_of_them]
    few = best(topic, find_on(many, topic, Filters(speaker)), limit=5)
    assert [one.statement.id for one in few] == [one.statement.id for one in all_of_them[:5]]


def test_a_topic_that_stands_only_around_the_words_is_found(example: Assistant) -> None:
    found = statements_on(example.library, "director of the port", speaker="Lindqvist")
    assert {s.speaker for s in found} == {"Marta Lindqvist"}
    assert not any("director" in span.text for s in found for span in s.content)


def test_the_newest_are_kept_where_there_are_too_many(notes: Assistant) -> None:
    found = notes.library.statements(speaker="Ada Weil", newest=2)
    assert [s.document.date for s in found] == ["2024-05-03", "2025-01-20"]


# --- while the model is loading


class SlowEmbedder(HashingEmbedder):
    """Embeds nothing until it is let go."""

    def __init__(self) -> None:
        self.loaded = threading.Event()

    def embed(self, texts: Sequence[str]) -> Vectors:
        assert self.loaded.wait(60)
        return super().embed(texts)


def test_until_the_model_is_loaded_answers_go_by_words_alone(notes: Assistant) -> None:
    embedder = SlowEmbedder()
    with Library.open(notes.library.folder, embedder=embedder, attribute=_attribute) as library:
        library.load_model_behind()
        assert library.is_model_loading
        assert Assistant(library).ask("Which harbours stay open to every ship?").citations
        passages = library.retrieve("tunnel", k=20)
        assert passages
        assert {passage.evidence.meaning_rank for passage in passages} == {None}
        embedder.loaded.set()
        library._loading.join(60)
        assert not library.is_model_loading
        assert library.retrieve("tunnel", k=20)[0].evidence.meaning_rank


# --- statements as a table


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ({"speaker": "Strand"}, lambda s: s.speaker == "Helena Strand"),
        ({"topic": "ferry"}, lambda s: "ferry" in " ".join(span.text for span in s.content).lower()),
        ({"since": "2025-04-01"}, lambda s: (s.date or "") >= "2025-04-01"),
        ({"until": "2025-03-31"}, lambda s: s.date is not None and s.date <= "2025-03-31"),
        ({"source": "ferry*"}, lambda s: s.document.source.startswith("ferry")),
        ({"manner": "direct"}, lambda s: s.manner == "direct"),
        ({"manner": "reported"}, lambda s: s.manner != "direct"),
        ({"speaker": "Vale", "topic": "ferry", "manner": "direct"}, lambda s: s.speaker == "Petra Vale"),
    ],
    ids=["speaker", "topic", "since", "until", "source", "direct", "reported", "several"],
)
def test_every_filter_keeps_what_it_says(example: Assistant, filters, keeps) -> None:
    topic = filters.get("topic")
    found = statements_on(example.library, topic, **{k: v for k, v in filters.items() if k != "topic"})
    assert 0 < len(found) < len(example.library.statements())
    assert all(map(keeps, found))
    counts = speakers_of(example.library, **filters)
    assert {person.speaker: person.n_statements for person, _ in counts} == Counter(s.speaker for s in found)


def test_an_unknown_manner_is_named(example: Assistant) -> None:
    with pytest.raises(InputError, match="choose 'direct' or 'reported'"):
        statements_on(example.library, None, manner="shouted")


def test_the_exports_tell_the_exact_place_of_every_word(example: Assistant) -> None:
    statements = example.library.statements()
    rows = list(csv.DictReader(io.StringIO(to_csv(statements))))
    assert len(rows) == len(statements)
    for row, statement in zip(rows, statements, strict=True):
        text = example.library.document(statement.document.id).text
        spans = [tuple(map(int, span.split("-"))) for span in row["spans"].split()]
        assert " … ".join(text[a:b] for a, b in spans) == row["words"].removeprefix("'")
        content = statement_to_json(statement)["content"]
        assert [(c["start"], c["end"]) for c in content] == spans
        assert [text[c["start"] : c["end"]] for c in content] == [c["text"] for c in content]
