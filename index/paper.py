"""A PDF's page as a picture, and the boxes around a quote on it; drawn in a worker process, within its limits.

Knows nothing of PDF: that is `readers.paper`.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass

from index.parse import ask_apart
from index.records import Document

SKIPPED = frozenset("-\u00ad\u2010\ufffe\x02")  # hyphens: a line's end may have added or taken one


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the page, from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float


def picture(data: bytes, number: int) -> bytes:
    """Return page `number` (1-based) as a PNG; raises InputError where it can't be drawn, or a ReadError."""
    return b64decode(ask_apart({"do": "picture", "page": number}, data)["picture"])


def boxes(data: bytes, document: Document, start: int, end: int) -> tuple[Box, ...]:
    """Return the boxes around `document.text[start:end]` on the page where it begins, one a line."""
    number = document.page_at(start)
    if number is None or start >= end:
        return ()
    page_start = document.page_starts[number - 1]
    page_end = document.page_starts[number] if number < len(document.page_starts) else len(document.text)
    wanted = _essence(document.text[start : min(end, page_end)])
    n_before = _essence(document.text[page_start:start]).count(wanted) if wanted else 0
    request = {"do": "boxes", "page": number, "wanted": wanted, "n_before": n_before}
    return tuple(Box(*line) for line in ask_apart(request, data)["lines"])


def _essence(text: str) -> str:
    """Return the characters by which a quote is found again."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in SKIPPED)
