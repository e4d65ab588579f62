"""A library in its folder beside one on PostgreSQL and a Chroma server, of the same documents in one run."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

_N_QUERIES = 40


def shared(size: int = 20_000) -> Iterator[Row]:
    """Build, ask and copy a library of so many passages in each form; vectors are made, not embedded.

    Processor seconds are those of this process and of the servers it asks: on a busy machine they alone compare.
    """
    with beside_postgresql() as (folder, database):
        vectors = VectorServer(folder / "vectors")
        vectors.start()
        try:
            asked = {"PostgreSQL": database.pid, "Chroma server": vectors.pid}
            forms = {
                "in its folder": Servers(),
                "on PostgreSQL": Servers(database.new_library()),
                "on PostgreSQL and a Chroma server": Servers(database.new_library(), vectors.address),
            }
            for name, servers in forms.items():
                yield from _measured(name, folder / name, servers, size, asked)
            target = database.new_library()
            took, worked = _spent(lambda: move(folder / "in its folder", target), asked)
            yield Row("copied from the folder to PostgreSQL and compared", _speed(size, took, worked))
        finally:
            vectors.stop()


@contextmanager
def beside_postgresql() -> Iterator[tuple[Path, DatabaseServer]]:
    """Give a folder to work in and a PostgreSQL of its own, gone with it."""
    programs = binaries()
    if programs is None:
        raise SystemExit("needs PostgreSQL's server: install the package 'postgresql'")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)  # the server is another user's
        database = DatabaseServer(folder / "database", programs)
        try:
            yield folder, database
        finally:
            database.stop()


def _measured(name: str, folder: Path, servers: Servers, size: int, asked: dict[str, int]) -> Iterator[Row]:
    with Library.open(folder, embedder=MadeVectors(), attribute=said, servers=servers) as library:
        took, worked = _spent(lambda: _fill(library, size), asked)
        n = library.n_passages
        yield Row(f"{name}: built, vectors given", f"{n:,} passages, {_speed(n, took, worked)}")
        yield Row("  bytes a passage: catalog", f"{library.status().catalog_bytes / n:,.0f}")
        library.embedder = load_embedder()  # queries cost what they cost; any vector will do
        library.retrieve("once, so that all is loaded")
        for what, filters in {"all": {}, "a source (10 %)": {"source": "made/7/*"}}.items():
            times: list[float] = []
            _, worked = _spent(partial(_ask, library, filters, times), asked)
            p50, p95 = (1000 * float(np.percentile(times, at)) for at in (50, 95))
            value = f"{p50:.0f} / {p95:.0f} ms, {1000 * worked / len(times):.0f} ms of the processor"
            yield Row(f"  retrieval, {what}, p50 / p95", value)
        memory = {"this process": _memory([os.getpid()])} | {who: _memory(_tree(pid)) for who, pid in asked.items()}
        yield Row("  memory, MB", ", ".join(f"{who} {n_bytes / 1e6:,.0f}" for who, n_bytes in memory.items()))


def _ask(library: Library, filters: dict[str, str], times: list[float]) -> None:
    times += [seconds(partial(library.retrieve, query, k=10, **filters)) for query in _fresh(_N_QUERIES)]


def _speed(n: int, took: float, worked: float) -> str:
    return f"{took:.0f} s, {n / took:,.0f}/s; {worked:.0f} s of the processor, {n / worked:,.0f}/s"


def _spent(work: Callable[[], object], asked: dict[str, int]) -> tuple[float, float]:
    """Return wall seconds, and processor seconds of this process, of the servers and of their ended children."""

    def worked() -> float:
        return time.process_time() + sum(_processor(pid) for root in asked.values() for pid in _tree(root))

    before = worked()
    took = seconds(work)
    return took, worked() - before


def _processor(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _tree(root: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(int(child) for child in children)]


def _memory(pids: list[int]) -> int:
    """Return the bytes that processes hold, what they share counted once."""
    lines = (line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _fill(library: Library, size: int) -> None:
    documents = varied(size // _PER_DOCUMENT)
    while some := list(islice(documents, 2000)):
        library.add(some)
