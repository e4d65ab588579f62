"""Where in its document a quote stands, as a person looks it up: slide, sheet and row, or time.

Knows what the readers write before each row and each paragraph of subtitles, nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from index.records import Document

_ROW = re.compile(r"(?:(?P<sheet>[^\n]{1,100}), row|Row) (?P<row>\d{1,9}): ")
_TIME = re.compile(r"\[(?P<time>\d{2,4}:\d\d:\d\d)\] ")


def place_at(document: Document, offset: int) -> str | None:
    """Return 'slide 3', 'Prices, row 12', 'row 12' or '00:01:05'; None where the format has no such places."""
    find = _FINDERS.get(document.info.kind)
    return find(document, offset) if find else None


def _slide(document: Document, offset: int) -> str | None:
    page = document.page_at(offset)
    return f"slide {page}" if page else None


def _row(document: Document, offset: int) -> str | None:
    match = _ROW.match(document.text, _paragraph(document.text, offset))
    if match is None:  # a title above the table, a comment below it
        return None
    return f"{match['sheet']}, row {match['row']}" if match["sheet"] else f"row {match['row']}"


def _time(document: Document, offset: int) -> str | None:
    match = _TIME.match(document.text, _paragraph(document.text, offset))
    return match["time"] if match else None


def _paragraph(text: str, offset: int) -> int:
    """Return where the paragraph that holds the offset begins."""
    at = text.rfind("\n\n", 0, offset + 1)
    return at + 2 if at >= 0 else 0


_FINDERS: dict[str, Callable[[Document, int], str | None]] = {
    **dict.fromkeys(("pptx", "odp"), _slide),
    **dict.fromkeys(("xlsx", "csv", "tsv", "ods"), _row),
    **dict.fromkeys(("srt", "vtt"), _time),
}
