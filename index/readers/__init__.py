"""Files to documents: one reader a format, chosen by the name's ending.

A reader knows its format only; the canonical form of the text, title and date are settled here, once.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import PurePosixPath

from index.errors import BrokenFile, EmptyFile, FileTooLarge, ReadError, UnsupportedFile
from index.readers.dates import date_in_heading, date_in_name
from index.readers.decode import kind_of_content
from index.readers.reading import Reading, assemble
from index.records import Document, DocumentInfo

__all__ = ["TOO_MUCH_MEMORY", "kind_of", "read", "title_from_name"]

Reader = Callable[[bytes, str, str | None], Reading]

TOO_MUCH_MEMORY = "it takes more memory than a file may: split it, or save it in a simpler format"
_LOG = logging.getLogger(__name__)
# kind → "module:function" under index.readers; loaded when the first file of the kind is read.
_READERS = {
    "docx": "word:read_docx",
    "html": "web:read_html",
    "md": "markdown:read_markdown",
    "pdf": "pdf:read_pdf",
    "txt": "plain:read_text",
}
_ALIASES = {
    "htm": "html", "xhtml": "html", "markdown": "md", "mdown": "md", "text": "txt", "log": "txt", "rst": "txt",
    "docm": "docx", "dotx": "docx",
}  # fmt: skip
_CODE = frozenset(
    "py pyi js mjs ts tsx jsx java kt scala c h cc cpp hpp cs go rs rb php pl lua r jl swift m sh bash zsh ps1 bat sql "
    "css scss xml xsd svg tex bib toml yaml yml ini cfg conf cmake dart ex erl hs ml clj lisp vim diff patch".split()
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
    text, page_starts = assemble(reading.pages)
    if not text.strip():
        raise EmptyFile("; ".join(("there is no text in it", *reading.notes[:3])))
    info = DocumentInfo(
        id=info_id,
        source=source,
        title=_one_line(reading.title) or title_from_name(source),
        date=reading.date or date_in_name(PurePosixPath(source).stem) or date_in_heading(text) or reading.made_on,
        kind=reading.kind or kind_of(source) or "txt",
        author=_one_line(reading.author),
    )
    starts = page_starts if reading.is_paged else ()
    return Document(info, text, hashlib.sha256(data).hexdigest(), starts, reading.notes)


def read_parts(data: bytes, source: str, password: str | None) -> Reading:
    """Return what the format's reader finds; anything a parser raises becomes a ReadError."""
    if not data.strip():
        raise EmptyFile("the file is empty")
    reader = _reader_for(kind_of(source), data)
    try:
        return reader(data, source, password)
    except ReadError:
        raise
    except ImportError as error:  # no damage of the file
        raise UnsupportedFile(f"its reader needs the package '{error.name}': install it with pip") from error
    except (MemoryError, RecursionError) as error:
        raise FileTooLarge(TOO_MUCH_MEMORY) from error
    except Exception as error:  # parsers raise anything on damaged input; what it was goes to the log
        _LOG.info("%s: %s: %s", source, type(error).__name__, error)
        raise BrokenFile(f"its format is damaged ({type(error).__name__}): open it and save it again") from error


def _reader_for(kind: str, data: bytes) -> Reader:
    if target := _READERS.get(kind):
        module, _, function = target.partition(":")
        reader: Reader = getattr(import_module(f"index.readers.{module}"), function)
        return reader
    if binary := kind_of_content(data):
        raise UnsupportedFile(f"no reader for {binary}")
    from index.readers import plain

    return plain.read_code if kind in _CODE else plain.read_text


def _one_line(value: str | None) -> str | None:
    line = " ".join(value.split()) if value else ""
    return "".join(c for c in line if c.isprintable())[:300] or None
