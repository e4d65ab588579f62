"""Word documents: body in order, tables row by row, then headers, footers, notes and comments, each apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from index.errors import BrokenFile
from index.readers.dates import to_iso
from index.readers.hidden import drop_hidden_runs, note_on_hidden
from index.readers.office import person, properties
from index.readers.package import Package, local_name
from index.readers.plain import first_heading
from index.readers.reading import Reading
from index.readers.table import rows_as_text

# Elements whose text is not what the reader of the document sees: deleted text, field codes, the older form of a
# drawing that stands beside the newer one.
_UNSEEN = frozenset(("del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "pPr", "rPr", "sectPr"))
_APART = (
    ("Header", re.compile(r"word/header\d*\.xml")),
    ("Footer", re.compile(r"word/footer\d*\.xml")),
    ("Footnote", re.compile(r"word/footnotes\.xml")),
    ("Endnote", re.compile(r"word/endnotes\.xml")),
    ("Comment", re.compile(r"word/comments\.xml")),
)
# When the template was made from which python-docx starts every document.
_TEMPLATE_MADE_ON = "2013-12-23"


def read_docx(data: bytes, name: str, password: str | None) -> Reading:
    """Read a .docx; a password can't be used, an encrypted one is refused."""
    package = Package.open(data, "Word")
    root = package.tree(_main_part(package))
    body = None if root is None else next((e for e in root if local_name(e) == "body"), None)
    if body is None:
        raise BrokenFile("it is no Word file: its main part is missing")
    n_hidden = drop_hidden_runs(body)
    blocks = list(_blocks(body))
    text = "\n\n".join([*_joined_lists(blocks), *_parts_apart(package)])
    told = properties(package)
    return Reading(
        (text,),
        title=told.get("title") or _heading(blocks) or first_heading(text),
        author=person(told.get("creator")),
        language=told.get("language"),
        made_on=_made_on(told),
        notes=note_on_hidden(n_hidden),
    )


def _main_part(package: Package) -> str:
    """Return the main part's name; it is `word/document.xml` but in a few programs' files."""
    if "word/document.xml" in package.names:
        return "word/document.xml"
    return next((name for name in package.names if re.fullmatch(r"word/document\d*\.xml", name)), "")


class _Block(str):
    """A paragraph or table as text, with the name of its style and whether it is an item of a list."""

    __slots__ = ("is_item", "style")
    style: str
    is_item: bool


def _block(text: str, style: str = "", is_item: bool = False) -> _Block:
    block = _Block(text)
    block.style, block.is_item = style, is_item
    return block


def _blocks(container: etree._Element) -> Iterator[_Block]:
    """Yield the paragraphs and tables of a body, cell, note or comment in their order."""
    for child in container:
        match local_name(child):
            case "p":
                yield from _paragraph(child)
            case "tbl":
                yield _block(_table(child))
            case "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" | "smartTag":
                yield from _blocks(child)


def _paragraph(paragraph: etree._Element) -> Iterator[_Block]:
    style, is_item = "", False
    for element in paragraph.iterfind("{*}pPr/*"):
        if local_name(element) == "pStyle":
            style = next(iter(element.attrib.values()), "")
        is_item = is_item or local_name(element) == "numPr"
    is_item = (is_item or style.startswith("List")) and not style.lower().startswith("heading")
    text = "".join(_runs(paragraph)).strip()
    if text:
        yield _block(f"- {text}" if is_item and not re.match(r"[-•*–]\s", text) else text, style, is_item)
    for box in paragraph.iterfind(".//{*}txbxContent"):
        if not any(local_name(above) in _UNSEEN for above in box.iterancestors()):
            yield from _blocks(box)


def _runs(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "\N{NON-BREAKING HYPHEN}"
        elif name == "sym":
            yield "•"
        elif name not in _UNSEEN and name != "txbxContent":
            yield from _runs(child)


def _table(table: etree._Element) -> str:
    """Return the table row by row; a cell that spans columns stands once, one that goes on from above is repeated."""
    rows: list[list[str]] = []
    for row in _inside(table, "tr"):
        cells: list[str] = []
        for cell in _inside(row, "tc"):
            text = "\n".join(_blocks(cell))
            if _goes_on_from_above(cell) and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)]
            cells += [text] + [""] * (_columns(cell) - 1)
        rows.append(cells)
    return rows_as_text(rows)


def _inside(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the children of that name, also those wrapped in a content control or a tracked insertion."""
    for child in element:
        if local_name(child) == name:
            yield child
        elif local_name(child) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _inside(child, name)


def _goes_on_from_above(cell: etree._Element) -> bool:
    merge = cell.find("{*}tcPr/{*}vMerge")
    return merge is not None and next(iter(merge.attrib.values()), "continue") == "continue"


def _columns(cell: etree._Element) -> int:
    span = cell.find("{*}tcPr/{*}gridSpan")
    value = next(iter(span.attrib.values()), "1") if span is not None else "1"
    return min(int(value), 100) if value.isdigit() else 1


def _joined_lists(blocks: list[_Block]) -> Iterator[str]:
    """Yield paragraphs, the items of one list together."""
    items: list[str] = []
    for block in blocks:
        if block.is_item:
            items.append(block)
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield block
    if items:
        yield "\n".join(items)


def _heading(blocks: list[_Block]) -> str | None:
    for style in ("title", "heading1", "heading"):
        for block in blocks:
            if block.style.lower().replace(" ", "").startswith(style):
                return str(block)
    return None


def _parts_apart(package: Package) -> Iterator[str]:
    """Yield headers, footers, notes and comments, each paragraph once and with a word on what it is."""
    seen: set[str] = set()
    for label, pattern in _APART:
        for name in filter(pattern.fullmatch, sorted(package.names)):
            root = package.tree(name)
            holders = [] if root is None else [root] if label in ("Header", "Footer") else list(root)
            for holder in holders:
                text = " ".join(" ".join(_blocks(holder)).split())
                if re.search(r"\w", text) and text not in seen:
                    seen.add(text)
                    yield f"{_label(label, holder)}: {text}"


def _label(label: str, holder: etree._Element) -> str:
    author = next((v for k, v in holder.attrib.items() if str(k).endswith("}author")), "")
    return f"{label} by {author}" if label == "Comment" and author else label


def _made_on(told: dict[str, str]) -> str | None:
    created = to_iso(told.get("created"))
    return to_iso(told.get("modified")) if created == _TEMPLATE_MADE_ON else created
