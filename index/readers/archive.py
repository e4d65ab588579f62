"""Packed files: gzip holds one, zip many."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from index.errors import BrokenFile, EmptyFile, FileTooLarge
from index.readers.members import Member, read_inside, read_members
from index.readers.package import checked_zip, read_member
from index.readers.reading import Reading

MAX_UNPACKED_BYTES = 128 * 1024 * 1024
_MOST_MEMBERS = 2_000


def read_gzip(data: bytes, name: str, password: str | None) -> Reading:
    """Read the file that is packed in `name`, by the ending that is left without `.gz`."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            inside = stream.read(MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenFile("the archive is damaged: save or download the file again") from error
    if len(inside) > MAX_UNPACKED_BYTES:
        raise FileTooLarge(f"unpacked it exceeds {MAX_UNPACKED_BYTES // 2**20} MB: split it")
    path = PurePosixPath(name)
    return read_inside(inside, path.stem if path.suffix.lower() == ".gz" else name, password)


def read_zip(data: bytes, name: str, password: str | None) -> Reading:
    """Read the files in an archive, by name; those that can't be read are remarked."""
    with checked_zip(data) as archive:
        found = read_members(_members(archive, password), password)
    if not found.texts:
        raise EmptyFile("; ".join(("nothing in it can be read", *found.notes[:3])))
    return Reading(("\n\n".join(found.texts),), notes=found.notes)


def _members(archive: zipfile.ZipFile, password: str | None) -> Iterator[Member]:
    wanted = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
    if len(wanted) > _MOST_MEMBERS:
        raise FileTooLarge(f"it holds more than {_MOST_MEMBERS:,} files: unpack it first")
    if sum(info.file_size for info in wanted) > MAX_UNPACKED_BYTES:
        raise FileTooLarge(f"unpacked it exceeds {MAX_UNPACKED_BYTES // 2**20} MB: unpack it first")
    for info in sorted(wanted, key=lambda info: info.filename):
        # The size that the directory claims, checked above, is also the most that is read.
        yield Member(info.filename, partial(read_member, archive, info, info.file_size, password))


def _is_hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or any(part.startswith((".", "~$")) for part in PurePosixPath(name).parts)
