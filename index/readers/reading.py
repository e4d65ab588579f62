"""What a reader finds in a file, and the canonical form of its text.

Knows nothing of formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_LINE_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters break terminals and databases, a lone surrogate can't be stored as UTF-8, and U+FEFF is a mark of
# the encoding, not of the text.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")


_listeners: list[Callable[[], None]] = []


def on_progress(listener: Callable[[], None]) -> None:
    """Let `listener` be told whenever the reading of a long file goes on."""
    _listeners.append(listener)


def go_on() -> None:
    """Tell who waits that reading takes long but goes on."""
    for listener in _listeners:
        listener()


@dataclass(frozen=True, slots=True)
class Reading:
    """The texts of a file's pages (one where the format has none) and what the file tells of itself.

    `date` is the date the document states for itself; `made_on` is when the file was made, believed only where the
    text tells nothing better.
    """

    pages: tuple[str, ...]
    title: str | None = None
    date: str | None = None
    author: str | None = None
    language: str | None = None
    made_on: str | None = None
    notes: tuple[str, ...] = ()
    is_paged: bool = False
    kind: str | None = None


def to_language(value: str | None) -> str | None:
    """Return the tag (BCP 47) of a language that a file states, of several the first; None where it is none."""
    tag = (value or "").split(",")[0].strip()
    return tag.replace("_", "-") if _LANGUAGE.fullmatch(tag) else None


def canonical(text: str) -> str:
    r"""Return `text` with "\n" line breaks, paragraphs between single blank lines, no space at the ends of lines."""
    text = _UNSTORABLE.sub("", _LINE_BREAKS.sub("\n", text))
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
    # Line by line: a pattern for space at line ends takes quadratic time on a long row of spaces.
    text = "\n".join(map(str.rstrip, text.split("\n")))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def assemble(pages: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """Join pages by blank lines; return the text and the offset at which each page begins.

    An empty page begins where the next one does, so that every page keeps its number.
    """
    text, starts = "", []
    for page in map(canonical, pages):
        if text and page:
            text += "\n\n"
        starts.append(len(text))
        text += page
    return text, tuple(min(start, max(len(text) - 1, 0)) for start in starts)
