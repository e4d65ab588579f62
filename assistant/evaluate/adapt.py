"""Makes other people's systems answer like ours: llama-index retrievers and query engines, found by name.

The only module of the evaluation that knows llama-index.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from assistant.answer import Abstention, Answer, Citation, Query, Reason, Turn
from assistant.evaluate.ask_all import System
from assistant.evaluate.questions import EvaluationSet
from index.errors import InputError
from index.records import Document, Passage, Span


def load_system(name: str, evaluation_set: EvaluationSet) -> System:
    """Return the system named 'module:object'; modules beside the current folder are found too.

    The object has `ask` as ours has, or is a llama-index retriever or query engine, or is a function that takes the
    set's documents as llama-index documents (`id_` is the set's id) and returns one of these.
    """
    module_name, _, attribute = name.partition(":")
    if not attribute:
        raise InputError(f"system '{name}': write module:object")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module_name), attribute)
    except (ImportError, AttributeError) as error:
        raise InputError(f"system '{name}' can't be loaded: {error}") from error
    if not _is_system(found) and callable(found):
        found = found(_to_llama(evaluation_set.documents.values()))
    if hasattr(found, "ask"):
        return cast(System, found)
    if not _is_system(found):
        raise InputError(f"system '{name}' is a {type(found).__name__}: it has neither ask, retrieve nor query")
    return LlamaSystem(found, evaluation_set.documents)


def _is_system(found: object) -> bool:
    return not isinstance(found, type) and any(hasattr(found, method) for method in ("ask", "retrieve", "query"))


def _to_llama(documents: Any) -> list[Any]:  # noqa: ANN401  llama-index has no types
    from llama_index.core import Document as LlamaDocument

    return [
        LlamaDocument(text=document.text, id_=document.id, metadata={"title": document.info.title})
        for document in documents
    ]


@dataclass(frozen=True, slots=True)
class LlamaSystem:
    """A llama-index retriever or query engine.

    A retriever answers with its first node; a query engine's text cites every node it was given. Neither knows
    history or filters: they are not passed on. Confidence is the first node's score, cut to [0, 1].
    """

    inner: Any
    documents: Mapping[str, Document]

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        history: Sequence[Turn] = (),
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Answer:
        """Answer in our shape."""
        del history, speaker, source, since, until
        is_engine = hasattr(self.inner, "query")
        response: Any = self.inner.query(question) if is_engine else None
        nodes = response.source_nodes if is_engine else self.inner.retrieve(question)
        passages = tuple(self._to_passage(node, rank) for rank, node in enumerate(nodes[:k], start=1))
        query, confidence = Query(question, question), _confidence(passages)
        if not passages:
            message = "Nothing was retrieved."
            return Answer(query, message, 0.0, (), Abstention(Reason.NOTHING_IN_DOCUMENTS, message))
        text = (str(response).strip() if is_engine else "") or passages[0].text
        quoted = passages if is_engine else passages[:1]
        citations = tuple(
            Citation(passage.rank, 0, len(text), passage.document, Span(passage.start, passage.end, passage.text))
            for passage in quoted
        )
        return Answer(query, text, confidence, citations, None, passages)

    def _to_passage(self, found: Any, rank: int) -> Passage:  # noqa: ANN401
        node = found.node
        document = self._document(node)
        text = node.get_content(metadata_mode="none")
        start = _place(document, text, getattr(node, "start_char_idx", None))
        return Passage(document.info, start, start + len(text), text, rank=rank, score=float(found.score or 0.0))

    def _document(self, node: Any) -> Document:  # noqa: ANN401
        names = (node.ref_doc_id, *(node.metadata.get(name) for name in ("document_id", "source", "file_name")))
        for name in names:
            if name in self.documents:
                return self.documents[name]
        raise InputError(f"node {node.node_id} names no document of the set (ref_doc_id {node.ref_doc_id!r})")


def _place(document: Document, text: str, hint: int | None) -> int:
    """Return where the node's text stands; llama-index's own offset may be that of a repetition."""
    if hint is not None and document.text.startswith(text, hint):
        return hint
    start = document.text.find(text)
    if start < 0:
        raise InputError(f"a node's text does not stand in document '{document.id}' word for word: {text[:60]!r}")
    return start


def _confidence(passages: Sequence[Passage]) -> float:
    return min(1.0, max(0.0, passages[0].score)) if passages else 0.0
