"""The vectors of a library's chunks in Chroma, for search by meaning.

The only module that knows Chroma; it is filled from the catalog and may be lost at any time. A distance becomes a
cosine here and nowhere else.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import LibraryDamaged, StorageError
from index.records import Chunk

COLLECTION = "passages"
# Higher than Chroma's defaults (100, 100, 16): recall@10 on clustered vectors .98 → .999. Fixed at creation.
_HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 24}
_SAME = 0.99  # cosine of a vector with itself, as Chroma computes it; a good index misses no such neighbour
_PROBE_SECONDS = 120.0
_DATABASE = "chroma.sqlite3"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Chunks that must be found, each by its own vector (rows of `vectors`), and how many there are, if known."""

    numbers: Sequence[int]
    vectors: NDArray[np.float32]
    n_chunks: int | None


class ChromaVectors:
    """The collection `passages` in a folder; every record is one chunk with its text and plain metadata.

    Its id is the chunk's number in the catalog, which stays when the chunk moves within its document.

    Raises LibraryDamaged for whatever Chroma can't do with its own files: the caller rebuilds from the catalog.
    """

    is_used = True  # False: every search is exact, over the catalog's vectors
    is_served = False  # by a server, which every process asks instead of a file of vectors of its own

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client: Any = None  # Chroma's Client, whose `close` its public type lacks
        self._collection: Any = None

    def close(self) -> None:
        """Let go of the files, so that the next use reads them anew (another process may have changed them)."""
        client, self._collection, self._client = self._client, None, None
        if client is not None:
            client.close()

    def reset(self) -> None:
        """Begin again with an empty collection, whatever state the folder is in."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stamps(self) -> dict[str, list[int]]:
        """Return size and time of change (ns) of each of Chroma's files by relative path; empty where there is none."""
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return {
            path.relative_to(self._folder).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns]
            for path in sorted(files)
        }

    def notes(self, before: dict[str, list[int]]) -> dict[str, list[int]]:
        """Return the stamps with a checksum of each index file; of a file that did not change, that of `before`."""
        notes = {}
        for name, stamp in self.stamps().items():
            known = before.get(name, [])
            notes[name] = known if known[:2] == stamp else [*stamp, self._checksum(name)]
        return notes

    def may_be(self, notes: dict[str, list[int]]) -> bool:
        """Tell, without opening them, whether these may be the files noted: none lost or cut, no index changed."""
        stamps = self.stamps()
        return all(
            name in stamps and stamps[name][0] >= size and (stamps[name] == [size, at] or self._checksum(name) == noted)
            for name, (size, at, noted) in notes.items()
        )

    def _checksum(self, name: str) -> int:
        """Return the CRC-32 of an index file; 0 for the database, which changes whenever somebody opens it."""
        if name == _DATABASE:
            return 0
        checksum = 0
        with (self._folder / name).open("rb") as file:
            while block := file.read(1 << 20):
                checksum = zlib.crc32(block, checksum)
        return checksum

    def answers(self, sample: Sample) -> bool:
        """Try in another process, which damaged files may crash, whether the sample is found."""
        self.close()
        command = [sys.executable, "-m", "index.vectors", str(self._folder)]
        given = json.dumps([list(sample.numbers), sample.vectors.tolist(), sample.n_chunks]).encode()
        paths = os.pathsep.join(path for path in sys.path if path)
        environment = {**os.environ, "PYTHONPATH": paths}
        try:
            done = subprocess.run(
                command, input=given, env=environment, capture_output=True, timeout=_PROBE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        _log.info("Chroma tried out: exit status %d", done.returncode)
        return done.returncode == 0

    def finds(self, sample: Sample) -> bool:
        """Tell whether each chunk of the sample is there and is found by its vector."""
        if sample.n_chunks is not None and self.count() != sample.n_chunks:
            return False
        if not sample.numbers:  # Chroma takes no empty list
            return True
        there = {int(id_) for id_ in self._call("get", ids=_ids(sample.numbers), include=[])["ids"]}
        nearest = [self.query(vector, 1) for vector in sample.vectors if vector.any()]
        return there == set(sample.numbers) and all(found and found[0][1] > _SAME for found in nearest)

    def count(self) -> int:
        return int(self._call("count"))

    def upsert(self, chunks: Mapping[int, Chunk], vectors: NDArray[np.float32]) -> None:
        """Put chunks by their numbers, with their vectors in the same order."""
        if chunks:
            texts = [chunk.text for chunk in chunks.values()]
            self._call("upsert", ids=_ids(chunks), embeddings=vectors, documents=texts, metadatas=_all_metadata(chunks))

    def move(self, chunks: Mapping[int, Chunk]) -> None:
        """Note the place of chunks whose text and vector stay."""
        if chunks:
            self._call("update", ids=_ids(chunks), metadatas=_all_metadata(chunks))

    def delete(self, numbers: Sequence[int]) -> None:
        if numbers:
            self._call("delete", ids=_ids(numbers))

    def query(self, vector: NDArray[np.float32], n: int) -> list[tuple[int, float]]:
        """Return up to `n` chunk numbers with their cosine, best first; approximate (HNSW)."""
        if not (self._folder / _DATABASE).is_file():  # which opening would create, empty
            raise LibraryDamaged(f"there is no Chroma database in '{self._folder}'")
        found = self._call("query", query_embeddings=vector[None], n_results=n, include=["distances"])
        ids, distances = found["ids"][0], found["distances"][0]
        if not all(id_.isdecimal() for id_ in ids):
            raise LibraryDamaged(f"the Chroma collection in '{self._folder}' was filled by another version")
        return [(int(id_), 1.0 - distance) for id_, distance in zip(ids, distances, strict=True)]

    def _call(self, method: str, **arguments: Any) -> Any:  # noqa: ANN401  Chroma's own types
        from chromadb.errors import ChromaError

        try:
            return getattr(self._open(), method)(**arguments)
        except (ChromaError, ValueError) as error:
            if "full" in str(error) or "readonly" in str(error):
                raise StorageError(f"Chroma can't write to '{self._folder}': {error}") from error
            raise LibraryDamaged(f"the Chroma collection in '{self._folder}' is damaged: {error}") from error

    def _open(self) -> Any:  # noqa: ANN401  Chroma's own types
        if self._collection is None:
            client = self._open_client()
            self._collection = client.get_or_create_collection(
                COLLECTION,
                configuration={"hnsw": _HNSW},
                embedding_function=None,
            )
        return self._collection

    def _open_client(self) -> Any:  # noqa: ANN401  see above
        if self._client is None:
            import chromadb
            from chromadb.api.shared_system_client import SharedSystemClient
            from chromadb.config import Settings
            from chromadb.errors import ChromaError

            try:
                self._client = chromadb.PersistentClient(
                    str(self._folder), Settings(anonymized_telemetry=False, allow_reset=True)
                )
            except (ChromaError, ValueError, AttributeError) as error:  # it trips over what it could not start
                SharedSystemClient.clear_system_cache()  # else the half-started system is handed out again
                raise LibraryDamaged(f"Chroma can't open '{self._folder}': {error}") from error
        return self._client


class NoVectors(ChromaVectors):
    """Left out: a catalog that several machines share has no folder in which they all would find Chroma."""

    is_used = False

    def reset(self) -> None:
        pass


def _ids(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


def _all_metadata(chunks: Mapping[int, Chunk]) -> list[dict[str, str | int]]:
    return [_metadata(chunk) for chunk in chunks.values()]


def _metadata(chunk: Chunk) -> dict[str, str | int]:
    """Plain values only; Chroma takes no None."""
    document = chunk.document
    values: dict[str, str | int | None] = {
        "document_id": document.id,
        "source": document.source,
        "title": document.title,
        "date": document.date,
        "start": chunk.start,
        "end": chunk.end,
        "page": chunk.page,
    }
    return {name: value for name, value in values.items() if value is not None}


def _try_out() -> int:
    """Answer for `answers` in this process: exit status 0 where the sample is found."""
    numbers, vectors, n_chunks = json.load(sys.stdin)
    found = ChromaVectors(Path(sys.argv[1])).finds(Sample(numbers, np.array(vectors, np.float32), n_chunks))
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(_try_out())
