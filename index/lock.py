"""One writer at a time: a lock on a library's folder that dies with its process.

Knows nothing of what is written.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryLocked, StorageError


@contextmanager
def writing(folder: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the folder's write lock; raises LibraryLocked, with who holds it and since when, after `wait_seconds`.

    Not re-entrant across threads: a second thread of the same process waits like any other process.
    """
    lock = FileLock(folder / "write.lock", timeout=wait_seconds, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryLocked(
            f"library '{folder}' is being written{_holder(folder)}: try again later, or use --wait"
        ) from error
    except OSError as error:
        raise _storage_error(folder, error) from error
    try:
        (folder / "writer.json").write_text(json.dumps({"process": os.getpid(), "since": time.time()}))
        yield
    except OSError as error:  # errors of the files that are read do not come this far
        raise _storage_error(folder, error) from error
    finally:
        with suppress(OSError):
            (folder / "writer.json").unlink(missing_ok=True)
        lock.release()


def _storage_error(folder: Path, error: OSError) -> StorageError:
    reason = (error.strerror or str(error)).lower()
    return StorageError(f"library '{folder}' can't be written ({reason}): check the disk's space and the permissions")


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / "writer.json").read_text())
        since = time.strftime("%H:%M:%S", time.localtime(holder["since"]))
        return f" by process {holder['process']} since {since}"
    except (OSError, ValueError, KeyError):
        return ""
