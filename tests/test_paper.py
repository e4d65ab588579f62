"""A PDF's page as a picture: the boxes lie on the quote's own characters, or there are none."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest

from assistant.example import DOCUMENTS
from index.errors import InputError
from index.paper import Box, boxes, picture
from index.readers import read
from index.records import Document
from index.split import sentences

DATA = (DOCUMENTS / "annual-report-2024.pdf").read_bytes()


@pytest.fixture(scope="module")
def report() -> Document:
    return read(DATA, "report", "annual-report-2024.pdf")


def under(box: Box, number: int) -> str:
    """Return the text that pdfium itself finds inside a box."""
    page = pypdfium2.PdfDocument(DATA)[number - 1]
    width, height = page.get_size()
    left, right = box.left * width - 1, box.right * width + 1
    return page.get_textpage().get_text_bounded(left, (1 - box.bottom) * height, right, (1 - box.top) * height)


def essence(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def test_every_sentence_is_boxed_where_it_stands(report: Document):
    for start, end in sentences(report.text):
        found = boxes(DATA, report, start, end)
        assert found, report.text[start:end]
        assert all(0 <= b.left < b.right <= 1 and 0 <= b.top < b.bottom <= 1 for b in found)
        shown = "".join(under(box, report.page_at(start)) for box in found)
        assert essence(report.text[start:end]) in essence(shown) or len(found) > 1


def test_what_is_not_on_the_page_gets_no_box(report: Document):
    changed = replace(report, text=report.text[:-20].replace("a", "q") + report.text[-20:])
    start = changed.text.index("q") - 2
    assert boxes(DATA, changed, start, start + 40) == ()
    assert boxes(DATA, report, 5, 5) == ()


def test_a_page_is_a_png_and_another_is_refused():
    assert picture(DATA, 1).startswith(b"\x89PNG")
    for number in (0, 99):
        with pytest.raises(InputError, match="no page"):
            picture(DATA, number)
    with pytest.raises(InputError, match="can't be drawn"):
        picture(b"no pdf", 1)
