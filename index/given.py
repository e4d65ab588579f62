"""Documents that are given, not read from files: ours, or llama-index's.

Knows nothing of how they are kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from index.records import Document, DocumentInfo

if TYPE_CHECKING:
    from llama_index.core.schema import Document as LlamaDocument


def to_document(document: Document | LlamaDocument) -> Document:
    """Return ours as it is, and llama-index's with its id, text and what its metadata tells."""
    if isinstance(document, Document):
        return replace(document, text=storable(document.text))
    metadata = document.metadata
    source = str(metadata.get("file_name") or metadata.get("source") or document.id_)
    date = metadata.get("date") or metadata.get("creation_date")
    info = DocumentInfo(
        document.id_, source, str(metadata.get("title") or source), date, "text", metadata.get("author")
    )
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(info, storable(document.text), digest)


def storable(text: str) -> str:
    """Replace halves of characters, which wrong bytes on a command line become: no store and no model takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")
