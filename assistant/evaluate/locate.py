"""Finds evidence in documents: a place or a quote becomes exact offsets, or a line that says why not.

Knows nothing of file formats.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from assistant.evaluate.folder import Line
from assistant.evaluate.questions import GoldStatement, Offsets
from index.records import Document
from index.split import sentences

# One character each way, so that offsets stay: people type what their keyboard has.
_AS_TYPED = str.maketrans("“”„‟‘’‚‛–—−\u00a0", "\"\"\"\"''''--- ")


class Locator:
    """Looks up documents by id, path or file name, and quotes in their text."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._sentences: dict[str, list[Offsets]] = {}
        self._by_name: dict[str, list[str]] = {}
        for document_id, document in documents.items():
            for name in {document.info.source, PurePosixPath(document.info.source).name}:
                self._by_name.setdefault(name, []).append(document_id)

    def document(self, source: str, line: Line) -> Document | None:
        """Return the document named by `source`; None, and a word on the line, where it is not one."""
        if source in self._documents:
            return self._documents[source]
        found = self._by_name.get(source, [])
        if len(found) == 1:
            return self._documents[found[0]]
        if found:
            line.is_wrong(f"{len(found)} documents are called {source!r}: give the path")
        else:
            near = difflib.get_close_matches(source, self._by_name, n=1)
            line.is_wrong(f"no document {source!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return None

    def statement(self, evidence: Mapping[str, Any], line: Line) -> GoldStatement | None:
        """Return the gold statement of one piece of evidence: {source, start, end} or {source, quote}.

        The sentences that hold it may be quoted without loss of precision.
        """
        if not isinstance(evidence, Mapping) or not evidence.get("source"):
            line.is_wrong("evidence needs a source and a quote, or a source, start and end")
            return None
        document = self.document(str(evidence["source"]), line)
        span = self._span(document, evidence, line) if document else None
        if document is None or span is None:
            return None
        return GoldStatement(document.id, (span,), tuple(self._sentences_around(document, *span)))

    def _sentences_around(self, document: Document, start: int, end: int) -> list[Offsets]:
        if document.id not in self._sentences:
            self._sentences[document.id] = sentences(document.text)
        return [(low, high) for low, high in self._sentences[document.id] if low < end and start < high]

    def _span(self, document: Document, evidence: Mapping[str, Any], line: Line) -> Offsets | None:
        quote = str(evidence.get("quote") or "")
        try:
            start, end = int(evidence["start"]), int(evidence["end"])
        except (KeyError, TypeError, ValueError):
            if quote:
                return find_quote(document, quote, line)
            line.is_wrong("evidence needs a quote, or start and end in characters")
            return None
        if quote and document.text[start:end] != quote:  # the document has changed since
            return find_quote(document, quote, line)
        if not 0 <= start < end <= len(document.text):
            line.is_wrong(f"{start}-{end} lies outside {document.info.source!r} of {len(document.text)} characters")
            return None
        return start, end


def is_whole_document(evidence: object) -> bool:
    """Tell whether a piece of evidence names a document and no place in it."""
    return (
        isinstance(evidence, Mapping)
        and bool(evidence.get("source"))
        and all(evidence.get(name) in (None, "") for name in ("quote", "start", "end"))
    )


def find_quote(document: Document, quote: str, line: Line) -> Offsets | None:
    """Return where the quote stands; white space and the shape of quotation marks and dashes may differ."""
    words = quote.translate(_AS_TYPED).split()
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = [match.span() for match in pattern.finditer(document.text.translate(_AS_TYPED))] if words else []
    if len(found) == 1:
        return found[0]
    where = f"{document.info.source!r}: {quote[:50]!r}"
    if found:
        places = " and ".join(str(start) for start, _ in found[:3])
        line.is_wrong(f"the quote stands more than once in {where} (at {places}); make it longer or give start and end")
    else:
        line.is_wrong(f"the quote is not in {where}")
    return None
