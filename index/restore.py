"""A library whose catalog is damaged, made anew from its files and from what can still be read of the catalog.

The damaged catalog is set aside, never deleted.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from index.catalog import Catalog, open_catalog
from index.errors import InputError
from index.journal import Conversations
from index.library import Library
from index.lock import writing
from index.matrix import NAME as MATRIX
from index.places import FOLLOWED, Root
from index.records import Document, DocumentInfo
from index.roots import UPLOADS
from index.sqlite import readable_rows
from index.sync import OnProgress

_DOCUMENT = "id, source, title, date, kind, author, language, text, content_hash, page_starts, notes"


def restore(folder: str | Path, *, model: str | None = None, on_progress: OnProgress | None = None) -> list[str]:
    """Rebuild a library; return, one line each, what was done and what is lost.

    Folders that are followed and uploads are read again. Conversations, and documents that were added without a file,
    come from what can be read of the catalog.
    """
    folder = Path(folder).expanduser().resolve()
    with writing(folder):
        aside = _set_aside(folder)
        lines = [f"the damaged catalog is kept in '{aside}'"]
        catalog = open_catalog(folder / "catalog.sqlite")
        roots = _restore_places(aside, folder, catalog, lines)
        _restore_conversations(aside, catalog, lines)
        given = _given(aside, lines)
        catalog.close()
    with Library.open(folder, model=model) as library:
        library.add(given, on_progress=on_progress)
        for root in roots:
            where = folder / "files" if root.name == UPLOADS else Path(root.path)
            try:
                library.sync_followed(root.name, on_progress=on_progress)
                lines.append(f"read '{where}' again")
            except InputError as error:
                lines.append(f"lost until it is back: {error}")
    return lines


def _set_aside(folder: Path) -> Path:
    """Move the catalog away, drop what is filled from it, and leave the files of the user where they are."""
    aside = folder / time.strftime("damaged-%Y%m%d-%H%M%S")
    aside.mkdir(exist_ok=True)
    for path in folder.glob("catalog.sqlite*"):
        path.rename(aside / path.name)
    shutil.rmtree(folder / "chroma", ignore_errors=True)
    (folder / MATRIX).unlink(missing_ok=True)
    return aside


def _restore_places(aside: Path, folder: Path, catalog: Catalog, lines: list[str]) -> list[Root]:
    """Take the folders that were followed from the list beside the catalog, else from the catalog."""
    roots, excluded = [], []
    try:
        noted = json.loads((folder / FOLLOWED).read_text(encoding="utf-8"))
        roots = [
            Root(r["name"], r["path"], r["only_paths"] and tuple(r["only_paths"]), tuple(r["exclude"]))
            for r in noted["roots"]
        ]
        excluded = noted["excluded"]
    except (OSError, ValueError, KeyError, TypeError):
        rows, _ = readable_rows(aside / "catalog.sqlite", "SELECT name, path, only_paths, exclude FROM roots")
        roots = [Root(n, p, tuple(json.loads(o)) if o else None, tuple(json.loads(e))) for n, p, o, e in rows]
        excluded = [row[0] for row in readable_rows(aside / "catalog.sqlite", "SELECT id FROM excluded")[0]]
    if (folder / "files").is_dir() and UPLOADS not in {root.name for root in roots}:
        roots.append(Root(UPLOADS, "files"))
    if not roots:
        lines.append("lost: which folders were followed; name them again, `footnote index FOLDER`")
    for root in roots:
        catalog.put_root(root)
    for document_id in excluded:
        catalog.exclude(document_id)
    return roots


def _restore_conversations(aside: Path, catalog: Catalog, lines: list[str]) -> None:
    rows, is_complete = readable_rows(aside / "catalog.sqlite", "SELECT id, changed, content FROM conversations")
    for _, _, content in rows:
        Conversations(catalog).save(json.loads(content))
    lines.append(f"{len(rows)} conversations restored" + ("" if is_complete else "; others may be lost"))


def _given(aside: Path, lines: list[str]) -> list[Document]:
    """Return the documents that have no file, as far as they can be read."""
    rows, is_complete = readable_rows(aside / "catalog.sqlite", f"SELECT {_DOCUMENT} FROM documents WHERE root IS NULL")
    if not is_complete:
        lines.append("documents that were added without a file may be lost: add them again")
    return [
        Document(DocumentInfo(*row[:7]), row[7], row[8], tuple(json.loads(row[9])), tuple(json.loads(row[10])))
        for row in rows
    ]
