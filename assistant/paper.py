"""A PDF's page as a picture, and the boxes around a quote's characters on it.

Knows nothing of readers: a quote is found again on the page by its characters, spaces and hyphens at line ends aside,
and gets no box where it is not found.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import InputError
from index.readers.pdf import _PDFIUM
from index.records import Document

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_SKIPPED = frozenset("-\u00ad\u2010\ufffe\x02")  # hyphens: a line's end may have added or taken one
WIDTH = 1400  # pixels of a picture: sharp on a dense screen at half of it


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the page, from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float


def picture(data: bytes, number: int) -> bytes:
    """Return page `number` (1-based) as a PNG, WIDTH pixels wide."""
    with _page(data, number) as page:
        scale = min(WIDTH / page.get_width(), 4.0)
        image = page.render(scale=scale).to_pil()
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def boxes(data: bytes, document: Document, start: int, end: int) -> tuple[Box, ...]:
    """Return the boxes around `document.text[start:end]` on the page where it begins, one a line."""
    number = document.page_at(start)
    if number is None or start >= end:
        return ()
    page_start = document.page_starts[number - 1]
    page_end = document.page_starts[number] if number < len(document.page_starts) else len(document.text)
    wanted = _essence(document.text[start : min(end, page_end)])
    n_before = _essence(document.text[page_start:start]).count(wanted) if wanted else 0
    with _page(data, number) as page, closing(page.get_textpage()) as text_page:
        found = _find(text_page, wanted, n_before)
        return tuple(_lines(page, text_page, found))


@contextmanager
def _page(data: bytes, number: int) -> Iterator[PdfPage]:
    import pypdfium2

    with _PDFIUM:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise InputError("this PDF's pages can't be drawn: read its text instead") from error
        with closing(pdf):
            if not 1 <= number <= len(pdf):
                raise InputError(f"there is no page {number}: the document has {len(pdf)}")
            with closing(pdf[number - 1]) as page:
                yield page


def _essence(text: str) -> str:
    return "".join(letter for letter in text if not letter.isspace() and letter not in _SKIPPED)


def _find(text_page: PdfTextPage, wanted: str, n_before: int) -> list[int]:
    """Return the indices, on the page, of the characters of the (n_before + 1)-th place where `wanted` stands."""
    text = text_page.get_text_range(errors="replace")
    indices = [i for i, letter in enumerate(text) if not letter.isspace() and letter not in _SKIPPED]
    essence = "".join(text[i] for i in indices)
    at = essence.find(wanted) if wanted else -1
    for _ in range(n_before):
        following = essence.find(wanted, at + 1)
        at = following if following >= 0 else at
    return indices[at : at + len(wanted)] if at >= 0 else []


def _lines(page: PdfPage, text_page: PdfTextPage, indices: list[int]) -> Iterator[Box]:
    """Join the boxes of characters that stand on one line."""
    width, height = page.get_width(), page.get_height()
    line: tuple[float, float, float, float] | None = None
    for index in indices:
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        if line and abs(bottom - line[1]) < 0.5 * max(top - bottom, 1.0) and left >= line[0]:
            line = (line[0], min(bottom, line[1]), max(right, line[2]), max(top, line[3]))
            continue
        if line:
            yield _fraction(line, width, height)
        line = (left, bottom, right, top)
    if line:
        yield _fraction(line, width, height)


def _fraction(line: tuple[float, float, float, float], width: float, height: float) -> Box:
    left, bottom, right, top = line
    return Box(left / width, 1 - top / height, right / width, 1 - bottom / height)
