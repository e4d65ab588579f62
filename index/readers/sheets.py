"""Excel workbooks: each sheet row by row, then the comments on its cells."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from index.errors import BrokenFile
from index.readers.dates import to_iso
from index.readers.office import person, properties
from index.readers.package import Package, local_name
from index.readers.reading import Reading
from index.readers.table import numbered_rows

MAX_COLUMNS = 1_000


def read_xlsx(data: bytes, name: str, password: str | None) -> Reading:
    """Read a workbook as it was last calculated; a password can't be used, an encrypted one is refused."""
    from openpyxl import load_workbook

    package = Package.open(data, "Excel")
    package.check_sizes()
    if not any(member.startswith("xl/") for member in package.names):
        raise BrokenFile("it is no Excel file: its workbook is missing")
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        parts = [part for sheet in book.worksheets for part in _sheet(sheet)]
    finally:
        book.close()
    told = properties(package)
    return Reading(
        ("\n\n".join([*parts, *_comments(package)]),),
        title=told.get("title"),
        author=person(told.get("creator")),
        language=told.get("language"),
        made_on=to_iso(told.get("created") or told.get("modified")),
    )


def _sheet(sheet: Any) -> Iterator[str]:  # noqa: ANN401  openpyxl's own types don't know the read-only kind
    sheet.reset_dimensions()  # what the file claims of its size may be a million empty rows
    rows = ((row[0].row, [_shown(cell) for cell in row]) for row in map(_filled, sheet.iter_rows()) if row)
    return numbered_rows(rows, sheet.title)


def _filled(row: Iterable[Any]) -> list[Any]:
    """Return a row's cells; none where all are empty."""
    cells = list(row)[:MAX_COLUMNS]
    return cells if any(cell.value is not None for cell in cells) else []


def _shown(cell: Any) -> str:  # noqa: ANN401
    """Return a cell's value about as the sheet shows it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, float):
        if "%" in (cell.number_format or ""):
            return f"{value * 100:.6g}%"
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return str(value)


def _comments(package: Package) -> Iterator[str]:
    for part in sorted(member for member in package.names if member.startswith("xl/comments")):
        root = package.tree(part)
        if root is None:
            continue
        authors = [author.text or "" for author in root.iterfind("{*}authors/{*}author")]
        for comment in root.iter("{*}comment"):
            text = " ".join("".join(e.text or "" for e in comment.iter() if local_name(e) == "t").split())
            number = comment.get("authorId", "")
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            if text:
                yield f"Comment on {comment.get('ref')}{f' by {author}' if author else ''}: {text}"
