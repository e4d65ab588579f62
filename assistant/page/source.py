"""Turns a stretch of a document into the HTML of the source pane, with the quote marked character for character.

Pure functions. Only a window around the quote is rendered, so that a book opens as fast as a letter.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote as url_quote

from assistant.page.words import count, day
from index.records import Document, DocumentInfo

if TYPE_CHECKING:
    from index.paper import Box

REACH = 6_000  # characters shown before and after the quote; about three screens each way
_SLACK = 1_500  # characters searched for a paragraph's or a word's edge, so that no window cuts one in two
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_PAGED = ("pdf",)

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """Part of a document to show: the window, and inside it the passage (tinted) and the quote (marked)."""

    document: Document
    window: Range
    quote: Range | None = None
    passage: Range | None = None


def view(document: Document, start: int, end: int, passage: Range | None = None, *, reach: int = REACH) -> View:
    """Return a view of the document around the quote [start, end); offsets outside the text are pulled into it.

    The passage tinted around it is widened to whole paragraphs, so that a quote is seen in what it stands in.
    """
    length = len(document.text)
    start = min(max(start, 0), length)
    end = min(max(end, start), length)
    a, b = passage or (start, end)
    passage = _paragraphs_around(document.text, min(max(a, 0), start), max(min(b, length), end))
    window = window_around(document.text, start, end, reach)
    return View(document, window, (start, end) if start < end else None, passage)


def window_around(text: str, start: int, end: int, reach: int = REACH) -> Range:
    """Return a window that reaches at least `reach` characters either way, widened to the edge of a paragraph."""
    return _edge_before(text, start - reach), _edge_after(text, end + reach)


def _paragraphs_around(text: str, start: int, end: int) -> Range | None:
    if start >= end:
        return None
    before, after = text.rfind("\n\n", max(0, start - _SLACK), start), text.find("\n\n", end, end + _SLACK)
    reaches_start, reaches_end = start <= _SLACK, end + _SLACK >= len(text)
    first = before + 2 if before >= 0 else 0 if reaches_start else start
    return first, after if after >= 0 else len(text) if reaches_end else end


def _edge_before(text: str, at: int) -> int:
    if at <= 0:
        return 0
    found = text.rfind("\n\n", max(0, at - _SLACK), at)
    if found >= 0:
        return found + 2
    found = text.rfind(" ", max(0, at - _SLACK), at)
    return found + 1 if found >= 0 else at


def _edge_after(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    found = text.find("\n\n", at, at + _SLACK)
    if found < 0:
        found = text.find(" ", at, at + _SLACK)
    return found if found >= 0 else at


def source_pane(shown: View) -> str:
    """Return the whole pane: title, what is known of the document, and the text."""
    info = shown.document.info
    page = shown.document.page_at(shown.quote[0]) if shown.quote else None
    pages = len(shown.document.page_starts)
    facts = [day(info.date)] if info.date else []
    facts += [info.author] if info.author else []
    facts += [f"language {info.language}"] if info.language and not info.language.startswith("en") else []
    facts += [f"page {page} of {pages}"] if page else [count(pages, "page")] if pages else []
    facts += [] if info.source == info.title else [info.source]
    meta = ' <span aria-hidden="true">·</span> '.join(f"<bdi>{escape(fact)}</bdi>" for fact in facts)
    notes = "".join(f'<p class="note" dir="auto">{escape(note)}</p>' for note in shown.document.notes)
    return (
        f'<header class="source-head"><h2 dir="auto" id="source-title" tabindex="-1">{escape(info.title)}</h2>'
        f'<p class="meta">{meta}</p>{notes}{_views(info, page)}</header>'
        f'<div class="source-text" tabindex="0" role="document" aria-labelledby="source-title" '
        f'data-document="{escape(info.id)}" data-length="{len(shown.document.text)}">{text_window(shown)}</div>'
        f'<div class="paper" tabindex="0" role="region" aria-label="Page" data-document="{escape(info.id)}" '
        f"{_quoted(shown.quote)} hidden></div>"
    )


def _quoted(quote: Range | None) -> str:
    start, end = quote or (0, 0)
    return f'data-start="{start}" data-end="{end}"'


def _views(info: DocumentInfo, page: int | None) -> str:
    address = f"api/v1/documents/{url_quote(info.id, safe='')}/original"
    original = (
        f'<a class="view" href="{escape(address)}" download="{escape(info.source.rpartition("/")[2])}">Original</a>'
    )
    text = '<button type="button" class="view" data-do="view" data-view="text" aria-pressed="true">Text</button>'
    paged = (
        f'<button type="button" class="view" data-do="view" data-view="page" data-page="{page or 1}" '
        'aria-pressed="false">Page</button>'
        if info.kind in _PAGED
        else ""
    )
    return f'<div class="views">{text}{paged}{original}</div>'


def text_window(shown: View, *, joins: str = "") -> str:
    """Return the window's paragraphs, with buttons for what comes before and after it, but none where it joins."""
    start, end = shown.window
    earlier = _more("earlier", start) if start > 0 and joins != "earlier" else ""
    later = _more("later", end) if end < len(shown.document.text) and joins != "later" else ""
    return earlier + "".join(_paragraph(shown, a, b) for a, b in _paragraph_spans(shown)) + later


