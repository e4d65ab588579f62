"""One SQLite file: connections, transactions, errors.

The only module that knows SQLite's library; knows nothing of what the tables hold.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from index.errors import LibraryDamaged, LibraryLocked, LibraryVersionError, StorageError

SCHEMA_VERSION = 2
_MIN_FREE_PAGES = 1000  # of 4 kB
_FREE = 0.2
# From each earlier version to the next.
_MIGRATIONS = {
    1: "CREATE TABLE statements_due (document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE); "
    "CREATE INDEX documents_filters ON documents (source, date, id);",
}


class Database:
    """One connection a thread, write-ahead log, foreign keys on; SQLite's errors become ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        with self._translated():
            self._prepare()

    def close(self) -> None:
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def release(self) -> None:
        """Close the connection of this thread, which will not come back."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            with self._guard:
                if connection in self._connections:
                    self._connections.remove(connection)
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is done inside, or nothing; inside another transaction, be part of it."""
        connection = self._connection
        if connection.in_transaction:
            yield
            return
        with self._translated():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def count(self, table: str) -> int:
        return int((self.one_row(f"SELECT count(*) FROM {table}") or (0,))[0])

    def problems(self) -> list[str]:
        """Return what SQLite and the full-text index find wrong with themselves; empty when all is well."""
        found = [row[0] for row in self.all_rows("PRAGMA integrity_check") if row[0] != "ok"]
        try:
            # Rank 1: compared with the chunks, not only with itself.
            self.run("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except LibraryDamaged as error:
            found.append(f"full-text index: {error}")
        return found

    def rebuild_words(self) -> None:
        """Make the full-text index anew from the chunks."""
        self.run("INSERT INTO words (words) VALUES ('rebuild')")

    def merge_words(self) -> None:
        """Merge the full-text index into one piece, which deletions and additions had scattered."""
        self.run("INSERT INTO words (words) VALUES ('optimize')")

    def give_space_back(self) -> None:
        """Shrink the file where a good part of it is free."""
        n_free, n_pages = self.all_rows("PRAGMA freelist_count")[0][0], self.all_rows("PRAGMA page_count")[0][0]
        if n_free > max(_MIN_FREE_PAGES, _FREE * n_pages):
            self.all_rows("PRAGMA incremental_vacuum")
            self.all_rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def compact(self) -> None:
        """Merge the full-text index and give all free space back to the disk."""
        self.merge_words()
        self.run("VACUUM")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

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

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # Closed from another thread when the library closes, used only by its own.
            connection = self._connect()
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

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
        return connection

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        with self._translated():
            return self._connection.execute(sql, values)

    def run_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._translated():
            self._connection.executemany(sql, rows)

    def all_rows(self, sql: str, *values: object) -> list[Any]:
        with self._translated():
            return self._connection.execute(sql, values).fetchall()

    def one_row(self, sql: str, *values: object) -> Any | None:  # noqa: ANN401  a row of any shape
        rows = self.all_rows(sql, *values)
        return rows[0] if rows else None

    def rows_in(self, sql: str, values: Sequence[Any]) -> list[Any]:
        return [
            row for batch in batches(values) for row in self.all_rows(f"{sql} ({','.join('?' * len(batch))})", *batch)
        ]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translate(error, self._path) from error


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


def batches(values: Sequence[Any], size: int = 5000) -> Iterator[Sequence[Any]]:
    """Cut a long list: SQLite takes a limited number of values in one statement."""
    return (values[i : i + size] for i in range(0, len(values), size))
