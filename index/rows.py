"""Rows of the catalog's tables to records and back.

Knows nothing of how they are stored or found.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.records import Chunk, DocumentInfo, Filters, Span, Statement

INFO = "d.id, d.source, d.title, d.date, d.kind, d.author, d.language"


def document_filter(filters: Filters, date: str = "d.date") -> tuple[str, tuple[Any, ...]]:
    """Return a WHERE clause over documents `d` with its values; empty for no filter."""
    clauses: list[str] = []
    values: list[Any] = []
    if filters.source is not None:
        clauses.append("(glob(?, d.source) OR glob(?, d.source) OR d.id = ?)")
        values += [filters.source, f"*/{filters.source}", filters.source]
    if filters.since is not None:  # '2023' may be any day of it
        clauses.append(f"{date} >= substr(?, 1, length({date}))")
        values.append(filters.since)
    if filters.until is not None:  # '2023-01' includes the whole month
        clauses.append(f"substr({date}, 1, ?) <= ?")
        values += [len(filters.until), filters.until]
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), tuple(values)


def pack_spans(chunk: Chunk) -> bytes:
    """Return a chunk's sentences as pairs of 32-bit offsets relative to its start."""
    return (np.array(chunk.sentences, np.int64).reshape(-1) - chunk.start).astype("<u4").tobytes()


def to_chunk(row: tuple[Any, ...]) -> Chunk:
    """Return the chunk of start, end, text, page, packed spans and its document's columns."""
    start, end, text, page, packed, *info = row
    offsets = (np.frombuffer(packed, "<u4").astype(np.int64) + start).reshape(-1, 2)
    return Chunk(DocumentInfo(*info), start, end, text, page, tuple((a, b) for a, b in offsets.tolist()))


def to_statement(row: tuple[Any, ...]) -> Statement:
    """Return the statement of its columns, the speaker first, and its document's."""
    identity, cue, manner, content, start, end, names, date, page, *info = row
    spans = tuple(Span(*span) for span in json.loads(content))
    return Statement(_info(*info), identity, cue, manner, spans, start, end, tuple(json.loads(names)), date, page)


@lru_cache(1024)  # the statements of a document share one
def _info(*columns: Any) -> DocumentInfo:  # noqa: ANN401  as SQLite hands them over
    return DocumentInfo(*columns)


def to_int8(vectors: NDArray[np.float32]) -> bytes:
    """Return unit rows times 127, one byte a value."""
    return np.rint(vectors * 127).astype(np.int8).tobytes()


def from_int8(data: bytes, n_dimensions: int) -> NDArray[np.float32]:
    """Return the unit rows that `to_int8` packed, within a rounding of 1/127."""
    rows = np.frombuffer(data, np.int8).reshape(-1, n_dimensions).astype(np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
