"""What a catalog asks of a database: connections, transactions, rows, words.

Knows no database: `sqlite` is the one in a file, `postgres` the one on a server. Knows nothing of what the tables
hold.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

SCHEMA_VERSION = 3


class Database(ABC):
    """One connection a thread; what is done inside a transaction is done whole or not at all.

    Statements are written so that every database takes them: `?` for a value, columns by name, ON CONFLICT.
    """

    is_shared = False  # by several machines: what lies in one's folder is not the others'

    def __init__(self) -> None:
        self._local = threading.local()
        self._connections: list[Any] = []
        self._guard = threading.Lock()

    def close(self) -> None:
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def release(self) -> None:
        """Close the connection of this thread, which will not come back."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            with self._guard:
                if connection in self._connections:
                    self._connections.remove(connection)
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is done inside, or nothing; inside another transaction, be part of it.

        One at a time in the whole library: a second one waits for the first.
        """
        if self._is_in_transaction:
            yield
            return
        with self._translated():
            self._begin()
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._is_in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def count(self, table: str) -> int:
        return int((self.one_row(f"SELECT count(*) FROM {table}") or (0,))[0])

    def run(self, sql: str, *values: object) -> None:
        with self._translated():
            self._execute(sql, values)

    def all_rows(self, sql: str, *values: object) -> list[Any]:
        with self._translated():
            rows: list[Any] = self._execute(sql, values).fetchall()
            return rows

    def one_row(self, sql: str, *values: object) -> Any | None:  # noqa: ANN401  a row of any shape
        rows = self.all_rows(sql, *values)
        return rows[0] if rows else None

    def rows_in(self, sql: str, column: str, values: Sequence[Any]) -> list[Any]:
        """Return the rows whose column is one of the values; `sql` ends before the condition."""
        return [
            row
            for batch in batches(values)
            for row in self.all_rows(f"{sql} {column} IN ({','.join('?' * len(batch))})", *batch)
        ]

    @abstractmethod
    def run_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None: ...

    @abstractmethod
    def any_of(self, column: str, values: Sequence[str] | Sequence[int]) -> tuple[str, Any]:
        """Return the condition that a column is one of these, however many, and its one value."""

    @abstractmethod
    def only_writer(self, wait_seconds: float) -> AbstractContextManager[None]:
        """Be the only process that writes; raises LibraryLocked after `wait_seconds`."""

    @abstractmethod
    def after_copy(self) -> None:
        """Let numbers that the database gives go on after those of rows that were copied."""

    # --- words

    def holds(self, column: str, beginning: str) -> tuple[str, Any]:
        """Return the condition that a text holds a folded beginning of a word somewhere, and its one value."""
        return f"lower(replace(replace({column}, '.', ''), '’', '''')) LIKE '%' || ? || '%'", beginning

    def with_words(
        self, column: str, words: Iterable[tuple[str, str]], most_chunks: int | None
    ) -> tuple[str, tuple[Any, ...]]:
        """Return a condition that keeps the documents with a chunk of all the words, each with its folded beginning.

        Of very many chunks the latest `most_chunks` count. It only saves time: a database may keep all.
        """
        return "TRUE", ()

    @abstractmethod
    def put_words(self, document: int, title: str, kept: Sequence[int]) -> None:
        """Let the chunks of a document that was just stored be found by their words; those `kept` were all along."""

    @abstractmethod
    def delete_words(self, chunks: Sequence[tuple[int, str, str]]) -> None:
        """Forget the words of chunks, which are still there: number, title and text of each."""

    @abstractmethod
    def search_words(self, words: Sequence[str], n: int, scope: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return the `n` best chunk numbers for any of the words with their score, best first, ties by number."""

    @abstractmethod
    def rebuild_words(self) -> None:
        """Make the full-text index anew from the chunks."""

    @abstractmethod
    def merge_words(self) -> None:
        """Bring the full-text index into shape, which deletions and additions had scattered."""

    # --- upkeep

    @abstractmethod
    def problems(self) -> list[str]:
        """Return what the database finds wrong with itself; empty when all is well."""

    @abstractmethod
    def give_space_back(self) -> None:
        """Shrink the file where a good part of it is free."""

    @abstractmethod
    def compact(self) -> None:
        """Merge the full-text index and give all free space back to the disk."""

    @property
    @abstractmethod
    def n_bytes(self) -> int:
        """Return how much room it takes on the disk."""

    # --- inside

    @property
    def _connection(self) -> Any:  # noqa: ANN401  of whichever library
        connection = getattr(self._local, "connection", None)
        if connection is None:
            # Closed from another thread when the library closes, used only by its own.
            connection = self._local.connection = self._connect()
            with self._guard:
                self._connections.append(connection)
        return connection

    def _execute(self, sql: str, values: tuple[object, ...]) -> Any:  # noqa: ANN401  a cursor
        return self._connection.execute(sql, values)

    @abstractmethod
    def _connect(self) -> Any:  # noqa: ANN401  see above
        ...

    @abstractmethod
    def _begin(self) -> None: ...

    @property
    @abstractmethod
    def _is_in_transaction(self) -> bool: ...

    @abstractmethod
    def _translated(self) -> AbstractContextManager[None]:
        """Turn the library's errors into ours."""


def folded(text: str) -> str:
    """Return a text in lower case, acronyms without their dots, apostrophes straight."""
    return text.lower().replace(".", "").replace("’", "'")


def batches(values: Sequence[Any], size: int = 5000) -> Iterator[Sequence[Any]]:
    """Cut a long list: a database takes a limited number of values in one statement."""
    return (values[i : i + size] for i in range(0, len(values), size))
