"""The stack of llama-index's tutorials as a system: its splitter's defaults, all-MiniLM-L6-v2, Chroma, five nodes.

    footnote evaluate SET --system benchmarks.tutorial_stack:build --out tutorial

The model reads 256 tokens and the default chunks have 1,024: three quarters of every chunk are never embedded. That is
the tutorial's own trap, and the reason why it is worth a baseline. `build_small` splits at 128 tokens instead.
"""

from __future__ import annotations

from uuid import uuid4

import chromadb
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import BaseNode, Document, MetadataMode, NodeWithScore, QueryBundle

N_NODES = 20  # as many as are recorded; measures cut where they say
BATCH = 32


def build(documents: list[Document]) -> BaseRetriever:
    return ChromaRetriever(SentenceSplitter().get_nodes_from_documents(documents))


def build_small(documents: list[Document]) -> BaseRetriever:
    splitter = SentenceSplitter(chunk_size=128, chunk_overlap=0)
    return ChromaRetriever(splitter.get_nodes_from_documents(documents))


class ChromaRetriever(BaseRetriever):
    """The nearest nodes by cosine, from an in-memory Chroma collection."""

    def __init__(self, nodes: list[BaseNode]) -> None:
        super().__init__()
        from sentence_transformers import SentenceTransformer

        from index.export import weights_folder

        self._model = SentenceTransformer(str(weights_folder()), device="cpu")
        self._nodes = {node.node_id: node for node in nodes}
        client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
        name = f"tutorial-{uuid4().hex}"  # clients in memory share their collections: one set must not find another's
        self._collection = client.create_collection(name, configuration={"hnsw": {"space": "cosine"}})
        texts = [node.get_content(MetadataMode.EMBED) for node in nodes]
        vectors = self._model.encode(texts, batch_size=BATCH, normalize_embeddings=True)
        size = client.get_max_batch_size()
        for first in range(0, len(nodes), size):
            some = slice(first, first + size)
            self._collection.upsert([node.node_id for node in nodes[some]], embeddings=vectors[some])

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        vector = self._model.encode([query_bundle.query_str], normalize_embeddings=True)
        found = self._collection.query(query_embeddings=vector, n_results=min(N_NODES, len(self._nodes)))
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [NodeWithScore(node=self._nodes[node_id], score=1 - distance) for node_id, distance in pairs]
