"""Sentences in the order in which they answer, and the short answer inside the first."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Kind, Query
from assistant.expected import counts_what_is_asked, lacks
from assistant.features import N_SHORTLISTED, NAMES, shortlist
from assistant.pool import PASSAGE_NAMES, Asked, Pool
from assistant.rank import rank, weights
from assistant.short import find_short_answer
from assistant.words import question_stems, stem
from index.embed import HashingEmbedder
from index.records import DocumentInfo, Passage
from index.retrieve import query_spans
from index.split import sentences

EMBEDDER = HashingEmbedder()
HARBOUR = (
    "The harbour of Skarvik was dredged in 1998. It can take ships of up to ninety metres. Fishing has declined since "
    "the quota was cut. The new pier, designed by Ida Holm, opened on 3 May 2021 and cost 4.5 million euros."
)
SCHOOL = "The school in Lund has 240 pupils. Lessons begin at eight. The roof leaks because the tiles are old."


def to_passage(text, rank=1, name="a"):
    return Passage(DocumentInfo(name, name, name), 0, len(text), text, None, tuple(sentences(text)), rank, 1 / rank)


def vectors_of(question):
    return EMBEDDER.embed_passages([question], [query_spans(question)])[0]


def ranked(question, *texts, kind=Kind.FACT):
    passages = [to_passage(text, n, f"d{n}") for n, text in enumerate(texts, 1)]
    vectors = [EMBEDDER.embed([p.text[a:b] for a, b in p.sentences]) for p in passages]
    return rank(Query(question, question, kind), vectors_of(question), passages, vectors)


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("When was the harbour of Skarvik dredged?", "The harbour of Skarvik"),
        ("How many pupils has the school in Lund?", "The school in Lund"),
        ("Who designed the new pier?", "The new pier"),
        ("Why does the roof leak?", "The roof leaks"),
    ],
)
def test_the_sentence_that_answers_comes_first(question, start):
    assert ranked(question, HARBOUR, SCHOOL).sentences[0].span.text.startswith(start)


def test_every_sentence_is_a_stretch_of_its_passage():
    for sentence in ranked("harbour school", HARBOUR, SCHOOL).sentences:
        passage, span = sentence.passage, sentence.span
        assert passage.text[span.start - passage.start : span.end - passage.start] == span.text


def test_confidence_is_higher_where_the_words_are_there():
    there, absent = "When was the harbour of Skarvik dredged?", "Which enzyme unwinds ribosomal peptides?"
    assert ranked(there, HARBOUR, SCHOOL).confidence > ranked(absent, HARBOUR, SCHOOL).confidence


def test_no_passages_no_sentences_no_confidence():
    ranking = ranked("Anything?")
    assert ranking.sentences == ()
    assert ranking.confidence == 0.0


def test_passages_are_the_same_in_the_order_in_which_they_answer():
    found = [to_passage(SCHOOL, 1, "d1"), replace(to_passage(HARBOUR, 2, "d2"), score=0.95)]
    vectors = [EMBEDDER.embed([p.text[a:b] for a, b in p.sentences]) for p in found]
    query = Query("q", "When was the harbour of Skarvik dredged?", Kind.TIME)
    passages = rank(query, vectors_of(query.text), found, vectors).passages
    assert [(p.rank, p.document.id, p.evidence.fused_rank) for p in passages] == [(1, "d2", 2), (2, "d1", 1)]
    assert 1.0 == passages[0].score > passages[1].score > 0


def test_the_weights_are_those_of_the_features():
    assert len(weights().sentences) == len(NAMES) == len(set(NAMES))
    assert len(weights().passages) == len(PASSAGE_NAMES)


@pytest.mark.parametrize(
    ("kind", "text", "lacking"),
    [
        (Kind.TIME, "It was opened on 3 May.", False),
        (Kind.TIME, "It was opened by the mayor.", True),
        (Kind.NUMBER, "Forty-one people waited.", False),
        (Kind.NUMBER, "Several people waited.", True),
        (Kind.PERSON, "The pier was designed by Ida Holm.", False),
        (Kind.PERSON, "The Skarvik pier was designed by her.", True),
        (Kind.PLACE, "The school lies in Lund.", False),
        (Kind.PLACE, "The school is old.", True),
        (Kind.REASON, "The school is old.", False),
    ],
)
def test_a_sentence_lacks_what_a_question_of_its_kind_asks_for(kind, text, lacking):
    assert lacks(kind, text, {stem("skarvik")}) is lacking


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("It has 240 young pupils.", True),
        ("It has pupils.", False),
        ("In 240 days pupils forget.", True),
        ("It has 240 chairs and some good old books for all its pupils.", False),
    ],
)
def test_a_number_counts_what_is_asked_where_it_stands_just_before_it(text, counts):
    assert counts_what_is_asked("How many pupils has it?", text) is counts


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=80), st.lists(st.text(min_size=1, max_size=200), max_size=4))
def test_any_question_and_any_text_give_finite_features(question, texts):
    passages = [to_passage(text, n, f"d{n}") for n, text in enumerate(texts, 1)]
    vectors = [EMBEDDER.embed([p.text[a:b] for a, b in p.sentences]) for p in passages]
    pool = Pool(Asked.of(question, Kind.NUMBER), vectors_of(question), passages, vectors)
    near = shortlist(pool, pool.passage_rows() @ weights().passages)
    assert near.rows.shape == (len(near.spans), len(NAMES))
    assert len(near.spans) <= N_SHORTLISTED
    assert np.isfinite(near.rows).all()


def test_missing_vectors_leave_the_words():
    passage = to_passage(HARBOUR)
    query = Query("q", "When was the harbour dredged?", Kind.TIME)
    ranking = rank(query, vectors_of(query.text), [passage], [np.empty((0, 64), np.float32)])
    assert "1998" in ranking.sentences[0].span.text


@pytest.mark.parametrize(
    ("question", "kind", "short"),
    [
        ("When was the harbour of Skarvik dredged?", Kind.TIME, "1998"),
        ("When did the new pier open?", Kind.TIME, "3 May 2021"),
        ("How many pupils has the school in Lund?", Kind.NUMBER, "240"),
        ("Who designed the new pier?", Kind.PERSON, "Ida Holm"),
        ("Where is the school with 240 pupils?", Kind.PLACE, "Lund"),
        ("Is the harbour deep?", Kind.YES_NO, None),
        ("Why does the roof leak?", Kind.REASON, None),
        ("What is the harbour of Skarvik like?", Kind.MANNER, None),
        ("How much did the new pier cost?", Kind.NUMBER, "4.5 million euros"),
        ("What does the report say about the new pier?", Kind.FACT, None),
    ],
)
def test_a_short_answer_is_marked_where_the_question_asks_for_one(question, kind, short):
    best = ranked(question, HARBOUR, SCHOOL, kind=kind).sentences[0]
    found = find_short_answer(Query(question, question, kind), best)
    assert (found.text if found else None) == short
    if found:
        assert best.passage.text[found.start : found.end] == short


def test_words_are_compared_by_their_stems():
    assert stem("dredging") == stem("dredged")
    assert question_stems("When was the harbour dredged?") == [stem("harbour"), stem("dredged")]
    assert question_stems("Who are they?") != []
