"""Document → Statements by the rules of `attribute`, where a long document that changed costs what changed.

The parses of its sentences are kept in a file beside the catalog, a cache that may be lost. Knows no rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.records import Document, Statement

if TYPE_CHECKING:
    from index.attribute.parse import SpacyParser

FOLDER = "parses"
# Characters from which the parses are kept: a second of work. They take as much room again as the text.
_LONG = 50_000


class Teller:
    """Finds statements; keeps what is worth it in the library's folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / FOLDER if folder else None

    def __reduce__(self) -> tuple[object, tuple[None]]:
        """Be sent elsewhere without the folder, which is this machine's: nothing is kept there."""
        return Teller, (None,)

    def __call__(self, document: Document) -> list[Statement]:
        """Return the statements of a document, the same whether or not an earlier text of it was parsed."""
        from index.attribute import Attributor
        from index.attribute.known import KnownParses

        if self._folder is None or len(document.text) < _LONG:
            return Attributor(_parser()).attribute(document)
        path = self._folder / _name(document.id)
        known = KnownParses(_parser(), path.read_bytes() if path.is_file() else b"")
        statements = Attributor(known).attribute(document)
        self._folder.mkdir(exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(known.packed())
        partial.replace(path)
        return statements

    def forget_all_but(self, document_ids: Iterable[str]) -> None:
        """Delete the files of documents that are there no more."""
        found = list(self._folder.iterdir()) if self._folder and self._folder.is_dir() else []
        kept = {_name(document_id) for document_id in document_ids} if found else set[str]()
        for path in found:
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _name(document_id: str) -> str:
    return hashlib.blake2b(document_id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def _parser() -> SpacyParser:
    from index.attribute.parse import SpacyParser

    return SpacyParser()
