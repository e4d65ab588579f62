"""Documents in, passages and statements out. Has never heard of a language model or a page."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.errors import FootnoteError, InputError, LibraryError, ReadError
    from index.library import Library
    from index.llama import PassageRetriever
    from index.records import Chunk, Document, DocumentInfo, Passage, Span, Statement
    from index.sync import SyncReport

_HOMES = {
    "Chunk": "records",
    "Document": "records",
    "DocumentInfo": "records",
    "FootnoteError": "errors",
    "InputError": "errors",
    "Library": "library",
    "LibraryError": "errors",
    "Passage": "records",
    "PassageRetriever": "llama",
    "ReadError": "errors",
    "Span": "records",
    "Statement": "records",
    "SyncReport": "sync",
}

__all__ = [
    "Chunk",
    "Document",
    "DocumentInfo",
    "FootnoteError",
    "InputError",
    "Library",
    "LibraryError",
    "Passage",
    "PassageRetriever",
    "ReadError",
    "Span",
    "Statement",
    "SyncReport",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: `footnote --help` should not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'index' has no attribute '{name}'")
    return getattr(import_module(f"index.{_HOMES[name]}"), name)
