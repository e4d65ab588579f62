"""Statements: where they lie in the document, and the table of constructions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from attribution_table import TABLE, Row, Said

from index.attribute import Attributor
from index.records import Document, DocumentInfo, Statement

_EDGES = "“”«»\"'‘’ ,."  # marks around the words, and the stops before them


def _document(name: str, text: str) -> Document:
    return Document(DocumentInfo(name, name, name, "2025-05-03"), text, "")


@pytest.fixture(scope="module")
def attributed() -> list[tuple[Document, list[Statement]]]:
    documents = [_document(row.construction, row.text) for row in TABLE]
    return list(zip(documents, Attributor().attribute_all(documents), strict=True))


def test_content_is_the_document_word_for_word(attributed: list[tuple[Document, list[Statement]]]) -> None:
    for document, statements in attributed:
        for statement in statements:
            assert statement.content
            for span in statement.content:
                assert document.text[span.start : span.end] == span.text
                assert statement.start <= span.start < span.end <= statement.end


def test_statements_and_their_content_are_in_order(attributed: list[tuple[Document, list[Statement]]]) -> None:
    for _, statements in attributed:
        assert [s.start for s in statements] == sorted(s.start for s in statements)
        for statement in statements:
            spans = statement.content
            assert all(a.end <= b.start for a, b in pairwise(spans))


def test_speaker_is_one_of_the_names(attributed: list[tuple[Document, list[Statement]]]) -> None:
    assert all(s.speaker in s.names for _, statements in attributed for s in statements)


def test_attribution_is_deterministic_and_alone_as_in_a_batch(
    attributed: list[tuple[Document, list[Statement]]],
) -> None:
    attributor = Attributor()
    for document, statements in attributed[::9]:
        assert attributor.attribute(document) == statements


def test_an_empty_document_has_no_statements() -> None:
    assert Attributor().attribute(_document("empty", "")) == []


def test_every_construction_has_one_row() -> None:
    names = [row.construction for row in TABLE]
    assert len(names) == len(set(names)) >= 170


def test_table(attributed: list[tuple[Document, list[Statement]]]) -> None:
    pairs = zip(TABLE, attributed, strict=True)
    assert "\n".join(wrong for row, (_, statements) in pairs for wrong in _differences(row, statements)) == ""


def _differences(row: Row, statements: list[Statement]) -> Iterator[str]:
    given = [Said(s.speaker, s.manner, _words(s)) for s in statements]
    unmatched = list(given)
    for expected in row.expected:
        match = next((said for said in unmatched if _agrees(expected, said)), None)
        if match is None:
            yield f"{row.construction}: {expected} not among {given}"
        else:
            unmatched.remove(match)
    if len(given) > len(row.expected):
        yield f"{row.construction}: too many: {given}"


def _words(statement: Statement) -> str:
    return " … ".join(span.text.strip(_EDGES) for span in statement.content)


def _agrees(expected: Said, given: Said) -> bool:
    words = " … ".join(piece.strip(_EDGES) for piece in expected.words.split(" … "))
    return expected._replace(words=words) == given


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Anna Holm said on Monday that the roof would close on Friday.", "2025-04-28"),
        ("“It leaks,” Anna Holm said Saturday.", "2025-05-03"),
        ("Yesterday Anna Holm said the roof leaks.", "2025-05-02"),
        ("Anna Holm said last year that the roof leaks.", "2024"),
        ("“It leaked last month,” Anna Holm said.", "2025-05-03"),
        ("Anna Holm, who leaves next Monday, said that the roof leaks.", "2025-05-03"),
    ],
)
def test_a_statement_has_the_day_on_which_it_was_made(text: str, day: str) -> None:
    assert [s.date for s in Attributor().attribute(_document("dated", text))] == [day]
