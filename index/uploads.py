"""Copies of uploaded files: in the library's folder, and in a catalog that several machines share.

Knows nothing of what is in the files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from index.catalog import Catalog
from index.roots import put_file


class Uploads:
    """The folder of uploads; of a shared catalog it is a copy of what stands there, brought up to it by `fetch`."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder = folder
        self._catalog = catalog

    def put(self, name: str, data: bytes | None) -> bytes | None:
        """Keep a file in place of what was there, which is returned; None takes it away."""
        before = self.read(name)
        if self._catalog.is_shared:
            self._catalog.put_upload(name, data)
        if data is None or not self._catalog.is_shared:  # what is taken away goes here too
            self.folder.mkdir(exist_ok=True)
            put_file(self.folder / name, data)
        return before

    def names(self) -> list[str]:
        if self._catalog.is_shared:
            return list(self._catalog.upload_digests())
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path.name for path in found if path.is_file() and not path.name.startswith("."))

    def read(self, name: str) -> bytes | None:
        if self._catalog.is_shared:
            return self._catalog.upload(name)
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def fetch(self) -> None:
        """Make the folder equal to a shared catalog."""
        if not self._catalog.is_shared:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = self._catalog.upload_digests()
        for path in self.folder.iterdir():
            if path.name not in wanted:
                path.unlink()
        for name, digest in wanted.items():
            path = self.folder / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                put_file(path, self._catalog.upload(name))
