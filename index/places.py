"""What a catalog knows of places: folders followed, the stamps of files, what was skipped or left out.

Knows nothing of what the documents hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from index.database import Database
from index.errors import DocumentNotFound

# Beside the catalog, so that it can be restored: the folders followed and the documents left out, as JSON.
FOLLOWED = "followed.json"
_PUT_ROOT = (
    "INSERT INTO roots (name, path, only_paths, exclude) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
    "path = excluded.path, only_paths = excluded.only_paths, exclude = excluded.exclude"
)
_PUT_SKIPPED = (
    "INSERT INTO skipped (root, path, source, reason, content_hash, size, mtime_ns) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (root, path) DO UPDATE SET source = excluded.source, reason = excluded.reason, "
    "content_hash = excluded.content_hash, size = excluded.size, mtime_ns = excluded.mtime_ns"
)

_PUT_UPLOAD = (
    "INSERT INTO uploads (name, digest, data) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
    "digest = excluded.digest, data = excluded.data"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file has not changed, without reading it; `content_hash` tells after reading."""

    size: int
    mtime_ns: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that is followed: all of it, or `only_paths` of it; `exclude` are globs over relative paths."""

    name: str
    path: str
    only_paths: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that gave no document, and why."""

    source: str
    reason: str


class Places(Database):
    """Folders and files of a library, with the number that grows with every change."""

    def get_value(self, key: str, default: str = "") -> str:
        row = self.one_row("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else default

    def put_value(self, key: str, value: str) -> None:
        self.run(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            *(key, value),
        )

    @property
    def generation(self) -> int:
        """Return a number that grows with every change of the documents."""
        return int(self.get_value("generation", "0"))

    def roots(self) -> list[Root]:
        rows = self.all_rows("SELECT name, path, only_paths, exclude FROM roots ORDER BY name")
        return [Root(n, p, tuple(json.loads(o)) if o else None, tuple(json.loads(e))) for n, p, o, e in rows]

    def put_root(self, root: Root) -> None:
        only = json.dumps(root.only_paths) if root.only_paths is not None else None
        self.run(_PUT_ROOT, root.name, root.path, only, json.dumps(root.exclude))

    def note_followed(self, folder: Path) -> None:
        """Write what is followed beside the catalog, where it changed."""
        if self.is_shared:
            return
        noted = {"roots": [asdict(root) for root in self.roots()], "excluded": sorted(self.excluded())}
        text = json.dumps(noted, ensure_ascii=False, indent=1)
        path = folder / FOLLOWED
        if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            partial = path.with_suffix(".partial")
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)

    def restamp(self, document_id: str, stamp: Stamp) -> None:
        """Note that the file was touched but holds the same bytes."""
        self.run("UPDATE documents SET size = ?, mtime_ns = ? WHERE id = ?", stamp.size, stamp.mtime_ns, document_id)

    def stamps(self, root: str) -> dict[str, tuple[str, Stamp]]:
        """Return id and stamp of each document of a root, by relative path."""
        rows = self.all_rows("SELECT path, id, size, mtime_ns, content_hash FROM documents WHERE root = ?", root)
        return {path: (id_, Stamp(size, mtime, digest)) for path, id_, size, mtime, digest in rows}

    def stamp(self, document_id: str) -> Stamp | None:
        row = self.one_row("SELECT size, mtime_ns, content_hash FROM documents WHERE id = ?", document_id)
        return Stamp(*row) if row else None

    def place(self, document_id: str) -> tuple[str | None, str | None]:
        """Return the root's name and the relative path of a document; None, None for one that was added."""
        row = self.one_row("SELECT root, path FROM documents WHERE id = ?", document_id)
        if row is None:
            raise DocumentNotFound(document_id)
        return row[0], row[1]

    def put_skipped(self, root: str, path: str, skipped: Skipped, stamp: Stamp) -> None:
        self.run(
            _PUT_SKIPPED,
            *(root, path, skipped.source, skipped.reason, stamp.content_hash, stamp.size, stamp.mtime_ns),
        )

    def delete_skipped(self, root: str, path: str) -> None:
        self.run("DELETE FROM skipped WHERE root = ? AND path = ?", root, path)

    def skipped_stamps(self, root: str) -> dict[str, Stamp]:
        rows = self.all_rows("SELECT path, size, mtime_ns, content_hash FROM skipped WHERE root = ?", root)
        return {path: Stamp(size, mtime, digest) for path, size, mtime, digest in rows}

    def skipped(self, root: str | None = None) -> list[Skipped]:
        where, values = ("WHERE root = ?", (root,)) if root is not None else ("", ())
        return [
            Skipped(*row)
            for row in self.all_rows(f"SELECT source, reason FROM skipped {where} ORDER BY source", *values)
        ]

    def exclude(self, document_id: str) -> None:
        self.run("INSERT INTO excluded (id) VALUES (?) ON CONFLICT DO NOTHING", document_id)

    def include(self, document_ids: Iterable[str]) -> None:
        self.run_many("DELETE FROM excluded WHERE id = ?", [(id_,) for id_ in document_ids])

    def excluded(self) -> set[str]:
        return {row[0] for row in self.all_rows("SELECT id FROM excluded")}

    # --- uploads, in a catalog that several machines share

    def put_upload(self, name: str, data: bytes | None) -> None:
        """Keep the bytes of a file; None takes them away."""
        if data is None:
            self.run("DELETE FROM uploads WHERE name = ?", name)
        else:
            self.run(_PUT_UPLOAD, name, hashlib.sha256(data).hexdigest(), data)

    def upload(self, name: str) -> bytes | None:
        row = self.one_row("SELECT data FROM uploads WHERE name = ?", name)
        return row[0] if row else None

    def upload_digests(self) -> dict[str, str]:
        """Return the SHA-256 of each file by its name."""
        return dict(self.all_rows("SELECT name, digest FROM uploads ORDER BY name"))

    def _touch(self) -> None:
        self.put_value("generation", str(self.generation + 1))
