"""Documents to catalog entries: split, attributed, embedded.

Knows nothing of files and folders; that is `sync`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.catalog import Catalog, Entry
from index.embed import Embedder, PassageVectors
from index.places import Stamp
from index.records import Chunk, Document, Statement
from index.split import split

# Tokens of a chunk. Smaller chunks point more exactly; larger ones know more of what they are about.
CHUNK_TOKENS = 128
# Chunks embedded together, so that every core is busy even where documents are short.
_BATCH_CHUNKS = 64

# Passages embedded between two reports of progress.
_STEP_CHUNKS = 32

Attribute = Callable[[Document], list[Statement]]
OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A document on its way into the catalog, with where it came from."""

    document: Document
    stamp: Stamp
    root: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that is in the catalog now."""

    source: Source
    n_passages: int


@dataclass(frozen=True, slots=True)
class _Prepared:
    source: Source
    chunks: list[Chunk]
    texts: list[str]
    spans: list[list[tuple[int, int]]]
    keys: list[bytes]
    statements: list[Statement]


def build(
    sources: Iterable[Source],
    catalog: Catalog,
    embedder: Embedder,
    attribute: Attribute,
    on_step: OnStep = lambda stage, n_done, n_all: None,
) -> Iterator[Stored]:
    """Store each document with its chunks, vectors and statements, one transaction a document; yield it when stored.

    Only text whose vectors are not known yet is embedded. `on_step` is told the stage (`splitting`, `attributing`,
    `embedding`) and, while embedding, how many of how many passages are done.
    """
    batch: list[_Prepared] = []
    for source in sources:
        batch.append(_prepare(source, catalog, embedder, attribute, on_step))
        if sum(len(prepared.chunks) for prepared in batch) >= _BATCH_CHUNKS:
            yield from _store(batch, catalog, embedder, on_step)
            batch = []
    yield from _store(batch, catalog, embedder, on_step)


def _prepare(source: Source, catalog: Catalog, embedder: Embedder, attribute: Attribute, on_step: OnStep) -> _Prepared:
    document = source.document
    on_step("splitting", 0, 0)
    chunks = split(document, embedder.count_tokens, max_tokens=min(CHUNK_TOKENS, embedder.max_tokens - 2))
    # The text alone: with the title before it, news and papers were found less often, encyclopaedia articles more.
    texts = [chunk.text for chunk in chunks]
    spans = [[(a - c.start, b - c.start) for a, b in c.sentences] for c in chunks]
    keys = [_key(embedder.name, text, inside) for text, inside in zip(texts, spans, strict=True)]
    on_step("attributing", 0, 0)
    return _Prepared(source, chunks, texts, spans, keys, _known_statements(document, catalog) or attribute(document))


def _key(model: str, text: str, spans: Sequence[tuple[int, int]]) -> bytes:
    return hashlib.blake2b(f"{model}\0{text}\0{spans}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _known_statements(document: Document, catalog: Catalog) -> list[Statement] | None:
    """Return the statements of a document of the same bytes, text and date under another id, if there is one."""
    for document_id in catalog.same_content(document.content_hash):
        twin = catalog.document(document_id)
        if twin.text == document.text and twin.info.date == document.info.date:
            statements = catalog.statements_as_told(document_id)
            return [replace(statement, document=document.info) for statement in statements]
    return None


def _store(batch: Sequence[_Prepared], catalog: Catalog, embedder: Embedder, on_step: OnStep) -> Iterator[Stored]:
    vectors = _embed_unknown(batch, catalog, embedder, on_step)
    for prepared in batch:
        source = prepared.source
        with catalog.transaction():
            known = [key for key in dict.fromkeys(prepared.keys) if key in vectors]
            catalog.put_embeddings(known, [vectors[key] for key in known])
            catalog.put(
                Entry(
                    source.document,
                    prepared.chunks,
                    prepared.keys,
                    prepared.statements,
                    source.stamp,
                    source.root,
                    source.path,
                )
            )
        yield Stored(source, len(prepared.chunks))


def _embed_unknown(
    batch: Sequence[_Prepared], catalog: Catalog, embedder: Embedder, on_step: OnStep
) -> dict[bytes, PassageVectors]:
    wanted = {
        key: (text, spans)
        for prepared in batch
        for key, text, spans in zip(prepared.keys, prepared.texts, prepared.spans, strict=True)
    }
    known = catalog.known_embeddings(wanted)
    unknown = [key for key in wanted if key not in known]
    found: dict[bytes, PassageVectors] = {}
    for at in range(0, len(unknown), _STEP_CHUNKS):
        on_step("embedding", at, len(unknown))
        some = unknown[at : at + _STEP_CHUNKS]
        vectors = embedder.embed_passages([wanted[key][0] for key in some], [wanted[key][1] for key in some])
        found.update(zip(some, vectors, strict=True))
    return found
