"""The vectors of a library as one file that every process maps: for exact search, without loading anything.

A cache of the catalog, which alone is the truth: what is missing here is read there, and a damaged file is made anew.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.catalog import Catalog
from index.database import batches

NAME = "vectors.f32"
_HEAD = 2  # float32 columns before the vector: their eight bytes are the chunk's number
_BATCH = 4096
_SAMPLE = 32
# More dead rows than this share of all, and the file is written anew: they cost time in every search.
_DEAD = 0.25
# Above this share of the rows it is faster to multiply all than to pick.
_PICK = 0.2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """The vectors of all chunks of one state of the catalog; `numbers` ascend."""

    numbers: NDArray[np.int64]
    _rows: NDArray[np.float32]  # mapped: dead rows among them
    _places: NDArray[np.int64]  # of the numbers before `_late` in the rows
    _late: NDArray[np.float32]  # vectors of the last numbers, not in the file yet

    def cosines(self, vector: NDArray[np.float32], within: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the cosine of every chunk, or of the chunks at these indices of `numbers`, in their order."""
        n_mapped = len(self._places)
        if within is None:
            return np.concatenate([(self._rows @ vector)[self._places], self._late @ vector])
        mapped = self._places[within[within < n_mapped]]
        picked = self._rows[mapped] @ vector if len(mapped) < _PICK * len(self._rows) else (self._rows @ vector)[mapped]
        return np.concatenate([picked, self._late[within[within >= n_mapped] - n_mapped] @ vector])


def load(folder: Path, catalog: Catalog, n_dimensions: int) -> Matrix:
    """Return the matrix of what the catalog holds now; what the file lacks, or all if it is damaged, is read there."""
    numbers = np.array(catalog.all_chunk_numbers(), np.int64)
    held, rows = _mapped(folder / NAME, n_dimensions)
    places = np.searchsorted(held, numbers)
    n_mapped = int(np.count_nonzero(places < len(held)))
    places = places[:n_mapped]
    if not (np.array_equal(held[places], numbers[:n_mapped]) and _agree(catalog, numbers, rows, places)):
        _log.warning("'%s' is damaged: reading the catalog's vectors until the next sync writes it anew", folder / NAME)
        places, n_mapped = places[:0], 0
    late, vectors = catalog.matrix(numbers[n_mapped:])
    return Matrix(
        np.concatenate([numbers[:n_mapped], late]),
        rows[: int(places[-1]) + 1 if n_mapped else 0],
        places,
        vectors.astype(np.float32).reshape(len(late), n_dimensions),
    )


def is_sound(folder: Path, catalog: Catalog, n_dimensions: int) -> bool:
    """Tell whether the file holds every chunk's vector, as far as a sample shows, without too many dead rows."""
    numbers = np.array(catalog.all_chunk_numbers(), np.int64)
    held, rows = _mapped(folder / NAME, n_dimensions)
    places = np.searchsorted(held, numbers)
    if len(numbers) and (places[-1] >= len(held) or not np.array_equal(held[places], numbers)):
        return False
    return len(held) - len(numbers) <= _DEAD * len(held) + _BATCH and _agree(catalog, numbers, rows, places)


def extend(folder: Path, catalog: Catalog, n_dimensions: int) -> None:
    """Append the vectors that came since; for the writer alone."""
    with (folder / NAME).open("r+b" if (folder / NAME).exists() else "w+b") as file:
        width = 4 * (_HEAD + n_dimensions)
        n_records = file.seek(0, os.SEEK_END) // width  # the last may have been cut off by a kill
        file.seek(max(0, n_records - 1) * width)
        after = int.from_bytes(file.read(width)[:8], sys.byteorder) if n_records else 0
        for record in _records(catalog, after):
            file.write(record)


def keep(folder: Path, catalog: Catalog, n_dimensions: int) -> None:
    """Bring the file up to the catalog; damaged or half dead, it is written anew. For the writer alone."""
    extend(folder, catalog, n_dimensions)
    if not is_sound(folder, catalog, n_dimensions):
        rewrite(folder, catalog)


def rewrite(folder: Path, catalog: Catalog) -> None:
    """Write the file anew; readers keep the one that they have mapped."""
    partial = folder / f"{NAME}.partial"
    with partial.open("wb") as file:
        for record in _records(catalog, 0):
            file.write(record)
    partial.replace(folder / NAME)


def _mapped(path: Path, n_dimensions: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the numbers and the vectors of all whole records of the file; none where there is no file."""
    width = _HEAD + n_dimensions
    n_records = path.stat().st_size // (4 * width) if path.is_file() else 0
    if not n_records:
        return np.empty(0, np.int64), np.empty((0, n_dimensions), np.float32)
    records = np.memmap(path, np.float32, "r", shape=(n_records, width)).view(np.ndarray)
    return np.ascontiguousarray(records[:, :_HEAD]).view(np.int64)[:, 0], records[:, _HEAD:]


def _agree(catalog: Catalog, numbers: NDArray[np.int64], rows: NDArray[np.float32], places: NDArray[np.int64]) -> bool:
    """Compare some rows with the catalog's vectors."""
    if not len(places):
        return True
    some = slice(None, None, max(1, len(places) // _SAMPLE))
    found, vectors = catalog.matrix(numbers[: len(places)][some])
    kept = np.isin(numbers[: len(places)][some], found)  # a writer may have taken one out meanwhile
    return np.array_equal(rows[places[some]][kept], vectors.astype(np.float32))


def _records(catalog: Catalog, after: int) -> Iterator[bytes]:
    for batch in batches(catalog.all_chunk_numbers(after), _BATCH):
        found, vectors = catalog.matrix(np.array(batch, np.int64))
        yield np.hstack([found[:, None].view(np.float32), vectors.astype(np.float32)]).tobytes()
