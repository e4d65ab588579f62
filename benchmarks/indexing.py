"""How fast documents get in: against the tutorials' stack, against the embedding alone, and when little changed."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.corpora import MadeVectors, documents, write
from benchmarks.timing import Row, at_least, at_most, peak_bytes, seconds
from index import Document, Library
from index.build import _key, _spans
from index.embed import load_embedder
from index.split import split


def nobody(document: Document) -> list[object]:
    """Attribute nothing: statements are no part of what the other stack does."""
    return []


def against_tutorial(size: int = 2000) -> Iterator[Row]:
    """Index the same documents with both, and embed the same chunks alone."""
    texts = documents(size)
    embedder = load_embedder()
    embedder.embed(["warm"])
    with tempfile.TemporaryDirectory() as scratch:
        source = write(Path(scratch) / "articles", texts)
        with Library.open(Path(scratch) / "library", attribute=nobody) as library:
            library.sync(write(Path(scratch) / "warm", texts[:2]))  # starts the worker and Chroma
            ours = seconds(lambda: library.sync(source))
            n_passages = library.n_passages
    alone = seconds(lambda: _embed(texts))
    theirs = seconds(lambda: _tutorial(texts))
    yield Row("documents, passages", f"{size:,}, {n_passages:,}")
    yield Row("ours, embedding alone, tutorial", f"{ours:.1f}, {alone:.1f}, {theirs:.1f} s")
    yield at_least("indexing, against the tutorial stack", theirs / ours, 3, " x")
    yield at_least("share of the embedding's own time", alone / ours, 0.85)
    yield at_most("peak memory while indexing", peak_bytes() / 1e9, 1.5, "GB")


def unchanged(size: int = 10_000) -> Iterator[Row]:
    """Sync a folder of short files in which nothing changed, with the readers watched."""
    with tempfile.TemporaryDirectory() as scratch:
        source = write(Path(scratch) / "articles", documents(size))
        with Library.open(Path(scratch) / "library", embedder=MadeVectors(), attribute=nobody) as library:
            library.sync(source)
        with Library.open(Path(scratch) / "library", embedder=MadeVectors(), attribute=nobody) as library:
            n_read, read = [], library._read
            library._read = lambda data, id_, path: (n_read.append(path), read(data, id_, path))[1]
            took = seconds(lambda: library.sync(source))
    yield at_most(f"sync of {size:,} unchanged files", took, 2, "s")
    yield at_most("  of them read", len(n_read), 0, "files")


def one_paragraph(size: int = 1_000_000) -> Iterator[Row]:
    """Change a paragraph in the middle of a long document; somebody asks all the while."""
    text = "\n\n".join(document.text for document in documents(size // 1000))[:size]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "articles" / "long.txt"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        with Library.open(Path(scratch) / "library") as library:
            library.sync(path.parent)
            middle = text.index("\n\n", size // 2)
            path.write_text(f"{text[:middle]}\n\nThe zyzzogeton sings at noon.{text[middle:]}", encoding="utf-8")
            started = time.perf_counter()
            writing = threading.Thread(target=library.sync, args=(path.parent,))
            writing.start()
            with Library.open(Path(scratch) / "library") as reader:
                while not any("zyzzogeton" in passage.text for passage in reader.retrieve("zyzzogeton", k=3)):
                    time.sleep(0.1)
                asked = time.perf_counter() - started
            writing.join()
            whole = time.perf_counter() - started
    yield at_most(f"a changed paragraph of {size / 1e6:g} MB, until found", asked, 1.5, "s")
    yield Row("  until who said what and Chroma followed", f"{whole:.1f} s")


def _embed(texts: list[Document]) -> None:
    """Embed the chunks that a library makes of the documents, each text once."""
    embedder = load_embedder()
    chunks = {_key("", c): c for d in texts for c in split(d, embedder.count_tokens, max_tokens=128)}
    embedder.embed_passages([c.text for c in chunks.values()], [_spans(c) for c in chunks.values()])


def _tutorial(texts: list[Document]) -> None:
    """`VectorStoreIndex.from_documents` as the tutorials have it, but for chunks that the model reads whole."""
    import chromadb
    from llama_index.core import Document as LlamaDocument
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    from benchmarks.tutorial_parts import ChromaStore, HuggingFace

    with tempfile.TemporaryDirectory() as scratch:
        client = chromadb.PersistentClient(scratch, chromadb.Settings(anonymized_telemetry=False))
        store = ChromaStore(client.get_or_create_collection("tutorial", embedding_function=None))
        VectorStoreIndex.from_documents(
            [LlamaDocument(text=d.text, id_=d.id) for d in texts],
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=HuggingFace(),
            transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=32)],
        )
