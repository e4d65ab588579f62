"""The assistant inside llama-index: query engine, chat engine, streams, history."""

from __future__ import annotations

import asyncio

import pytest
from fakes import FakeAssistant, harbour_library
from llama_index.core.base.llms.types import ChatMessage, MessageRole

from assistant import ChatEngine, QueryEngine

FEES = "What did Aaltonen say about the fees?"


class Remembering(FakeAssistant):
    """Keeps the history it was given."""

    def ask(self, question: str, *, history=(), **options):
        self.history = list(history)
        return super().ask(question, history=history, **options)


@pytest.fixture
def assistant() -> Remembering:
    return Remembering(harbour_library())


def test_a_query_engine_gives_the_answer_with_its_citations_as_nodes(assistant):
    response = QueryEngine(assistant).query(FEES)
    answer = assistant.ask(FEES)
    assert str(response) == answer.text
    assert response.metadata == answer.to_json()
    for found, citation in zip(response.source_nodes, answer.citations, strict=True):
        assert found.node.text == citation.quote.text
        assert found.node.metadata["number"] == citation.number
        text = assistant.library.document(found.node.metadata["document_id"]).text
        assert text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text
    assert str(asyncio.run(QueryEngine(assistant).aquery(FEES))) == answer.text


def test_a_chat_engine_remembers_until_it_is_reset(assistant):
    engine = ChatEngine(assistant)
    first = engine.chat(FEES)
    engine.chat("And Brandvik?")
    assert [(turn.role, turn.text) for turn in assistant.history] == [("user", FEES), ("assistant", str(first))]
    assert [message.role.value for message in engine.chat_history] == ["user", "assistant"] * 2
    engine.reset()
    asyncio.run(engine.achat(FEES))
    assert assistant.history == []


def test_a_given_history_counts_and_other_roles_do_not(assistant):
    history = [ChatMessage("Be brief.", role=MessageRole.SYSTEM), ChatMessage("Who?", role=MessageRole.USER)]
    ChatEngine(assistant).chat(FEES, history)
    assert [(turn.role, turn.text) for turn in assistant.history] == [("user", "Who?")]


def test_a_stream_is_the_answer_in_pieces_and_is_remembered(assistant):
    engine, answer = ChatEngine(assistant), assistant.ask(FEES)
    response = engine.stream_chat(FEES)
    assert "".join(response.response_gen).strip() == answer.text
    assert [found.node.text for found in response.source_nodes] == [c.quote.text for c in answer.citations]
    assert engine.chat_history[-1].content == answer.text


def test_an_asynchronous_stream_is_the_same(assistant):
    async def streamed() -> str:
        response = await ChatEngine(assistant).astream_chat(FEES)
        return "".join([piece async for piece in response.async_response_gen()])

    assert asyncio.run(streamed()).strip() == assistant.ask(FEES).text
