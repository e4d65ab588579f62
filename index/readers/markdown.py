"""Markdown as the reader of the rendered page sees it: words without the marks around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from index.readers.dates import to_iso
from index.readers.decode import decode
from index.readers.plain import first_heading
from index.readers.reading import Reading
from index.readers.table import rows_as_text

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|date|author|lang|language)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)


def read_markdown(data: bytes, name: str, password: str | None) -> Reading:
    """Read Markdown; title, date, author and language from its front matter where it has one."""
    from markdown_it import MarkdownIt

    source = decode(data).replace("\r\n", "\n")
    fields, body = _front_matter(source)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    text = "".join(_blocks(tokens))
    title = fields.get("title") or _heading(tokens) or first_heading(text)
    language = fields.get("lang") or fields.get("language")
    return Reading((text,), title, to_iso(fields.get("date")), fields.get("author"), language)


def _front_matter(source: str) -> tuple[dict[str, str], str]:
    match = _FRONT_MATTER.match(source)
    if not match:
        return {}, source
    fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(match[1])}
    return fields, source[match.end() :]


def _heading(tokens: list[Token]) -> str | None:
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            return _inline(content) or None
    return None


def _blocks(tokens: list[Token]) -> Iterator[str]:
    """Yield the text piece by piece, each with the line breaks that follow it."""
    markers: list[str] = []  # of the list items around
    marker = ""  # of the item that begins
    tables = _Tables()
    for token in tokens:
        if tables.take(token):
            yield tables.text()
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            markers.append(token.type)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            markers.pop()
            yield "" if markers else "\n"
        elif token.type == "list_item_open":
            number = f"{token.info}." if markers[-1] == "ordered_list_open" else "-"
            marker = "  " * (len(markers) - 1) + number + " "
        elif not tables.is_open and (content := _content(token)):
            yield marker + content + ("\n" if markers else "\n\n")
            marker = ""


def _content(token: Token) -> str:
    if token.type == "inline":
        return _inline(token)
    if token.type in ("fence", "code_block"):
        return token.content.rstrip("\n")
    return _TAG.sub("", token.content).strip() if token.type == "html_block" else ""


class _Tables:
    """Gathers the cells of the table that is open."""

    def __init__(self) -> None:
        self.is_open = False
        self._rows: list[list[str]] = []

    def take(self, token: Token) -> bool:
        """Note a table's token; True when the table has just ended."""
        if token.type == "table_open":
            self.is_open, self._rows = True, []
        elif token.type == "tr_open":
            self._rows.append([])
        elif self.is_open and token.type == "inline":
            self._rows[-1].append(_inline(token))
        elif token.type == "table_close":
            self.is_open = False
            return True
        return False

    def text(self) -> str:
        return rows_as_text(self._rows, has_header=True) + "\n\n"


def _inline(token: Token) -> str:
    pieces = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" " if child.type == "softbreak" else "\n")
        elif child.type in ("text", "code_inline", "text_special", "image"):
            pieces.append(child.content)
    return "".join(pieces).strip()
