"""PDF: pages as paragraphs, by pdfium; by pypdf what pdfium can't open and scripts written from right to left."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from index.errors import BrokenFile, EncryptedFile, FileTooLarge
from index.readers.dates import to_iso
from index.readers.hidden import note_on_hidden
from index.readers.pages import Line, head_notes, heading, running_heads, to_text, without_heads
from index.readers.reading import Reading, go_on
from index.readers.scan import INSTALL, can_read_scans, scanned_lines

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

MAX_PAGES = 5_000
_PAGES_A_SIGN = 50  # after so many pages it tells that it goes on
_HYPHEN = "\ufffe"  # pdfium's mark of a hyphen at a line's end
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NO_TITLE = re.compile(
    r"(?i)untitled.*|(?:microsoft|powerpoint|word|excel)\b.*|.*\.(?:docx?|pdf|tex|dvi|odt|rtf|indd|pptx?|qxd)|title"
)
_NO_AUTHOR = re.compile(r"(?i)unknown|user|admin\w*|anonymous|author|owner|\(?unspecified\)?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# pdfium keeps state of its own: one thread at a time.
_PDFIUM = Lock()


def read_pdf(data: bytes, name: str, password: str | None) -> Reading:
    """Read a PDF page by page; remarks name the pages that are scanned and the running heads left out."""
    with _PDFIUM:
        pdf = _open(data, password)
        if pdf is None:
            return _read_slowly(data, password)
        with closing(pdf):
            if len(pdf) > MAX_PAGES:
                raise FileTooLarge(f"it has more than {MAX_PAGES:,} pages: split it")
            return _read(pdf, data, password)


def _open(data: bytes, password: str | None) -> PdfDocument | None:
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise _needs_password(password) from error
        return None


def _needs_password(password: str | None) -> EncryptedFile:
    if password:
        return EncryptedFile("the password is not the right one")
    return EncryptedFile("it needs a password: give it with --password")


def _read(pdf: PdfDocument, data: bytes, password: str | None) -> Reading:
    pages, scanned, n_hidden = [], [], 0
    for number in range(len(pdf)):
        if number % _PAGES_A_SIGN == 0:
            go_on()
        with closing(pdf[number]) as page:
            found = _lines(page)
            lines = [line for line in found if not line.is_hidden]
            n_hidden += sum(len(line.text) for line in found if line.is_hidden)
            pages.append(lines)
            if not lines and _has_picture(page):
                lines = pages[-1] = scanned_lines(page) if can_read_scans() else []
                scanned.append(number + 1)
    heads = running_heads(pages)
    kept = [without_heads(lines, heads) for lines in pages]
    words = frozenset(word.lower() for lines in kept for line in lines for word in _WORD.findall(line.text))
    texts = [to_text(lines, words) for lines in kept]
    _replace(texts, data, password)
    # Pages in such scripts were read again, whole.
    heads = Counter({key: n for key, n in heads.items() if not _RIGHT_TO_LEFT.search(key)})
    fields = pdf.get_metadata_dict() | {"Language": _language(pdf)}
    notes = (*_page_notes(scanned, texts), *head_notes(heads), *note_on_hidden(n_hidden))
    return _reading(texts, fields, heading(kept[0]) if kept else None, notes)


def _reading(texts: Sequence[str], fields: dict[str, str], large: str | None, notes: tuple[str, ...] = ()) -> Reading:
    title = (fields.get("Title") or "").strip()
    author = (fields.get("Author") or "").strip()
    return Reading(
        tuple(texts),
        title=title if title and not _NO_TITLE.fullmatch(title) else large,
        author=author if author and not _NO_AUTHOR.fullmatch(author) else None,
        language=fields.get("Language"),
        made_on=to_iso(fields.get("CreationDate")),
        notes=notes,
        is_paged=True,
    )


def _language(pdf: PdfDocument) -> str:
    from pypdfium2 import raw

    tag = (ctypes.c_ushort * 64)()
    raw.FPDFCatalog_GetLanguage(pdf.raw, tag, ctypes.sizeof(tag))
    return bytes(tag).decode("utf-16-le", "replace").partition("\0")[0]


def _lines(page: PdfPage) -> list[Line]:
    with closing(page.get_textpage()) as text_page:
        text = text_page.get_text_range(errors="replace")
        n_characters = text_page.count_chars()
        lines, at = list[Line](), 0
        is_bare = lru_cache(_is_bare)
        for piece in re.split(f"(\r\n|{_HYPHEN})", text):
            if piece.strip("\r\n") and piece != _HYPHEN and n_characters:
                is_hyphenated = text[at + len(piece) : at + len(piece) + 1] == _HYPHEN
                if line := _line(text_page, piece, at, n_characters, is_hyphenated):
                    white = _is_white(text_page, at + len(piece) - len(piece.lstrip()))
                    lines.append(replace(line, is_hidden=True) if white and is_bare(page) else line)
            at += len(piece)
        return lines


def _line(text_page: PdfTextPage, piece: str, at: int, n_characters: int, is_hyphenated: bool) -> Line | None:
    """Return the line whose text begins at the page's character `at`; None where it is blank."""
    text = " ".join(piece.split())
    if not text:
        return None
    first = at + len(piece) - len(piece.lstrip())
    last = at + len(piece.rstrip()) - 1
    left, bottom, _, top = text_page.get_charbox(min(first, n_characters - 1), loose=True)
    right = text_page.get_charbox(min(last, n_characters - 1), loose=True)[2]
    return Line(text, left, right, bottom, max(top - bottom, 1.0), is_hyphenated)


