"""Web pages: the article without its navigation where there is one, else all that the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from index.errors import EmptyFile
from index.readers.dates import to_iso
from index.readers.decode import decode
from index.readers.hidden import drop_hidden_elements, may_hide, note_on_hidden
from index.readers.package import local_name
from index.readers.reading import Reading
from index.readers.table import rows_as_text

if TYPE_CHECKING:
    from trafilatura.settings import Document as Article

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})|<\?xml[^>]{0,80}encoding=[\"']([\w-]{1,40})", re.I)
_UNSEEN = frozenset("script style noscript template head iframe svg math button select input textarea object".split())
_AROUND = frozenset("nav header footer aside form menu".split())
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font hi i ins kbd label mark q ref s samp small span strike "
    "strong sub sup time tt u var wbr".split()
)
_LANGUAGE = re.compile(r"<html\b[^<>]{0,500}?\slang\s{0,9}=\s{0,9}[\"']?([\w-]{2,35})", re.IGNORECASE)
# An article this short may be a teaser or a notice that was taken for the page's content.
_SHORT_ARTICLE = 250
_MUCH_MORE = 4


def read_html(data: bytes, name: str, password: str | None) -> Reading:
    """Read a web page: the body of its article, title, date, author, language; a page without article is read whole."""
    source, notes = _without_hidden(decode(data, _declared(data)))
    article = _article(source)
    text = "" if article is None or article.body is None else page_text(article.body)
    if len(text) < _SHORT_ARTICLE:
        whole = whole_page(source)
        text = whole if len(whole) > _MUCH_MORE * len(text) or not text else text
    if not text:
        raise EmptyFile("the page shows no text")
    language = match[1] if (match := _LANGUAGE.search(source[:4096])) else None
    if article is None:
        return Reading((text,), title=title_of(source), language=language, notes=notes)
    title = article.title or title_of(source)
    text = _headed(title, text)
    return Reading((text,), title, to_iso(article.date), article.author, language, notes=notes)


def _without_hidden(source: str) -> tuple[str, tuple[str, ...]]:
    """Return the page without what its own elements hide, and a remark where there was something."""
    root = parse_html(source) if may_hide(source) else None
    if root is None:
        return source, ()
    n_hidden = drop_hidden_elements(root)
    return etree.tostring(root, encoding="unicode", method="html"), note_on_hidden(n_hidden)


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data[:4096])
    return (match[1] or match[2]).decode("ascii", "replace") if match else None


def _article(source: str) -> Article | None:
    import logging

    import trafilatura

    # It logs what it can't parse as errors; here that is no error, all of the page's text follows.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.bare_extraction(source, fast=True, include_comments=False, with_metadata=True)
    return None if isinstance(found, dict) else found


def _headed(title: str | None, text: str) -> str:
    """Put the title above the text where the text doesn't begin with it: it is part of what the page shows."""
    if not title or title.casefold() in text[: 2 * len(title) + 50].casefold():
        return text
    return f"{title}\n\n{text}"


def parse_html(source: str) -> etree._Element | None:
    """Return the root of a page, however broken; None where there is nothing in it."""
    # A declaration of an encoding would contradict the text that is decoded already.
    cleaned = re.sub(r"\A\s*<\?xml[^>]*\?>", "", source)
    try:
        return etree.fromstring(cleaned, etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError:
        return None


def title_of(source: str) -> str | None:
    """Return the first heading of a page, else its title."""
    root = parse_html(source)
    if root is None:
        return None
    for path in (".//h1", ".//title"):
        element = root.find(path)
        if element is not None and (text := " ".join("".join(map(str, element.itertext())).split())):
            return text
    return None


def whole_page(source: str) -> str:
    """Return all that the page shows, without what stands around its content where something is left then."""
    root = parse_html(source)
    if root is None:
        return ""
    return page_text(root, _UNSEEN | _AROUND) or page_text(root)


def page_text(root: etree._Element, left_out: frozenset[str] = _UNSEEN) -> str:
    """Return the text of a tree of HTML elements: blocks apart, items of a list and rows of a table line by line."""
    text = "".join(_pieces(root, left_out, preserve=False))
    text = re.sub(r"(?<![ \t])[ \t]*\n[ \t]*(?!\t)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _pieces(element: etree._Element, left_out: frozenset[str], preserve: bool) -> Iterator[str]:
    name = local_name(element).lower()
    if name in left_out:
        return
    if name in ("br", "lb"):
        yield "\n"
    elif name == "table":
        yield "\n\n" + _table(element, left_out) + "\n\n"
    else:
        edge = _edge(name)
        yield edge + ("- " if name in ("li", "item") else "")
        yield from _inside(element, left_out, preserve or name in ("pre", "code"))
        yield edge


def _inside(element: etree._Element, left_out: frozenset[str], preserve: bool) -> Iterator[str]:
    yield _flow(element.text, preserve)
    for child in element:
        yield from _pieces(child, left_out, preserve)
        yield _flow(child.tail, preserve)


def _edge(name: str) -> str:
    if name in _INLINE or not name:
        return ""
    return "\n" if name in ("li", "item", "dt", "dd", "tr", "option", "figcaption") else "\n\n"


def _flow(text: str | None, preserve: bool) -> str:
    return "" if not text else text if preserve else re.sub(r"[ \t\r\n\f]+", " ", text)


def _table(table: etree._Element, left_out: frozenset[str]) -> str:
    rows: list[list[str]] = []
    is_headed = None
    for row in table.iter("tr", "row", "{*}tr"):
        if _table_of(row) is not table:
            continue
        cells = [cell for cell in row if local_name(cell).lower() in ("td", "th", "cell")]
        if not rows and cells and all(_is_head(cell) for cell in cells):
            is_headed = True
        rows.append([page_text_of_cell(cell, left_out) for cell in cells])
    return rows_as_text(rows, has_header=is_headed)


def _table_of(row: etree._Element) -> etree._Element | None:
    return next((above for above in row.iterancestors() if local_name(above).lower() == "table"), None)


def _is_head(cell: etree._Element) -> bool:
    return local_name(cell).lower() == "th" or cell.get("role") == "head"


def page_text_of_cell(cell: etree._Element, left_out: frozenset[str]) -> str:
    """Return a cell's text; a nested table's rows follow one another inside it."""
    return " ".join("".join(_inside(cell, left_out, preserve=False)).split())
