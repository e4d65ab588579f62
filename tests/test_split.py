"""Chunks hold the whole text in order, with exact offsets, whatever the text and however its tokens are counted."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.records import Document, DocumentInfo
from index.split import Before, paragraphs, sentences, split


def count_words(texts):
    return [len(text.split()) for text in texts]


def count_letters(texts):
    return [len("".join(text.split())) for text in texts]


def count_bytes_dearly(texts):
    """Several tokens a letter, as byte-level tokenizers do: even one letter can be above the limit."""
    return [3 * len(text.encode()) for text in texts]


def document_of(text, page_starts=()):
    return Document(DocumentInfo("d", "d.txt", "D"), text, "", page_starts)


def bare(text):
    return "".join(text.split())


TEXTS = st.text(st.sampled_from("AbcD .!?…\n\t“”\"')(,;1é。！」\u00a0\u2003ß😀"), max_size=300)
COUNTERS = st.sampled_from([count_words, count_letters, count_bytes_dearly])


@settings(max_examples=200, deadline=None)
@given(TEXTS, COUNTERS, st.integers(1, 40))
@example("ab c", count_bytes_dearly, 2)
def test_chunks_hold_every_character_once_in_order(text, count, max_tokens):
    chunks = split(document_of(text), count, max_tokens=max_tokens)
    assert bare("".join(chunk.text for chunk in chunks)) == bare(text)
    assert bare("".join(text[a:b] for chunk in chunks for a, b in chunk.sentences)) == bare(text)
    edges = [edge for chunk in chunks for edge in (chunk.start, chunk.end)]
    assert edges == sorted(edges)
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text == chunk.text.strip() != ""
        inside = [edge for span in chunk.sentences for edge in span]
        assert inside == sorted(inside)
        assert (inside[0], inside[-1]) == (chunk.start, chunk.end)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(TEXTS, max_size=12).map("\n\n".join),
    st.integers(0, 400),
    st.integers(0, 60),
    TEXTS,
    COUNTERS,
    st.integers(1, 40),
)
def test_a_changed_document_is_cut_as_a_new_one(text, at, n_gone, new, count, max_tokens):
    changed = document_of(text[:at] + new + text[at + n_gone :], page_starts=(0, at))
    before = Before(text, split(document_of(text), count, max_tokens=max_tokens))
    assert split(changed, count, max_tokens=max_tokens, before=before) == split(changed, count, max_tokens=max_tokens)


def test_of_a_changed_document_only_what_is_around_the_change_is_counted():
    paragraphs_ = [f"Paragraph {n} tells of the cod. It was late again." for n in range(400)]
    text = "\n\n".join(paragraphs_)
    counted = []
    before = Before(text, split(document_of(text), count_words, max_tokens=20))
    changed = document_of(text.replace("200 tells of the cod", "200 tells of an eel and its young"))
    split(changed, lambda texts: [*map(counted.append, texts)] and count_words(texts), max_tokens=20, before=before)
    assert 0 < len(counted) < 200


@settings(max_examples=200, deadline=None)
@given(TEXTS, COUNTERS, st.integers(1, 40))
def test_no_chunk_is_above_the_limit_but_a_single_letter(text, count, max_tokens):
    for chunk in split(document_of(text), count, max_tokens=max_tokens):
        # Tokens of bytes are not counted again for the space that packing leaves between sentences.
        n_tokens = sum(count([text[a:b] for a, b in chunk.sentences]))
        assert n_tokens <= max_tokens or len(chunk.text) == 1


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_sentences_and_paragraphs_leave_out_only_white_space(text):
    for spans in (sentences(text), paragraphs(text)):
        assert bare("".join(text[a:b] for a, b in spans)) == bare(text)
        assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_sentences_of_a_stretch_stay_inside_it(text, start, length):
    end = min(len(text), start + length)
    start = min(start, end)
    assert bare("".join(text[a:b] for a, b in sentences(text, start, end))) == bare(text[start:end])
    assert all(start <= a < b <= end for a, b in sentences(text, start, end))


def test_a_chunk_knows_the_page_on_which_it_begins():
    text = "First page.\n\nSecond page."
    chunks = split(document_of(text, (0, 13)), count_words, max_tokens=2)
    assert [(chunk.text, chunk.page) for chunk in chunks] == [("First page.", 1), ("Second page.", 2)]


def test_a_change_in_the_last_paragraph_moves_no_border_before_it():
    before = "\n\n".join(f"Paragraph {n} tells of the cod and of the ferry." for n in range(20))
    chunks = split(document_of(before), count_words, max_tokens=16)
    changed = split(document_of(before + " And of more."), count_words, max_tokens=16)
    assert [c.id for c in changed[:-1]] == [c.id for c in chunks[:-1]]


@pytest.mark.parametrize(
    "text",
    ["." * 200_000, ". " * 50_000, "?!" * 50_000 + "x", "\n " * 50_000, "(" * 100_000, "A.B." * 25_000, "”" * 100_000],
    ids=["dots", "spaced-dots", "marks", "blank-lines", "brackets", "acronym", "closing"],
)
def test_a_long_row_of_one_thing_is_quick(text):
    started = time.process_time()
    chunks = split(document_of(text), count_letters, max_tokens=1000)
    assert time.process_time() - started < 3
    assert bare("".join(chunk.text for chunk in chunks)) == bare(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Smith left. He ran.", ["Mr. Smith left.", "He ran."]),
        ("“Go!” she said.", ["“Go!” she said."]),
        ("“Go!” She left.", ["“Go!”", "She left."]),
        ("The U.S. Army came.", ["The U.S. Army came."]),
        ("He went to the U.S. The army stayed.", ["He went to the U.S.", "The army stayed."]),
        ("J. R. Hart wrote it.", ["J. R. Hart wrote it."]),
        ("It cost 3.50 euros. That is much.", ["It cost 3.50 euros.", "That is much."]),
        ("See fig. 3 for it.", ["See fig. 3 for it."]),
        ("He came at 5 p.m. She left.", ["He came at 5 p.m.", "She left."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("One\n \t\nTwo", ["One", "Two"]),
        ("One\nline more", ["One\nline more"]),
        ("Really?! Yes… Perhaps.", ["Really?!", "Yes…", "Perhaps."]),
        ("海は青い。空も青い。", ["海は青い。", "空も青い。"]),
        ("Он ушёл. Она осталась.", ["Он ушёл.", "Она осталась."]),
        ("Visit example.org today.", ["Visit example.org today."]),
        ("", []),
        (" \n\n ", []),
    ],
    ids=(
        "title quote-then-cue quote-then-sentence acronym acronym-at-the-end initials decimal figure p.m. blank-line "
        "blank-line-with-space line-break marks japanese russian address empty white-space"
    ).split(),
)
def test_sentences(text, expected):
    assert [text[a:b] for a, b in sentences(text)] == expected
