"""What the packages of Word, Excel and PowerPoint have in common: properties and relations between parts."""

from __future__ import annotations

import posixpath

from index.readers.package import Package, local_name

_NOBODY = frozenset(("python-docx", "openpyxl", "unknown", "user", "admin", "author", "microsoft office user"))


def properties(package: Package) -> dict[str, str]:
    """Return what the file tells of itself: `title`, `creator`, `created`, `modified` and others, those not empty."""
    root = package.tree("docProps/core.xml")
    return {} if root is None else {local_name(e): e.text.strip() for e in root if e.text and e.text.strip()}


def person(name: str | None) -> str | None:
    """Return an author's name, None where it is a program's or a stand-in."""
    return None if not name or name.lower() in _NOBODY else name


def related(package: Package, part: str) -> dict[str, str]:
    """Return the parts that a part refers to, by the reference's id."""
    folder, _, base = part.rpartition("/")
    root = package.tree(f"{folder}/_rels/{base}.rels")
    if root is None:
        return {}
    targets = {e.get("Id", ""): e.get("Target", "") for e in root if e.get("TargetMode") != "External"}
    return {id_: posixpath.normpath(posixpath.join("/", folder, target))[1:] for id_, target in targets.items()}
