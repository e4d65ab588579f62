"""Files to documents: one reader a format, chosen by the name's ending.

A reader knows its format only; the canonical form of the text, title and date are settled here, once.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from index.errors import BrokenFile, EmptyFile, FileTooLarge, ReadError, UnsupportedFile
from index.readers.dates import date_in_heading, date_in_name
from index.readers.decode import kind_of_content
from index.readers.invisible import note_on, without_invisible
from index.readers.reading import Reading, assemble, to_language
from index.records import Document, DocumentInfo

__all__ = ["TOO_MUCH_MEMORY", "kind_of", "read", "title_from_name"]

Reader = Callable[[bytes, str, str | None], Reading]

# Ten thousand pages of a book: an hour of embedding, and what the memory of the later stages is measured with.
MAX_TEXT_CHARACTERS = 20_000_000
TOO_MUCH_MEMORY = "it takes more memory than a file may: split it, or save it in a simpler format"
_LOG = logging.getLogger(__name__)
# kind → "module:function" under index.readers; loaded when the first file of the kind is read.
_READERS = {
    "csv": "separated:read_separated",
    "docx": "word:read_docx",
    "eml": "mail:read_mail",
    "epub": "book:read_epub",
    "gz": "archive:read_gzip",
    "html": "web:read_html",
    "ipynb": "notebook:read_notebook",
    "json": "records:read_json",
    "jsonl": "records:read_json_lines",
    "mbox": "mail:read_mailbox",
    "md": "markdown:read_markdown",
    "odp": "open_document:read_open_document",
    "ods": "open_document:read_open_document",
    "odt": "open_document:read_open_document",
    "pdf": "pdf:read_pdf",
    "pptx": "slides:read_pptx",
    "rtf": "rich:read_rtf",
    "srt": "subtitles:read_subtitles",
    "txt": "plain:read_text",
    "xlsx": "sheets:read_xlsx",
    "zip": "archive:read_zip",
}
_ALIASES = {
    "htm": "html", "xhtml": "html", "markdown": "md", "mdown": "md", "text": "txt", "log": "txt", "rst": "txt",
    "docm": "docx", "dotx": "docx", "pptm": "pptx", "ppsx": "pptx", "potx": "pptx", "xlsm": "xlsx", "xltx": "xlsx",
    "tsv": "csv", "tab": "csv", "ndjson": "jsonl", "geojson": "json", "vtt": "srt", "ott": "odt",
}  # fmt: skip
_CODE = frozenset(
    "py pyi js mjs ts tsx jsx java kt scala c h cc cpp hpp cs go rs rb php pl lua r jl swift m sh bash zsh ps1 bat sql "
    "css scss xml xsd svg tex bib toml yaml yml ini cfg conf cmake dart ex erl hs ml clj lisp vim diff patch".split()
)
# What begins with the first of many records: the date there is that record's.
_WITHOUT_HEADING = frozenset("csv json jsonl mbox ods srt xlsx zip".split())
# What the first bytes of a file say, where its ending says nothing.
_SNIFFED = {"PDF": "pdf", "gzip": "gz"}
_INSIDE = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("META-INF/container.xml", "epub"),
    ("content.xml", "odt"),
)
_BETWEEN_WORDS = re.compile(r"(?<!\d)[-_.\s]+|[-_.\s]+(?!\d)")  # not inside 2025-04-03


def kind_of(source: str) -> str:
    """Return the format that the name's ending says, e.g. `pdf`; empty where it has none."""
    suffix = PurePosixPath(source).suffix[1:].lower()
    return _ALIASES.get(suffix, suffix)


def title_from_name(source: str) -> str:
    """Return the file's name as words: `council-minutes_april.docx` → `Council minutes april`."""
    stem = PurePosixPath(source).stem or source
    words = _BETWEEN_WORDS.sub(" ", stem).strip() or stem
    return words[:1].upper() + words[1:]


