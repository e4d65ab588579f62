"""The library as tools of a language model: the official client, the texts a model reads, errors it can read."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeAssistant, harbour_library
from mcp.client import Client

from assistant.serve.service import StillOpening
from assistant.tools import tool_server

FEES = "What did Aaltonen say about the fees?"


def call(name: str, arguments: dict[str, Any], assistant=None):
    server = tool_server(assistant or (lambda: FakeAssistant(harbour_library())))

    async def called():
        async with Client(server) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(called())


def text_of(result) -> str:
    assert not result.is_error, result.content
    return result.content[0].text


def test_the_tools_say_what_they_are_for():
    async def listed():
        async with Client(tool_server(lambda: FakeAssistant(harbour_library()))) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert set(tools) == {"ask", "search", "statements", "read_document", "list_documents"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations.read_only_hint is True
        assert "self" not in tool.input_schema["properties"]


def test_an_answer_is_text_with_numbers_and_sources_and_the_public_shape():
    result = call("ask", {"question": FEES})
    assert "earns nothing at all,”" in text_of(result)
    assert "[1] Council minutes, 3 April · minutes.docx · 2025-04-03 · characters" in text_of(result)
    assert result.structured_content == FakeAssistant(harbour_library()).ask(FEES).to_json()


def test_silence_says_why_and_what_does_have_an_answer():
    text = text_of(call("ask", {"question": "What did Aaltonen say about the moon?"}))
    assert "said nothing about that" in text
    assert "- What did Lena Aaltonen say about the fees?" in text


def test_what_was_found_can_be_read_on_at_its_characters():
    found = call("search", {"query": "cruise operators", "k": 1})
    (passage,) = found.structured_content["passages"]
    assert f"minutes.docx characters {passage['start']}-{passage['end']}" in text_of(found)
    place = {"document_id": passage["document"]["id"], "start": passage["start"], "end": passage["end"]}
    read = call("read_document", place)
    assert text_of(read).startswith(passage["text"])
    assert read.structured_content["length"] > passage["end"]


def test_a_long_document_is_read_in_pieces():
    library = harbour_library()
    library.add_upload("long.txt", b"word " * 10_000)
    read = call("read_document", {"document_id": "long.txt"}, lambda: FakeAssistant(library))
    assert (read.structured_content["end"], read.structured_content["length"]) == (20_000, 50_000)
    assert text_of(read).endswith("[characters 0-20000 of 50000]")


def test_lists_are_counted_and_can_be_paged():
    assert text_of(call("list_documents", {"limit": 1})).startswith("1-1 of 2\n- minutes.docx: Council minutes")
    assert text_of(call("list_documents", {"skip": 1})).startswith("2-2 of 2\n- news.txt")
    assert text_of(call("list_documents", {"skip": 9})) == "there are 2; none from 9 on"
    assert text_of(call("statements", {})).startswith("1-3 of 3\n- Lena Aaltonen (told, direct): “Nobody likes")


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("read_document", {"document_id": "none.txt"}, "no document 'none.txt'"),
        ("read_document", {"document_id": "news.txt", "start": 99_999}, "characters 0 to"),
        ("read_document", {"document_id": "news.txt", "start": 9, "end": 3}, "characters 0 to"),
        ("read_document", {}, "document_id"),
        ("search", {"query": "x", "k": 0}, "greater than or equal to 1"),
        ("ask", {"question": "x", "history": [{"role": "root", "text": ""}]}, "role"),
        ("frobnicate", {}, "frobnicate"),
    ],
)
def test_errors_can_be_read_by_a_model(tool: str, arguments: dict[str, Any], says: str):
    result = call(tool, arguments)
    assert result.is_error
    assert says in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_a_library_still_being_opened_is_said_to_be():
    def opening():
        raise StillOpening

    result = call("ask", {"question": FEES}, opening)
    assert result.is_error
    assert "still being opened" in result.content[0].text


def test_nothing_but_the_protocol_is_written_to_standard_output(tmp_path: Path):
    command = [sys.executable, "-m", "assistant.cli", "--verbose", "mcp", "--library", str(tmp_path / "library")]
    done = subprocess.run(command, input="{broken\n", capture_output=True, text=True, timeout=60)
    assert all(line.startswith('{"jsonrpc"') for line in done.stdout.splitlines())
    assert "Traceback" not in done.stderr
