"""Rows of cells as lines that make sense alone: 'header: value; header: value'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[-+]?[\d.,%€$£ ]*\d[\d.,%€$£ ]*")


def rows_as_text(rows: Iterable[Sequence[str]], *, has_header: bool | None = None) -> str:
    """Return one line a row; each cell after its column's header where the table has one.

    `has_header` None: guess it. A table of one column is a list, and a table of layout (one row) is its cells.
    """
    cleaned = [[_SPACE.sub(" ", cell).strip() for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    if has_header is None:
        has_header = looks_headed(filled)
    if not has_header or len(filled) < 2:
        return "\n".join(" | ".join(filter(None, row)) for row in filled)
    header, *body = filled
    return "\n".join(headed_row(header, row) for row in body)


def headed_row(header: Sequence[str], row: Sequence[str]) -> str:
    """Return the row's cells, each as 'header: value'; empty cells are left out."""
    names = list(header) + [""] * (len(row) - len(header))
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell)


def looks_headed(rows: Sequence[Sequence[str]]) -> bool:
    """Guess whether the first row names the columns: all filled, distinct, short, no numbers, at least two of them."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    header = rows[0]
    if any(not cell or len(cell) > 60 or _NUMBER.fullmatch(cell) for cell in header):
        return False
    return len(set(header)) == len(header)
