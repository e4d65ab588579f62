"""A PostgreSQL database: its connections, its errors, its full-text index.

The only module that knows PostgreSQL's library; knows nothing of what the tables hold. Several processes read, one
writes; a connection that broke is made anew by the next call.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from index.database import SCHEMA_VERSION, Database
from index.errors import (
    InputError,
    LibraryDamaged,
    LibraryError,
    LibraryLocked,
    LibraryVersionError,
    ServerAway,
    StorageError,
)

try:
    import psycopg
    from psycopg import errors
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.pq import TransactionStatus
except ImportError as error:
    raise InputError("a catalog on PostgreSQL needs its driver: pip install 'footnote-assistant[postgres]'") from error

_OLDEST = 140000  # PostgreSQL 14
# A server that is gone is noticed after these many seconds, whatever the network does.
_TIMEOUTS = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
_TIMEOUTS |= {"tcp_user_timeout": 20_000}  # milliseconds
_WRITER, _TRANSACTION, _SCHEMA = 1, 2, 3  # advisory locks: one writer, one transaction, one making of the tables
_LOCK = "hashtext('footnote ' || current_schema())"
_POLL_SECONDS = 0.2
# A word weighs by how rare it is, as in BM25; how much its times in a passage count is ts_rank's matter. Dividing by
# the passage's length made no ranking better: passages are of one size.
_RANK = """
    WITH asked AS MATERIALIZED (
        SELECT query, (SELECT count(*) FROM words WHERE terms @@ query) AS n
        FROM (SELECT DISTINCT plainto_tsquery('footnote', plain_words(word)) AS query FROM unnest(%s::text[]) AS word) q
    ), rare AS (
        SELECT query FROM (
            SELECT query, n, sum(n) OVER by_rarity AS n_so_far, row_number() OVER by_rarity AS place
            FROM asked WHERE n > 0 WINDOW by_rarity AS (ORDER BY n, query::text)
        ) AS ordered WHERE n_so_far <= {most} OR place = 1
    ), found AS MATERIALIZED (
        SELECT DISTINCT chunk FROM rare JOIN words ON terms @@ query {within}
    ), total AS (SELECT greatest(count(*), 1) AS n FROM words)
    SELECT chunk, sum(ts_rank(terms, query) * ln(1 + (total.n - asked.n + 0.5) / (asked.n + 0.5)))::float8 AS score
    FROM found JOIN words USING (chunk) JOIN asked ON terms @@ query, total
    GROUP BY chunk ORDER BY score DESC, chunk LIMIT %s
