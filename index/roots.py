"""Which folder that is followed covers a path, and where uploads lie.

Knows nothing of what is in the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.errors import InputError
from index.places import Root

UPLOADS = "uploads"


def root_of(path: Path, exclude: tuple[str, ...], roots: Sequence[Root]) -> Root:
    """Return the root that covers a path: one that is followed already, else a new one."""
    folder, only = (path, None) if path.is_dir() else (path.parent, (path.name,))
    for root in roots:
        if root.path == str(folder):
            return replace(root, only_paths=_joined(root.only_paths, only), exclude=exclude or root.exclude)
        if root.only_paths is None and root.name != UPLOADS and folder.is_relative_to(root.path):
            return root
    taken = {root.name for root in roots} | {UPLOADS}
    return Root(_unused_name(folder.name or "root", taken), str(folder), only, exclude)


def existing(path: str | Path) -> Path:
    """Return the path in full; raises InputError where nothing is there."""
    resolved = Path(path).expanduser().resolve()
    if not resolved.exists():
        raise InputError(f"'{resolved}' is not there: check the path")
    return resolved


def _joined(before: tuple[str, ...] | None, only: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if before is None or only is None else tuple(dict.fromkeys(before + only))


def _unused_name(name: str, taken: set[str]) -> str:
    candidates = (name if n == 1 else f"{name}-{n}" for n in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def put_file(target: Path, data: bytes | None) -> None:
    """Write a file whole or not at all; None takes it away."""
    if data is None:
        target.unlink(missing_ok=True)
        return
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(data)
    partial.replace(target)


def safe_name(name: str) -> str:
    """Reduce an upload's name to a plain file name."""
    base = "".join(c for c in Path(name.replace("\\", "/")).name if c.isprintable()).strip().lstrip(".")
    if not base:
        raise InputError(f"'{name}' is no file name: give the upload a name with an ending, like 'notes.txt'")
    return base[-150:]
