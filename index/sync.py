"""A folder and the catalog made equal: new, changed, renamed, deleted and unreadable files.

Knows nothing of vectors or search; what a document becomes is `build`'s matter. Killed at any moment, the next sync
goes on from what was committed and ends in the same state.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from index.build import CHUNK_TOKENS, Source, build
from index.catalog import Catalog
from index.embed import Embedder
from index.errors import EncryptedFile, FileTooLarge, InputError, ReadError
from index.given import storable
from index.hands import Hands, Here
from index.places import Root, Skipped, Stamp
from index.records import Document

MAX_FILE_BYTES = 256 * 1024 * 1024
_NO_NAME = "its name is not valid UTF-8: rename it"
# A file changed this recently may change again within the clock's grain: its stamp is not trusted (git's "racy" rule).
_RACY_NS = 2_000_000_000

Read = Callable[[bytes, str, str], Document]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync has come.

    `stage` is `embedding` (reading and splitting with it), `attributing` (files are the documents whose statements are
    found) or `vectors` (passages are those that Chroma is told of); where a library is copied, `copying` (passages are
    rows of the table `source`). `n_passages_all` is estimated from the sizes of
    the files until all are read.
    """

    stage: str
    source: str
    n_files_done: int
    n_files: int
    n_passages: int
    n_passages_all: int
    seconds: float

    @property
    def rate(self) -> float:
        """Return passages a second since the start."""
        return self.n_passages / max(self.seconds, 1e-3)


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. Files are counted once; `skipped` are all that are unreadable now, not only the new ones."""

    added: int = 0
    changed: int = 0
    renamed: int = 0
    deleted: int = 0
    unchanged: int = 0
    skipped: tuple[Skipped, ...] = ()
    n_documents: int = 0
    n_passages: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Tally:
    """The report in the making."""

    on_progress: OnProgress | None = None
    added: int = 0
    changed: int = 0
    renamed: int = 0
    deleted: int = 0
    unchanged: int = 0
    n_files_done: int = 0
    n_files: int = 0
    n_passages: int = 0
    n_split: int = 0  # passages of the files read so far
    n_bytes_read: int = 0
    n_bytes: int = 0
    started: float = field(default_factory=time.perf_counter)

    def report(self, catalog: Catalog) -> SyncReport:
        counts = (self.added, self.changed, self.renamed, self.deleted, self.unchanged)
        return SyncReport(
            *counts, tuple(catalog.skipped()), catalog.count("documents"), catalog.count("chunks"), self.seconds
        )

    def progress(self, stage: str, source: str = "") -> None:
        if self.on_progress:
            of_files = (self.n_files_done, self.n_files)
            of_passages = (self.n_passages, max(self.n_passages, self.n_passages_all))
            self.on_progress(Progress(stage, source, *of_files, *of_passages, self.seconds))

    def progress_statements(self, n_due: int) -> None:
        """Report the stage `attributing`; the files are the documents that were due when it began."""
        if self.on_progress and n_due:
            self.n_files = max(self.n_files, n_due)
            self.n_files_done = self.n_files - n_due
            self.progress("attributing")

    def progress_vectors(self, n_done: int, n_all: int) -> None:
        """Report the vectors stage."""
        if self.on_progress:
            of_files = (self.n_files, self.n_files)
            self.on_progress(Progress("vectors", "", *of_files, n_done, n_all, self.seconds))

    def add_split(self, n_passages: int) -> None:
        self.n_split += n_passages

    @property
    def n_passages_all(self) -> int:
        is_estimate = 0 < self.n_bytes_read < self.n_bytes
        return round(self.n_split * self.n_bytes / self.n_bytes_read) if is_estimate else self.n_split

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sync works with."""

    catalog: Catalog
    embedder: Embedder
    read: Read
    chunk_tokens: int = CHUNK_TOKENS
    hands: Hands = field(default_factory=Here)


@dataclass(frozen=True, slots=True)
class _File:
    path: str  # relative to the root, with forward slashes
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A file that is to be read."""

    file: _File
    id: str
    data: bytes
    stamp: Stamp


def sync_root(root: Root, folder: Path, tools: Tools, tally: Tally) -> None:
    """Make the catalog equal to a root's folder; raises InputError where the folder is not there any more."""
    if not folder.is_dir():
        raise InputError(
            f"folder '{folder}' is not there: mount or restore it, or take it out with `footnote remove {root.name}/`"
        )
    catalog = tools.catalog
    unreadable: dict[str, str] = {}
    files = {file.path: file for file in _scan(root, folder, unreadable)}
    known, skipped = catalog.stamps(root.name), catalog.skipped_stamps(root.name)
    excluded = catalog.excluded()
    files = {path: file for path, file in files.items() if document_id(root, path) not in excluded}
    # What lies in a folder that can't be listed now is neither gone nor changed, as far as is known.
    gone = {path: stamp for path, (_, stamp) in known.items() if path not in files and not _below(path, unreadable)}
    news = [file for path, file in files.items() if not _is_known(file, known, skipped)]
    tally.unchanged += sum(path in known for path in files) - sum(file.path in known for file in news)
    tally.n_files += len(news)
    tally.n_bytes += sum(file.size for file in news)
    vanished = {stamp.content_hash for stamp in gone.values()}
    renamed_before = tally.renamed
    sources = _read_all(news, root, folder, tools, tally)
    for source in store(sources, tools, tally):
        _count(source, known, vanished, tally)
    # Last, so that a renamed file finds its vectors and statements still there.
    for path in gone:
        catalog.delete(document_id(root, path))
    for path in set(skipped) - set(files):
        if not _below(path, unreadable):
            catalog.delete_skipped(root.name, path)
    for path, reason in unreadable.items():
        shown = path if reason == _NO_NAME else f"{path}/"
        catalog.put_skipped(root.name, shown, Skipped(shown, reason), Stamp(0, -1, ""))
    tally.deleted += max(0, len(gone) - (tally.renamed - renamed_before))


