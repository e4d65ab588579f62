"""The vectors of a library's chunks in Chroma, for search by meaning.

The only module that knows Chroma; it is filled from the catalog and may be lost at any time. A distance becomes a
cosine here and nowhere else.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import LibraryDamaged, StorageError
from index.records import Chunk

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

COLLECTION = "passages"
# Higher than Chroma's defaults (100, 100, 16): recall@10 on clustered vectors .98 → .999. Fixed at creation.
_HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 24}
_log = logging.getLogger(__name__)


class ChromaVectors:
    """The collection `passages` in a folder; every record is one chunk with its text and plain metadata.

    Raises LibraryDamaged for whatever Chroma can't do with its own files: the caller rebuilds from the catalog.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client: ClientAPI | None = None
        self._collection: Any = None

    def close(self) -> None:
        """Let go of the files, so that the next use reads them anew (another process may have changed them)."""
        if self._client is not None:
            from chromadb.api.shared_system_client import SharedSystemClient

            self._collection = self._client = None
            SharedSystemClient.clear_system_cache()

    def reset(self) -> None:
        """Begin again with an empty collection, whatever state the folder is in."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def count(self) -> int:
        return int(self._call("count"))

    def missing(self, chunk_ids: Sequence[str]) -> list[str]:
        """Return those of the ids that are not there."""
        if not chunk_ids:  # Chroma takes no empty list
            return []
        found = set(self._call("get", ids=list(chunk_ids), include=[])["ids"])
        return [chunk_id for chunk_id in chunk_ids if chunk_id not in found]

    def upsert(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        if chunks:
            self._call(
                "upsert",
                ids=[chunk.id for chunk in chunks],
                embeddings=vectors,
                documents=[chunk.text for chunk in chunks],
                metadatas=[_metadata(chunk) for chunk in chunks],
            )

    def delete(self, chunk_ids: Sequence[str]) -> None:
        if chunk_ids:
            self._call("delete", ids=list(chunk_ids))

    def query(self, vector: NDArray[np.float32], n: int) -> list[tuple[str, float]]:
        """Return up to `n` chunk ids with their cosine, best first; approximate (HNSW)."""
        found = self._call("query", query_embeddings=vector[None], n_results=n, include=["distances"])
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    @property
    def batch_size(self) -> int:
        return min(2000, self._open_client().get_max_batch_size())

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

    def _open_client(self) -> ClientAPI:
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