"""
# Passages that have only words commoner than those that so many together have are not ranked: it would take seconds.
_MOST_RANKED, _ANY = 30_000, 1 << 62


class Postgres(Database):
    """The schema that the address's search path names first; PostgreSQL's errors become ours."""

    is_shared = True

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        try:
            told = conninfo_to_dict(address)
        except psycopg.Error as error:
            raise InputError(f"FOOTNOTE_CATALOG is no address of PostgreSQL: {_first_line(error)}") from error
        self._where = f"PostgreSQL at {told.get('host', 'this machine')}, database '{told.get('dbname', '')}'"
        with self._translated():
            self._prepare()

    def run_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._translated():
            self._again(lambda connection: connection.cursor().executemany(_ours(sql), rows))

    def rows_in(self, sql: str, column: str, values: Sequence[Any]) -> list[Any]:
        return self.all_rows(f"{sql} {column} = ANY(?)", list(values)) if len(values) else []

    def any_of(self, column: str, values: Sequence[str] | Sequence[int]) -> tuple[str, Any]:
        return f"{column} = ANY(?)", list(values)

    @contextmanager
    def only_writer(self, wait_seconds: float) -> Iterator[None]:
        """Hold an advisory lock, which dies with its process or its connection."""
        with self._translated():
            connection = self._connect()
        try:
            with self._translated():
                self._take(connection, time.monotonic() + wait_seconds)
            holder = {"host": socket.gethostname(), "process": os.getpid(), "since": time.time()}
            self._note("writer", json.dumps(holder))
            yield
            with self._translated():
                connection.execute("SELECT 1")  # had it broken, another might have begun to write
        finally:
            with suppress(LibraryError):
                self._note("writer", "")
            connection.close()

    def after_copy(self) -> None:
        for table in ("documents", "statements"):
            self.all_rows(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), greatest(max(number), 1)) FROM {table}"
            )

    # --- words

    def put_words(self, document: int, title: str, kept: Sequence[int]) -> None:
        """Put the words of all: they went with their chunks' rows, those `kept` too."""
        self.run(
            "INSERT INTO words (chunk, terms) SELECT number, to_tsvector('footnote', plain_words(?)) || "
            "to_tsvector('footnote', plain_words(text)) FROM chunks WHERE document = ?",
            *(title, document),
        )

    def delete_words(self, chunks: Sequence[tuple[int, str, str]]) -> None:
        """Leave it to the tables: words go with their chunk."""

    def search_words(self, words: Sequence[str], n: int, scope: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Rank by ts_rank, the words weighted by their rarity: PostgreSQL has no BM25."""
        if not words:
            return []
        within, values = ("", []) if scope is None else ("WHERE chunk = ANY(%s)", [list(scope)])
        sql = _RANK.format(within=within, most=_MOST_RANKED if scope is None else _ANY)
        with self._translated():
            # Never prepared: a plan made for any words and any scope takes a minute where one made for these takes 1 s.
            found = self._again(lambda c: c.execute(sql, [list(words), *values, n], prepare=False).fetchall())
            return cast("list[tuple[int, float]]", found)

    def rebuild_words(self) -> None:
        with self.transaction():
            self.run("DELETE FROM words")
            self.run(
                "INSERT INTO words (chunk, terms) SELECT c.number, to_tsvector('footnote', plain_words(d.title)) || "
                "to_tsvector('footnote', plain_words(c.text)) FROM chunks c JOIN documents d ON d.number = c.document"
            )

    def merge_words(self) -> None:
        """Leave it to PostgreSQL's autovacuum."""

    # --- upkeep

    def problems(self) -> list[str]:
        row = self.one_row(
            "SELECT count(*) FROM chunks c WHERE NOT EXISTS (SELECT 1 FROM words WHERE chunk = c.number)"
        )
        return [f"full-text index: {row[0]} passages are not in it"] if row and row[0] else []

    def give_space_back(self) -> None:
        """Leave it to PostgreSQL's autovacuum."""

    def compact(self) -> None:
        self.run("VACUUM (ANALYZE) documents, chunks, embeddings, statements, words, vector_changes")

    @property
    def n_bytes(self) -> int:
        sql = (
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            "current_schema()::regnamespace"
        )
        return int((self.one_row(sql) or (0,))[0])

    # --- inside

    def _prepare(self) -> None:
        if self._connection.info.server_version < _OLDEST:
            raise LibraryVersionError(f"{self._where} is too old: Footnote needs PostgreSQL 14 or newer")
        self._connection.execute("BEGIN")
        try:
            self._connection.execute(f"SELECT pg_advisory_xact_lock({_SCHEMA}, {_LOCK})")
            self._check_version()
            self._connection.execute("COMMIT")
        except BaseException:
            self.release()
            raise

    def _check_version(self) -> None:
        if self._connection.execute("SELECT to_regclass('meta')").fetchone() == (None,):
            if not self._connection.execute("SELECT 'é' COLLATE \"default\" ~ '[[:alnum:]]'").fetchone()[0]:
                raise InputError(
                    f"{self._where} knows no letters but English ones: make the database with `createdb --template "
                    "template0 --encoding UTF8 --locale C.UTF-8 NAME`"
                )
            self._connection.execute((files("index") / "postgres.sql").read_text(encoding="utf-8"))
            self._note("schema_version", str(SCHEMA_VERSION))
        version = self._connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        if version is None or int(version[0]) > SCHEMA_VERSION:
            raise LibraryVersionError(
                f"the library in {self._where} was made by a newer version of Footnote: upgrade it"
            )
        if int(version[0]) < SCHEMA_VERSION:
            self._connection.execute("ALTER TABLE documents ADD COLUMN IF NOT EXISTS language TEXT")
            self._note("schema_version", str(SCHEMA_VERSION))

    def _note(self, key: str, value: str) -> None:
        self.run(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = ?", key, value, value
        )

    def _take(self, connection: Any, deadline: float) -> None:  # noqa: ANN401  psycopg's Connection
        while not connection.execute(f"SELECT pg_try_advisory_lock({_WRITER}, {_LOCK})").fetchone()[0]:
            if time.monotonic() >= deadline:
                raise LibraryLocked(
                    f"the library in {self._where} is being written{self._holder()}: try again later, or use --wait"
                )
            time.sleep(_POLL_SECONDS)

    def _holder(self) -> str:
        row = self.one_row("SELECT value FROM meta WHERE key = 'writer'")
        if not row or not row[0]:
            return ""
        holder = json.loads(row[0])
        since = time.strftime("%H:%M:%S", time.localtime(holder["since"]))
        return f" by process {holder['process']} on {holder['host']} since {since}"

    def _connect(self) -> Any:  # noqa: ANN401  see above
        told = conninfo_to_dict(self._address)
        given: dict[str, Any] = {**_TIMEOUTS, "application_name": "footnote", **told}
        connection = psycopg.connect(**given, autocommit=True)
        connection.execute("SET lock_timeout = '30s'")
        return connection

    def _execute(self, sql: str, values: tuple[object, ...]) -> Any:  # noqa: ANN401  a cursor
        return self._again(lambda connection: connection.execute(_ours(sql), values))

    def _again(self, ask: Any) -> Any:  # noqa: ANN401  from a connection to what it gives
        """Ask; once more over a new connection where the old one turns out broken and nothing was begun on it.

        What is asked outside a transaction may be done twice: it is a question, or sets something to a value.
        """
        was_begun = self._is_in_transaction
        try:
            return ask(self._connection)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if was_begun or not self._connection.closed:
                raise
            self.release()
            return ask(self._connection)

    def _begin(self) -> None:
        self._execute("BEGIN", ())
        self._execute(f"SELECT pg_advisory_xact_lock({_TRANSACTION}, {_LOCK})", ())

    @property
    def _is_in_transaction(self) -> bool:
        connection = getattr(self._local, "connection", None)
        begun = (TransactionStatus.INTRANS, TransactionStatus.INERROR, TransactionStatus.ACTIVE)
        return connection is not None and connection.info.transaction_status in begun

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            connection = getattr(self._local, "connection", None)
            if connection is not None and connection.closed:
                self.release()
            raise self._translate(error) from error

    def _translate(self, error: psycopg.Error) -> Exception:
        text = _first_line(error)
        if isinstance(error, errors.LockNotAvailable):
            return LibraryLocked(f"the library in {self._where} is being written by another process: try again later")
        if isinstance(error, errors.DiskFull | errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
            return StorageError(f"{self._where} can't be written ({text}): check its disk and the user's rights")
        if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn | errors.DataCorrupted):
            return LibraryDamaged(f"the catalog in {self._where} is damaged ({text}): restore it from a backup")
        if isinstance(error, psycopg.DataError) and "NUL" in text:
            return InputError("a character of code 0 can't be stored or looked for: take it out")
        if any(sign in text for sign in ("authentication", "no password", "role ", "pg_hba")):
            return ServerAway(f"{self._where} refuses the user or the password: check FOOTNOTE_CATALOG ({text})")
        if "does not exist" in text and "database" in text:
            return ServerAway(f"{self._where} is not there: make it with `createdb`, or check FOOTNOTE_CATALOG")
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return ServerAway(
                f"{self._where} does not answer: start it or check FOOTNOTE_CATALOG; nothing is lost ({text})"
            )
        return error


@lru_cache(maxsize=256)
def _ours(sql: str) -> str:
    """Return a statement with psycopg's sign for a value."""
    return sql.replace("%", "%%").replace("?", "%s")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
