"""The assistant as llama-index's query engine and chat engine; importing it loads llama-index.

The answer's citations are the response's source nodes, its public JSON shape is the response's metadata.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from threading import Thread
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.answer import Answer, Citation, Turn
from assistant.sources import without_sources

if TYPE_CHECKING:
    from assistant.ask import Assistant

_ROLES = {MessageRole.USER: "user", MessageRole.ASSISTANT: "assistant"}


class QueryEngine(BaseQueryEngine):
    """Answers each question on its own."""

    def __init__(self, assistant: Assistant, **filters: str | None) -> None:
        """Take the assistant and what `Assistant.ask` takes: `speaker`, `source`, `since`, `until`."""
        super().__init__(callback_manager=None)
        self._assistant = assistant
        self._filters: dict[str, Any] = filters

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._assistant.ask(query_bundle.query_str, **self._filters)
        return Response(answer.text, _nodes(answer), answer.to_json())

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)


class ChatEngine(BaseChatEngine):
    """Answers each message by what was said before it."""

    def __init__(self, assistant: Assistant, **filters: str | None) -> None:
        """Take the assistant and what `Assistant.ask` takes: `speaker`, `source`, `since`, `until`."""
        self._assistant = assistant
        self._filters: dict[str, Any] = filters
        self._messages: list[ChatMessage] = []

    @property
    def chat_history(self) -> list[ChatMessage]:
        return self._messages

    def reset(self) -> None:
        self._messages = []

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        history = self._take(message, chat_history)
        answer = self._assistant.ask(message, history=history, **self._filters)
        self.put(ChatMessage(answer.text, role=MessageRole.ASSISTANT))
        return AgentChatResponse(answer.text, source_nodes=_nodes(answer), metadata=answer.to_json())

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        return await asyncio.to_thread(self.chat, message, chat_history)

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """Return a response that grows; its source nodes are there when it has ended."""
        response = StreamingAgentChatResponse()
        response.chat_stream = self._pieces(message, self._take(message, chat_history), response)  # type: ignore[assignment]
        Thread(target=response.write_response_to_history, args=(self,), daemon=True).start()
        return response

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        response = StreamingAgentChatResponse()
        response.achat_stream = _in_threads(self._pieces(message, self._take(message, chat_history), response))  # type: ignore[assignment]
        response.awrite_response_to_history_task = asyncio.create_task(response.awrite_response_to_history(self))
        return response

    def put(self, message: ChatMessage) -> None:
        """Keep a message: this engine is its own memory."""
        self._messages.append(message)

    async def aput(self, message: ChatMessage) -> None:
        self.put(message)

    def _take(self, message: str, chat_history: list[ChatMessage] | None) -> list[Turn]:
        """Return what was said before, and keep the message."""
        if chat_history is not None:
            self._messages = list(chat_history)
        turns = [_turn(each) for each in self._messages if each.role in _ROLES]
        self.put(ChatMessage(message, role=MessageRole.USER))
        return turns

    def _pieces(
        self, message: str, history: list[Turn], response: StreamingAgentChatResponse
    ) -> Iterator[ChatResponse]:
        text = ""
        for item in self._assistant.stream(message, history=history, **self._filters):
            if isinstance(item, Answer):
                response.source_nodes = _nodes(item)
            else:
                text += item.text
                yield ChatResponse(message=ChatMessage(text, role=MessageRole.ASSISTANT), delta=item.text)


def _turn(message: ChatMessage) -> Turn:
    if message.role == MessageRole.USER:
        return Turn("user", message.content or "")
    return Turn("assistant", without_sources(message.content or ""))


async def _in_threads(pieces: Iterator[ChatResponse]) -> AsyncIterator[ChatResponse]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _nodes(answer: Answer) -> list[NodeWithScore]:
    return [NodeWithScore(node=_node(citation), score=answer.confidence) for citation in answer.citations]


def _node(citation: Citation) -> TextNode:
    document, quote = citation.document, citation.quote
    metadata = {
        "number": citation.number,
        "document_id": document.id,
        "source": document.source,
        "title": document.title,
        "date": citation.date or document.date,
        "page": citation.page,
        "speaker": citation.speaker,
        "manner": citation.manner,
    }
    return TextNode(
        id_=f"{document.id}:{quote.start}-{quote.end}",
        text=quote.text,
        start_char_idx=quote.start,
        end_char_idx=quote.end,
        metadata={name: value for name, value in metadata.items() if value is not None},
    )
