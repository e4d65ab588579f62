"""Chroma brought up to the catalog: what changed, or everything.

Knows neither files nor models: the vectors come from the catalog.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import numpy as np

from index.catalog import Catalog
from index.errors import LibraryDamaged, ServerAway
from index.vectors import ChromaVectors, Sample

_SAMPLE = 20
_BATCH = 500
# Chroma never gives space back and slows down: after as many deletions as there are chunks, and this many, it is
# filled anew.
_MIN_GONE = 2000
# What Chroma's ids are; a library that says nothing was filled under ids that change with a chunk's place.
_IDS = "numbers"
_log = logging.getLogger(__name__)

OnBatch = Callable[[int, int], None]  # chunks done, chunks in all


class Follower:
    """Tells Chroma what changed in the catalog; for the writer alone.

    Idempotent: killed between Chroma's write and the catalog's, the same changes are told again.
    """

    def __init__(self, catalog: Catalog, vectors: ChromaVectors) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._is_trusted: bool | None = None  # None: not looked into yet

    def follow_along(self) -> bool:
        """Tell a batch if there is a whole one; return whether there was. What goes wrong is left for `finish`."""
        if not self._vectors.is_used or self._catalog.n_vector_changes() < _BATCH:
            return False
        try:
            if self._trusts():
                self._tell()
        except ServerAway as error:
            _log.info("%s", error)
            return False
        except LibraryDamaged:
            self._is_trusted = False
        return bool(self._is_trusted)

    def finish(self, on_batch: OnBatch | None = None) -> None:
        """Tell all the rest; a damaged or worn collection is filled anew; what a server missed stays due."""
        try:
            self._finish(on_batch)
        except ServerAway as error:
            _log.warning("%s: it is told of the changes by the next `footnote index`", error)

    def _finish(self, on_batch: OnBatch | None) -> None:
        if not self._vectors.is_used:
            self._catalog.forget_vector_changes()
            return
        before = _left(self._catalog)
        if not self._trusts():
            _log.warning("Chroma is missing or damaged: filling it anew from the catalog")
            self._empty()
        elif not self._vectors.is_served and self._n_gone > max(_MIN_GONE, self._catalog.count("chunks")):
            self._empty()
        try:
            self._tell_all(on_batch)
        except LibraryDamaged as error:
            _log.warning("%s: filling it anew from the catalog", error)
            self._empty()
            self._tell_all(on_batch)
        self._catalog.put_value("chroma_ids", _IDS)
        self._catalog.put_value("chroma_files", json.dumps(self._vectors.notes(before)))

    def _trusts(self) -> bool:
        if self._is_trusted is None:
            self._is_trusted = is_intact(self._catalog, self._vectors)
        return self._is_trusted

    def _empty(self) -> None:
        self._vectors.reset()
        self._catalog.request_all_vectors()
        self._catalog.put_value("chroma_gone", "0")
        self._catalog.put_value("chroma_ids", _IDS)
        self._is_trusted = True

    def _tell_all(self, on_batch: OnBatch | None) -> None:
        n_done, n_all = 0, self._catalog.n_vector_changes()
        while n_told := self._tell():
            n_done += n_told
            if on_batch:
                on_batch(min(n_done, n_all), n_all)
        if n_all and self._vectors.count() != self._catalog.count("chunks"):
            raise LibraryDamaged("Chroma does not hold what it was told")

    def _tell(self) -> int:
        catalog = self._catalog
        changes = catalog.vector_changes(_BATCH)
        if not changes.n_changes:
            return 0
        catalog.put_value("chroma_files", "{}")  # killed from here on, the files are looked into
        there = catalog.chunks_by_number([*changes.others, *changes.moved])
        gone = [number for number in changes.others if number not in there]
        self._vectors.delete(gone)
        self._vectors.move({number: there[number] for number in changes.moved if number in there})
        found, matrix = catalog.matrix(np.array([n for n in changes.others if n in there], np.int64))
        self._vectors.upsert({n: there[n] for n in found.tolist()}, matrix.astype(np.float32))
        with catalog.transaction():
            catalog.put_value("chroma_gone", str(self._n_gone + len(gone)))
            catalog.forget_vector_changes(changes.upto)
        return changes.n_changes

    @property
    def _n_gone(self) -> int:
        return int(self._catalog.get_value("chroma_gone", "0"))


def is_followed(catalog: Catalog, vectors: ChromaVectors) -> bool:
    """Tell, without opening Chroma, whether it was told everything and its files are as they were left."""
    if not vectors.is_used:
        return not catalog.n_vector_changes()
    return not catalog.n_vector_changes() and vectors.stamps() == _stamps(_left(catalog))


def is_intact(catalog: Catalog, vectors: ChromaVectors) -> bool:
    """Tell whether Chroma holds what it was told; tried out in another process unless its files are as they were left.

    A truncated index can take the process down that reads it.
    """
    if not vectors.is_used:
        return True
    stamps, left = vectors.stamps(), _left(catalog)
    if not stamps:  # lost, unless it was never there
        return catalog.count("chunks") == 0 or not catalog.get_value("chroma_files")
    if catalog.get_value("chroma_ids") != _IDS:
        return False
    if stamps == _stamps(left):
        return True
    return vectors.may_be(left) and vectors.answers(sample(catalog))


def sample(catalog: Catalog) -> Sample:
    """Return some of the chunks that Chroma must have, and how many it must have where that is known."""
    numbers = catalog.told_chunk_numbers()
    found, matrix = catalog.matrix(np.array(numbers[:: max(1, len(numbers) // _SAMPLE)], np.int64))
    return Sample(found.tolist(), matrix.astype(np.float32), None if catalog.n_vector_changes() else len(numbers))


def _stamps(notes: dict[str, list[int]]) -> dict[str, list[int]]:
    return {name: note[:2] for name, note in notes.items()}


def _left(catalog: Catalog) -> dict[str, list[int]]:
    """Return the notes of Chroma's files as the last writer left them."""
    left: dict[str, list[int]] = json.loads(catalog.get_value("chroma_files", "{}"))
    return left
