"""Folders followed: every change on the disk becomes a sync.

Knows when something changed; what changed is for the sync to find.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.errors import InputError
from index.library import Library
from index.sync import SyncReport

# Changes closer together than this become one sync: an editor saves in several steps.
_QUIET_MS = 800


def watch(library: Library, *paths: str | Path) -> Iterator[SyncReport]:
    """Sync now, then after every change of these folders (all known ones where none is named); yield each report.

    Ends with KeyboardInterrupt. Raises InputError where there is nothing to follow.
    """
    import watchfiles

    yield library.sync(*paths, wait_seconds=60.0)
    folders = [Path(path).expanduser() for path in paths] or library.followed()
    if not folders:
        raise InputError("nothing to follow: name a folder, `footnote watch FOLDER`")
    for _ in watchfiles.watch(*folders, debounce=_QUIET_MS, step=100, raise_interrupt=True):
        yield library.sync(*paths, wait_seconds=60.0)
