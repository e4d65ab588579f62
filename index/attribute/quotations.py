"""Finds what stands inside quotation marks, over paragraphs, whatever marks are used and however badly they are closed.

Knows nothing of who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.split import paragraphs as split_paragraphs

_DOUBLE = re.compile(r"''|``|[\"“”«»„‟「」]")
_OPENING = frozenset("“„‟«「") | {"``"}
_CLOSING = frozenset("”»」")
_SPACE_OR_OPENER = frozenset(" \t\n\u00a0([{—–-/…:‘'")
_SINGLE_CURLY = re.compile(r"(?<![\w’])‘(?=\S)(?P<inner>[^‘\n]{2,600}?)’(?![\w])")
_SINGLE_STRAIGHT = re.compile(r"(?<![\w'])'(?=[\w$#@])(?P<inner>[^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*?)'(?![\w'])")
_N_WORDS_SINGLE = 2  # one word in single marks is a nickname or an elision more often than a quotation


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between quotation marks; `start` and `end` take the marks in.

    `continues` says that it goes on with the quotation of the paragraph before, which was left open.
    """

    start: int
    end: int
    continues: bool = False

    def holds(self, offset: int) -> bool:
        return self.start <= offset < self.end


@dataclass(slots=True)
class _Open:
    start: int
    mark: str
    continues: bool
    depth: int = 0  # quotations inside this one


def quotations(text: str, paragraphs: Sequence[tuple[int, int]] | None = None) -> list[Quotation]:
    """Return the quotations of a text in order, none inside another.

    A quotation left open at the end of a paragraph goes on if the next paragraph begins with an opening mark (the
    convention of newspapers) or closes it before it opens another; else it ends with its paragraph.
    """
    spans = split_paragraphs(text) if paragraphs is None else paragraphs
    found: list[Quotation] = []
    pending: _Open | None = None
    left_open = False
    for i, (start, end) in enumerate(spans):
        pending, left_open = _scan(text, start, end, pending, left_open, found)
        if pending and not (i + 1 < len(spans) and _closes_first(text, *spans[i + 1])):
            found.append(_closed(pending, end))
            pending, left_open = None, True
        elif pending:
            found.append(_closed(pending, end))
            next_start = spans[i + 1][0]
            pending = _Open(next_start, pending.mark, continues=True)
    return _with_single_marks(text, spans, found)


def _scan(
    text: str, start: int, end: int, pending: _Open | None, left_open: bool, found: list[Quotation]
) -> tuple[_Open | None, bool]:
    """Read one paragraph's marks into `found`; return what is still open, and whether anything may be continued."""
    for mark in _DOUBLE.finditer(text, start, end):
        opens, closes = _ways(text, mark, start, end)
        if pending is None:
            if opens:
                continues = left_open and not text[start : mark.start()].strip()
                pending = _Open(mark.start(), mark.group(), continues)
            left_open = False
        elif opens and not closes:
            if _begins_line(text, mark.start()):  # 'every paragraph begins with a mark', paragraphs being lines here
                found.append(_closed(pending, len(text[: mark.start()].rstrip())))
                pending = _Open(mark.start(), mark.group(), continues=True)
            elif mark.group() == pending.mark and mark.group() not in _OPENING:
                found.append(_closed(pending, mark.start()))  # its closing mark is missing
                pending = _Open(mark.start(), mark.group(), continues=False)
            else:
                pending.depth += 1
        elif closes and pending.depth:
            pending.depth -= 1
        elif closes:
            found.append(_closed(pending, mark.end()))
            pending = None
    return pending, False


def _begins_line(text: str, offset: int) -> bool:
    return offset > 0 and text[text.rfind("\n", 0, offset) + 1 : offset].strip() == "" and "\n" in text[:offset]


def _ways(text: str, mark: re.Match[str], start: int, end: int) -> tuple[bool, bool]:
    """Return whether a mark can open and whether it can close."""
    if mark.group() in _OPENING:
        return True, False
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    if mark.group() in _CLOSING:  # unless typed by mistake where a quotation begins
        return (True, False) if mark.start() == start and after.isalnum() else (False, True)
    opens, closes = before in _SPACE_OR_OPENER, before not in " \t\n\u00a0"
    if opens and closes:  # after a dash or bracket: what follows decides
        return (True, False) if after.isalnum() else (False, True)
    if opens and after.isspace():
        return True, True  # alone between spaces
    return opens, closes


def _closes_first(text: str, start: int, end: int) -> bool:
    first = _DOUBLE.search(text, start, end)
    return bool(first) and first is not None and _ways(text, first, start, end) == (False, True)


def _closed(pending: _Open, end: int) -> Quotation:
    return Quotation(pending.start, end, pending.continues)


def _with_single_marks(text: str, spans: Sequence[tuple[int, int]], found: list[Quotation]) -> list[Quotation]:
    """Add ‘…’ and '…' where they stand outside the others."""
    singles = []
    for start, end in spans:
        for pattern in (_SINGLE_CURLY, _SINGLE_STRAIGHT):
            for match in pattern.finditer(text, start, end):
                inner = match.group("inner")
                is_said = len(inner.split()) >= _N_WORDS_SINGLE or inner[-1:] in ",.?!"
                if is_said and not any(q.start < match.end() and match.start() < q.end for q in found):
                    singles.append(Quotation(match.start(), match.end()))
    return sorted([*found, *singles], key=lambda q: (q.start, q.end)) if singles else found
