"""How fast a large library answers: warm, filtered, in a new process; how it grows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.corpora import SPEAKERS, MadeVectors, varied
from benchmarks.timing import Row, at_least, at_most, both_seconds, peak_bytes, percentiles, seconds
from index import Chunk, Document, Library, Statement
from index.catalog import open_catalog
from index.database import batches
from index.due import Attribute
from index.embed import load_embedder
from index.parse import read_apart
from index.vectors import ChromaVectors

QUERIES = (
    "What did the study find about vitamin D and bone density in older women?",
    "military ties with China",
    "Who pays for the dredging of the channel?",
    "cells that respond to inflammation",
    "How many people were killed in the attack on the embassy?",
    "the role of gene expression in tumour growth",
    "When was the treaty signed and by whom?",
    "risk of heart disease",
    "What is the capital of the province?",
    "treatment of malaria in children under five",
)
_PER_DOCUMENT = 21  # passages, about


class NoChroma(ChromaVectors):
    """Chroma left out: it is filled, not searched, at these sizes. It holds what it was told, in one file unchanged."""

    n_told = 0

    def count(self) -> int:
        return self.n_told

    def upsert(self, chunks: Sequence[Chunk], vectors: object) -> None:
        self.n_told += len(chunks)

    def delete(self, chunk_ids: object) -> None:
        pass

    def stamps(self) -> dict[str, list[int]]:
        return {"none": [0, 0]}

    def notes(self, before: object) -> dict[str, list[int]]:
        return {"none": [0, 0, 0]}


def said(document: Document) -> list[Statement]:
    """Let one of the speakers say the first sentence: half of the documents have no statement."""
    number = int(document.id.rpartition("/")[2])
    if number % 2:
        return []
    end = document.text.index(".") + 1
    span = document.span(0, end)
    return [Statement(document.info, SPEAKERS[number // 2 % 5], "said", "reported", (span,), 0, end)]


def build(folder: Path, n_passages: int, attribute: Attribute = said) -> Library:
    """Build a library of about so many passages with made vectors, without Chroma."""
    catalog, chroma = open_catalog(folder / "catalog.sqlite"), NoChroma(folder / "chroma")
    library = Library(folder, catalog, chroma, MadeVectors(), read_apart, attribute)
    documents = varied(n_passages // _PER_DOCUMENT)
    while some := list(islice(documents, 2000)):
        library.add(some)
    catalog.put_value("chroma_files", "{}")  # whoever opens it next finds Chroma as it was left: not there
    return library


def searching(size: int = 100_000) -> Iterator[Row]:
    """Ask a library of so many passages."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "library"
        took = seconds(lambda: build(folder, size).close())
        peak = peak_bytes()
        with Library.open(folder, embedder=MadeVectors(), attribute=said) as library:
            n_passages = library.n_passages
            yield Row("passages, built in (without embedding)", f"{n_passages:,}, {took:.0f} s")
            asked = yield from _asked(library, 500 if size > 300_000 else 150)
        first = _first(folder)
        yield at_most(f"{size:,} passages: open and first question in a new process", first, 3, "s")
        catalog, mapped = ((folder / name).stat().st_size for name in ("catalog.sqlite", "vectors.f32"))
        yield Row("  disk: catalog, mapped vectors", f"{catalog / 1e6:,.0f}, {mapped / 1e6:,.0f} MB")
        yield at_most("  memory: while building, while asking", max(peak, peak_bytes()) / 1e9, 6, "GB")
        _note(n_passages, took, asked, first, catalog + mapped, peak_bytes())


def growth(size: int = 1_000_000) -> Iterator[Row]:
    """Measure at ten times the size each, from 10,000 on; `docs/make_growth.py` draws what FOOTNOTE_GROWTH noted."""
    n = 10_000
    while n <= size:
        yield from searching(n)
        n *= 10


def _note(n_passages: int, built: float, asked: Asked, first: float, disk: int, memory: int) -> None:
    """Append what was measured to the file that FOOTNOTE_GROWTH names, a JSON object a line."""
    if path := os.environ.get("FOOTNOTE_GROWTH"):
        noted = {"n_passages": n_passages, "build_s": built, "first_s": first, "disk": disk, "memory": memory}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(noted | asdict(asked)) + "\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds of retrieval without a filter, and of the processor in it."""

    p50: float
    p95: float
    processor_p50: float
    processor_p95: float


def _asked(library: Library, p95: float) -> Generator[Row, None, Asked]:
    library.embedder = load_embedder()  # queries cost what they cost; any vector will do
    asks = {
        "retrieval": {},
        "  filter: a speaker (10 %)": {"speaker": SPEAKERS[2]},
        "  filter: a source (10 %)": {"source": "made/7/*"},
        "  filter: dates (12 %)": {"since": "2003-01", "until": "2005-12"},
        "  filter: a month (0.3 %)": {"since": "2003-04", "until": "2003-04"},
    }
    library.retrieve(QUERIES[0], k=10)
    times: dict[str, list[tuple[float, float]]] = {}
    for name, filters in asks.items():
        library._cached_query.cache_clear()
        times[name] = [both_seconds(partial(library.retrieve, query, k=10, **filters)) for query in _fresh(40)]
        wall, processor = zip(*times[name], strict=True)
        yield percentiles(f"{name}, p50 / p95", wall, min(50, p95), p95)
        yield Row("    of the processor", "{:.0f} / {:.0f} ms".format(*(1000 * np.percentile(processor, (50, 95)))))
    yield at_least("  recall@10 of the search by meaning", _recall(library), 0.98)
    return Asked(
        *(float(v) for column in zip(*times["retrieval"], strict=True) for v in np.percentile(column, (50, 95)))
    )


def _fresh(n: int) -> list[str]:
    """Return queries of which no two are equal, so that none is remembered."""
    return [f"{QUERIES[i % len(QUERIES)]} {i}" for i in range(n)]


def _recall(library: Library) -> float:
    """Compare with the catalog's own vectors, some at a time: all at once they would be most of the memory."""
    asked = np.stack([library.query_vectors(query).passage for query in QUERIES])
    numbers = library.catalog.all_chunk_numbers()
    cosines = [
        library.catalog.matrix(np.array(some))[1].astype(np.float32) @ asked.T for some in batches(numbers, 20_000)
    ]
    order = np.argsort(-np.concatenate(cosines), axis=0)[:10]
    exact = [{numbers[place] for place in column} for column in order.T]
    found = [set(library._by_meaning(query, 10, None).numbers) for query in QUERIES]
    return float(np.mean([len(some & others) / 10 for some, others in zip(exact, found, strict=True)]))


def _first(folder: Path) -> float:
    code = (
        "import sys\nfrom benchmarks.corpora import MadeVectors\nfrom index import Library\n"
        "from index.embed import load_embedder\n"
        "with Library.open(sys.argv[1], embedder=MadeVectors()) as library:\n"
        "    library.embedder = load_embedder()\n    assert library.retrieve(sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(folder), QUERIES[0]]
    started = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    return time.perf_counter() - started
