"""Lines with their places on a page, joined into paragraphs; hyphens at line ends and running heads taken out.

Knows nothing of PDF. Lengths are in the page's units (points), y grows upward.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_BULLET = re.compile(r"(?:[•◦▪‣·●○–*-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_ENDS_SENTENCE = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_PAGE_NUMBER = re.compile(r"\W*(?:(?:page|seite|p\.)\s*)?#(?:\s*(?:/|of|von)\s*#)?\W*", re.IGNORECASE)
_EDGE_LINES = 2  # lines at the top and at the bottom of a page among which running heads are looked for
_REMARKS = 3
_HEAD_PAGES = 3  # a line that stands on the edge of so many pages is a running head


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. `size` is the height of its font; `is_hyphenated`: its last word goes on in the next line."""

    text: str
    left: float
    right: float
    bottom: float
    size: float
    is_hyphenated: bool = False
    is_hidden: bool = False  # white on a page with nothing behind it

    @property
    def character_width(self) -> float:
        return max(self.right - self.left, 0.0) / max(len(self.text), 1)


def running_heads(pages: Sequence[Sequence[Line]]) -> Counter[str]:
    """Return the lines, digits as '#', that stand at the top or bottom of several pages, with the number of pages."""
    counted: Counter[str] = Counter()
    for lines in pages:
        counted.update({_head_key(line) for line in _edges(lines)})
    return Counter(
        {key: n for key, n in counted.items() if n >= _HEAD_PAGES or (n == 2 == len(pages) and _is_number(key))}
    )


def without_heads(lines: Sequence[Line], heads: Counter[str]) -> list[Line]:
    """Return the page's lines but the running heads at its edges."""
    edges = {id(line) for line in _edges(lines) if _head_key(line) in heads}
    return [line for line in lines if id(line) not in edges] or list(lines)


def head_notes(heads: Counter[str]) -> tuple[str, ...]:
    """Return a remark on the running heads that were words, not bare page numbers."""
    worded = sorted((-n, key.partition(" ")[2]) for key, n in heads.items() if not _is_number(key))
    remarks = [f"running head “{text}” left out on {-n} pages" for n, text in worded[:_REMARKS]]
    more = [f"{len(worded) - _REMARKS} more running heads left out"] if len(worded) > _REMARKS else []
    return (*remarks, *more)


def _edges(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: -line.bottom)
    return ordered[:_EDGE_LINES] + ordered[_EDGE_LINES:][-_EDGE_LINES:]


def _head_key(line: Line) -> str:
    """Return what is equal on all pages of a running head: height on the page, size, words; digits as '#'."""
    return f"{line.bottom / 4:.0f}/{line.size:.0f} {_DIGITS.sub('#', line.text)}"


def _is_number(key: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(key.partition(" ")[2]))


def to_text(lines: Sequence[Line], known_words: frozenset[str] = frozenset()) -> str:
    """Join lines into paragraphs: blank lines between them, single line breaks between rows and items.

    `known_words`: words of the document in lower case, by which a hyphen at a line's end is told from a split word.
    """
    if not lines:
        return ""
    pitch = _pitch(lines)
    pieces = [lines[0].text]
    for i, (before, line) in enumerate(pairwise(lines), 1):
        around = lines[max(0, i - 12) : i + 12]
        gap = _gap(before, line, pitch, around)
        if gap == " " and (before.is_hyphenated or before.text.endswith("-")):
            pieces[-1], gap = _unhyphenated(pieces[-1], line.text, before.is_hyphenated, known_words), ""
        pieces += [gap, line.text]
    return "".join(pieces)


def heading(lines: Sequence[Line]) -> str | None:
    """Return the text set in the largest letters, where they are larger than the body's and near the top."""
    if len(lines) < 2:
        return None
    body = median(line.size for line in lines for _ in line.text)
    largest = max(lines[:15], key=lambda line: line.size)
    if largest.size < 1.15 * body:
        return None
    start = lines.index(largest)
    same = list(_while_same_size(lines[start : start + 3], largest.size))
    text = " ".join(line.text for line in same)
    return text if re.search(r"\w{2}", text) and len(text) <= 200 else None


def _while_same_size(lines: Iterable[Line], size: float) -> Iterator[Line]:
    for line in lines:
        if abs(line.size - size) > 0.05 * size:
            return
        yield line


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance between the lines of a paragraph."""
    steps = [a.bottom - b.bottom for a, b in pairwise(lines)]
    close = [step for step, line in zip(steps, lines, strict=False) if 0.6 * line.size < step < 2.2 * line.size]
    return median(close) if close else 1.3 * median(line.size for line in lines)


def _gap(before: Line, line: Line, pitch: float, around: Sequence[Line]) -> str:
    """Return what goes between two lines: a space, a line break or a blank line."""
    if before.is_hyphenated:
        return " "
    step = before.bottom - line.bottom
    if abs(step) < 0.5 * min(before.size, line.size):  # the same line: a cell to the right, an index
        return " "
    is_resized = abs(line.size - before.size) > 0.12 * max(line.size, before.size)
    if is_resized and min(len(line.text), len(before.text)) > 3:
        return "\n\n"
    ends = bool(_ENDS_SENTENCE.search(before.text))
    if step < 0:  # the next column
        return "\n\n" if ends and _is_cut_short(before, line, around) else " "
    if step > 1.35 * pitch:
        return "\n\n"
    if _BULLET.match(line.text):
        return "\n"
    if ends and line.left > before.left + 0.7 * line.size and not _BULLET.match(before.text):
        return "\n\n"  # indented
    if _is_cut_short(before, line, around):
        return "\n\n" if ends else "\n"
    return " "


def _is_cut_short(before: Line, line: Line, around: Sequence[Line]) -> bool:
    """Tell whether the next line's first word would have fitted on the line before: then the break was meant."""
    margin = max(other.right for other in around if abs(other.left - before.left) < 3 * before.size)
    first_word = line.text.split(" ", 1)[0]
    return before.right + (len(first_word) + 3) * before.character_width < margin


def _unhyphenated(text: str, following: str, is_certain: bool, known_words: frozenset[str]) -> str:
    """Return `text` without the hyphen at its end where it only splits a word, with it where it belongs to one."""
    stem = text.removesuffix("-")
    head = re.search(r"(?<![^\W\d_])[^\W\d_]+$", stem)
    tail = re.match(r"[^\W\d_]+", following)
    if not head or not tail or tail[0][0].isupper():
        return stem + "-"
    whole, parted = (head[0] + tail[0]).lower(), f"{head[0]}-{tail[0]}".lower()
    if parted in known_words and whole not in known_words:
        return stem + "-"
    return stem if is_certain or whole in known_words or parted not in known_words else stem + "-"
