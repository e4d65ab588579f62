"""A library copied from one place to another, a folder or a server: as it is, without reading or embedding.

Killed at any moment, the next run goes on. Knows nothing of vectors for search: whoever opens the copy fills them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.catalog import Catalog, open_catalog
from index.errors import InputError, LibraryDamaged
from index.lock import writing
from index.retrieve import query_words
from index.sync import OnProgress, Progress
from index.uploads import Uploads

_BATCH = 500
_N_SEARCHES = 20
_N_WORDS = 12  # of a passage, for a search that must find it
_AMONG = 10
_SOURCE = "moved_from"
# Each table with its key and its columns, in an order in which no row names one that is not there yet.
_TABLES = {
    "roots": ("name", "path, only_paths, exclude"),
    "skipped": ("root, path", "source, reason, content_hash, size, mtime_ns"),
    "excluded": ("id", ""),
    "documents": (
        "number",
        "id, root, path, source, title, date, kind, author, language, text, page_starts, notes, content_hash, size, "
        "mtime_ns",
    ),
    "embeddings": ("hash", "vector, sentences"),
    "chunks": ("number", 'document, id, start, "end", page, text, sentences, embedding'),
    "statements": ("number", 'document, speaker, identity, cue, manner, content, start, "end", names, date, page'),
    "statements_due": ("document", ""),
    "conversations": ("id", "changed, content"),
}
# What a catalog notes of itself, not of what it holds.
_OWN = ("chroma_files", "chroma_gone", "chroma_ids", "schema_version", "writer", _SOURCE)


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each table the copy holds, all compared with the original's."""

    counts: dict[str, int]
    n_searches: int


def move(source: str | Path, target: str | Path, *, on_progress: OnProgress | None = None) -> Moved:
    """Copy a library, in a folder or at an address of PostgreSQL's, to another such place; compare at the end.

    The target is empty, or what an earlier run left unfinished. Raises InputError where there is no source or the
    target holds another library, LibraryLocked where either is being written, LibraryDamaged where the copy differs.
    """
    with _opened(source) as (old, files), _opened(target, is_new=True) as (new, copies):
        _begin(old, new)
        for table in _TABLES:
            _copy(table, old, new, on_progress)
        for name in files.names():
            copies.put(name, files.read(name))
        new.after_copy()
        new.rebuild_words()
        _compare(old, new)
        if {name: files.read(name) for name in files.names()} != {name: copies.read(name) for name in copies.names()}:
            raise LibraryDamaged("the copies of the uploads differ: empty the target and run it again")
        n_searches = _search_both(old, new)
        with new.transaction():
            for name, value in old.all_rows("SELECT key, value FROM meta"):
                if name not in _OWN:
                    new.put_value(name, value)
            new.request_all_vectors()
            new.put_value(_SOURCE, "")
        if isinstance(target, Path):
            new.note_followed(target)
        return Moved({**{table: new.count(table) for table in _TABLES}, "uploads": len(files.names())}, n_searches)


@contextmanager
def _opened(place: str | Path, *, is_new: bool = False) -> Iterator[tuple[Catalog, Uploads]]:
    """Open the catalog and the uploads of a place as their only writer."""
    with ExitStack() as stack:
        if isinstance(place, Path):
            if not is_new and not (place / "catalog.sqlite").is_file():
                raise InputError(f"there is no library in '{place}': check the path")
            place.mkdir(parents=True, exist_ok=True)
            stack.enter_context(writing(place))
        catalog = open_catalog(place / "catalog.sqlite" if isinstance(place, Path) else place)
        stack.callback(catalog.close)
        stack.enter_context(catalog.only_writer(0.0))
        yield catalog, Uploads(place / "files" if isinstance(place, Path) else Path(), catalog)


def _copy(table: str, old: Catalog, new: Catalog, on_progress: OnProgress | None) -> None:
    """Copy the rows that are not there yet."""
    _, columns = _columns(table)
    n_all, n_done, started = old.count(table), new.count(table), time.perf_counter()
    insert = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(columns.split(',')))})"
    for rows in _rows_after(old, table, _last(new, table)):
        with new.transaction():
            new.run_many(insert, rows)
        n_done += len(rows)
        if on_progress:
            on_progress(Progress("copying", table, 0, 0, n_done, n_all, time.perf_counter() - started))


def _begin(source: Catalog, target: Catalog) -> None:
    """Note from which state the copy is made; one that was begun from another state is begun again."""
    state = f"{source.generation} {source.count('documents')} {source.count('conversations')}"
    begun = target.get_value(_SOURCE)
    if not begun and target.count("documents") + target.count("conversations") + target.count("roots"):
        raise InputError("the target holds a library already: name an empty place")
    if begun != state:
        with target.transaction():
            for table in reversed(_TABLES):
                target.run(f"DELETE FROM {table}")
            target.put_value(_SOURCE, state)


def _columns(table: str) -> tuple[str, str]:
    key, others = _TABLES[table]
    return key, f"{key}, {others}" if others else key


def _last(catalog: Catalog, table: str) -> Sequence[Any] | None:
    key, _ = _columns(table)
    order = ", ".join(f"{column} DESC" for column in key.split(", "))
    last: Sequence[Any] | None = catalog.one_row(f"SELECT {key} FROM {table} ORDER BY {order} LIMIT 1")
    return last


def _rows_after(catalog: Catalog, table: str, after: Sequence[Any] | None) -> Iterator[list[tuple[Any, ...]]]:
    """Yield a table's rows in batches, ordered by their key, from the one after this on."""
    key, columns = _columns(table)
    n_keys = len(key.split(", "))
    while True:
        where = f"WHERE ({key}) > ({', '.join('?' * n_keys)})" if after else ""
        rows = catalog.all_rows(f"SELECT {columns} FROM {table} {where} ORDER BY {key} LIMIT {_BATCH}", *(after or ()))
        if not rows:
            return
        yield rows
        after = rows[-1][:n_keys]


def _compare(old: Catalog, new: Catalog) -> None:
    for table in _TABLES:
        there, here = _digest(old, table), _digest(new, table)
        if there != here:
            raise LibraryDamaged(
                f"the copy differs in '{table}' ({here[0]:,} rows, {there[0]:,} in the original): empty the target and "
                "run it again"
            )


def _digest(catalog: Catalog, table: str) -> tuple[int, str]:
    n_rows, digest = 0, hashlib.sha256()
    for rows in _rows_after(catalog, table, None):
        n_rows += len(rows)
        digest.update("".join(repr(tuple(row)) for row in rows).encode())
    return n_rows, digest.hexdigest()


def _search_both(source: Catalog, target: Catalog) -> int:
    """Search in both for the words of some passages; each that the original finds by them the copy must find too."""
    numbers = source.all_chunk_numbers()
    some = numbers[:: max(1, len(numbers) // _N_SEARCHES)][:_N_SEARCHES]
    for number, chunk in source.chunks_by_number(some).items():
        words = query_words(chunk.text)[:_N_WORDS]
        found = [{n for n, _ in catalog.search_words(words, _AMONG)} for catalog in (source, target)]
        if number in found[0] and number not in found[1] and len(found[1]) < _AMONG:
            raise LibraryDamaged(f"the copy does not find passage {chunk.id} by its words: run it again")
    return len(some)
