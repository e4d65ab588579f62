"""A library's documents, statements and conversations as JSON lines, for other programs.

Knows the shapes, not how they came about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.shapes import document_to_json, statement_to_json
from index.errors import InputError, StorageError

if TYPE_CHECKING:
    from index.library import Library


def export_library(library: Library, target: Path) -> dict[str, int]:
    """Write `documents.jsonl`, `statements.jsonl` and `conversations.jsonl`; return how many lines each has.

    Raises InputError where the folder is there already: nothing is overwritten.
    """
    if target.exists():
        raise InputError(f"'{target}' is there already: name a new folder")
    try:
        target.mkdir(parents=True)
        return {
            "documents": _write(target / "documents.jsonl", _documents(library)),
            "statements": _write(target / "statements.jsonl", map(statement_to_json, library.statements())),
            "conversations": _write(target / "conversations.jsonl", library.conversations.list()),
        }
    except OSError as error:
        raise StorageError(f"'{target}' can't be written ({error.strerror}): choose another folder") from error


def _documents(library: Library) -> Iterable[dict[str, Any]]:
    for info in library.documents():
        document = library.document(info.id)
        yield document_to_json(info) | {"content_hash": document.content_hash, "text": document.text}


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    n_rows = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            n_rows += 1
    return n_rows
