"""The text of an extractive answer: each quote word for word, each citation around its own paragraph."""

from __future__ import annotations

import itertools

import pytest

from assistant.quotable import is_quotable
from assistant.quote import Quoted, by_line, compose, names_in_words, spell_date
from index.records import DocumentInfo, Span

DOCUMENT = DocumentInfo("a", "harbour.txt", "Harbour news", "2023-01-31")


def quoted(text: str, speaker: str | None = None, also: tuple[Quoted, ...] = ()) -> Quoted:
    return Quoted(DOCUMENT, Span(0, len(text), text), speaker, "direct" if speaker else None, "told", also=also)


@pytest.mark.parametrize("texts", [[], ["One."], ["One.", "Two\nlines.", "[3] — odd “marks”."], ["Same.", "Same."]])
def test_citations_cover_their_paragraphs(texts: list[str]) -> None:
    text, citations = compose("Lead:", [quoted(t, "Ada Poe") for t in texts])
    assert [c.number for c in citations] == list(range(1, len(texts) + 1))
    assert [c.quote.text for c in citations] == texts
    for citation in citations:
        assert citation.quote.text in text[citation.start : citation.end]
        assert text[citation.start : citation.end].endswith(f"[{citation.number}]")
    assert text.startswith("Lead:")


def test_spans_do_not_overlap() -> None:
    _, citations = compose("Lead:", [quoted("One."), quoted("Two."), quoted("Three.")])
    assert all(a.end < b.start for a, b in itertools.pairwise(citations))


def test_words_repeated_elsewhere_share_a_paragraph() -> None:
    elsewhere = quoted("One.")
    text, citations = compose("Lead:", [quoted("One.", also=(elsewhere, quoted("Different.")))])
    assert [c.number for c in citations] == [1, 2]
    assert len({(c.start, c.end) for c in citations}) == 1
    assert text.count("One.") == 1
    assert "Different." not in text


def test_by_line_says_who_how_when_and_where() -> None:
    assert by_line(quoted("x", "Ada Poe")) == "Ada Poe (told, direct), 31 January 2023, Harbour news"
    assert by_line(quoted("x")) == "31 January 2023, Harbour news"


@pytest.mark.parametrize(
    ("iso", "spelt"),
    [("2023-01-31", "31 January 2023"), ("2023-01", "January 2023"), ("2023", "2023"), ("soon", "soon")],
)
def test_dates_are_spelt_as_far_as_they_go(iso: str, spelt: str) -> None:
    assert spell_date(iso) == spelt


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D"], "A, B, C and 1 other"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 others"),
    ],
)
def test_names_in_words(names: list[str], words: str) -> None:
    assert names_in_words(names) == words


@pytest.mark.parametrize(
    "text",
    [
        "Work begins on 1 September 2025.",
        "“A third, perhaps. Not the whole boat.”",
        "Who pays for it?",
        "a line of a letter or a chat that goes on for many words without any mark at its end",
        "It rose by 3.5 per cent (see page 4).",
        "The share is x = 3 of all that was counted there in spring.",
    ],
)
def test_sentences_may_be_quoted(text: str) -> None:
    assert is_quotable(text, "Harbour news")


@pytest.mark.parametrize(
    "text",
    ["Night ferry", "Harbour news.", "MAYOR STRAND:", "# Damage", "12.", "", "def main(): return {}", "x = f(y);"],
)
def test_headings_titles_speaker_lines_and_code_may_not(text: str) -> None:
    assert not is_quotable(text, "Harbour news.")
