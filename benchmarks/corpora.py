"""Texts to measure with: real documents where the evaluation data lies beside the checkout, else made-up ones."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from zlib import crc32

import numpy as np

from index import Document, DocumentInfo
from index.embed import PassageVectors, Vectors

DATA = Path(__file__).parents[2] / "shared" / "data"
SETS = ("scifact", "clapnq_dev", "newsqa_mrqa_dev", "who_said_what/train")
SPEAKERS = ("Ada Weil", "Jon Brandvik", "Lena Aaltonen", "Marta Lindqvist", "Tor Falk")


def documents(n: int) -> list[Document]:
    """Return `n` documents: abstracts, encyclopaedia passages, news."""
    found = list(islice(_real(), n))
    return found + [_made(i) for i in range(len(found), n)]


def write(folder: Path, texts: Sequence[Document]) -> Path:
    """Write documents as text files, a hundred a folder, dated back so that their stamps are trusted."""
    long_ago = time.time() - 1000
    for n, document in enumerate(texts):
        path = folder / f"{n // 100:04}" / f"{n:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.text, encoding="utf-8")
        os.utime(path, (long_ago, long_ago))
    return folder


def varied(n: int, seed: int = 0) -> Iterator[Document]:
    """Yield documents without end of real sentences drawn anew: words as in real text, no two alike."""
    dice = random.Random(seed)
    sentences = [s.strip() for d in documents(800) for s in d.text.split(". ") if 40 < len(s) < 300]
    for number in range(n):
        parts = [". ".join(dice.sample(sentences, 5)) + f" Item {number} {i}." for i in range(10)]
        date = f"{2000 + number % 25}-{number % 12 + 1:02}-01"
        info = DocumentInfo(f"made/{number}", f"made/{number % 10}/{number}.txt", f"Document {number}", date)
        yield Document(info, "\n\n".join(parts), f"{seed}-{number}")


class MadeVectors:
    """An embedder that draws vectors around 500 centres: as much alike as real ones are, at no cost."""

    name = "made-384"
    n_dimensions = 384
    max_tokens = 256

    def __init__(self) -> None:
        centres = np.random.default_rng(1).normal(size=(500, self.n_dimensions)).astype(np.float32)
        self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) // 4 for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.stack([self._row(text) for text in texts]) if texts else np.empty((0, self.n_dimensions), np.float32)
        return np.asarray(rows, np.float32)

    def embed_passages(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> list[object]:
        rows = self.embed(texts)
        return [PassageVectors(row, np.repeat(row[None], len(s), 0)) for row, s in zip(rows, spans, strict=True)]

    def _row(self, text: str) -> Vectors:
        dice = np.random.default_rng(crc32(text.encode()))
        row = self._centres[dice.integers(500)] + dice.normal(size=self.n_dimensions).astype(np.float32) * 0.04
        return np.asarray(row / np.linalg.norm(row), np.float32)


def _real() -> Iterator[Document]:
    for name in SETS:
        path = DATA / name / "corpus.jsonl"
        if path.is_file():
            for line in path.open(encoding="utf-8"):
                row = json.loads(line)
                info = DocumentInfo(f"{name}/{row['_id']}", f"{name}/{row['_id']}.txt", row["title"] or row["_id"])
                yield Document(info, f"{row['title']}\n\n{row['text']}", f"{name}-{row['_id']}")


def _made(number: int) -> Document:
    dice = random.Random(number)
    words = "harbour ferry cod council fee channel winter ship report quay paper vote tide crew night survey".split()
    sentence = lambda: " ".join(dice.choices(words, k=14)).capitalize()  # noqa: E731
    text = "\n\n".join(". ".join(sentence() for _ in range(5)) + f". Number {number} {i}." for i in range(4))
    return Document(DocumentInfo(f"made/{number}", f"made/{number}.txt", f"Report {number}"), text, str(number))
