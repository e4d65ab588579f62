"""What llama-index's packages for sentence-transformers and Chroma do, without installing them."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQuery, VectorStoreQueryResult
from llama_index.core.vector_stores.utils import node_to_metadata_dict
from pydantic import PrivateAttr

from index.export import weights_folder


class HuggingFace(BaseEmbedding):
    """sentence-transformers in batches of ten, as `HuggingFaceEmbedding` calls it."""

    _model: Any = PrivateAttr()

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        super().__init__(model_name="all-MiniLM-L6-v2")
        self._model = SentenceTransformer(str(weights_folder()), device="cpu")

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._model.encode(texts, batch_size=self.embed_batch_size, normalize_embeddings=True).tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class ChromaStore(BasePydanticVectorStore):
    """Adds nodes to a collection as `ChromaVectorStore` does."""

    stores_text: bool = True
    flat_metadata: bool = True
    _collection: Any = PrivateAttr()

    def __init__(self, collection: object) -> None:
        super().__init__()
        self._collection = collection

    @property
    def client(self) -> object:
        return self._collection

    def add(self, nodes: list[BaseNode], **_: object) -> list[str]:
        for first in range(0, len(nodes), 5000):
            some = nodes[first : first + 5000]
            metadatas = [node_to_metadata_dict(n, remove_text=True, flat_metadata=True) for n in some]
            self._collection.add(
                ids=[n.node_id for n in some],
                embeddings=[n.get_embedding() for n in some],
                documents=[n.get_content(MetadataMode.NONE) for n in some],
                metadatas=metadatas,
            )
        return [n.node_id for n in nodes]

    def delete(self, ref_doc_id: str, **_: object) -> None:
        self._collection.delete(where={"document_id": ref_doc_id})

    def query(self, query: VectorStoreQuery, **_: object) -> VectorStoreQueryResult:
        raise NotImplementedError("only indexing is measured")
