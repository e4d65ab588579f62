"""Text that a file holds and does not show: hidden elements of a web page, hidden or white runs of a Word file.

Only what the element itself says is believed; style sheets, scripts and pictures behind a text are not looked at, so
white text that may stand on something dark stays.
"""

from __future__ import annotations

import re

from lxml import etree

from index.readers.package import local_name

_MAY_HIDE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|\shidden\b|<template|font-size\s*:\s*0|opacity\s*:\s*0|color\s*:", re.I
)
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*0?\.?0*\s*(?:;|$|!)"
    r"|font-size\s*:\s*0(?:\.0+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|$|!)",
    re.I,
)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.I)
_GROUND = re.compile(r"(?<![\w-])background(?:-color)?\s*:\s*([^;!]+)", re.I)
_WHITE = re.compile(
    r"white|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255\b.*|transparent|rgba\(.*,\s*0(?:\.0+)?\s*\)", re.I
)
_AROUND = frozenset("nav header footer aside form menu button input select".split())
_SHORTEST = 20  # characters
_TEXTS = etree.XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")


def note_on_hidden(n_characters: int) -> tuple[str, ...]:
    """Return the remark for the person who added the file; none where nothing was hidden."""
    return (f"hidden text left out ({n_characters:,} characters)",) if n_characters else ()


def drop_hidden_elements(root: etree._Element) -> int:
    """Take out of a web page's tree what it does not show; return how many characters of its content that were."""
    n_characters = 0
    for element in [e for e in root.iter(etree.Element) if _is_hidden(e)]:
        parent = element.getparent()
        if parent is None or local_name(element).lower() in ("html", "body"):
            continue
        n_characters += _n_counted(element)
        tail, before = element.tail or "", element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)
    return n_characters


def _n_counted(element: etree._Element) -> int:
    """Count hidden text that might be read as content: no menu, form or single word waiting to be shown."""
    around = {local_name(above).lower() for above in (element, *element.iterancestors(), *element.iterdescendants("*"))}
    n_characters = sum(len(text.strip()) for text in map(str, _TEXTS(element)))
    return 0 if around & _AROUND or n_characters < _SHORTEST else n_characters


def may_hide(source: str) -> bool:
    """Tell whether a web page's source has anything that may hide text: most have not, and need no second look."""
    return bool(_MAY_HIDE.search(source))


def _is_hidden(element: etree._Element) -> bool:
    if "hidden" in element.attrib or local_name(element).lower() == "template":
        return True
    style = element.get("style", "")
    if not style:
        return False
    if _UNSEEN_STYLE.search(style):
        return True
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    if colour is None:
        return False
    if ground is not None:
        return colour[1].strip().lower() == ground[1].strip().lower()
    return bool(_WHITE.fullmatch(colour[1].strip())) and not any(map(_may_be_dark, element.iterancestors()))


def _may_be_dark(element: etree._Element) -> bool:
    """Tell an element that may have a background of its own."""
    style = element.get("style", "")
    return "background" in style or any(name in element.attrib for name in ("class", "bgcolor", "background"))


def drop_hidden_runs(root: etree._Element) -> int:
    """Take out of a Word part's tree the runs marked hidden, or white on nothing; return how many characters."""
    n_characters = 0
    for run in [r for r in root.iter("{*}r") if _is_hidden_run(r)]:
        for text in list(run.iterfind("{*}t")):
            n_characters += len((text.text or "").strip())
            run.remove(text)
    return n_characters


def _is_hidden_run(run: etree._Element) -> bool:
    properties = run.find("{*}rPr")
    if properties is None:
        return False
    for element in properties:
        name, value = local_name(element), next(iter(element.attrib.values()), "")
        if name == "vanish" and value.lower() not in ("0", "false", "off"):
            return True
    colour = properties.find("{*}color")
    if colour is None or next(iter(colour.attrib.values()), "").upper() != "FFFFFF":
        return False
    shaded = properties.find("{*}shd") is not None or properties.find("{*}highlight") is not None
    return not shaded and not any(_may_be_shaded(above) for above in run.iterancestors())


def _may_be_shaded(element: etree._Element) -> bool:
    """Tell a table's cell, a text box or a shaded paragraph, behind whose white text there may be a colour."""
    name = local_name(element)
    return name in ("tc", "txbxContent") or (name == "p" and element.find("{*}pPr/{*}shd") is not None)
