"""Rows of cells as lines that make sense alone: 'header: value; header: value'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[-+]?[.,%€$£ ]*\d[\d.,%€$£ ]*")
_HEAD_ROWS = 20  # among which the header is looked for


def rows_as_text(rows: Iterable[Sequence[str]], *, has_header: bool | None = None) -> str:
    """Return one paragraph a row; each cell after its column's header where the table has one.

    `has_header` None: guess it. A table of one column is a list, and a table of layout (one row) is its cells.
    """
    cleaned = [[_SPACE.sub(" ", cell).strip() for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    if has_header is None:
        has_header = looks_headed(filled)
    if not has_header or len(filled) < 2:
        return "\n\n".join(" | ".join(filter(None, row)) for row in filled)
    header, *body = filled
    return "\n\n".join(headed_row(header, row) for row in body)


def numbered_rows(rows: Iterable[tuple[int, Sequence[str]]], sheet: str = "") -> Iterator[str]:
    """Yield the rows of a sheet, each a paragraph that says which row it is: 'Prices, row 12: part: lens; price: 400'.

    The header is the first row of several cells, where it looks like one; what stands above it are titles.
    """
    place = f"{sheet}, row" if sheet else "Row"
    numbered = ((number, [_SPACE.sub(" ", cell).strip() for cell in row]) for number, row in rows)
    filled = ((number, row) for number, row in numbered if any(row))
    head = list(islice(filled, _HEAD_ROWS))
    at = next((i for i, (_, row) in enumerate(head) if sum(map(bool, row)) > 1), -1)
    header = trimmed(head[at][1]) if looks_headed([trimmed(row) for _, row in head[at:][:2]]) else []
    for i, (number, row) in enumerate(chain(head, filled)):
        if i < at:
            yield " ".join(filter(None, row))
        elif i > at or not header:
            yield f"{place} {number}: " + (headed_row(header, row) if header else " | ".join(filter(None, row)))


def trimmed(row: Sequence[str]) -> list[str]:
    """Return the row without the empty cells at its end."""
    last = max((i for i, cell in enumerate(row, 1) if cell), default=0)
    return list(row[:last])


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
