"""One folder that holds an index: opens, checks, repairs it and hands out its parts.

Knows what the parts are, not how they work, and nothing of questions.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.build import Attribute, Source, build
from index.catalog import Catalog, Root, Skipped, Stamp
from index.embed import DEFAULT_MODEL, Embedder, load_embedder
from index.errors import DocumentNotFound, InputError, LibraryDamaged, LibraryModelError
from index.follow import follow, is_sound
from index.journal import Conversations
from index.lock import writing
from index.people import DocumentSpeaker, Person, identities, match_speaker
from index.records import Document, DocumentInfo, Filters, Passage, Statement
from index.retrieve import N_CANDIDATES, Ranked, exact_search, fuse, query_words, to_passages
from index.sync import OnProgress, Read, SyncReport, Tally, Tools, sync_root
from index.vectors import ChromaVectors

if TYPE_CHECKING:
    from llama_index.core.schema import Document as LlamaDocument

    from index.attribute import Attributor

UPLOADS = "uploads"
# Up to so many candidates every vector is compared: exact, the same in every process, and faster than starting Chroma.
EXACT_UP_TO = 20_000
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


class Library:
    """A folder with `catalog.sqlite` (the truth), `chroma/` (vectors for search) and `files/` (copies of uploads).

    Safe to use from several threads. `open` assembles it; the constructor takes finished parts.
    """

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        vectors: ChromaVectors,
        embedder: Embedder,
        read: Read,
        attribute: Attribute,
    ) -> None:
        self.folder = folder
        self.embedder = embedder
        self.conversations = Conversations(catalog)
        self._catalog = catalog
        self._vectors = vectors
        self._read = read
        self._attribute = attribute
        self._guard = threading.RLock()
        self._kept: dict[str, tuple[int, Any]] = {}
        self._cached_document = lru_cache(_CACHED_DOCUMENTS)(self._load_document)
        self._cached_query = lru_cache(_CACHED_QUERIES)(self._embed_query)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        model: str | None = None,
        embedder: Embedder | None = None,
        attribute: Attribute | None = None,
        rebuild: bool = False,
    ) -> Self:
        """Open a library, created where it is not there.

        `model` names a sentence-transformers model; None takes the library's own. With `rebuild` a library made with
        another model is embedded again, which takes as long as indexing did; nothing is read again.

        Raises LibraryModelError where it was made with another embedding model, LibraryVersionError where by a newer
        version, LibraryDamaged where the catalog can't be read.
        """
        folder = Path(folder).expanduser().resolve()
        if folder.exists() and not folder.is_dir():
            raise InputError(f"'{folder}' is a file, not a library's folder: name another with --library")
        catalog = Catalog(folder / "catalog.sqlite")
        made_with = catalog.get_value("embedding_model")
        chosen = embedder or load_embedder(model or made_with or DEFAULT_MODEL)
        library = cls(folder, catalog, ChromaVectors(folder / "chroma"), chosen, _default_read, attribute or _attribute)
        if made_with and made_with != chosen.name:
            if not rebuild:
                n_passages = library.n_passages
                library.close()
                raise LibraryModelError(
                    f"library '{folder}' was made with the model '{made_with}', not '{chosen.name}': use that one, or "
                    f"`footnote index --rebuild` to embed its {n_passages} passages again"
                )
            library.rebuild()
        return library

    def close(self) -> None:
        self._vectors.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- documents in

    def sync(
        self,
        *paths: str | Path,
        exclude: Sequence[str] = (),
        on_progress: OnProgress | None = None,
        wait_seconds: float = 0.0,
    ) -> SyncReport:
        """Make the library equal to these files and folders, or to all it follows where none is named.

        Raises InputError for a path that is not there, LibraryLocked when another process is writing.
        """
        resolved = [_existing(path) for path in paths]

        def work(tools: Tools, tally: Tally) -> None:
            wanted: dict[str, Root] = {}
            for path in resolved:  # one after the other: two paths may lie in one folder, two folders share a name
                root = self._root_of(path, tuple(exclude))
                self._catalog.put_root(root)
                wanted[root.name] = root
            for root in wanted.values() if resolved else self._catalog.roots():
                sync_root(root, self._root_folder(root), tools, tally)

        return self._write(work, on_progress, wait_seconds)

    def add(
        self, documents: Iterable[Document | LlamaDocument], *, on_progress: OnProgress | None = None
    ) -> SyncReport:
        """Add documents that come from elsewhere, ours or llama-index's, under their own ids."""

        def work(tools: Tools, tally: Tally) -> None:
            sources = (Source(d, Stamp(len(d.text), 0, d.content_hash)) for d in map(_to_document, documents))
            for stored in build(self._unknown(sources, tally), tools.catalog, tools.embedder, tools.attribute):
                tally.n_passages += stored.n_passages
                tally.n_files_done += 1
                tally.progress("reading", stored.source.document.info.source)

        return self._write(work, on_progress)

    def add_upload(self, name: str, data: bytes, *, on_progress: OnProgress | None = None) -> DocumentInfo:
        """Keep a copy of a file in the library and index it; raises ReadError when there is no text to be had.

        Of `name` only the base name counts; the same name again replaces the file.
        """
        name = _safe_name(name)
        document_id = f"{UPLOADS}/{name}"
        self._read(data, document_id, name)  # an unreadable file is refused before anything is kept
        target = self.folder / "files" / name
        target.parent.mkdir(exist_ok=True)
        partial = target.with_name(f".{name}.partial")
        partial.write_bytes(data)
        partial.replace(target)
        self._catalog.include([document_id])
        root = Root(UPLOADS, "files")

        def work(tools: Tools, tally: Tally) -> None:
            self._catalog.put_root(root)
            sync_root(root, self._root_folder(root), tools, tally)

        self._write(work, on_progress, wait_seconds=60.0)
        return self.document(document_id).info

    def remove(self, document_id: str) -> None:
        """Take a document out for good: an upload's copy is deleted, a followed file is not read again.

        The name of a followed folder with a slash, `articles/`, takes the folder out with all its documents.
        """
        if document_id.endswith("/"):
            self._unfollow(document_id.removesuffix("/"))
            return
        root, path = self._catalog.place(document_id)

        def work(tools: Tools, tally: Tally) -> None:
            if root == UPLOADS and path is not None:
                (self.folder / "files" / path).unlink(missing_ok=True)
            elif root is not None:
                self._catalog.exclude(document_id)
            self._catalog.delete(document_id)

        self._write(work, None, wait_seconds=60.0)

    def rebuild(self) -> SyncReport:
        """Split, attribute and embed every document again, from the text in the catalog; all or nothing."""

        def work(tools: Tools, tally: Tally) -> None:
            catalog = self._catalog
            with catalog.transaction():
                catalog.put_value("embedding_model", self.embedder.name)
                sources = [self._stored_source(info.id) for info in catalog.documents()]
                for stored in build(sources, catalog, tools.embedder, tools.attribute):
                    tally.n_passages += stored.n_passages
                    tally.changed += 1
                catalog.request_all_vectors()
            self._vectors.reset()

        return self._write(work, None)

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
        try:
            data = (self._root_folder(root) / path).read_bytes()
        except OSError:
            return None
        return data if _sha256(data) == self.document(document_id).content_hash else None

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
        if k < 1:
            raise InputError(f"k is {k}: ask for at least one passage")
        query = _storable(query)
        filters = Filters(speaker, source and _storable(source), since, until)
        scope = self._catalog.scope(filters, self._identities(speaker)) if filters else None
        n = max(N_CANDIDATES, k)
        words = self._by_words(query, n, scope)
        meaning = self._by_meaning(query, n, scope)
        return to_passages(fuse(words, meaning), words, meaning, self._catalog, query)[:k]

    def query_vector(self, query: str) -> NDArray[np.float32]:
        """Return a query's unit vector; the last ones are kept, since an answer needs it more than once."""
        vector: NDArray[np.float32] = self._cached_query(_storable(query))
        return vector

    def sentence_vectors(self, passages: Sequence[Passage]) -> list[NDArray[np.float32]]:
        """Return for each passage the unit vectors of its sentences, shape (n_sentences, d), read in their context."""
        found = self._catalog.sentence_vectors([passage.id for passage in passages])
        empty = np.empty((0, self.embedder.n_dimensions), np.float32)
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
    ) -> list[Statement]:
        """Return the statements inside the filters, by document and place; `speaker` is any form of a name."""
        filters = Filters(speaker, source, since, until)
        return self._catalog.statements(filters, self._identities(speaker), document_ids)

    def people(self) -> list[Person]:
        """Return all speakers, those with most statements first."""
        return self._once("people", lambda: _people(self._catalog))

    # --- the library itself

    def followed(self) -> list[Path]:
        """Return the folders that `sync` follows, uploads left out."""
        return [self._root_folder(root) for root in self._catalog.roots() if root.name != UPLOADS]

    def check(self) -> list[str]:
        """Return what is wrong with the library, one line each; empty when all is well."""
        problems = self._catalog.problems()
        try:
            if self._catalog.count("vector_changes"):
                problems.append("Chroma has not been told of the last changes")
            elif not is_sound(self._catalog, self._vectors):
                problems.append("Chroma differs from the catalog")
        except LibraryDamaged as error:
            problems.append(str(error))
        return problems

    def repair(self) -> list[str]:
        """Mend what `check` finds and give unused space back to the disk; return what was found."""
        problems = self.check()
        with writing(self.folder):
            self._catalog.rebuild_words()
            self._vectors.reset()
            self._catalog.request_all_vectors()
            follow(self._catalog, self._vectors)
            self._catalog.compact()
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
            sum(path.stat().st_size for path in self.folder.glob("catalog.sqlite*")),
            sum(path.stat().st_size for path in (self.folder / "chroma").rglob("*") if path.is_file()),
            catalog.get_value("embedding_model") or self.embedder.name,
            tuple(str(self._root_folder(root)) for root in catalog.roots()),
            catalog.generation,
        )

    # --- inside

    def _write(
        self, work: Callable[[Tools, Tally], None], on_progress: OnProgress | None, wait_seconds: float = 0.0
    ) -> SyncReport:
        """Do the work as the only writer, then bring identities, unused vectors and Chroma up to it."""
        tally = Tally(on_progress)
        with writing(self.folder, wait_seconds=wait_seconds):
            before = self.generation
            if not self._catalog.get_value("embedding_model"):
                self._catalog.put_value("embedding_model", self.embedder.name)
            work(Tools(self._catalog, self.embedder, self._read, self._attribute), tally)
            if self.generation != before:
                self._catalog.forget_unused_embeddings()
            if self._catalog.get_value("identities_of") != str(self.generation):
                self._resolve_identities()
            follow(self._catalog, self._vectors, lambda done, n: tally.progress("vectors"))
        _log.info("synced %s: %d passages in %.1f s", self.folder, tally.n_passages, tally.seconds)
        return tally.report(self._catalog)

    def _stored_source(self, document_id: str) -> Source:
        root, path = self._catalog.place(document_id)
        stamp = self._catalog.stamp(document_id)
        if stamp is None:
            raise DocumentNotFound(document_id)
        return Source(self._catalog.document(document_id), stamp, root, path)

    def _resolve_identities(self) -> None:
        speakers = [DocumentSpeaker(id_, name, names) for id_, name, names, _ in self._catalog.speakers()]
        with self._catalog.transaction():
            self._catalog.put_identities(identities(speakers))
            self._catalog.put_value("identities_of", str(self.generation))

    def _unknown(self, sources: Iterable[Source], tally: Tally) -> Iterable[Source]:
        for source in sources:
            before = self._catalog.stamp(source.document.id)
            if before is not None and before.content_hash == source.stamp.content_hash:
                tally.unchanged += 1
                continue
            tally.changed += before is not None
            tally.added += before is None
            yield source

    def _identities(self, speaker: str | None) -> list[str]:
        return match_speaker(speaker, self.people()) if speaker is not None else []

    def _by_words(self, query: str, n: int, scope: NDArray[np.int64] | None) -> Ranked:
        rows = self._catalog.search_words(query_words(query), n, scope)
        return Ranked(tuple(number for number, _ in rows), tuple(score for _, score in rows))

    def _by_meaning(self, query: str, n: int, scope: NDArray[np.int64] | None) -> Ranked:
        vector = self.query_vector(query)
        if scope is None and self.n_passages > EXACT_UP_TO:
            try:
                return self._by_chroma(vector, n)
            except LibraryDamaged as error:  # the next sync fills Chroma anew; until then nothing is lost but time
                _log.warning("%s: searching the catalog's vectors instead", error)
        numbers, matrix = self._all_vectors()
        if scope is not None:
            inside = np.isin(numbers, scope, assume_unique=True)
            numbers, matrix = numbers[inside], matrix[inside]
        return exact_search(vector, numbers, matrix, n)

    def _by_chroma(self, vector: NDArray[np.float32], n: int) -> Ranked:
        found = self._vectors.query(vector, n)
        numbers = self._catalog.numbers([chunk_id for chunk_id, _ in found])
        kept = [(numbers[chunk_id], cosine) for chunk_id, cosine in found if chunk_id in numbers]
        return Ranked(tuple(number for number, _ in kept), tuple(cosine for _, cosine in kept))

    def _all_vectors(self) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        return self._once("vectors", self._catalog.matrix)

    def _embed_query(self, query: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.embedder.embed([query])[0]
        vector.flags.writeable = False  # shared by all who ask the same
        return vector

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

    def _unfollow(self, name: str) -> None:
        if name == UPLOADS or name not in {root.name for root in self._catalog.roots()}:
            raise DocumentNotFound(f"{name}/")
        self._write(lambda tools, tally: tools.catalog.delete_root(name), None, wait_seconds=60.0)

    def _root_folder(self, root: Root) -> Path:
        return self.folder / "files" if root.name == UPLOADS else Path(root.path)

    def _root_of(self, path: Path, exclude: tuple[str, ...]) -> Root:
        """Return the root that covers a path: one that is followed already, else a new one."""
        folder, only = (path, None) if path.is_dir() else (path.parent, (path.name,))
        roots = self._catalog.roots()
        for root in roots:
            if root.path == str(folder):
                return replace(root, only_paths=_joined(root.only_paths, only), exclude=exclude or root.exclude)
            if root.only_paths is None and root.name != UPLOADS and folder.is_relative_to(root.path):
                return root
        return Root(
            _unused_name(folder.name or "root", {root.name for root in roots} | {UPLOADS}), str(folder), only, exclude
        )


def _existing(path: str | Path) -> Path:
    resolved = Path(path).expanduser().resolve()
    if not resolved.exists():
        raise InputError(f"'{resolved}' is not there: check the path")
    return resolved


def _people(catalog: Catalog) -> list[Person]:
    """Gather each identity's names and counts."""
    gathered: dict[str, tuple[dict[str, None], set[str], int]] = {}
    for identity, names, document_id, n in catalog.identity_counts():
        seen, documents, before = gathered.get(identity, ({identity: None}, set(), 0))
        seen.update(dict.fromkeys(names))
        gathered[identity] = (seen, documents | {document_id}, before + n)
    people = [Person(identity, tuple(seen), n, len(documents)) for identity, (seen, documents, n) in gathered.items()]
    return sorted(people, key=lambda person: (-person.n_statements, person.speaker))


def _joined(before: tuple[str, ...] | None, only: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if before is None or only is None else tuple(dict.fromkeys(before + only))


def _unused_name(name: str, taken: set[str]) -> str:
    candidates = (name if n == 1 else f"{name}-{n}" for n in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def _safe_name(name: str) -> str:
    """Reduce an upload's name to a plain file name."""
    base = "".join(c for c in Path(name.replace("\\", "/")).name if c.isprintable()).strip().lstrip(".")
    if not base:
        raise InputError(f"'{name}' is no file name: give the upload a name with an ending, like 'notes.txt'")
    return base[-150:]


def _default_read(data: bytes, document_id: str, source: str) -> Document:
    from index.readers import read

    return read(data, document_id, source)


def _attribute(document: Document) -> list[Statement]:
    return _attributor().attribute(document)


@lru_cache(maxsize=1)
def _attributor() -> Attributor:
    from index.attribute import Attributor

    return Attributor()


def _to_document(document: Document | LlamaDocument) -> Document:
    """Return ours as it is, and llama-index's with its id, text and what its metadata tells."""
    if isinstance(document, Document):
        return replace(document, text=_storable(document.text))
    metadata = document.metadata
    source = str(metadata.get("file_name") or metadata.get("source") or document.id_)
    date = metadata.get("date") or metadata.get("creation_date")
    info = DocumentInfo(
        document.id_, source, str(metadata.get("title") or source), date, "text", metadata.get("author")
    )
    return Document(info, _storable(document.text), _sha256(document.text.encode("utf-8", "surrogatepass")))


def _storable(text: str) -> str:
    """Replace halves of characters, which wrong bytes on a command line become: no store and no model takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