def _more(which: str, at: int) -> str:
    return f'<button type="button" class="more" data-do="{which}" data-at="{at}">Show {which} text</button>'


def _paragraph_spans(shown: View) -> list[Range]:
    start, end = shown.window
    text = shown.document.text
    edges = [start, *(edge for match in _BLANK_LINES.finditer(text, start, end) for edge in match.span()), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if text[a:b].strip()]


def _paragraph(shown: View, start: int, end: int) -> str:
    """Return one paragraph, cut where the page, the passage or the quote begins or ends."""
    document, edges = shown.document, {start, end}
    for span in (shown.passage, shown.quote):
        edges |= {at for at in span or () if start < at < end}
    pages = {at: number for number, at in enumerate(document.page_starts, start=1) if start <= at < end}
    edges |= pages.keys()
    inside, ordered = "", sorted(edges)
    for a, b in itertools.pairwise(ordered):
        inside += _page_number(pages[a]) if a in pages else ""
        inside += _stretch(shown, a, b)
    tinted = shown.passage and shown.passage[0] <= start and end <= shown.passage[1]
    classes = " ".join(
        name for name, on in (("passage", tinted), ("wrapped", _is_wrapped(document.text[start:end]))) if on
    )
    return f'<p dir="auto" data-at="{start}"{f" class={chr(34)}{classes}{chr(34)}" if classes else ""}>{inside}</p>'


def _page_number(number: int) -> str:
    return f'<span class="page-number" data-page="{number}" role="note" aria-label="page {number}"></span>'


def _stretch(shown: View, start: int, end: int) -> str:
    html = escape(shown.document.text[start:end])
    if _lies_in(shown.quote, start, end):
        html = f"<mark>{html}</mark>"
    return f'<span class="passage">{html}</span>' if _lies_in(shown.passage, start, end) else html


def _lies_in(span: Range | None, start: int, end: int) -> bool:
    return span is not None and span[0] <= start and end <= span[1]


def paper_page(document: Document, number: int, boxes: Sequence[Box], *, is_quoted_here: bool) -> str:
    """Return a page of a PDF as it looks, with boxes around the quote's characters."""
    address = escape(f"api/v1/documents/{url_quote(document.id, safe='')}/pages/{number}?{document.content_hash[:12]}")
    n_pages = len(document.page_starts)
    drawn = "".join(_box(box) for box in boxes)
    missing = '<p class="note">The quote could not be found on the picture: see the text.</p>'
    return (
        f'<nav class="pages" aria-label="Pages">{_turn("Previous page", "‹", number - 1, n_pages)}'
        f"<span>page {number} of {n_pages}</span>{_turn('Next page', '›', number + 1, n_pages)}</nav>"
        f"{missing if is_quoted_here and not boxes else ''}"
        f'<div class="sheet"><img src="{address}" alt="Page {number} as a picture; the text view holds its text">'
        f"{drawn}</div>"
    )


def _turn(label: str, sign: str, number: int, n_pages: int) -> str:
    off = "" if 1 <= number <= n_pages else " disabled"
    return f'<button type="button" data-do="page" data-page="{number}" aria-label="{label}"{off}>{sign}</button>'


def _box(box: Box) -> str:
    sides = (("left", box.left), ("top", box.top), ("width", box.right - box.left), ("height", box.bottom - box.top))
    return f'<span class="box" style="{"; ".join(f"{name}: {100 * value:.3f}%" for name, value in sides)}"></span>'


def _is_wrapped(paragraph: str) -> bool:
    """Tell whether line breaks in the paragraph come from a fixed width, as in old text files, and mean nothing."""
    lines = paragraph.split("\n")
    return len(lines) > 1 and all(55 <= len(line) <= 100 for line in lines[:-1])


def peek(document: Document, start: int, end: int, *, reach: int = 160) -> str:
    """Return the quote with a little of what stands around it, for a glance."""
    shown = view(document, start, end)
    a, b = shown.quote or (0, 0)
    first, last = max(0, a - reach), min(len(document.text), b + reach)
    before, after = document.text[first:a], document.text[b:last]
    before = ("…" + before.partition(" ")[2]) if first else before
    after = (after.rpartition(" ")[0] + "…") if last < len(document.text) else after
    return (
        f'<b><bdi>{escape(document.info.title)}</bdi></b><p dir="auto">{escape(before)}'
        f"<mark>{escape(document.text[a:b])}</mark>{escape(after)}</p>"
    )


def more(document: Document, at: int, earlier: bool, *, reach: int = REACH) -> str:
    """Return the stretch that ends (or begins) at `at`, for a reader who scrolls on."""
    at = min(at, len(document.text))
    if earlier:
        return text_window(View(document, (_edge_before(document.text, at - reach), at)), joins="later")
    return text_window(View(document, (at, _edge_after(document.text, at + reach))), joins="earlier")
