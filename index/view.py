"""A library as it can be asked: documents, passages, statements, people, what is wrong with it.

Changes nothing; that is `library`. Knows what the parts are, not how they work, and nothing of questions.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from index import matrix
from index.catalog import Catalog
from index.embed import Embedder, PassageVectors
from index.errors import FootnoteError, InputError, LibraryDamaged, ServerAway
from index.follow import is_intact, sample
from index.given import storable
from index.journal import Board, Conversations
from index.names import match_name
from index.people import Person
from index.places import Root, Skipped
from index.records import Document, DocumentInfo, Filters, Passage, Statement
from index.retrieve import N_CANDIDATES, WORDS_WEIGHT, Ranked, fuse, nearest, query_spans, query_words, to_passages
from index.roots import UPLOADS
from index.told import Holding
from index.vectors import ChromaVectors

# Up to so many passages every vector is compared: exact, the same in every process, with nothing to load. A scan of
# mapped vectors reads memory at its full speed; above this Chroma's graph is faster, at a little less recall.
EXACT_UP_TO = 1_000_000
MOST_PASSAGES = 10_000  # of one query
# Where a server holds the vectors: up to so many passages inside filters are compared exactly; of more, so many are
# asked for at most, to keep those inside.
_SMALL_SCOPE = 20_000
_MOST_ASKED = 5_000
_CACHED_DOCUMENTS = 64
_CACHED_QUERIES = 64
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """Counts, sizes in bytes and the model of a library."""

    folder: str
    n_documents: int
    n_passages: int
    n_statements: int
    n_skipped: int
    catalog_bytes: int
    chroma_bytes: int
    embedding_model: str
    roots: tuple[str, ...]
    generation: int


class LibraryView:
    """What a library's folder holds, seen as it was last committed by whichever process. Safe to use from threads."""

    def __init__(self, folder: Path, catalog: Catalog, vectors: ChromaVectors, embedder: Embedder) -> None:
        self.folder = folder
        self.embedder = embedder
        self.conversations = Conversations(catalog)
        # Where several servers share the catalog, the uploads that they are busy with.
        self.board = Board(catalog, f"{socket.gethostname()}:{folder}") if catalog.is_shared else None
        self._catalog = catalog
        self._vectors = vectors
        self._guard = threading.RLock()
        self._kept: dict[str, tuple[int, Any]] = {}
        self._words_weight = WORDS_WEIGHT
        self._loading: threading.Thread | None = None
        self.notice: str | None = None  # what the last search had to do without
        self._chroma_seen = -1  # the generation that the open Chroma client knows
        self._cached_document = lru_cache(_CACHED_DOCUMENTS)(self._load_document)
        self._cached_query = lru_cache(_CACHED_QUERIES)(self._embed_query)

    def load_model_behind(self) -> None:
        """Load the embedding model in a thread of its own; until it is there, what is asked is found by words alone."""
        self._loading = threading.Thread(target=self._load_model, name="load-model", daemon=True)
        self._loading.start()

    @property
    def is_model_loading(self) -> bool:
        return self._loading is not None and self._loading.is_alive()

    def close(self) -> None:
        self._vectors.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- documents out

    def documents(
        self, *, source: str | None = None, since: str | None = None, until: str | None = None
    ) -> list[DocumentInfo]:
        return self._catalog.documents(Filters(None, source, since, until))

    def document(self, document_id: str) -> Document:
        """Return a document with its text; raises DocumentNotFound."""
        return self._cached_document(document_id, self.generation)

    def original(self, document_id: str) -> bytes | None:
        """Return the bytes of a document's file, None where there is none or it changed since it was read."""
        root_name, path = self._catalog.place(document_id)
        root = next((r for r in self._catalog.roots() if r.name == root_name), None)
        if root is None or path is None:
            return None
        data = self._bytes_of(root, path)
        is_as_read = data and hashlib.sha256(data).hexdigest() == self.document(document_id).content_hash
        return data if is_as_read else None

    def skipped(self) -> list[Skipped]:
        return self._catalog.skipped()

    # --- search

    def retrieve(
        self,
        query: str,
        *,
        k: int = 10,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[Passage]:
        """Return the `k` best passages for a query, best first; of a speaker, those that hold his statements."""
        if not 1 <= k <= MOST_PASSAGES:
            raise InputError(
                f"k is {k}: ask for at least one passage and at most {MOST_PASSAGES:,}; filters narrow what is searched"
            )
        query = storable(query)
        filters = Filters(speaker, source and storable(source), since, until)
        scope = self._catalog.scope(filters, self._identities(speaker)) if filters else None
        n = max(N_CANDIDATES, k)
        words = self._by_words(query, n, scope)
        meaning = self._by_meaning(query, n, scope)
        fused = fuse(words, meaning, words_weight=self._words_weight)
        return to_passages(fused, words, meaning, self._catalog, query, k)

    def query_vectors(self, query: str) -> PassageVectors:
        """Return the unit vectors of a query and of its `query_spans`; the last ones are kept.

        They are all zero while the model is loading.
        """
        query = storable(query)
        if self.is_model_loading:
            rows = np.zeros((1 + len(query_spans(query)), self._n_dimensions), np.float32)
            return PassageVectors(rows[0], rows[1:])
        vectors: PassageVectors = self._cached_query(query)
        return vectors

    def sentence_vectors(self, passages: Sequence[Passage]) -> list[NDArray[np.float32]]:
        """Return for each passage the unit vectors of its sentences, shape (n_sentences, d), read in their context."""
        found = self._catalog.sentence_vectors([passage.id for passage in passages])
        empty = np.empty((0, self._n_dimensions), np.float32)
        return [found.get(passage.id, empty) for passage in passages]

    # --- who said what

    def statements(
        self,
        *,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        document_ids: Sequence[str] | None = None,
        holding: Holding | None = None,
        newest: int | None = None,
    ) -> list[Statement]:
        """Return the statements inside the filters, by document and place; `speaker` is any form of a name.

        `newest` is the most that are returned, the latest first where there are more.
        """
        filters = Filters(speaker, source, since, until)
        return self._catalog.statements(filters, self._identities(speaker), document_ids, holding, newest)

    def joint_speakers(self, statements: Sequence[Statement]) -> dict[str, tuple[str, ...]]:
        """Return by a statement's id who else made it: the same words in the same place ('the two declared …')."""
        speakers: dict[str, list[str]] = {}
        for each in self._catalog.statements_at([(each.document.id, each.start) for each in statements]):
            speakers.setdefault(each.id, []).append(each.speaker)
        return {s.id: tuple(dict.fromkeys(n for n in speakers.get(s.id, ()) if n != s.speaker)) for s in statements}

    def people(self) -> list[Person]:
        """Return all speakers, those with most statements first."""
        return self._once("people", lambda: _people(self._catalog))

    # --- the library itself

    def followed(self) -> list[Path]:
        """Return the folders that `sync` follows, uploads left out."""
        return [self._root_folder(root) for root in self._catalog.roots() if root.name != UPLOADS]

    def check(self, *, thorough: bool = False) -> list[str]:
        """Return what is wrong with the library, one line each; empty when all is well.

        Chroma is tried out where its files are not as they were left, or in any case if `thorough` (two seconds).
        """
        catalog = self._catalog
        problems = catalog.problems()
        if n_due := catalog.n_due():
            problems.append(f"who said what is still to be found in {n_due} documents: run `footnote index`")
        if catalog.n_vector_changes():
            problems.append("Chroma has not been told of the last changes")
        elif not is_intact(catalog, self._vectors) or (thorough and not self._vectors.answers(sample(catalog))):
            problems.append("Chroma differs from the catalog")
        if not self._vectors.is_served and not matrix.is_sound(self.folder, catalog, self.embedder.n_dimensions):
            problems.append(f"{matrix.NAME} differs from the catalog")
        return problems

    @property
    def generation(self) -> int:
        """Return a number that grows with every change of the documents, in whatever process."""
        return self._catalog.generation

    @property
    def n_documents(self) -> int:
        return self._once("n_documents", lambda: self._catalog.count("documents"))

    @property
    def n_passages(self) -> int:
        return self._once("n_passages", lambda: self._catalog.count("chunks"))

    @property
    def newest_day(self) -> str | None:
        """Return the latest date of a document that tells its day, None where none does."""
        return self._once("newest_day", self._catalog.newest_day)

    @property
    def catalog(self) -> Catalog:
        return self._catalog

    def status(self) -> Status:
        catalog = self._catalog
        return Status(
            str(self.folder),
            self.n_documents,
            self.n_passages,
            catalog.count("statements"),
            catalog.count("skipped"),
            catalog.n_bytes,
            sum(path.stat().st_size for path in (self.folder / "chroma").rglob("*") if path.is_file()),
            catalog.get_value("embedding_model") or self.embedder.name,
            tuple(str(self._root_folder(root)) for root in catalog.roots()),
            catalog.generation,
        )

    # --- inside

    def _bytes_of(self, root: Root, path: str) -> bytes | None:
        if root.name == UPLOADS and self._catalog.is_shared:
            return self._catalog.upload(path)
        try:
            return (self._root_folder(root) / path).read_bytes()
        except OSError:
            return None

    def _identities(self, speaker: str | None) -> list[str]:
        return list(match_name(speaker, self.people()).speakers) if speaker is not None else []

    def _by_words(self, query: str, n: int, scope: NDArray[np.int64] | None) -> Ranked:
        rows = self._catalog.search_words(query_words(query), n, None if scope is None else scope.tolist())
        return Ranked(tuple(number for number, _ in rows), tuple(score for _, score in rows))

    def _by_meaning(self, query: str, n: int, scope: NDArray[np.int64] | None) -> Ranked:
        if self.is_model_loading:
            return Ranked((), ())
        vector = self.query_vectors(query).passage
        if self._vectors.is_served:
            return self._by_server(vector, n, scope)
        if scope is None and self.n_passages > EXACT_UP_TO and self._vectors.is_used:
            try:
                return self._by_chroma(vector, n)
            except LibraryDamaged as error:  # until it is filled anew nothing is lost but time
                _log.warning("%s: searching the catalog's vectors instead", error)
        rows = self._once("matrix", lambda: matrix.load(self.folder, self._catalog, self.embedder.n_dimensions))
        if scope is None:
            return nearest(rows.numbers, rows.cosines(vector), n)
        within = np.flatnonzero(np.isin(rows.numbers, scope, assume_unique=True))
        return nearest(rows.numbers[within], rows.cosines(vector, within), n)

    @property
    def _n_dimensions(self) -> int:
        """Return the length of the stored vectors, for which no model need be loaded."""
        return self._once("n_dimensions", lambda: self._catalog.n_dimensions() or self.embedder.n_dimensions)

    def _load_model(self) -> None:
        with suppress(FootnoteError):  # the first question by meaning raises it again, where somebody sees it
            self.embedder.embed(["loaded"])

    def _by_server(self, vector: NDArray[np.float32], n: int, scope: NDArray[np.int64] | None) -> Ranked:
        """Ask the server, a small scope exactly of the catalog; find nothing, and say so, while the server is away."""
        if scope is not None and len(scope) <= _SMALL_SCOPE:
            numbers, rows = self._catalog.matrix(scope)
            return nearest(numbers, rows.astype(np.float32) @ vector, n)
        n_asked = n if scope is None else min(_MOST_ASKED, 2 * n * self.n_passages // len(scope))
        try:
            found = self._by_chroma(vector, n_asked)
        except (ServerAway, LibraryDamaged) as error:
            if self.notice is None:
                _log.warning("%s: searching by words alone", error)
            self.notice = f"searched by words alone: {error}"
            return Ranked((), ())
        self.notice = None
        if scope is None:
            return found
        inside = np.isin(np.array(found.numbers, np.int64), scope)
        kept = [
            pair for pair, is_in in zip(zip(found.numbers, found.scores, strict=True), inside, strict=True) if is_in
        ]
        return Ranked(tuple(number for number, _ in kept[:n]), tuple(score for _, score in kept[:n]))

    def _by_chroma(self, vector: NDArray[np.float32], n: int) -> Ranked:
        with self._guard:
            # Else it searches the state in which it was opened; a server is never behind.
            if self._chroma_seen != self.generation and not self._vectors.is_served:
                self._vectors.close()
                self._chroma_seen = self.generation
        found = self._vectors.query(vector, n)
        return Ranked(tuple(number for number, _ in found), tuple(cosine for _, cosine in found))

    def _embed_query(self, query: str) -> PassageVectors:
        vectors = self.embedder.embed_passages([query], [query_spans(query)])[0]
        vectors.passage.flags.writeable = vectors.sentences.flags.writeable = False  # shared by all who ask the same
        return vectors

    def _once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once for each state of the documents, whichever process changed them."""
        generation = self.generation
        with self._guard:
            if self._kept.get(name, (None,))[0] != generation:
                self._kept[name] = (generation, make())
            made: T = self._kept[name][1]
            return made

    def _load_document(
        self, document_id: str, generation: int
    ) -> Document:  # the generation is part of the cache's key
        return self._catalog.document(document_id)

    def _root_folder(self, root: Root) -> Path:
        return self.folder / "files" if root.name == UPLOADS else Path(root.path)


def _people(catalog: Catalog) -> list[Person]:
    """Gather each identity's names and counts."""
    gathered: dict[str, tuple[dict[str, None], set[str], int]] = {}
    for identity, names, document_id, n in catalog.identity_counts():
        seen, documents, before = gathered.get(identity, ({identity: None}, set(), 0))
        seen.update(dict.fromkeys(names))
        gathered[identity] = (seen, documents | {document_id}, before + n)
    people = [Person(identity, tuple(seen), n, len(documents)) for identity, (seen, documents, n) in gathered.items()]
    return sorted(people, key=lambda person: (-person.n_statements, person.speaker))
