"""Chroma brought up to the catalog: what changed, or everything.

Knows neither files nor models: the vectors come from the catalog.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np

from index.catalog import Catalog
from index.errors import LibraryDamaged
from index.vectors import ChromaVectors

_SAMPLE = 20
_log = logging.getLogger(__name__)

OnBatch = Callable[[int, int], None]  # chunks done, chunks in all


def follow(catalog: Catalog, vectors: ChromaVectors, on_batch: OnBatch | None = None) -> int:
    """Tell Chroma what changed since it was last told; return the number of chunks concerned.

    Idempotent: killed between Chroma's write and the catalog's, the same changes are told again. A damaged
    collection is thrown away and filled anew from the catalog.
    """
    try:
        n_done = _follow(catalog, vectors, on_batch)
        if is_sound(catalog, vectors):
            return n_done
        _log.warning("Chroma differs from the catalog: filling it anew")
    except LibraryDamaged as error:
        _log.warning("%s: filling it anew from the catalog", error)
    vectors.reset()
    catalog.request_all_vectors()
    return _follow(catalog, vectors, on_batch)


def is_sound(catalog: Catalog, vectors: ChromaVectors) -> bool:
    """Compare count and a sample of ids with the catalog; exact only when Chroma has been told everything."""
    numbers = catalog.all_chunk_numbers()
    if vectors.count() != len(numbers):
        return False
    sample = numbers[:: max(1, len(numbers) // _SAMPLE)]
    return not vectors.missing([chunk.id for chunk in catalog.chunks(sample)])


def _follow(catalog: Catalog, vectors: ChromaVectors, on_batch: OnBatch | None) -> int:
    n_done, n_all = 0, catalog.count("vector_changes")
    while True:
        upto, chunk_ids = catalog.vector_changes(vectors.batch_size)
        if not chunk_ids:
            return n_done
        numbers = catalog.numbers(chunk_ids)
        vectors.delete([chunk_id for chunk_id in chunk_ids if chunk_id not in numbers])
        found, matrix = catalog.matrix(np.array(sorted(numbers.values()), np.int64))
        vectors.upsert(catalog.chunks(found.tolist()), matrix.astype(np.float32))
        catalog.forget_vector_changes(upto)
        n_done += len(chunk_ids)
        if on_batch:
            on_batch(n_done, n_all)
