"""The library as a model of OpenAI's chat completions, so that programs made for those can ask it.

Numbers in the text, a list of sources under it, and the citations as `annotations` beside it. What is asked of a
language model alone (temperature, a system message) is taken and has no effect: the documents decide what is said.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Answer, Citation, Turn, citation_to_json
from assistant.logs import trace_id
from assistant.serve.problems import NotFound, as_openai, as_problem
from assistant.serve.service import Service
from assistant.sources import sources, with_sources, without_sources
from index.errors import FootnoteError, InputError

MODEL = "footnote"
Text = Annotated[str, Field(max_length=200_000)]


class Part(BaseModel):
    """A piece of a message's content; only text can be read."""

    type: Literal["text"]
    text: Text


class ChatMessage(BaseModel):
    """A message; those of roles other than user and assistant are left out."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | Annotated[list[Part], Field(max_length=100)] | None = None

    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """Whether a stream ends with its usage."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A conversation whose last message is the question."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, Field(max_length=200)] = MODEL
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=400)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None

    def question(self) -> tuple[str, tuple[Turn, ...]]:
        """Return the question and what was said before it; raise InputError when the last message is no question."""
        said = [message for message in self.messages if message.role in ("user", "assistant")]
        if not said or said[-1].role != "user":
            raise InputError("the last message must be the user's: it is the question")
        turns = [
            Turn("user", each.text()) if each.role == "user" else Turn("assistant", without_sources(each.text()))
            for each in said[:-1]
        ]
        return said[-1].text(), tuple(turns)


def routes(service: Service) -> APIRouter:
    """Return the routes under /v1."""
    router = APIRouter(prefix="/v1")

    @router.post("/chat/completions")
    def complete(request: ChatRequest, http: Request) -> Response:
        """Answer the last message from the documents; with `stream`, as server-sent events that end with [DONE]."""
        if request.model != MODEL:
            raise NotFound(f"no model '{request.model}' here: its name is '{MODEL}'")
        question, history = request.question()
        reply = _Reply(str(http.base_url))
        if request.stream:
            usage = bool(request.stream_options and request.stream_options.include_usage)
            items = service.assistant.stream(question, history=history)
            return StreamingResponse(reply.events(items, usage), media_type="text/event-stream")
        return JSONResponse(reply.whole(service.assistant.ask(question, history=history)))

    @router.get("/models")
    def models() -> dict[str, Any]:
        """Return the one model there is."""
        return {"object": "list", "data": [_model()]}

    @router.get("/models/{name}")
    def model(name: str) -> dict[str, Any]:
        if name != MODEL:
            raise NotFound(f"no model '{name}' here: its name is '{MODEL}'")
        return _model()

    return router


class _Reply:
    """One completion, whole or in pieces; its id is the trace id."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._head = {"id": f"chatcmpl-{trace_id.get()}", "created": int(time.time()), "model": MODEL}

    def whole(self, answer: Answer) -> dict[str, Any]:
        message = {
            "role": "assistant",
            "content": with_sources(answer),
            "refusal": None,
            "annotations": self._annotations(answer),
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        more = {"usage": _usage(), "footnote": _verdict(answer)}
        return {**self._head, "object": "chat.completion", "choices": [choice], **more}

    def events(self, items: Iterator[Any], usage: bool) -> Iterator[str]:
        """Return the pieces as server-sent events; an error in the stream is its last event."""
        try:
            yield self._chunk({"role": "assistant", "content": ""})
            for item in items:
                if isinstance(item, Answer):
                    yield self._chunk({"content": sources(item)})
                    last = {"annotations": self._annotations(item)}
                    yield self._chunk(last, "stop", footnote=_verdict(item))
                else:
                    yield self._chunk({"content": item.text})
        except FootnoteError as error:
            yield _event(as_openai(as_problem(error)))
        if usage:
            yield _event({**self._head, "object": "chat.completion.chunk", "choices": [], "usage": _usage()})
        yield "data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return _event({**self._head, "object": "chat.completion.chunk", "choices": [choice], **more})

    def _annotations(self, answer: Answer) -> list[dict[str, Any]]:
        return [
            {"type": "url_citation", "url_citation": self._place(each), "footnote": citation_to_json(each)}
            for each in answer.citations
        ]

    def _place(self, citation: Citation) -> dict[str, Any]:
        """Return where a citation leads: the words cited, in the document's text, on this server."""
        span = f"start={citation.quote.start}&end={citation.quote.end}"
        url = f"{self._address}api/v1/documents/{quote(citation.document.id)}/text?{span}"
        title = citation.document.title
        return {"start_index": citation.start, "end_index": citation.end, "title": title, "url": url}


def _verdict(answer: Answer) -> dict[str, Any]:
    reason = answer.abstention.reason.value if answer.abstention else None
    return {"confidence": round(answer.confidence, 4), "abstention": reason}


def _usage() -> dict[str, int]:
    return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}  # no language model was paid


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "you"}


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
