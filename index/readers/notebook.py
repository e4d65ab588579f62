"""Jupyter notebooks: the cells in order, what they printed after them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from index.errors import BrokenFile
from index.readers.decode import decode
from index.readers.markdown import read_markdown
from index.readers.reading import Reading

_OUTPUT_CHARACTERS = 10_000  # of one cell: a log is not what the notebook says


def read_notebook(data: bytes, name: str, password: str | None) -> Reading:
    """Read a notebook; its title is the first heading of its text."""
    try:
        book = json.loads(decode(data))
        cells = book["cells"] if "cells" in book else [c for sheet in book["worksheets"] for c in sheet["cells"]]
        parts = [part for cell in cells for part in _cell(cell)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenFile("it is no notebook: open it in Jupyter and save it again") from error
    titles = (_markdown(cell).title for cell in cells if cell.get("cell_type") == "markdown")
    return Reading(("\n\n".join(filter(None, parts)),), title=next(filter(None, titles), None))


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    if cell.get("cell_type") in ("markdown", "heading"):
        yield _markdown(cell).pages[0]
        return
    yield _joined(cell.get("source", cell.get("input", "")))
    for output in cell.get("outputs", ()):
        text = output.get("text") or (output.get("data") or {}).get("text/plain") or ""
        yield _joined(text)[:_OUTPUT_CHARACTERS]


def _markdown(cell: dict[str, Any]) -> Reading:
    return read_markdown(_joined(cell.get("source", "")).encode("utf-8", "replace"), "", None)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
