"""Texts to unit vectors.

The only module that runs onnxruntime, tokenizers and sentence-transformers; knows nothing of documents, nor of how the
default model was made.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbeddingModelError
from index.export import DEFAULT_MODEL, RECIPE, exported_model

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class PassageVectors:
    """The vector of a passage, shape (d,), and those of its sentences, shape (n_sentences, d); unit length, float32."""

    passage: Vectors
    sentences: Vectors


class Embedder(Protocol):
    """What turns text into vectors. Equal text gives equal bytes, whatever else is embedded in the same call."""

    @property
    def name(self) -> str:
        """Identify the model and its form: vectors of different names are never compared."""
        ...

    @property
    def n_dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Return how many tokens of a text are read; what comes after them is ignored."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, shape (n, n_dimensions)."""
        ...

    def embed_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> list[PassageVectors]:
        """Return for each text its vector and one for each of its `spans`, read in their context."""
        ...


class OnnxEmbedder:
    """all-MiniLM-L6-v2 through onnxruntime, int8.

    Each text is a batch of its own: dynamic quantisation makes a text's vector depend on its batch. A sentence's
    vector is the mean of its token vectors within the passage (late pooling: Günther et al. 2024, arXiv 2409.04701).
    """

    n_dimensions = 384
    max_tokens = 256

    def __init__(self, folder: Path, n_threads: int | None = None) -> None:
        self.name = f"{DEFAULT_MODEL}/{RECIPE}"
        self._folder = folder
        self._n_threads = n_threads or os.cpu_count() or 1

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        """Be sent elsewhere by name, to work in one thread: there other processes use the other cores."""
        return load_embedder, (self.name, 1)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encodings = self._counter.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = list(self._threads.map(self._embed_one, texts))
        return np.stack(rows) if rows else np.empty((0, self.n_dimensions), np.float32)

    def embed_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> list[PassageVectors]:
        return list(self._threads.map(self._embed_passage, texts, spans))

    def _embed_one(self, text: str) -> Vectors:
        return _unit(self._token_vectors(text)[0].mean(axis=0))

    def _embed_passage(self, text: str, spans: Spans) -> PassageVectors:
        tokens, offsets = self._token_vectors(text)
        whole = tokens.mean(axis=0)
        return PassageVectors(_unit(whole), _pooled(tokens, offsets, spans, whole))

    def _token_vectors(self, text: str) -> tuple[Vectors, NDArray[np.int64]]:
        encoding = self._tokenizer.encode(text)
        ids = np.array([encoding.ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return self._session.run(None, feed)[0][0], np.array(encoding.offsets, np.int64)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._n_threads, thread_name_prefix="embed")

    @cached_property
    def _counter(self) -> Tokenizer:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(self.max_tokens)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401  onnxruntime ships no types
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a text: several texts run side by side, and the result does not depend on the number of cores.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self._folder / "model.onnx"), options, ["CPUExecutionProvider"])


class SentenceTransformersEmbedder:
    """Any other sentence-transformers model, by its folder or name; slower to load, for those who ask for it."""

    def __init__(self, model_name: str) -> None:
        self.name = model_name

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return load_embedder, (self.name,)

    @property
    def n_dimensions(self) -> int:
        # Renamed within version 5; the older name warns.
        renamed = getattr(self._model, "get_embedding_dimension", None)
        return int((renamed or self._model.get_sentence_embedding_dimension)())

    @property
    def max_tokens(self) -> int:
        return int(self._model.max_seq_length)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(self._model.tokenizer.encode(text, add_special_tokens=False)) for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.n_dimensions), np.float32)
        rows = [self._model.encode([text], normalize_embeddings=True, show_progress_bar=False)[0] for text in texts]
        return np.asarray(rows, np.float32)

    def embed_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> list[PassageVectors]:
        return [
            PassageVectors(self.embed([text])[0], self.embed([text[a:b] for a, b in inside]))
            for text, inside in zip(texts, spans, strict=True)
        ]

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401  loaded lazily; its type would import torch
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self.name, device="cpu")
        except (OSError, ValueError) as error:
            raise EmbeddingModelError(
                f"embedding model '{self.name}' can't be loaded: give the folder of a sentence-transformers model, "
                f"or unset FOOTNOTE_EMBEDDING_MODEL for the default"
            ) from error


class HashingEmbedder:
    """Words hashed into dimensions: no model, exact and legible, for tests of everything but quality."""

    n_dimensions = 64
    max_tokens = 256
    name = "hashing-64"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.n_dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest()) % self.n_dimensions] += 1
        return np.stack([_unit(row) for row in rows]) if len(rows) else rows

    def embed_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> list[PassageVectors]:
        return [
            PassageVectors(self.embed([text])[0], self.embed([text[a:b] for a, b in inside]))
            for text, inside in zip(texts, spans, strict=True)
        ]


@lru_cache(maxsize=4)
def load_embedder(model_name: str = DEFAULT_MODEL, n_threads: int | None = None) -> Embedder:
    """Return the embedder of that name; the default model is exported first where that has not been done."""
    if model_name == HashingEmbedder.name:
        return HashingEmbedder()
    if model_name in (DEFAULT_MODEL, f"{DEFAULT_MODEL}/{RECIPE}"):
        return OnnxEmbedder(exported_model(), n_threads)
    return SentenceTransformersEmbedder(model_name)


def _pooled(tokens: Vectors, offsets: NDArray[np.int64], spans: Spans, otherwise: Vectors) -> Vectors:
    """Return the unit mean of the token vectors inside each span; a span cut off by the window gets `otherwise`."""
    rows = np.empty((len(spans), tokens.shape[1]), np.float32)
    for row, (start, end) in zip(rows, spans, strict=True):
        inside = (offsets[:, 0] >= start) & (offsets[:, 1] <= end) & (offsets[:, 0] < offsets[:, 1])
        row[:] = _unit(tokens[inside].mean(axis=0) if inside.any() else otherwise)
    return rows


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, np.float32)
