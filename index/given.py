"""Documents that are given, not read from files: ours, or llama-index's.

Knows nothing of how they are kept.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.readers.dates import date_in_heading, to_iso
from index.readers.plain import first_heading
from index.readers.reading import canonical, to_language
from index.records import Document, DocumentInfo

if TYPE_CHECKING:
    from llama_index.core.schema import Document as LlamaDocument

# Where llama-index's readers say a document came from, and when it was written.
_PLACES = ("file_path", "url", "URL", "source", "file_name")
_DATES = ("date", "published", "publish_date", "created_at")
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def to_documents(documents: Iterable[Document | LlamaDocument]) -> Iterator[Document]:
    """Yield ours as they are, and llama-index's in canonical form with what their metadata tells.

    Their ids are kept where they mean something. Many readers give random ones, by which nothing would ever be the
    same again: such a document is known by where it came from (its parts are numbered), else by its content.
    """
    n_of: Counter[str] = Counter()
    for document in documents:
        if isinstance(document, Document):
            yield replace(document, text=storable(document.text))
            continue
        made = _to_document(document)
        if made.id != document.id_:
            n_of[made.id] += 1
            if n_of[made.id] > 1:
                made = replace(made, info=replace(made.info, id=f"{made.id}#{n_of[made.id]}"))
        yield made


def _to_document(document: LlamaDocument) -> Document:
    metadata = {key: str(value) for key, value in document.metadata.items() if value}
    text = canonical(document.text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    came_from = next(filter(None, map(metadata.get, _PLACES)), None)
    is_random = _RANDOM.fullmatch(document.id_)
    source = metadata.get("file_name") or came_from or document.id_
    info = DocumentInfo(
        id=came_from or f"given/{digest[:16]}" if is_random else document.id_,
        source=source,
        title=metadata.get("title") or first_heading(text) or source,
        date=to_iso(next(filter(None, map(metadata.get, _DATES)), None)) or date_in_heading(text),
        kind="text",
        author=metadata.get("author"),
        language=to_language(metadata.get("language")),
    )
    return Document(info, text, digest)


def storable(text: str) -> str:
    """Replace halves of characters, which wrong bytes on a command line become: no store and no model takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")
