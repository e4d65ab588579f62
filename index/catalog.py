"""What a library holds, in one database: documents, chunks with their vectors, statements, full-text search.

It is the truth: Chroma is filled from here. Knows nothing of files or models, nor which database it is.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import PassageVectors
from index.errors import DocumentNotFound, InputError
from index.places import Stamp
from index.records import Chunk, Document, DocumentInfo, Filters
from index.rows import INFO, document_filter, from_int8, pack_spans, to_chunk, to_int8
from index.sqlite import Sqlite
from index.told import Told

_N_INFO = 7
_STORED = (
    "id, root, path, source, title, date, kind, author, language, text, page_starts, notes, content_hash, size, "
    "mtime_ns"
)
_PUT_CHUNK = (
    'INSERT INTO chunks (number, document, id, start, "end", page, text, sentences, embedding) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHUNKS = (
    f"SELECT c.number, c.start, c.end, c.text, c.page, c.sentences, {INFO} FROM chunks c JOIN documents d "
    "ON d.number = c.document"
)
_PUT_EMBEDDING = "INSERT INTO embeddings (hash, vector, sentences) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
# After this share of the chunks was deleted, and this many, the full-text index is merged.
_GONE = 0.3
_MIN_GONE = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored of a document in one transaction; `embeddings` holds the key of each chunk's vectors."""

    document: Document
    chunks: Sequence[Chunk]
    embeddings: Sequence[bytes]
    stamp: Stamp
    root: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What Chroma has not been told: numbers of chunks that came or went, and of those that only moved.

    `n_changes` were noted up to the sequence number `upto`.
    """

    upto: int
    n_changes: int
    others: list[int]
    moved: list[int]


class Catalog(Told):
    """The records of a library, put and found. Readers see the last committed state while a writer goes on."""

    # --- documents

    def delete_root(self, name: str) -> None:
        """Follow a folder no more: its documents go with it."""
        with self.transaction():
            for document_id, _ in self.stamps(name).values():
                self.delete(document_id)
            self.run("DELETE FROM skipped WHERE root = ?", name)
            self.run("DELETE FROM roots WHERE name = ?", name)

    def put(self, entry: Entry) -> None:
        """Store a document with its chunks in place of what stood under its id; its statements are due from now on."""
        document, info, stamp = entry.document, entry.document.info, entry.stamp
        with self.transaction():
            kept = self._kept_numbers(entry)
            self._delete(document.id, set(kept.values()))
            ((number,),) = self.all_rows(
                f"INSERT INTO documents ({_STORED}) VALUES ({', '.join('?' * 15)}) RETURNING number",
                *(info.id, entry.root, entry.path, info.source, info.title, info.date, info.kind, info.author),
                *(info.language, document.text, json.dumps(document.page_starts), json.dumps(document.notes)),
                *(stamp.content_hash, stamp.size, stamp.mtime_ns),
            )
            self._put_chunks(number, info.title, entry, kept)
            self.run("INSERT INTO statements_due (document) VALUES (?)", number)
            if entry.root is not None:
                self.run("DELETE FROM skipped WHERE root = ? AND path = ?", entry.root, entry.path)
            self._touch()

    def delete(self, document_id: str) -> bool:
        """Take a document out with all that belongs to it; return whether it was there."""
        with self.transaction():
            return self._delete(document_id, set())

    def tidy(self) -> None:
        """Give the disk back what deletions left, and the full-text index its speed, once it pays."""
        if int(self.get_value("chunks_gone", "0")) > max(_MIN_GONE, _GONE * self.count("chunks")):
            self.merge_words()
            self.put_value("chunks_gone", "0")
        self.give_space_back()

    def documents(self, filters: Filters | None = None) -> list[DocumentInfo]:
        where, values = document_filter(filters or Filters())
        return [
            DocumentInfo(*row)
            for row in self.all_rows(f"SELECT {INFO} FROM documents d {where} ORDER BY d.id", *values)
        ]

    def digest(self) -> str:
        """Return the SHA-256 of all documents' ids and contents, in hexadecimal."""
        rows = sorted((id_, digest) for id_, digest in self.all_rows("SELECT id, content_hash FROM documents"))
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def newest_day(self) -> str | None:
        """Return the latest date that names a day, None where no document has one."""
        row = self.one_row("SELECT max(substr(date, 1, 10)) FROM documents WHERE length(date) >= 10")
        return row[0] if row else None

    def document(self, document_id: str) -> Document:
        row = self.one_row(
            f"SELECT {INFO}, text, content_hash, page_starts, notes FROM documents d WHERE id = ?", document_id
        )
        if row is None:
            raise DocumentNotFound(document_id)
        text, digest, pages, notes = row[_N_INFO:]
        return Document(DocumentInfo(*row[:_N_INFO]), text, digest, tuple(json.loads(pages)), tuple(json.loads(notes)))

    # --- chunks and vectors

    def known_embeddings(self, keys: Iterable[bytes]) -> set[bytes]:
        return {row[0] for row in self.rows_in("SELECT hash FROM embeddings WHERE", "hash", list(keys))}

    def put_embeddings(self, keys: Sequence[bytes], vectors: Sequence[PassageVectors]) -> None:
        if keys:
            self.put_value("unused_embeddings", "1")  # until their document is stored, and the writer has looked
        rows = [
            (key, v.passage.astype(np.float16).tobytes(), to_int8(v.sentences))
            for key, v in zip(keys, vectors, strict=True)
        ]
        self.run_many(_PUT_EMBEDDING, rows)

    def forget_unused_embeddings(self) -> None:
        """Delete the vectors that no chunk has, where there may be some."""
        if self.get_value("unused_embeddings"):
            with self.transaction():
                self.run(
                    "DELETE FROM embeddings WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.embedding = "
                    "embeddings.hash)"
                )
                self.put_value("unused_embeddings", "")

    def chunks(self, numbers: Sequence[int]) -> list[Chunk]:
        """Return the chunks of these numbers, in their order; without those that are not there any more."""
        found = self.chunks_by_number(numbers)
        return [found[number] for number in numbers if number in found]

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """Return a document's chunks in order; none where it is not there."""
        rows = self.all_rows(f"{_CHUNKS} WHERE d.id = ? ORDER BY c.start", document_id)
        return [to_chunk(row[1:]) for row in rows]

    def chunks_by_number(self, numbers: Sequence[int]) -> dict[int, Chunk]:
        return {row[0]: to_chunk(row[1:]) for row in self.rows_in(f"{_CHUNKS} WHERE", "c.number", numbers)}

    def scope(self, filters: Filters, identities: Sequence[str] = ()) -> NDArray[np.int64]:
        """Return the numbers of the chunks inside the filters, ascending; of a speaker, those that hold his "
        "statements."""
        where, values = document_filter(filters)
        clauses = [f"document IN (SELECT d.number FROM documents d {where})"] if where else []
        if filters.speaker is not None:
            condition, value = self.any_of("s.identity", identities)
            clauses.append(
                "number IN (SELECT k.number FROM statements s JOIN chunks k ON k.document = s.document AND "
                f"k.start < s.end AND s.start < k.end WHERE {condition})"
            )
            values += (value,)
        rows = self.all_rows(f"SELECT number FROM chunks WHERE {' AND '.join(clauses) or 'TRUE'}", *values)
        return np.sort(np.array([row[0] for row in rows], np.int64))

    def matrix(self, numbers: NDArray[np.int64] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """Return chunk numbers, ascending, and their vectors as rows; of all chunks where `numbers` is None."""
        sql = "SELECT c.number, e.vector FROM chunks c JOIN embeddings e ON e.hash = c.embedding"
        if numbers is None:
            rows = self.all_rows(f"{sql} ORDER BY c.number")
        else:
            rows = sorted(self.rows_in(f"{sql} WHERE", "c.number", numbers.tolist()))
        found = np.array([row[0] for row in rows], np.int64)
        vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
        return found, vectors.reshape(len(rows), len(vectors) // max(1, len(rows)))

    def n_dimensions(self) -> int:
        """Return the length of the stored vectors, 0 where there is none."""
        row = self.one_row("SELECT length(vector) / 2 FROM embeddings LIMIT 1")
        return row[0] if row else 0

    def sentence_vectors(self, chunk_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the unit vectors of each chunk's sentences, by chunk id, shape (n_sentences, d)."""
        sql = (
            "SELECT c.id, e.sentences, length(e.vector) / 2 FROM chunks c JOIN embeddings e ON e.hash = "
            "c.embedding WHERE"
        )
        return {id_: from_int8(data, d) for id_, data, d in self.rows_in(sql, "c.id", chunk_ids)}

    # --- what Chroma has not been told

    def n_vector_changes(self) -> int:
        """Return how many changes there are at most: the span of their numbers, found without counting."""
        row = self.one_row("SELECT sequence FROM vector_changes ORDER BY sequence LIMIT 1")
        last = self.one_row("SELECT sequence FROM vector_changes ORDER BY sequence DESC LIMIT 1")
        return last[0] - row[0] + 1 if row and last else 0

    def vector_changes(self, limit: int) -> Changes:
        """Return the next changes."""
        rows = self.all_rows("SELECT sequence, chunk FROM vector_changes ORDER BY sequence LIMIT ?", limit)
        noted = [int(row[1]) for row in rows]
        others = dict.fromkeys(number for number in noted if number > 0)
        moved = dict.fromkeys(-number for number in noted if number < 0 and -number not in others)
        return Changes(rows[-1][0] if rows else 0, len(rows), list(others), list(moved))

    def told_chunk_numbers(self) -> list[int]:
        """Return the numbers of the chunks that are on no list of changes, ascending."""
        if not self.n_vector_changes():
            return self.all_chunk_numbers()
        sql = (
            "SELECT number FROM chunks WHERE number NOT IN (SELECT abs(CAST(chunk AS INTEGER)) FROM vector_changes) "
            "ORDER BY number"
        )
        return [row[0] for row in self.all_rows(sql)]

    def forget_vector_changes(self, upto: int | None = None) -> None:
        """Note that Chroma was told of the changes up to a sequence number, or of all."""
        if upto is None:
            self.run("DELETE FROM vector_changes")
        else:
            self.run("DELETE FROM vector_changes WHERE sequence <= ?", upto)

    def request_all_vectors(self) -> None:
        """Put every chunk on the list of changes: Chroma starts anew."""
        with self.transaction():
            self.run("DELETE FROM vector_changes")
            self.run("INSERT INTO vector_changes (chunk) SELECT number FROM chunks ORDER BY number")

    def all_chunk_numbers(self, after: int = 0) -> list[int]:
        # With the plus and this order by an index that holds the numbers without the text: a tenth of the pages.
        rows = self.all_rows("SELECT number FROM chunks WHERE +number > ? ORDER BY document", after)
        return sorted(row[0] for row in rows)

    def last_chunk_number(self) -> int:
        """Return the highest number that a chunk has or had: none is given twice."""
        highest = (self.one_row("SELECT max(number) FROM chunks") or (None,))[0]
        return max(int(self.get_value("last_chunk", "0")), highest or 0)

    def next_due(self, limit: int) -> list[Document]:
        """Return the first documents whose statements have not been found yet."""
        due = "SELECT document FROM statements_due ORDER BY document LIMIT ?"  # as a join all documents would be read
        sql = f"SELECT id FROM documents WHERE number IN ({due}) ORDER BY number"
        found = []
        for row in self.all_rows(sql, limit):
            with suppress(DocumentNotFound):  # taken out between the two looks
                found.append(self.document(row[0]))
        return found

    # --- inside

    def _kept_numbers(self, entry: Entry) -> dict[int, int]:
        """Return which of the entry's chunks, by index, were there before with the same words: they keep their number.

        What is known by number (words, vectors) need not be told again.
        """
        before: dict[bytes, list[int]] = {}
        sql = (
            "SELECT c.embedding, c.number FROM chunks c JOIN documents d ON d.number = c.document WHERE d.id = ? AND "
            "d.title = ? ORDER BY c.number DESC"
        )
        for key, number in self.all_rows(sql, entry.document.id, entry.document.info.title):
            before.setdefault(key, []).append(number)
        return {i: before[key].pop() for i, key in enumerate(entry.embeddings) if before.get(key)}

    def _delete(self, document_id: str, kept: set[int]) -> bool:
        """Delete a document; of the chunks `kept` neither the full-text index nor Chroma is told."""
        row = self.one_row("SELECT number, title FROM documents WHERE id = ?", document_id)
        if row is None:
            return False
        gone = [
            chunk
            for chunk in self.all_rows("SELECT number, text FROM chunks WHERE document = ?", row[0])
            if chunk[0] not in kept
        ]
        self.delete_words([(number, row[1], text) for number, text in gone])
        self.run_many("INSERT INTO vector_changes (chunk) VALUES (?)", [(number,) for number, _ in gone])
        self.run("DELETE FROM documents WHERE number = ?", row[0])
        self.put_value("unused_embeddings", "1")
        self.put_value("chunks_gone", str(int(self.get_value("chunks_gone", "0")) + len(gone)))
        self._touch()
        return True

    def _put_chunks(self, document: int, title: str, entry: Entry, kept: dict[int, int]) -> None:
        new = itertools.count(self.last_chunk_number() + 1)
        numbers = [kept[i] if i in kept else next(new) for i in range(len(entry.chunks))]
        rows = [
            (number, document, c.id, c.start, c.end, c.page, c.text, pack_spans(c), key)
            for number, c, key in zip(numbers, entry.chunks, entry.embeddings, strict=True)
        ]
        self.run_many(_PUT_CHUNK, rows)
        self.put_value("last_chunk", str(next(new) - 1))
        self.put_words(document, title, list(kept.values()))
        noted = [(-number if i in kept else number,) for i, number in enumerate(numbers)]
        self.run_many("INSERT INTO vector_changes (chunk) VALUES (?)", noted)


class _InFile(Catalog, Sqlite):
    """A catalog in a SQLite file."""


def open_catalog(place: Path | str) -> Catalog:
    """Open the catalog in a file, or at an address of PostgreSQL's; made where there is none."""
    if isinstance(place, Path):
        return _InFile(place)
    if not place.startswith(("postgresql://", "postgres://")):
        raise InputError("FOOTNOTE_CATALOG is no address of PostgreSQL: it looks like postgresql://user@host/database")
    from index.postgres import Postgres

    class OnServer(Catalog, Postgres):
        """A catalog in PostgreSQL."""

    return OnServer(place)
