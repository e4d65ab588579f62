"""Documents to catalog entries: split and embedded.

Knows nothing of files and folders; that is `sync`. Who said what is found afterwards, by `due`.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from queue import Full, Queue
from typing import TypeVar

from index.catalog import Catalog, Entry
from index.embed import Embedder, PassageVectors, Spans
from index.hands import Hands
from index.places import Stamp
from index.records import Chunk, Document
from index.split import Before, split

# Tokens of a chunk. Smaller chunks point more exactly; larger ones know more of what they are about.
CHUNK_TOKENS = 128
SPLIT_BY = "split_by"  # the catalog's value that tells what all documents were split by, empty where they differ
# Chunks embedded in one go: enough that no core waits for the last one, few enough to stop soon and report often.
_SLICE_CHUNKS = 64
# Documents read and split before they are embedded.
_DOCUMENTS_AHEAD = 16
_POLL_SECONDS = 0.1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """A document on its way into the catalog, with where it came from."""

    document: Document
    stamp: Stamp
    root: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """Passages that have their vectors now, and the documents that are stored with them."""

    n_passages: int
    stored: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    source: Source
    chunks: list[Chunk]
    keys: list[bytes]


@dataclass(slots=True)
class _Slice:
    """Chunks to be embedded, by key, and the documents that are complete with them."""

    chunks: dict[bytes, Chunk] = field(default_factory=dict)
    complete: list[_Prepared] = field(default_factory=list)
    n_passages: int = 0


def build(
    sources: Iterable[Source],
    catalog: Catalog,
    embedder: Embedder,
    on_split: Callable[[int], None],
    hands: Hands,
    *,
    chunk_tokens: int = CHUNK_TOKENS,
) -> Generator[Built, None, None]:
    """Store each document with its chunks and vectors, one transaction a document; yield often.

    Only text whose vectors are not known yet is embedded, and vectors are kept as they come: killed within a long
    document, the next build goes on there. Reading and splitting, embedding, and storing overlap; `on_split` is told
    the number of passages of each document before they are embedded.
    """
    max_tokens = _max_tokens(embedder, chunk_tokens)
    is_alike = _note_split(catalog, split_by(embedder, chunk_tokens))

    def prepare() -> Iterator[_Prepared]:
        old = ((source, _before(catalog, source.document.id) if is_alike else None) for source in sources)
        cut = partial(_cut, embedder, max_tokens)
        for (source, _), (chunks, keys) in hands.each(cut, old, lambda item: len(item[0].document.text)):
            on_split(len(chunks))
            yield _Prepared(source, chunks, keys)

    pending: deque[tuple[_Slice, Future[list[PassageVectors]]]] = deque()
    with _ahead(prepare(), catalog, _DOCUMENTS_AHEAD) as prepared:
        try:
            for piece in _slices(prepared, catalog, pending):
                chunks = list(piece.chunks.values())
                texts, spans = [chunk.text for chunk in chunks], [_spans(chunk) for chunk in chunks]
                pending.append((piece, hands.submit(_embed, embedder, texts, spans)))
                yield Built(0, ())  # a moment to report that work has begun, or to give it up
                if len(pending) > hands.n_ahead:
                    yield _store(*pending.popleft(), catalog)
            while pending:
                yield _store(*pending.popleft(), catalog)
        finally:
            for _, future in pending:
                future.cancel()


def split_by(embedder: Embedder, chunk_tokens: int) -> str:
    """Name what decides how a document is split."""
    return f"{embedder.name} {_max_tokens(embedder, chunk_tokens)}"


def _max_tokens(embedder: Embedder, chunk_tokens: int) -> int:
    return min(chunk_tokens, embedder.max_tokens - 2)


def _note_split(catalog: Catalog, by: str) -> bool:
    """Note how documents are split from now on; tell whether all that are there were split so."""
    if not catalog.count("documents"):
        catalog.put_value(SPLIT_BY, by)
    elif catalog.get_value(SPLIT_BY) != by:
        catalog.put_value(SPLIT_BY, "")
    return catalog.get_value(SPLIT_BY) == by


def _before(catalog: Catalog, document_id: str) -> Before | None:
    chunks = catalog.chunks_of(document_id)
    return Before(catalog.document(document_id).text, chunks) if chunks else None


def _cut(embedder: Embedder, max_tokens: int, item: tuple[Source, Before | None]) -> tuple[list[Chunk], list[bytes]]:
    source, before = item
    chunks = split(source.document, embedder.count_tokens, max_tokens=max_tokens, before=before)
    return chunks, [_key(embedder.name, chunk) for chunk in chunks]


def _key(model: str, chunk: Chunk) -> bytes:
    """Name what is embedded: the text alone. With the title before it, news and papers were found less often."""
    what = f"{model}\0{chunk.text}\0{_spans(chunk)}"
    return hashlib.blake2b(what.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _spans(chunk: Chunk) -> list[tuple[int, int]]:
    return [(a - chunk.start, b - chunk.start) for a, b in chunk.sentences]


def _slices(
    prepared: Iterable[_Prepared], catalog: Catalog, pending: Iterable[tuple[_Slice, object]]
) -> Iterator[_Slice]:
    """Cut what is unknown into slices across documents; what is being embedded already is not asked for again."""
    piece = _Slice()
    for each in prepared:
        known = catalog.known_embeddings(each.keys)
        for key, chunk in zip(each.keys, each.chunks, strict=True):
            piece.n_passages += 1
            if key not in known and not any(key in other.chunks for other, _ in pending):
                piece.chunks[key] = chunk
            known.add(key)
            if len(piece.chunks) >= _SLICE_CHUNKS:
                yield piece
                piece = _Slice()
        piece.complete.append(each)
        if piece.n_passages >= 2 * _SLICE_CHUNKS:  # known ones do not wait for unknown ones
            yield piece
            piece = _Slice()
    yield piece


def _embed(embedder: Embedder, texts: list[str], spans: list[Spans]) -> list[PassageVectors]:
    return embedder.embed_passages(texts, spans)


def _store(piece: _Slice, vectors: Future[list[PassageVectors]], catalog: Catalog) -> Built:
    catalog.put_embeddings(list(piece.chunks), vectors.result())
    for prepared in piece.complete:
        source = prepared.source
        catalog.put(Entry(source.document, prepared.chunks, prepared.keys, source.stamp, source.root, source.path))
    return Built(piece.n_passages, tuple(prepared.source for prepared in piece.complete))


@contextmanager
def _ahead(items: Iterator[T], catalog: Catalog, n: int) -> Iterator[Iterator[T]]:
    """Draw up to `n` items ahead in a thread of their own; what is raised there is raised here."""
    queue: Queue[T | BaseException | None] = Queue(n)
    stopped = threading.Event()

    def put(item: T | BaseException | None) -> None:
        while not stopped.is_set():
            with suppress(Full):
                queue.put(item, timeout=_POLL_SECONDS)
                return

    def draw() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            put(error)
        finally:
            catalog.release()

    def drawn() -> Iterator[T]:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    thread = threading.Thread(target=draw, name="ahead", daemon=True)
    thread.start()
    try:
        yield drawn()
    finally:
        stopped.set()
        thread.join()
