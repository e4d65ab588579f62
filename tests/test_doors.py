"""Every door gives the same citations: Python, the command line, the page, HTTP, MCP, OpenAI's routes."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import openai
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from assistant import Assistant, Turn
from assistant.answer import citation_to_json
from assistant.example import DOCUMENTS, QUESTIONS
from index import Library

ROOT = Path(__file__).parent.parent
HISTORY = [{"role": "user", "text": QUESTIONS[0]}]
ASKED = [(QUESTIONS[1], []), ("And about the money?", HISTORY), ("What is a quark?", [])]
Citations = list[dict]
FOOTNOTE = [sys.executable, "-m", "assistant.cli"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("doors") / "example.library"
    with Library.open(folder) as library:
        library.sync(DOCUMENTS)
    return folder


@pytest.fixture(scope="module")
def address(folder) -> Iterator[str]:
    command = [*FOOTNOTE, "serve", "--json", "--port", "0", "--library", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        found = json.loads(process.stdout.readline())["address"]
        until = time.monotonic() + 180
        while not _is_there(f"{found}/page/ready"):
            assert time.monotonic() < until, "the server did not come up"
            time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _is_there(url: str) -> bool:
    try:
        return httpx.get(url).text == "true"
    except httpx.TransportError:
        return False


def each_question(ask: Callable[..., Citations]) -> Callable[[Path, str], list[Citations]]:
    @functools.wraps(ask)
    def door(folder: Path, address: str) -> list[Citations]:
        return [ask(folder, address, question, history) for question, history in ASKED]

    return door


@each_question
def by_command_line(folder: Path, address: str, question: str, history: list[dict]) -> Citations:
    command = [*FOOTNOTE, "ask", question, "--json", "--library", str(folder)]
    earlier = folder.parent / "history.json"
    earlier.write_text(json.dumps(history))
    done = subprocess.run([*command, "--history", str(earlier)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["citations"]


@each_question
def by_page(folder: Path, address: str, question: str, history: list[dict]) -> Citations:
    """Ask as the page does, and read what it keeps and shows."""
    conversation = f"c{abs(hash(question))}"
    for turn in [each["text"] for each in history if each["role"] == "user"] + [question]:
        asked = {"question": turn, "conversation": conversation, "token": "t"}
        answer = httpx.post(f"{address}/page/ask", json=asked, timeout=60)
        shown = json.loads(answer.text.splitlines()[-1])
    citations = httpx.get(f"{address}/api/v1/conversations/{conversation}").json()["turns"][-1]["answer"]["citations"]
    assert shown.count("<blockquote") >= bool(citations)
    return citations


@each_question
def by_http(folder: Path, address: str, question: str, history: list[dict]) -> Citations:
    asked = {"question": question, "history": history}
    whole = httpx.post(f"{address}/api/v1/ask", json=asked, timeout=60).json()["citations"]
    stream = httpx.post(f"{address}/api/v1/ask", json=asked | {"stream": True}, timeout=60).text
    last = stream.rstrip().rpartition("event: answer\ndata: ")[2]
    assert json.loads(last)["citations"] == whole
    return whole


def by_tools_over_http(folder: Path, address: str) -> list[Citations]:
    return asyncio.run(_by_tools(f"{address}/mcp"))


def by_tools_over_pipes(folder: Path, address: str) -> list[Citations]:
    command = StdioServerParameters(
        command=FOOTNOTE[0],
        args=[*FOOTNOTE[1:], "mcp", "--library", str(folder)],
        env=dict(os.environ),
        cwd=str(ROOT),
    )
    return asyncio.run(_by_tools(command))


async def _by_tools(server: str | StdioServerParameters) -> list[Citations]:
    found = []
    async with Client(server) as client:
        for question, history in ASKED:
            result = await client.call_tool("ask", {"question": question, "history": history})
            assert not result.is_error, result.content
            found.append(result.structured_content["citations"])
            assert all(f"[{each['number']}]" in result.content[0].text for each in found[-1])
    return found


@each_question
def by_openai(folder: Path, address: str, question: str, history: list[dict]) -> Citations:
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    messages = [{"role": each["role"], "content": each["text"]} for each in history]
    messages.append({"role": "user", "content": question})
    with client:
        message = client.chat.completions.create(model="footnote", messages=messages).choices[0].message
        text, annotations = "", []
        for chunk in client.chat.completions.create(model="footnote", messages=messages, stream=True):
            delta = chunk.choices[0].delta
            text += delta.content or ""
            annotations += getattr(delta, "annotations", None) or []
    whole = [each.model_dump()["footnote"] for each in message.annotations]
    assert (text, [each["footnote"] for each in annotations]) == (message.content, whole)
    return whole


DOORS = [by_command_line, by_page, by_http, by_tools_over_http, by_tools_over_pipes, by_openai]


@pytest.fixture(scope="module")
def by_python(folder) -> list[Citations]:
    found = []
    with Library.open(folder) as library:
        for question, history in ASKED:
            answer = Assistant(library).ask(question, history=[Turn(**each) for each in history])
            found.append([citation_to_json(citation) for citation in answer.citations])
    assert [bool(citations) for citations in found] == [True, True, False]
    return found


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_gives_the_citations_that_python_gives(
    door: Callable[..., list[Citations]], folder: Path, address: str, by_python: list[Citations]
):
    assert door(folder, address) == by_python
