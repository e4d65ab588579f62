"""OpenDocument text, sheets and slides: headings, lists and tables in order, then notes, comments and headers apart."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from index.errors import BrokenFile, EncryptedFile
from index.readers.dates import to_iso
from index.readers.package import Package, local_name
from index.readers.plain import first_heading
from index.readers.reading import Reading
from index.readers.table import numbered_rows, rows_as_text

_APART = {"note": "Footnote", "annotation": "Comment", "header": "Header", "footer": "Footer"}
_UNSEEN = frozenset(("tracked-changes", "note", "annotation", "forms", "notes", "desc", "title"))
_MOST_REPEATED = 100  # cells and spaces that a file claims to repeat; a sheet's empty end is a million


def read_open_document(data: bytes, name: str, password: str | None) -> Reading:
    """Read an OpenDocument file; slides are its pages. A password can't be used, an encrypted one is refused."""
    package = Package.open(data, "OpenDocument")
    if b"encryption-data" in (package.part("META-INF/manifest.xml") or b""):
        raise EncryptedFile("it needs a password: save a copy without one")
    root = package.tree("content.xml")
    body = None if root is None else next((e for e in root if local_name(e) == "body"), None)
    if root is None or body is None or not len(body):
        raise BrokenFile("it is no OpenDocument file: its content is missing")
    pages = ["\n\n".join(_blocks(page)) for page in body[0].iterfind("{*}page")]
    text = "\n\n".join(_blocks(body[0]))
    apart = [*_apart(root), *_apart(package.tree("styles.xml"))]
    told = _told(package)
    return Reading(
        (*pages[:-1], "\n\n".join([*pages[-1:], *apart])) if pages else ("\n\n".join([text, *apart]),),
        title=told.get("title") or _heading(body[0]) or (None if pages else first_heading(text)),
        author=told.get("initial-creator") or told.get("creator"),
        language=told.get("language"),
        made_on=to_iso(told.get("creation-date") or told.get("date")),
        is_paged=bool(pages),
    )


def _blocks(holder: etree._Element) -> Iterator[str]:
    for element in holder:
        name = local_name(element)
        if name in ("h", "p"):
            yield from filter(None, ["".join(_runs(element)).strip()])
            for box in element.iterfind(".//{*}text-box"):
                yield from _blocks(box)
        elif name == "list":
            yield "\n".join(_items(element))
        elif name == "table":
            yield _table(element)
        elif name not in _UNSEEN:
            yield from _blocks(element)


def _items(items: etree._Element) -> Iterator[str]:
    for item in items:
        text = "\n".join(_blocks(item))
        if text:
            yield text if text.startswith("- ") else f"- {text}"


def _table(table: etree._Element) -> str:
    is_sheet = (above := table.getparent()) is not None and local_name(above) == "spreadsheet"
    rows, number = [], 1
    for row in table.iter("{*}table-row"):
        rows.append((number, [cell for element in row for cell in _cells(element)]))
        number += _count(row, "number-rows-repeated", 1 << 20)
    if is_sheet:
        return "\n\n".join(numbered_rows(rows, _attribute(table, "name")))
    return rows_as_text([cells for _, cells in rows])


def _cells(cell: etree._Element) -> list[str]:
    if local_name(cell) not in ("table-cell", "covered-table-cell"):
        return []
    text = "\n".join(_blocks(cell))
    return [text] * (_count(cell, "number-columns-repeated", _MOST_REPEATED) if text else 1)


def _runs(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child)
        if name == "s":
            yield " " * _count(child, "c", _MOST_REPEATED)
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        elif name not in _UNSEEN and name != "text-box":
            yield from _runs(child)
        yield child.tail or ""


def _apart(root: etree._Element | None) -> Iterator[str]:
    """Yield notes, comments, headers and footers, each once and with a word on what it is."""
    seen = set()
    for element in () if root is None else root.iter("{*}note", "{*}annotation", "{*}header", "{*}footer"):
        body = element.find("{*}note-body")
        text = " ".join(" ".join(_blocks(element if body is None else body)).split())
        author = element.find("{*}creator")
        label = _APART[local_name(element)] + (f" by {author.text}" if author is not None and author.text else "")
        if text and (label, text) not in seen:
            seen.add((label, text))
            yield f"{label}: {text}"


def _heading(body: etree._Element) -> str | None:
    heading = next(body.iter("{*}h"), None)
    return None if heading is None else "".join(_runs(heading)).strip() or None


def _told(package: Package) -> dict[str, str]:
    root = package.tree("meta.xml")
    return {} if root is None else {local_name(e): e.text.strip() for e in root.iter() if e.text and e.text.strip()}


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith(f"}}{name}")), "")


def _count(element: etree._Element, name: str, most: int) -> int:
    value = _attribute(element, name)
    return min(int(value), most) if value.isdecimal() else 1
