"""What becomes of a library that lives: much deleted and added, and killed at any moment."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.corpora import MadeVectors, varied
from benchmarks.searching import QUERIES
from benchmarks.timing import Row, at_most, seconds
from index import Document, Library

_N_DOCUMENTS = 200


def upkeep(size: int = 50) -> Iterator[Row]:
    """Delete and add 10 % in so many cycles, Chroma included, and compare with a library built at once."""
    with tempfile.TemporaryDirectory() as scratch:
        documents = varied(_N_DOCUMENTS * (size // 10 + 2))
        live = list(islice(documents, _N_DOCUMENTS))
        with _opened(Path(scratch) / "old") as old, _opened(Path(scratch) / "fresh") as fresh:
            old.add(live)
            for _ in range(size):
                gone, live = live[: _N_DOCUMENTS // 10], live[_N_DOCUMENTS // 10 :]
                new = list(islice(documents, len(gone)))
                live += new
                for document in gone:
                    old.remove(document.id)
                old.add(new)
            fresh.add(live)
            ratios = [_asking(old) / _asking(fresh) for _ in range(7)]
            chroma = [_chroma(old) / _chroma(fresh) for _ in range(7)]
        bytes_old, bytes_fresh = _bytes(Path(scratch) / "old"), _bytes(Path(scratch) / "fresh")
    yield at_most(f"queries after {size} cycles of 10 %, against fresh", statistics.median(ratios), 1.2, "x")
    yield at_most("  Chroma's own queries", statistics.median(chroma), 1.2, "x")
    yield Row("  disk, against fresh", f"{bytes_old / bytes_fresh:.2f} x")


def kills(size: int = 200) -> Iterator[Row]:
    """Kill a writer at so many random moments; the test compares with a fresh build."""
    test = "tests/test_sync.py::test_killed_at_any_moment_the_next_sync_ends_in_a_fresh_build"
    command = [sys.executable, "-m", "pytest", "-q", "-m", "slow or not slow", f"{test}[{size}]"]
    done = subprocess.run(command, check=False, env=os.environ, capture_output=True, text=True)
    yield at_most(f"{size} kills: next opens that fail, or that end elsewhere", done.returncode, 0, "")


def nobody(document: Document) -> list[object]:
    return []


def _opened(folder: Path) -> Library:
    return Library.open(folder, embedder=MadeVectors(), attribute=nobody)


def _asking(library: Library) -> float:
    return statistics.median(seconds(lambda q=q: library.retrieve(q, k=10)) for q in QUERIES)


def _chroma(library: Library) -> float:
    return statistics.median(
        seconds(lambda q=q: library._vectors.query(library.query_vectors(q).passage, 10)) for q in QUERIES
    )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
