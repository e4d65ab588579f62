"""Long answers: one document summed up, two things compared."""

from dataclasses import replace
from itertools import pairwise

import pytest

from assistant.ask import Assistant
from assistant.words import stems
from index.embed import HashingEmbedder
from index.library import Library
from index.records import Document, DocumentInfo

TEXTS = {
    "lease.pdf": "The tenant pays the rent of 900 euros on the first of each month. The landlord repairs the roof and "
    "the heating. The tenant may keep one cat in the flat. The lease ends after two years unless both sides renew it. "
    "Pets other than a cat need the landlord's consent. The tenant pays the rent of 900 euros on the first of a month. "
    "Either side may end the lease with three months' notice. The tenant paints the rooms on leaving.",
    "notes/ferry-plan.md": "The night ferry sails at eleven from the old pier. The night ferry carries sixty cars and "
    "two hundred people. Its crew wants a day of rest after each crossing.",
    "bus.md": "The county bus stops in thirty villages every morning. The county bus costs two euros a ride for pupils "
    "and four for everybody else.",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    with Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: []) as library:
        infos = {
            name: DocumentInfo(name, name, name.rsplit("/")[-1], f"2024-01-0{n}") for n, name in enumerate(TEXTS, 1)
        }
        infos["bus.md"] = replace(infos["bus.md"], title="How the county travels")
        library.add([Document(infos[name], text, name) for name, text in TEXTS.items()])
        yield Assistant(library)


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Summarise lease.pdf", "lease.pdf"),
        ("Summarise the lease", "lease.pdf"),
        ("Sum up the ferry plan", "notes/ferry-plan.md"),
        ("Give me an overview of how the county travels", "bus.md"),
        ("How many cars are named in ferry-plan.md?", "notes/ferry-plan.md"),
        ("Summarise the rent", None),
        ("Summarise lease.pdf.old", None),
        ("Who keeps a cat?", None),
    ],
)
def test_a_document_named_in_the_question_is_the_one_that_is_searched(assistant, question, source):
    answer = assistant.ask(question)
    assert answer.query.source == source
    if source:
        assert {citation.document.id for citation in answer.citations} <= {source}


@pytest.mark.parametrize("question", ["Summarise lease.pdf", "Compare the night ferry and the county bus"])
def test_a_long_answer_is_cited_in_order_and_says_nothing_twice(assistant, question):
    answer = assistant.ask(question)
    assert 3 <= len(answer.citations) <= 5
    assert answer.text.count("\n\n") == len(answer.citations)
    places = [(c.document.date, c.quote.start) for c in answer.citations]
    assert places == sorted(places)
    held = [set(stems(c.quote.text)) for c in answer.citations]
    assert all(len(a & b) < 0.7 * len(a | b) for n, a in enumerate(held) for b in held[:n])
    for before, after in pairwise(answer.citations):
        assert before.end < after.start


def test_a_comparison_holds_both_sides_and_none_where_one_is_absent(assistant):
    both = assistant.ask("What are the differences between the county bus and the night ferry?")
    assert both.citations[0].document.id == "bus.md"
    assert {c.document.id for c in both.citations} >= {"bus.md", "notes/ferry-plan.md"}
    one = assistant.ask("Compare the night ferry and ribosomal peptides")
    assert not one.text.startswith("On ")


@pytest.mark.parametrize(("n_documents", "is_summed_up"), [(1, True), (2, False)])
def test_the_article_is_the_only_one_there_is(tmp_path, n_documents, is_summed_up):
    with Library.open(tmp_path, embedder=HashingEmbedder(), attribute=lambda document: []) as library:
        names = list(TEXTS)[:n_documents]
        library.add(Document(DocumentInfo(name, name, name), TEXTS[name], name) for name in names)
        answer = Assistant(library).ask("Summarise the article")
    assert ("nearest to the whole" in answer.text) == is_summed_up


def test_this_document_is_the_one_that_was_chosen(assistant):
    answer = assistant.ask("Summarise this document", source="bus.md")
    assert {c.document.id for c in answer.citations} == {"bus.md"}
    assert "nearest to the whole" in answer.text