def store(sources: Iterable[Source], tools: Tools, tally: Tally) -> Iterator[Source]:
    """Store the documents, reporting progress; yield each when it is stored."""
    name = ""
    with closing(
        build(sources, tools.catalog, tools.embedder, tally.add_split, tools.hands, chunk_tokens=tools.chunk_tokens)
    ) as built:
        for some in built:
            tally.n_passages += some.n_passages
            name = some.stored[-1].document.info.source if some.stored else name
            yield from some.stored
            tally.progress("embedding", name)


def document_id(root: Root, path: str) -> str:
    """Return the identity of a file: its place."""
    return f"{root.name}/{path}"


def file_stamp(path: Path, data: bytes) -> Stamp:
    """Return the stamp of a file just read; one changed in the last two seconds is not trusted next time."""
    status = path.stat()
    is_racy = time.time_ns() - status.st_mtime_ns < _RACY_NS
    return Stamp(status.st_size, -1 if is_racy else status.st_mtime_ns, hashlib.sha256(data).hexdigest())


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _scan(root: Root, folder: Path, unreadable: dict[str, str]) -> Iterator[_File]:
    """Yield the files of a root in a fixed order; hidden files and folders and links to folders are left out.

    A folder below that can't be listed, or a name that can't be stored, goes into `unreadable` with the reason.
    """
    wanted = set(root.only_paths) if root.only_paths is not None else None
    stack = [""]
    while stack:
        below = stack.pop()
        try:
            with os.scandir(folder / below) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not below:
                raise InputError(
                    f"folder '{folder}' can't be read ({error.strerror}): check its permissions"
                ) from error
            unreadable[below] = (error.strerror or str(error)).lower()
            continue
        for entry in found:
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.name.startswith((".", "~$")) or any(fnmatch.fnmatch(path, pattern) for pattern in root.exclude):
                continue
            if (shown := storable(path)) != path:
                unreadable[shown] = _NO_NAME
            elif entry.is_dir(follow_symlinks=False):
                stack.append(path)
            elif wanted is None or path in wanted:
                with suppress(OSError):  # went away since the folder was listed
                    if entry.is_file():
                        status = entry.stat()
                        yield _File(path, status.st_size, status.st_mtime_ns)


def _is_known(file: _File, known: dict[str, tuple[str, Stamp]], skipped: dict[str, Stamp]) -> bool:
    stamp = known[file.path][1] if file.path in known else skipped.get(file.path)
    return stamp is not None and (stamp.size, stamp.mtime_ns) == (file.size, file.mtime_ns)


def _read_all(files: list[_File], root: Root, folder: Path, tools: Tools, tally: Tally) -> Iterator[Source]:
    loaded = _load_all(files, root, folder, tools, tally)
    for each, read in tools.hands.each(partial(_read, tools.read), loaded, lambda each: len(each.data)):
        if isinstance(read, Document):
            yield Source(read, each.stamp, root.name, each.file.path)
        else:
            _skip(each.file, root, read, tools.catalog)


def _load_all(files: list[_File], root: Root, folder: Path, tools: Tools, tally: Tally) -> Iterator[_Loaded]:
    """Yield the files with their bytes; one that was touched but holds the same bytes is not read again."""
    for file in files:
        tally.n_files_done += 1
        tally.n_bytes_read += file.size
        path, id_ = folder / file.path, document_id(root, file.path)
        try:
            if file.size > MAX_FILE_BYTES:
                raise FileTooLarge(f"larger than {MAX_FILE_BYTES // 1024**2} MB: split it")
            data = path.read_bytes()
            stamp, before = file_stamp(path, data), tools.catalog.stamp(id_)
        except FileNotFoundError:  # went away since the scan: the next sync sees it as deleted
            continue
        except (ReadError, OSError) as error:
            _skip(file, root, error, tools.catalog)
            continue
        if before is not None and before.content_hash == stamp.content_hash:
            tools.catalog.restamp(id_, stamp)
            tally.unchanged += 1
        else:
            yield _Loaded(file, id_, data, stamp)


def _read(read: Read, each: _Loaded) -> Document | ReadError | OSError:
    try:
        return read(each.data, each.id, each.file.path)
    except (ReadError, OSError) as error:
        return error


def _skip(file: _File, root: Root, error: ReadError | OSError, catalog: Catalog) -> None:
    reason = str(error) if isinstance(error, ReadError) else (error.strerror or str(error)).lower()
    skipped = Skipped(file.path, reason)
    # A reason that lies outside the file (permissions, a password) can change without the file: its stamp is never
    # trusted.
    mtime_ns = -1 if isinstance(error, OSError | EncryptedFile) else file.mtime_ns
    with catalog.transaction():
        catalog.delete(document_id(root, file.path))
        catalog.put_skipped(root.name, file.path, skipped, Stamp(file.size, mtime_ns, ""))


def _count(source: Source, known: dict[str, tuple[str, Stamp]], vanished: set[str], tally: Tally) -> None:
    if source.path in known:
        tally.changed += 1
    elif source.stamp.content_hash in vanished:
        tally.renamed += 1
    else:
        tally.added += 1
