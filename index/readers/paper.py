"""A PDF's page as a picture, and the boxes around a quote's characters on it: what a worker process does with it.

A quote is found again on the page by its characters, spaces and hyphens at line ends aside,
and gets no box where it is not found.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from index.errors import InputError
from index.paper import SKIPPED
from index.readers.pdf import _PDFIUM

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

Fractions = tuple[float, float, float, float]  # left, top, right, bottom
WIDTH = 1400  # pixels of a picture: sharp on a dense screen at half of it


def picture(data: bytes, number: int) -> bytes:
    """Return page `number` (1-based) as a PNG, WIDTH pixels wide."""
    with _page(data, number) as page:
        scale = min(WIDTH / page.get_width(), 4.0)
        image = page.render(scale=scale).to_pil()
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def lines(data: bytes, number: int, wanted: str, n_before: int) -> list[Fractions]:
    """Return the boxes, one a line, around the (n_before + 1)-th place where the characters stand on a page."""
    with _page(data, number) as page, closing(page.get_textpage()) as text_page:
        return list(_lines(page, text_page, _find(text_page, wanted, n_before)))


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


def _find(text_page: PdfTextPage, wanted: str, n_before: int) -> list[int]:
    """Return the indices, on the page, of the characters of the (n_before + 1)-th place where `wanted` stands."""
    text = text_page.get_text_range(errors="replace")
    indices = [i for i, letter in enumerate(text) if not letter.isspace() and letter not in SKIPPED]
    letters = "".join(text[i] for i in indices)
    at = letters.find(wanted) if wanted else -1
    for _ in range(n_before):
        following = letters.find(wanted, at + 1)
        at = following if following >= 0 else at
    return indices[at : at + len(wanted)] if at >= 0 else []


def _lines(page: PdfPage, text_page: PdfTextPage, indices: list[int]) -> Iterator[Fractions]:
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


def _fraction(line: tuple[float, float, float, float], width: float, height: float) -> Fractions:
    left, bottom, right, top = line
    return left / width, 1 - top / height, right / width, 1 - bottom / height
