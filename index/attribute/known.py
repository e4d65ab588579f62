"""A parser that knows the sentences of an earlier text: only what is new gets parsed.

Knows nothing of documents; where the parses are kept is the caller's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.attribute.parse import SpacyParser, as_parsed

if TYPE_CHECKING:
    from spacy.tokens import Doc


class KnownParses:
    """Parses what `packed` bytes of an earlier run do not hold; `packed()` returns what this run used."""

    def __init__(self, parser: SpacyParser, packed: bytes = b"") -> None:
        self._parser = parser
        self._known = {doc.text: doc for doc in parser.unpack(packed)} if packed else {}
        self._used: dict[str, Doc] = {}

    def parse(self, texts: Sequence[str]) -> list[Doc]:
        """Return one parse a text; equal texts share theirs."""
        wanted = [as_parsed(text) for text in texts]
        new = [text for text in dict.fromkeys(wanted) if text not in self._known]
        self._known.update(zip(new, self._parser.parse(new), strict=True))
        self._used.update((text, self._known[text]) for text in wanted)
        return [self._known[text] for text in wanted]

    def packed(self) -> bytes:
        return self._parser.pack(list(self._used.values()))
