"""Document → Statements: who said what, in which words of the document.

Knows nothing of libraries, questions or answers.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from itertools import islice

from index.attribute.assemble import assemble
from index.attribute.layout import Layout
from index.attribute.parse import Parser, SpacyParser
from index.records import Document, Statement

_BATCH = 16  # documents parsed together


class Attributor:
    """Finds the statements in documents. English; of other languages only quotation marks and transcripts."""

    def __init__(self, parser: Parser | None = None) -> None:
        self._parser: Parser = parser or SpacyParser()
        self._lock = threading.Lock()

    def attribute(self, document: Document) -> list[Statement]:
        """Return the statements of a document in order of their place."""
        return next(self.attribute_all([document]))

    def attribute_all(self, documents: Iterable[Document]) -> Iterator[list[Statement]]:
        """Yield the statements of each document, parsing a few documents together."""
        remaining = iter(documents)
        while batch := list(islice(remaining, _BATCH)):
            with self._lock:
                results = self._batch(batch)
            yield from results

    def _batch(self, documents: list[Document]) -> list[list[Statement]]:
        layouts = [Layout.of(document.text) for document in documents]
        picked = [layout.sentences_to_parse() for layout in layouts]
        texts = [layout.text[slice(*layout.sentences[i])] for layout, p in zip(layouts, picked, strict=True) for i in p]
        parses = iter(self._parser.parse(texts))
        return [
            assemble(document, layout, {i: next(parses) for i in p})
            for document, layout, p in zip(documents, layouts, picked, strict=True)
        ]