def _is_white(text_page: PdfTextPage, index: int) -> bool:
    from pypdfium2 import raw

    colours = [ctypes.c_uint(0) for _ in "rgba"]
    if not raw.FPDFText_GetFillColor(text_page.raw, index, *map(ctypes.byref, colours)):
        return False
    *channels, alpha = (colour.value for colour in colours)
    return alpha == 0 or min(channels) >= 253


def _is_bare(page: PdfPage) -> bool:
    """Tell a page that holds nothing but text, so that white on it can't be seen."""
    from pypdfium2 import raw

    kinds = [raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING]
    return next(iter(page.get_objects(filter=kinds, max_depth=3)), None) is None


def _has_picture(page: PdfPage) -> bool:
    from pypdfium2 import raw

    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def _replace(texts: list[str], data: bytes, password: str | None) -> None:
    """Read pages again, by pypdf, that hold text from right to left, and all of them where there was no text."""
    is_empty = not any(texts)
    again = [i for i, text in enumerate(texts) if _RIGHT_TO_LEFT.search(text) or (is_empty and i < 20)]
    if again and (reader := _pypdf(data, password)):
        for i in again:
            texts[i] = _pypdf_text(reader, i) or texts[i]


def _read_slowly(data: bytes, password: str | None) -> Reading:
    reader = _pypdf(data, password)
    if reader is None:
        raise BrokenFile("it is no PDF, or a damaged one: open it and save it again")
    texts = [_pypdf_text(reader, i) for i in range(min(len(reader.pages), MAX_PAGES))]
    fields = {str(key)[1:]: str(value) for key, value in (reader.metadata or {}).items()}
    return _reading(texts, fields, None)


def _pypdf(data: bytes, password: str | None) -> PdfReader | None:
    import io
    import logging

    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError, WrongPasswordError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every flaw; what counts is whether text comes
    try:
        reader = PdfReader(io.BytesIO(data), password=password)
        len(reader.pages)
    except (FileNotDecryptedError, WrongPasswordError, DependencyError) as error:
        raise _needs_password(password) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError, OSError):
        return None
    return reader


def _pypdf_text(reader: PdfReader, number: int) -> str:
    from pypdf.errors import PyPdfError

    try:
        return reader.pages[number].extract_text()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError, OSError):
        return ""  # one page that can't be read leaves the others; it is remarked as one without text


def _page_notes(scanned: Sequence[int], texts: Sequence[str]) -> tuple[str, ...]:
    """Return remarks on the pages without text, and on those whose text was read from a picture."""
    read = [number for number in scanned if texts[number - 1]]
    unread = [number for number in scanned if not texts[number - 1]]
    blank = [number for number, text in enumerate(texts, 1) if not text and number not in set(scanned)]
    remedy = "" if can_read_scans() else f": {INSTALL}"
    remarks = [(read, "scanned, read by OCR"), (unread, f"scanned{remedy}"), (blank, "without text")]
    return tuple(_remark(numbers, what) for numbers, what in remarks if numbers)


def _remark(numbers: Sequence[int], what: str) -> str:
    pages = _named(numbers)
    return f"{pages} {'are' if pages.startswith('pages') else 'is'} {what}"


def _named(numbers: Iterable[int]) -> str:
    """Return 'page 3' or 'pages 3, 5-8'."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if len(runs) > 1 or len(runs[0]) > 1 else ''} {words}"
