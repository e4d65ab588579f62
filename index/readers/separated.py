"""Tables as text (CSV, TSV): one paragraph a row, with the row's number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from index.readers.decode import decode
from index.readers.reading import Reading
from index.readers.table import numbered_rows

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20


def read_separated(data: bytes, name: str, password: str | None) -> Reading:
    """Read a table; what separates its cells is what cuts its first lines into the most cells, equally many."""
    text = decode(data)
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    delimiter = max(_DELIMITERS, key=lambda mark: _n_cells(lines, mark))
    csv.field_size_limit(2**31 - 1)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return Reading(("\n\n".join(numbered_rows(_numbered(rows))),))


def _n_cells(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many cells the delimiter makes of every line at least, and in all."""
    try:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    return (min(counts[:-1], default=0), sum(counts))  # the last line of a sample may be cut inside quotation marks


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Count rows as a spreadsheet does: the first is 1."""
    return enumerate(rows, 1)
