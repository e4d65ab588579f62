"""A library as a llama-index retriever, so that its chains and query engines can use it.

Knows nothing of how passages are found.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.library import Library
from index.records import Passage


class PassageRetriever(BaseRetriever):
    """The library's passages as nodes: id, text, exact character offsets, and where they come from as metadata."""

    def __init__(self, library: Library, *, k: int = 10, **filters: str | None) -> None:
        """Take the library and what `Library.retrieve` takes: `speaker`, `source`, `since`, `until`."""
        super().__init__()
        self._library = library
        self._k = k
        self._filters: dict[str, Any] = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        passages = self._library.retrieve(query_bundle.query_str, k=self._k, **self._filters)
        return [_to_node(passage) for passage in passages]


def _to_node(passage: Passage) -> NodeWithScore:
    document = passage.document
    metadata = {
        "document_id": document.id,
        "source": document.source,
        "title": document.title,
        "date": document.date,
        "page": passage.page,
    }
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={name: value for name, value in metadata.items() if value is not None},
    )
    return NodeWithScore(node=node, score=passage.score)