def read(data: bytes, info_id: str, source: str, *, password: str | None = None) -> Document:
    """Return the document that the bytes of the file named `source` hold.

    Raises a ReadError whose message is the reason, without the file's name.
    """
    reading = read_parts(data, source, password)
    if sum(map(len, reading.pages)) > MAX_TEXT_CHARACTERS:
        raise FileTooLarge(f"its text is longer than {MAX_TEXT_CHARACTERS // 10**6} million characters: split it")
    seen = [without_invisible(page) for page in reading.pages]
    text, page_starts = assemble(tuple(page for page, _ in seen))
    notes = (*reading.notes, *note_on(sum(n for _, n in seen)))
    if not text.strip():
        raise EmptyFile("; ".join(("there is no text in it", *notes[:3])))
    info = DocumentInfo(
        id=info_id,
        source=source,
        title=_one_line(reading.title) or title_from_name(source),
        date=_date(reading, source, text),
        kind=reading.kind or "",
        author=_one_line(reading.author),
        language=to_language(reading.language),
    )
    starts = page_starts if reading.is_paged else ()
    return Document(info, text, hashlib.sha256(data).hexdigest(), starts, notes)


def read_parts(data: bytes, source: str, password: str | None) -> Reading:
    """Return what the format's reader finds; anything a parser raises becomes a ReadError."""
    if not data.strip():
        raise EmptyFile("the file is empty")
    kind = _format(source, data)
    reader = _reader_for(kind, data)
    try:
        reading = reader(data, source, password)
        return replace(reading, kind=reading.kind or kind or "txt")
    except ReadError:
        raise
    except ImportError as error:  # no damage of the file
        raise UnsupportedFile(f"its reader needs the package '{error.name}': install it with pip") from error
    except MemoryError as error:
        raise FileTooLarge(TOO_MUCH_MEMORY) from error
    except RecursionError as error:
        raise FileTooLarge("it is nested too deeply: save it in a simpler format") from error
    except Exception as error:  # parsers raise anything on damaged input; what it was goes to the log
        _LOG.info("%s: %s: %s", source, type(error).__name__, error)
        name = type(error).__name__ if type(error).__name__ != "error" else f"{type(error).__module__}.error"
        raise BrokenFile(f"its format is damaged ({name}): open it and save it again") from error


def _format(source: str, data: bytes) -> str:
    """Return the format that the ending says; where no reader knows the ending, the one that the content shows."""
    kind = kind_of(source)
    return kind if kind in _READERS or kind in _CODE else _sniffed(data) or kind


def _reader_for(kind: str, data: bytes) -> Reader:
    if target := _READERS.get(kind):
        module, _, function = target.partition(":")
        reader: Reader = getattr(import_module(f"index.readers.{module}"), function)
        return reader
    if binary := kind_of_content(data):
        raise UnsupportedFile(f"no reader for {binary}")
    from index.readers import plain

    return plain.read_code if kind in _CODE else plain.read_text


def _sniffed(data: bytes) -> str | None:
    """Return the format that the content shows; a zip archive under a name of its own is none to be unpacked."""
    if data.startswith(b"PK\x03\x04"):
        with (
            suppress(zipfile.BadZipFile, ValueError, NotImplementedError),
            zipfile.ZipFile(io.BytesIO(data)) as archive,
        ):
            names = archive.namelist()
            return next((kind for part, kind in _INSIDE if any(name.startswith(part) for name in names)), None)
    return "rtf" if data.startswith(b"{\\rtf") else _SNIFFED.get(kind_of_content(data) or "")


def _date(reading: Reading, source: str, text: str) -> str | None:
    """Return the date that the file states, its name, its heading, or when it was made, whichever comes first."""
    heading = None if reading.kind in _WITHOUT_HEADING else date_in_heading(text)
    return reading.date or date_in_name(PurePosixPath(source).stem) or heading or reading.made_on


def _one_line(value: str | None) -> str | None:
    line = " ".join(value.split()) if value else ""
    return "".join(c for c in line if c.isprintable())[:300] or None
