"""PowerPoint: one page a slide, its title first, tables row by row, then the speaker's notes and comments."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from index.errors import BrokenFile
from index.readers.dates import to_iso
from index.readers.office import person, properties, related
from index.readers.package import Package, local_name
from index.readers.reading import Reading
from index.readers.table import rows_as_text

_MAIN = "ppt/presentation.xml"
_UNSEEN = frozenset(("sldNum", "dt", "ftr", "hdr", "sldImg"))  # placeholders: number, date, footer, header, picture


def read_pptx(data: bytes, name: str, password: str | None) -> Reading:
    """Read a presentation; a password can't be used, an encrypted one is refused."""
    package = Package.open(data, "PowerPoint")
    main = package.tree(_MAIN)
    if main is None:
        raise BrokenFile("it is no PowerPoint file: its main part is missing")
    parts = related(package, _MAIN)
    slides = [parts.get(_reference(entry), "") for entry in main.iterfind("{*}sldIdLst/{*}sldId")]
    pages = tuple("\n\n".join(_slide(package, part)) for part in slides)
    told = properties(package)
    return Reading(
        pages,
        title=told.get("title") if told.get("title") != "PowerPoint Presentation" else None,
        author=person(told.get("creator")),
        language=told.get("language"),
        made_on=to_iso(told.get("created")),
        is_paged=True,
    )


def _reference(entry: etree._Element) -> str:
    """Return the entry's `r:id`, beside which it has an `id` of its own."""
    return next((str(value) for key, value in entry.attrib.items() if str(key).endswith("}id")), "")


def _slide(package: Package, part: str) -> Iterator[str]:
    root = package.tree(part)
    if root is None:
        return
    shapes = list(_shapes(root))
    shapes.sort(key=lambda shape: _kind(shape) not in ("title", "ctrTitle"))
    for shape in shapes:
        yield from _texts(shape)
    for other in related(package, part).values():
        tree = package.tree(other) if "notesSlide" in other or "comment" in other else None
        if tree is not None:
            yield from _apart("Notes" if "notesSlide" in other else "Comment", tree)


def _apart(label: str, root: etree._Element) -> Iterator[str]:
    """Yield the notes of a slide together, its comments one by one."""
    if label == "Notes":
        text = "\n".join(text for shape in _shapes(root) for text in _texts(shape))
        texts = [text]
    else:
        texts = ["".join(map(str, e.itertext())).strip() for e in root if local_name(e) == "cm"]
    yield from (f"{label}: {text}" for text in texts if text)


def _shapes(root: etree._Element) -> Iterator[etree._Element]:
    """Yield what holds text, inside groups too, in the order of drawing."""
    for element in root.iter("{*}sp", "{*}graphicFrame"):
        if _kind(element) not in _UNSEEN and not any(local_name(e) == "Fallback" for e in element.iterancestors()):
            yield element


def _kind(shape: etree._Element) -> str:
    place = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return "" if place is None else str(place.get("type", "body"))


def _texts(shape: etree._Element) -> Iterator[str]:
    if local_name(shape) == "graphicFrame":
        for table in shape.iter("{*}tbl"):
            rows = [[_lines(cell) for cell in row.iterfind("{*}tc")] for row in table.iterfind("{*}tr")]
            yield rows_as_text(rows)
        return
    is_list = _kind(shape) in ("body", "obj") and len(shape.findall("{*}txBody/{*}p")) > 1
    paragraphs = [text for p in shape.iterfind("{*}txBody/{*}p") if (text := _paragraph(p))]
    yield "\n".join(f"- {text}" for text in paragraphs) if is_list else "\n\n".join(paragraphs)


def _lines(holder: etree._Element) -> str:
    return "\n".join(_paragraph(p) for p in holder.iter("{*}p"))


def _paragraph(paragraph: etree._Element) -> str:
    pieces = ("\n" if local_name(e) == "br" else e.text or "" for e in paragraph.iter("{*}t", "{*}br"))
    return "".join(pieces).strip()
