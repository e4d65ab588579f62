"""Questions to try first: those of the example library, or what the most quoted people say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.library import Library

_SHOWN = 4


def questions(library: Library) -> list[str]:
    """Return at most four questions that this library can answer."""
    return [f"What did {person.speaker} say?" for person in library.people()[:_SHOWN]]
