"""One SQLite file: its connections, its errors, its full-text index.

The only module that knows SQLite's library; knows nothing of what the tables hold.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

from index.database import SCHEMA_VERSION, Database, folded
from index.errors import LibraryDamaged, LibraryLocked, LibraryVersionError, StorageError

# A word in the title counts this many times a word in the text.
_TITLE_WEIGHT = 1.0
_MIN_FREE_PAGES = 1000  # of 4 kB
_FREE = 0.2
# From each earlier version to the next.
_MIGRATIONS = {
    1: "CREATE TABLE statements_due (document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE); "
    "CREATE INDEX documents_filters ON documents (source, date, id);",
    2: "ALTER TABLE documents ADD COLUMN language TEXT;",
}


class Sqlite(Database):
    """One connection a thread, write-ahead log, foreign keys on; SQLite's errors become ours."""

    most_ranked = 10_000  # passages of one search by words

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        with self._translated():
            self._prepare()

    def run_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._translated():
            self._connection.executemany(sql, rows)

    def any_of(self, column: str, values: Sequence[str] | Sequence[int]) -> tuple[str, Any]:
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(values))

    def only_writer(self, wait_seconds: float) -> AbstractContextManager[None]:
        """Leave it to the lock on the folder, in which the file lies."""
        return nullcontext()

    def after_copy(self) -> None:
        """Nothing: a number that SQLite gives is one more than the highest."""

    # --- words

    def holds(self, column: str, beginning: str) -> tuple[str, Any]:
        return f"holds({column}, ?)", beginning  # SQLite's own lower() knows ASCII alone

    def with_words(
        self, column: str, words: Iterable[tuple[str, str]], most_chunks: int | None
    ) -> tuple[str, tuple[Any, ...]]:
        query = "text : (" + " AND ".join(f'("{beginning}" * OR "{word}")' for word, beginning in words) + ")"
        found = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"
        documents = f"SELECT k.document FROM ({found}) found JOIN chunks k ON k.number = found.rowid"
        return f"{column} IN ({documents})", (query, -1 if most_chunks is None else most_chunks)

    def put_words(self, document: int, title: str, kept: Sequence[int]) -> None:
        condition, value = self.any_of("number", kept)
        self.run(
            "INSERT INTO words (rowid, title, text) SELECT number, ?, text FROM chunks WHERE document = ? AND NOT "
            f"{condition}",
            *(title, document, value),
        )

    def delete_words(self, chunks: Sequence[tuple[int, str, str]]) -> None:
        self.run_many("INSERT INTO words (words, rowid, title, text) VALUES ('delete', ?, ?, ?)", chunks)

    def search_words(self, words: Sequence[str], n: int, scope: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Rank by BM25; where the words stand in very many passages, only those that hold one of the rarest."""
        if not words:
            return []
        conditions, values = "", list[object]()
        if scope is not None:
            # With the plus the matches are filtered; without, each number in turn is looked up among the matches.
            condition, value = self.any_of("+rowid", scope)
            conditions, values = f" AND {condition}", [value]
        most = self._most_ranked(scope)
        if (rarest := self._rarest(words, most)) is not None:
            conditions += " AND +rowid IN (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?)"
            values += [_any_of_words(rarest), most]
        sql = (
            f"SELECT rowid, -bm25(words, ?, 1.0) AS score FROM words WHERE words MATCH ?{conditions} ORDER BY score "
            "DESC, rowid LIMIT ?"
        )
        return self.all_rows(sql, _TITLE_WEIGHT, _any_of_words(words), *values, n)

    def _rarest(self, words: Sequence[str], most: int) -> list[str] | None:
        """Return the rarest words, as many as stand in `most` passages, but one at least; None if that is all.

        BM25 of a passage costs twenty times what finding it costs, and one with only the frequent words of a query is
        seldom among the best: over 100,000 passages this changed none of the first ten.
        """
        count = "SELECT count(*) FROM words WHERE words MATCH ?"
        found = sorted((self.all_rows(count, _any_of_words([word]))[0][0], word) for word in words)
        there = [(n, word) for n, word in found if n]
        totals = list(accumulate(n for n, _ in there))
        if not there or totals[-1] <= most:
            return None
        return [word for (_, word), total in zip(there, totals, strict=True) if total <= most] or [there[0][1]]

    def _most_ranked(self, scope: Sequence[int] | None) -> int:
        """Return how many passages may be ranked in all, so that of those in the scope about `most_ranked` are."""
        if scope is None:
            return self.most_ranked
        n_all = self.all_rows("SELECT max(number) FROM chunks")[0][0] or 0
        return self.most_ranked * max(1, n_all // max(1, len(scope)))

    def rebuild_words(self) -> None:
        self.run("INSERT INTO words (words) VALUES ('rebuild')")

    def merge_words(self) -> None:
        self.run("INSERT INTO words (words) VALUES ('optimize')")

    # --- upkeep

    def problems(self) -> list[str]:
        """Return what SQLite and the full-text index find wrong with themselves; empty when all is well."""
        found = [row[0] for row in self.all_rows("PRAGMA integrity_check") if row[0] != "ok"]
        try:
            # Rank 1: compared with the chunks, not only with itself.
            self.run("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except LibraryDamaged as error:
            found.append(f"full-text index: {error}")
        return found

    def give_space_back(self) -> None:
        n_free, n_pages = self.all_rows("PRAGMA freelist_count")[0][0], self.all_rows("PRAGMA page_count")[0][0]
        if n_free > max(_MIN_FREE_PAGES, _FREE * n_pages):
            self.all_rows("PRAGMA incremental_vacuum")
            self.all_rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def compact(self) -> None:
        self.merge_words()
        self.run("VACUUM")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def n_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._path.parent.glob(f"{self._path.name}*"))

    # --- inside

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        version = (self._connection.execute("PRAGMA user_version").fetchone() or (0,))[0]
        if version > SCHEMA_VERSION:
            raise LibraryVersionError(
                f"library '{self._path.parent}' was made by a newer version of Footnote: upgrade it, or "
                "choose another --library"
            )
        if version < SCHEMA_VERSION:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {_schema_since(version)} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    @property
    def _is_in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def _connect(self) -> sqlite3.Connection:
        """Return a connection with a write-ahead log, or one that only reads where the disk is read-only."""
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            if not self._path.stat().st_size:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of effect only before the first table
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            connection.close()
            if not self._path.is_file() or os.access(self._path.parent, os.W_OK):
                raise
            uri = f"{self._path.as_uri()}?immutable=1"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.create_function("holds", 2, _holds, deterministic=True)
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translate(error, self._path) from error


def _holds(text: str, beginning: str) -> bool:
    return beginning in folded(text)


def readable_rows(path: Path, sql: str) -> tuple[list[Any], bool]:
    """Return the rows of a damaged database before the first that can't be read, and whether those are all."""
    rows: list[Any] = []
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
        try:
            rows.extend(row for row in connection.execute(sql))
            is_complete = True
        finally:
            connection.close()
    except sqlite3.Error:
        is_complete = False
    return rows, is_complete


def _any_of_words(words: Sequence[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def _schema_since(version: int) -> str:
    if version == 0:
        return (files("index") / "schema.sql").read_text(encoding="utf-8")
    return " ".join(_MIGRATIONS[each] for each in range(version, SCHEMA_VERSION))


def _translate(error: sqlite3.Error, path: Path) -> Exception:
    text, folder = str(error), path.parent
    code = getattr(error, "sqlite_errorname", "")
    if "locked" in text or "busy" in text:
        return LibraryLocked(f"library '{folder}' is being written by another process: try again when it has finished")
    if "full" in text or code in ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE"):
        return StorageError(
            f"no space left on the disk of library '{folder}': free some and run `footnote index` again"
        )
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return StorageError(
            f"library '{folder}' can't be written: check the folder's permissions, or choose another --library"
        )
    if isinstance(error, sqlite3.DatabaseError) and re.search(
        r"malformed|not a database|corrupt|disk I/O|vtable", text
    ):
        return LibraryDamaged(f"the catalog of library '{folder}' is damaged ({text}): run `footnote doctor --repair`")
    return error
