"""A library in its folder beside one on PostgreSQL and a Chroma server, of the same documents in one run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.corpora import MadeVectors, varied
from benchmarks.searching import _PER_DOCUMENT, _fresh, said
from benchmarks.timing import Row, seconds
from index import Library
from index.embed import load_embedder
from index.move import move
from index.servers import Servers
from tests.database_server import DatabaseServer, binaries
from tests.vector_server import VectorServer


def shared(size: int = 20_000) -> Iterator[Row]:
    """Build, ask and copy a library of so many passages in each form; vectors are made, not embedded."""
    programs = binaries()
    if programs is None:
        raise SystemExit("needs PostgreSQL's server: install the package 'postgresql'")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        database, vectors = DatabaseServer(folder / "database", programs), VectorServer(folder / "vectors")
        vectors.start()
        try:
            forms = {
                "in its folder": Servers(),
                "on PostgreSQL": Servers(database.new_library()),
                "on PostgreSQL and a Chroma server": Servers(database.new_library(), vectors.address),
            }
            for name, servers in forms.items():
                yield from _measured(name, folder / name, servers, size)
            target = database.new_library()
            took = seconds(lambda: move(folder / "in its folder", target))
            yield Row(
                "copied from the folder to PostgreSQL and compared", f"{took:.0f} s, {size / took:,.0f} passages/s"
            )
        finally:
            vectors.stop()
            database.stop()


def _measured(name: str, folder: Path, servers: Servers, size: int) -> Iterator[Row]:
    with Library.open(folder, embedder=MadeVectors(), attribute=said, servers=servers) as library:
        took = seconds(lambda: _fill(library, size))
        n = library.n_passages
        yield Row(f"{name}: built, vectors given", f"{n:,} passages, {took:.0f} s, {n / took:,.0f}/s")
        status = library.status()
        yield Row("  bytes a passage: catalog", f"{status.catalog_bytes / n:,.0f}")
        library.embedder = load_embedder()  # queries cost what they cost; any vector will do
        library.retrieve("once, so that all is loaded")
        for what, filters in {"all": {}, "a source (10 %)": {"source": "made/7/*"}}.items():
            times = [seconds(partial(library.retrieve, query, k=10, **filters)) for query in _fresh(40)]
            p50, p95 = (1000 * float(np.percentile(times, at)) for at in (50, 95))
            yield Row(f"  retrieval, {what}, p50 / p95", f"{p50:.0f} / {p95:.0f} ms")


def _fill(library: Library, size: int) -> None:
    documents = varied(size // _PER_DOCUMENT)
    while some := list(islice(documents, 2000)):
        library.add(some)
