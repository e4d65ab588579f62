"""The vectors of a library on a Chroma server, which every process asks instead of a file of its own.

A cache as the folder is: filled from the catalog. What it does not answer is told; what it was not told stays due.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError, LibraryDamaged, ServerAway, StorageError
from index.servers import Servers
from index.vectors import COLLECTION, ChromaVectors, Sample

_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 20.0
_PAUSE_SECONDS = 2.0  # a server that did not answer is not asked again at once
_PORTS = {"http": 8000, "https": 443}
T = TypeVar("T")


class ChromaServer(ChromaVectors):
    """The collection `passages` on a server: `chroma run`, distributed Chroma or Chroma Cloud, by Chroma's client.

    Raises ServerAway where it does not answer or refuses, LibraryDamaged where it does not hold what it was told.
    """

    is_served = True

    def __init__(self, servers: Servers) -> None:
        super().__init__(Path())
        self._servers = servers
        parts = urlsplit(servers.chroma or "")
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            raise InputError("FOOTNOTE_CHROMA is no address of a server: it looks like http://host:8000")
        self._host, self._is_tls = parts.hostname, parts.scheme == "https"
        self._port = parts.port or _PORTS[parts.scheme]
        self._where = f"the Chroma server at {self._host}:{self._port}"
        self._away: tuple[float, str] = (0.0, "")  # until when it is not asked, and why

    def close(self) -> None:
        sessions = _sessions(self._client) if self._client is not None else ()
        super().close()
        for session in sessions:
            session.close()  # which the client's own `close` leaves open

    def reset(self) -> None:
        """Begin again with an empty collection."""
        if self.stamps():
            self._asked(lambda: self._open_client().delete_collection(COLLECTION))
            self._collection = None

    def stamps(self) -> dict[str, list[int]]:
        """Return, in place of files, the collection's id with how much it holds; empty where there is none."""
        from chromadb.errors import NotFoundError

        def look() -> dict[str, list[int]]:
            try:
                found = self._open_client().get_collection(COLLECTION, embedding_function=None)
            except NotFoundError:
                return {}
            self._collection = found
            return {str(found.id): [found.count(), 0]}

        return self._asked(look)

    def notes(self, before: dict[str, list[int]]) -> dict[str, list[int]]:
        return {name: [*stamp, 0] for name, stamp in self.stamps().items()}

    def may_be(self, notes: dict[str, list[int]]) -> bool:
        """Tell whether it is the collection noted; a kill may have left it with more or less."""
        return not notes or set(self.stamps()) == set(notes)

    def answers(self, sample: Sample) -> bool:
        """Try it here: a server can't take this process down."""
        return self.finds(sample)

    def query(self, vector: NDArray[np.float32], n: int) -> list[tuple[int, float]]:
        found = self._call("query", query_embeddings=vector[None], n_results=n, include=["distances"])
        ids, distances = found["ids"][0], found["distances"][0]
        return [(int(id_), 1.0 - distance) for id_, distance in zip(ids, distances, strict=True)]

    # --- inside

    def _call(self, method: str, **arguments: Any) -> Any:  # noqa: ANN401  Chroma's own types
        return self._asked(lambda: getattr(self._open(), method)(**arguments))

    def _open_client(self) -> Any:  # noqa: ANN401  see above
        if self._client is None:
            self._greet()
            self._client = self._made_client()
        return self._client

    def _made_client(self) -> Any:  # noqa: ANN401  see above
        import chromadb
        from chromadb.config import Settings

        client: Any = chromadb.HttpClient(
            self._host,
            self._port,
            ssl=self._is_tls,
            headers=self._servers.chroma_headers(),
            settings=Settings(anonymized_telemetry=False),
            tenant=self._servers.chroma_tenant,
            database=self._servers.chroma_database,
        )
        for session in _sessions(client):
            session.timeout = _ANSWER_SECONDS  # there is no setting for it, and it waits without end
        return client

    def _greet(self) -> None:
        """Ask whether all is there: Chroma's client waits without end for a server that keeps silent."""
        import httpx

        base = f"{'https' if self._is_tls else 'http'}://{self._host}:{self._port}/api/v2"
        tenant, database = self._servers.chroma_tenant, self._servers.chroma_database
        with httpx.Client(headers=self._servers.chroma_headers(), timeout=_CONNECT_SECONDS) as client:
            client.get(f"{base}/heartbeat").raise_for_status().json()
            there = client.get(f"{base}/tenants/{quote(tenant, '')}/databases/{quote(database, '')}")
            if there.status_code == httpx.codes.NOT_FOUND:
                raise ServerAway(f"{self._where} lacks tenant '{tenant}' or its database '{database}': make them there")
            there.raise_for_status()

    def _asked(self, ask: Callable[[], T]) -> T:
        """Ask the server; its errors become ours."""
        import httpx
        from chromadb.errors import ChromaError

        until, reason = self._away
        if time.monotonic() < until:
            raise ServerAway(reason)
        try:
            return ask()
        except (httpx.HTTPError, ChromaError, ValueError) as error:
            translated = self._translate(error)
            if isinstance(translated, ServerAway):
                self._away = time.monotonic() + _PAUSE_SECONDS, str(translated)
            self._collection = None
            raise translated from error

    def _translate(self, error: Exception) -> Exception:
        import httpx
        from chromadb.errors import AuthorizationError, ChromaAuthError, InternalError, QuotaError, RateLimitError

        text = (str(error).strip().splitlines() or [type(error).__name__])[0]
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
        if isinstance(error, AuthorizationError | ChromaAuthError) or status in (401, 403):
            return ServerAway(f"{self._where} refuses the token: check FOOTNOTE_CHROMA_TOKEN ({text})")
        if status in (404, 405, 410):
            return ServerAway(f"{self._where} is of another version: Footnote needs Chroma 1.x ({text})")
        if isinstance(error, InternalError) and "full" in text:
            return StorageError(f"{self._where} has no space left: {text}")
        if isinstance(error, httpx.HTTPError | QuotaError | RateLimitError) or "Could not connect" in text:
            return ServerAway(f"{self._where} does not answer: start it or check FOOTNOTE_CHROMA ({text})")
        if isinstance(error, ValueError) and "JSON" in type(error).__name__:
            return ServerAway(f"{self._where} is no Chroma: check FOOTNOTE_CHROMA")
        return LibraryDamaged(f"the Chroma collection on {self._where.removeprefix('the ')} is damaged: {text}")


def _sessions(client: Any) -> list[Any]:  # noqa: ANN401  see above
    """Return the connections of Chroma's client: it keeps two, and has no word for either."""
    return [client._server._session, client._admin_client._server._session]
