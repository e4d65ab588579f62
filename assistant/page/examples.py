"""Questions to try first: those of the example library, or what the most quoted people say."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.example import DOCUMENTS, QUESTIONS

if TYPE_CHECKING:
    from index.library import Library

_SHOWN = 4


def questions(library: Library) -> tuple[str, ...]:
    """Return at most four questions that this library can answer."""
    if _example_names() <= {info.source for info in library.documents()}:
        return QUESTIONS
    return tuple(f"What did {person.speaker} say?" for person in library.people()[:_SHOWN])


@lru_cache
def _example_names() -> frozenset[str]:
    return frozenset(path.name for path in DOCUMENTS.iterdir() if path.is_file() and path.name[0] not in "._")
