"""Files inside a file (archives, attachments): each read by its own reader, all become one text with headings.

One document, not many: a document's identity is the place of its file, by which it is stamped, renamed and deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from index.errors import EncryptedFile, FileTooLarge, ReadError
from index.readers.reading import Reading, assemble

_DEEPEST = 3  # archives in archives
_MOST_NOTES = 10
# Of all that is inside, archives in archives included.
MAX_INSIDE_BYTES = 256 * 1024 * 1024
_DEPTH = ContextVar("depth", default=0)
_BYTES_LEFT = ContextVar("bytes_left", default=MAX_INSIDE_BYTES)


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside another: its name there, and how its bytes are had."""

    name: str
    data: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Members:
    """The texts of the members that could be read, each under its name, and why the others could not."""

    texts: tuple[str, ...]
    notes: tuple[str, ...]


def read_members(members: Iterable[Member], password: str | None) -> Members:
    """Read what is inside; a member that can't be read is noted, not raised, but for a missing password."""
    texts, notes = [], []
    with _deeper():
        for member in members:
            try:
                reading = read_inside(_counted(member.data()), member.name, password)
                text, _ = assemble(reading.pages)
            except EncryptedFile:
                raise
            except ReadError as error:
                notes.append(f"{member.name}: {error}")
                continue
            if text:
                texts.append(f"{member.name}\n\n{text}")
            notes += [f"{member.name}: {note}" for note in reading.notes]
    more = [f"{len(notes) - _MOST_NOTES} more remarks"] if len(notes) > _MOST_NOTES else []
    return Members(tuple(texts), (*notes[:_MOST_NOTES], *more))


def _counted(data: bytes) -> bytes:
    left = _BYTES_LEFT.get() - len(data)
    if left < 0:
        raise FileTooLarge(f"the files inside exceed {MAX_INSIDE_BYTES // 2**20} MB in all: unpack it first")
    _BYTES_LEFT.set(left)
    return data


def read_inside(data: bytes, name: str, password: str | None) -> Reading:
    """Return what the reader of `name` finds in a file that lay inside another."""
    from index.readers import read_parts

    with _deeper():
        return read_parts(data, name, password)


@contextmanager
def _deeper() -> Iterator[None]:
    if _DEPTH.get() >= 2 * _DEEPEST:
        raise FileTooLarge("archives are nested too deeply in it: unpack it first")
    if not _DEPTH.get():
        _BYTES_LEFT.set(MAX_INSIDE_BYTES)
    token = _DEPTH.set(_DEPTH.get() + 1)
    try:
        yield
    finally:
        _DEPTH.reset(token)
