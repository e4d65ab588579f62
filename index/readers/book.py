"""E-books (EPUB): the chapters in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from index.errors import BrokenFile, EncryptedFile
from index.readers.dates import to_iso
from index.readers.decode import decode
from index.readers.package import Package, local_name
from index.readers.reading import Reading
from index.readers.web import page_text, parse_html

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGE_TYPES = frozenset(("application/xhtml+xml", "text/html"))


def read_epub(data: bytes, name: str, password: str | None) -> Reading:
    """Read an e-book; one that is protected against copying is refused."""
    package = Package.open(data, "EPUB")
    container = package.tree(_CONTAINER)
    entry = None if container is None else next(container.iter("{*}rootfile"), None)
    root = None if entry is None else package.tree(entry.get("full-path", ""))
    if entry is None or root is None:
        raise BrokenFile("it is no e-book: its table of contents is missing")
    chapters = list(_chapters(root, posixpath.dirname(entry.get("full-path", ""))))
    _refuse_protected(package, chapters)
    told = {local_name(e): e.text.strip() for e in reversed(list(root.iterfind("{*}metadata/*"))) if e.text}
    return Reading(
        ("\n\n".join(filter(None, (_chapter(package, part) for part in chapters))),),
        title=told.get("title") or None,
        author=told.get("creator") or None,
        language=told.get("language"),
        date=to_iso(told.get("date")),
    )


def _chapters(root: etree._Element, folder: str) -> Iterator[str]:
    """Yield the parts of the spine, in its order, but the machine-made table of contents."""
    items = {item.get("id"): item for item in root.iterfind("{*}manifest/{*}item")}
    for reference in root.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGE_TYPES or "nav" in (item.get("properties") or "").split():
            continue
        yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))


def _chapter(package: Package, part: str) -> str:
    data = package.part(part)
    root = parse_html(decode(data)) if data else None
    return "" if root is None else page_text(root)


def _refuse_protected(package: Package, chapters: list[str]) -> None:
    root = package.tree(_ENCRYPTION)
    locked = set() if root is None else {unquote(e.get("URI", "")) for e in root.iter("{*}CipherReference")}
    if locked.intersection(chapters):  # fonts alone are often obscured, which hinders nobody
        raise EncryptedFile("it is protected against copying: get a copy without protection")
