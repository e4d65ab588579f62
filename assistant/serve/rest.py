"""REST: ask, search, statements, people, status. Shapes are those of the contract; errors are problem details."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Answer, Turn, passage_to_json, query_to_json
from assistant.serve.service import Service
from assistant.shapes import person_to_json, statement_to_json, to_csv
from assistant.speakers import speakers, statements_on
from index.errors import FootnoteError

Text = Annotated[str, Field(max_length=200_000)]
Short = Annotated[str, Field(max_length=1_000)]


class Message(BaseModel):
    """One earlier message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    text: Text


class Narrowed(BaseModel):
    """What narrows a search down. `source` is a glob; dates are ISO, inclusive."""

    model_config = ConfigDict(extra="forbid")

    speaker: Short | None = None
    source: Short | None = None
    since: Short | None = None
    until: Short | None = None

    def filters(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("speaker", "source", "since", "until")}


class AskRequest(Narrowed):
    """A question, with the conversation before it."""

    question: Text
    k: int | None = None
    history: Annotated[list[Message], Field(max_length=200)] = []
    stream: bool = False

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(message.role, message.text) for message in self.history)


class SearchRequest(Narrowed):
    """Words to search for, and how many passages to return."""

    query: Text
    k: int = 10


def routes(service: Service) -> APIRouter:
    """Return the routes under /api/v1 that read."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/ask")
    def ask(request: AskRequest) -> Response:
        """Answer a question; with `stream`, as server-sent events: delta … answer, or problem."""
        assistant = service.assistant
        options = {"history": request.turns(), "k": request.k, **request.filters()}
        if request.stream:
            return StreamingResponse(
                _events(assistant.stream(request.question, **options)), media_type="text/event-stream"
            )
        return JSONResponse(assistant.ask(request.question, **options).to_json())

    @router.post("/search")
    def search(request: SearchRequest) -> dict[str, Any]:
        """Return the passages that fit best, without an answer."""
        understood, passages = service.assistant.search(request.query, k=request.k, **request.filters())
        return {
            "query": request.query,
            "understood": query_to_json(understood),
            "passages": [passage_to_json(passage) for passage in passages],
        }

    @router.get("/statements")
    def statements(
        topic: str | None = None,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        manner: str | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
        format: Annotated[str, Query(pattern="^(json|csv)$")] = "json",
    ) -> Response:
        """Return who said what, in the order of the documents; as JSON, or as CSV for a spreadsheet."""
        within = {"source": source, "since": since, "until": until, "manner": manner}
        found = statements_on(service.library, topic, speaker=speaker, **within)
        if format == "csv":
            return Response(to_csv(found[:limit]), media_type="text/csv")
        return JSONResponse([statement_to_json(each) for each in found[:limit]])

    @router.get("/people")
    def people(
        topic: str | None = None,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        manner: str | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    ) -> list[dict[str, Any]]:
        """Return the speakers, those with most statements first, and what they speak about."""
        within = {"source": source, "since": since, "until": until, "manner": manner}
        found = speakers(service.library, topic=topic, speaker=speaker, **within)
        return [person_to_json(person, topics) for person, topics in found[:limit]]

    @router.get("/status")
    def status() -> dict[str, Any]:
        """Tell whether the library is open, and how much it holds; `started` changes with every start of the server.

        While `model` is loading, answers go by words alone.
        """
        if not service.is_ready:
            return {"state": "failed" if service.failure else "opening", "started": service.started}
        library = service.library
        counts = {"n_documents": library.n_documents, "n_passages": library.n_passages}
        model = "loading" if library.is_model_loading else "ready"
        known = {"model": model, "started": service.started, "generation": library.generation}
        return {"state": "ready", **known, **counts}

    return router


def _events(stream: Iterator[Any]) -> Iterator[str]:
    """Return the stream as server-sent events; an error in it is its last event, `problem`."""
    try:
        for item in stream:
            if isinstance(item, Answer):
                yield _event("answer", item.to_json())
            else:
                yield _event("delta", {"text": item.text})
    except FootnoteError as error:
        yield _event("problem", {"title": type(error).__name__, "detail": str(error)})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
