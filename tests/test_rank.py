"""Sentences in the order in which they answer, and the short answer inside the first."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Kind, Query
from assistant.features import N_SHORTLISTED, NAMES, read_question, shortlist
from assistant.rank import rank_sentences, rerank, weights
from assistant.short import find_short_answer
from assistant.words import question_stems, stem
from index.embed import HashingEmbedder
from index.records import DocumentInfo, Passage
from index.split import sentences

EMBEDDER = HashingEmbedder()
HARBOUR = (
    "The harbour of Skarvik was dredged in 1998. It can take ships of up to ninety metres. Fishing has declined since "
    "the quota was cut. The new pier, designed by Ida Holm, opened on 3 May 2021 and cost 4.5 million euros."
)
SCHOOL = "The school in Lund has 240 pupils. Lessons begin at eight. The roof leaks because the tiles are old."


def to_passage(text, rank=1, name="a"):
    return Passage(DocumentInfo(name, name, name), 0, len(text), text, None, tuple(sentences(text)), rank, 1 / rank)


def ranked(question, *texts, kind=Kind.FACT):
    passages = [to_passage(text, n, f"d{n}") for n, text in enumerate(texts, 1)]
    vectors = [EMBEDDER.embed([p.text[a:b] for a, b in p.sentences]) for p in passages]
    return rank_sentences(Query(question, question, kind), EMBEDDER.embed([question])[0], passages, vectors)


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


def test_passages_are_the_same_in_the_order_their_sentences_suggest():
    passages = [to_passage(SCHOOL, 1, "d1"), replace(to_passage(HARBOUR, 2, "d2"), score=0.95)]
    vectors = [EMBEDDER.embed([p.text[a:b] for a, b in p.sentences]) for p in passages]
    query = Query("q", "When was the harbour of Skarvik dredged?", Kind.TIME)
    ranking = rank_sentences(query, EMBEDDER.embed([query.text])[0], passages, vectors)
    again = rerank(passages, ranking.sentences)
    assert [p.rank for p in again] == [1, 2]
    assert [p.document.id for p in again] == ["d2", "d1"]
    assert again[0].score >= again[1].score
    assert rerank(passages, ()) == passages


def test_the_weights_are_those_of_the_features():
    assert len(weights().order) == len(NAMES) == len(set(NAMES))


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=80), st.lists(st.text(min_size=1, max_size=200), max_size=4))
def test_any_question_and_any_text_give_finite_features(question, texts):
    passages = [to_passage(text, n, f"d{n}") for n, text in enumerate(texts, 1)]
    vectors = [EMBEDDER.embed([p.text[a:b] for a, b in p.sentences]) for p in passages]
    near = shortlist(read_question(question), EMBEDDER.embed([question])[0], passages, vectors)
    assert near.rows.shape == (len(near.spans), len(NAMES))
    assert len(near.spans) <= N_SHORTLISTED
    assert np.isfinite(near.rows).all()


def test_missing_vectors_leave_the_words():
    passage = to_passage(HARBOUR)
    query = Query("q", "When was the harbour dredged?", Kind.TIME)
    ranking = rank_sentences(query, EMBEDDER.embed([query.text])[0], [passage], [np.empty((0, 64), np.float32)])
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
        ("What is the harbour of Skarvik?", Kind.FACT, None),
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
