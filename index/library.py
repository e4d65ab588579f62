"""One folder that holds an index: opened, changed, repaired.

Knows what the parts are, not how they work; asking is `view`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index import matrix
from index.behind import Behind, IsStopped, behind
from index.build import CHUNK_TOKENS, SPLIT_BY, Source, split_by
from index.catalog import Catalog, open_catalog
from index.chroma_server import ChromaServer
from index.due import Attribute, attribute_next
from index.embed import Embedder, load_embedder
from index.errors import (
    DocumentNotFound,
    InputError,
    LibraryDamaged,
    LibraryError,
    LibraryLocked,
    LibraryModelError,
    ServerAway,
    StorageError,
)
from index.export import DEFAULT_MODEL
from index.follow import Follower, is_followed
from index.given import to_documents
from index.hands import Hands, Here
from index.lock import writing
from index.parse import read_apart
from index.people import DocumentSpeaker, identities
from index.places import FOLLOWED, Root, Stamp
from index.records import Document, DocumentInfo
from index.retrieve import WORDS_WEIGHT
from index.roots import UPLOADS, existing, root_of, safe_name
from index.servers import Servers
from index.sync import OnProgress, Read, SyncReport, Tally, Tools, store, sync_root
from index.tell import Teller
from index.uploads import Uploads
from index.vectors import ChromaVectors, NoVectors
from index.view import LibraryView

if TYPE_CHECKING:
    from llama_index.core.schema import Document as LlamaDocument

_log = logging.getLogger(__name__)
_IN_FOLDER = Servers()


class Library(LibraryView):
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
        super().__init__(folder, catalog, vectors, embedder)
        self._read = read
        self._attribute = attribute
        self._chunk_tokens = CHUNK_TOKENS
        self._uploads = Uploads(folder / "files", catalog)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        model: str | None = None,
        embedder: Embedder | None = None,
        attribute: Attribute | None = None,
        chunk_tokens: int = CHUNK_TOKENS,
        words_weight: float = WORDS_WEIGHT,
        servers: Servers = _IN_FOLDER,
        rebuild: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Self:
        """Open a library, created where it is not there.

        `model` names a sentence-transformers model; None takes the library's own. With `rebuild` a library made with
        another model is embedded again, which takes as long as indexing did; nothing is read again. Vectors that
        are missing, damaged or stale beside the catalog are filled from it, without the model. `chunk_tokens` cuts what
        is stored from now on; `words_weight` is the share of words, in [0, 1], where words and meaning are fused.
        `servers` hold what is not to lie in the folder.

        Raises LibraryModelError where it was made with another embedding model, LibraryVersionError where by a newer
        version, LibraryDamaged where the catalog can't be read, ServerAway where its server does not answer.
        """
        folder = Path(folder).expanduser().resolve()
        if folder.exists() and not folder.is_dir():
            raise InputError(f"'{folder}' is a file, not a library's folder: name another with --library")
        if servers.catalog is None:
            _refuse_lost_catalog(folder)
        else:
            folder.mkdir(parents=True, exist_ok=True)
        catalog = open_catalog(servers.catalog or folder / "catalog.sqlite")
        made_with = catalog.get_value("embedding_model")
        chosen = embedder or load_embedder(model or made_with or DEFAULT_MODEL)
        vectors = _vectors(folder, servers)
        library = cls(folder, catalog, vectors, chosen, read_apart, attribute or Teller(folder))
        library._chunk_tokens, library._words_weight = chunk_tokens, words_weight
        if made_with and made_with != chosen.name:
            if not rebuild:
                n_passages = library.n_passages
                library.close()
                raise LibraryModelError(
                    f"library '{folder}' was made with the model '{made_with}', not '{chosen.name}': use that one, or "
                    f"`footnote index --rebuild` to embed its {n_passages:,} passages again (a minute for some 3,000)"
                )
            library.rebuild(on_progress=on_progress)
        library._mend(on_progress)
        return library

    # --- documents in

    def sync(
        self,
        *paths: str | Path,
        exclude: Sequence[str] = (),
        on_progress: OnProgress | None = None,
        wait_seconds: float = 0.0,
        password: str | None = None,
        ray: str | None = None,
    ) -> SyncReport:
        """Make the library equal to these files and folders, or to all it follows where none is named.

        `password` opens the files that need one. `ray` is the address of a Ray cluster whose machines do the work;
        this process reads the files' bytes and writes.

        Raises InputError for a path that is not there, LibraryLocked when another process is writing, ServerAway where
        the cluster does not answer.
        """
        resolved = [existing(path) for path in paths]

        def work(tools: Tools, tally: Tally) -> None:
            if password is not None:
                tools = replace(tools, read=partial(read_apart, password=password))
            wanted: dict[str, Root] = {}
            for path in resolved:  # one after the other: two paths may lie in one folder, two folders share a name
                root = root_of(path, tuple(exclude), self._catalog.roots())
                self._catalog.put_root(root)
                wanted[root.name] = root
            for root in wanted.values() if resolved else self._catalog.roots():
                self._sync_root(root, tools, tally)

        return self._write(work, on_progress, wait_seconds, ray)

    def sync_followed(self, name: str, *, on_progress: OnProgress | None = None) -> SyncReport:
        """Sync one of the roots that are followed; raises InputError where its folder is not there."""
        (root,) = [root for root in self._catalog.roots() if root.name == name]
        return self._write(lambda tools, tally: self._sync_root(root, tools, tally), on_progress)

    def add(
        self, documents: Iterable[Document | LlamaDocument], *, on_progress: OnProgress | None = None
    ) -> SyncReport:
        """Add documents that come from elsewhere, ours or llama-index's, under their own ids."""

        def work(tools: Tools, tally: Tally) -> None:
            sources = (Source(d, Stamp(len(d.text), 0, d.content_hash)) for d in to_documents(documents))
            for _ in store(self._unknown(sources, tally), tools, tally):
                tally.n_files_done += 1

        return self._write(work, on_progress)

    def add_upload(self, name: str, data: bytes, *, on_progress: OnProgress | None = None) -> DocumentInfo:
        """Keep a copy of a file in the library and index it; raises ReadError when there is no text to be had.

        Of `name` only the base name counts; the same name again replaces the file.
        """
        name = safe_name(name)
        document_id = f"{UPLOADS}/{name}"
        self._read(data, document_id, name)  # an unreadable file is refused before anything is kept
        before = self._uploads.put(name, data)
        self._catalog.include([document_id])
        root = Root(UPLOADS, "files")

        def work(tools: Tools, tally: Tally) -> None:
            self._catalog.put_root(root)
            self._sync_root(root, tools, tally)

        try:
            self._write(work, on_progress, wait_seconds=60.0)
        except BaseException:  # given up in the middle: what was not wanted goes, what was there before comes back
            self._uploads.put(name, before)
            with suppress(LibraryError):  # else the next sync does it
                self._write(work, None)
            raise
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
                self._uploads.put(path, None)
            elif root is not None:
                self._catalog.exclude(document_id)
            self._catalog.delete(document_id)

        self._write(work, None, wait_seconds=60.0)

    def rebuild(self, *, on_progress: OnProgress | None = None) -> SyncReport:
        """Split and embed every document again, from the text in the catalog, all or nothing; then attribute it."""

        def work(tools: Tools, tally: Tally) -> None:
            catalog = self._catalog
            ids = [info.id for info in catalog.documents()]
            with catalog.transaction():
                catalog.put_value("embedding_model", self.embedder.name)
                # Read by another thread, which sees the state before.
                for _ in store((self._stored_source(id_) for id_ in ids), tools, tally):
                    tally.changed += 1
                catalog.put_value(SPLIT_BY, split_by(self.embedder, self._chunk_tokens))
            self._vectors.reset()  # of other dimensions, perhaps
            self._rewrite_matrix()

        return self._write(work, on_progress)

    def repair(self, *, on_progress: OnProgress | None = None) -> list[str]:
        """Mend what `check` finds and give unused space back to the disk; return what was found.

        Raises LibraryDamaged where the catalog itself is broken: that is for `restore`.
        """
        problems = self.check(thorough=True)

        def work(tools: Tools, tally: Tally) -> None:
            self._catalog.rebuild_words()
            if broken := self._catalog.problems():
                raise LibraryDamaged(f"the catalog of library '{self.folder}' is damaged ({broken[0]})")
            self._vectors.reset()
            self._rewrite_matrix()
            self._catalog.compact()

        self._write(work, on_progress)
        return problems

    # --- inside

    def _write(
        self,
        work: Callable[[Tools, Tally], None],
        on_progress: OnProgress | None,
        wait_seconds: float = 0.0,
        ray: str | None = None,
    ) -> SyncReport:
        """Do the work as the only writer, then bring identities, unused vectors and Chroma up to it."""
        tally = Tally(on_progress)
        with self._catalog.only_writer(wait_seconds), writing(self.folder, wait_seconds=wait_seconds):
            if not self._catalog.get_value("embedding_model"):
                self._catalog.put_value("embedding_model", self.embedder.name)
            follower = Follower(self._catalog, self._vectors)
            with _hands(ray) as hands, self._following(follower), self._attributing(hands) as attribution:
                work(Tools(self._catalog, self.embedder, self._read, self._chunk_tokens, hands), tally)
                attribution.finish(lambda: tally.progress_statements(self._catalog.n_due()))
            self._catalog.forget_unused_embeddings()
            if self._catalog.get_value("identities_of") != str(self.generation):
                self._resolve_identities()
            self._catalog.tidy()
            self._catalog.note_followed(self.folder)
            if isinstance(self._attribute, Teller):
                self._attribute.forget_all_but(info.id for info in self._catalog.documents())
            self._keep_matrix()
            follower.finish(tally.progress_vectors)
            self._chroma_seen = self.generation
        _log.info("synced %s: %d passages in %.1f s", self.folder, tally.n_passages, tally.seconds)
        return tally.report(self._catalog)

    def _mend(self, on_progress: OnProgress | None) -> None:
        """Fill Chroma where it is missing, damaged or behind; left to the writer where there is one."""
        catalog = self._catalog
        tally = Tally(on_progress)
        try:
            is_behind = not is_followed(catalog, self._vectors)
            if not is_behind and not catalog.is_shared:
                return
            with writing(self.folder):  # which others that share the catalog have not
                self._keep_matrix()
                if is_behind:
                    with catalog.only_writer(0.0):
                        Follower(catalog, self._vectors).finish(tally.progress_vectors)
        except (LibraryLocked, StorageError, ServerAway) as error:
            _log.info("Chroma is left as it is: %s", error)

    def _keep_matrix(self) -> None:
        if not self._vectors.is_served:
            matrix.keep(self.folder, self._catalog, self.embedder.n_dimensions)

    def _rewrite_matrix(self) -> None:
        if not self._vectors.is_served:
            matrix.rewrite(self.folder, self._catalog)

    def _attributing(self, hands: Hands) -> AbstractContextManager[Behind]:
        step = partial(attribute_next, self._catalog, self._attribute, hands)
        return behind("attribution", step, self._catalog.release)

    def _following(self, follower: Follower) -> AbstractContextManager[Behind]:
        """Bring matrix and Chroma along while documents are stored, so that little is left for the end."""

        def step(is_stopped: IsStopped) -> bool:
            is_told = follower.follow_along()
            if is_told and not self._vectors.is_served:
                matrix.extend(self.folder, self._catalog, self.embedder.n_dimensions)
            return is_told

        return behind("vectors", step, self._catalog.release)

    def _sync_root(self, root: Root, tools: Tools, tally: Tally) -> None:
        if root.name == UPLOADS:
            self._uploads.fetch()
        sync_root(root, self._root_folder(root), tools, tally)

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

    def _unfollow(self, name: str) -> None:
        if name == UPLOADS or name not in {root.name for root in self._catalog.roots()}:
            raise DocumentNotFound(f"{name}/")
        self._write(lambda tools, tally: tools.catalog.delete_root(name), None, wait_seconds=60.0)


def _hands(ray: str | None) -> Hands:
    if ray is None:
        return Here()
    from index.cluster import Cluster

    return Cluster(ray)


def _vectors(folder: Path, servers: Servers) -> ChromaVectors:
    if servers.chroma is not None:
        return ChromaServer(servers)
    return ChromaVectors(folder / "chroma") if servers.catalog is None else NoVectors(folder)


def _refuse_lost_catalog(folder: Path) -> None:
    """Raise LibraryDamaged where a library's other parts are there and its catalog is not: it would begin anew."""
    path = folder / "catalog.sqlite"
    is_empty = not path.is_file() or path.stat().st_size == 0
    if is_empty and any((folder / part).exists() for part in ("chroma", FOLLOWED)):
        raise LibraryDamaged(f"the catalog of library '{folder}' is lost: run `footnote doctor --repair`")
