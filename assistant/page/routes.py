"""The page's own routes: fragments of HTML for its panes, its style sheet and its script."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from assistant.page import render, shelf, source, views
from assistant.page.examples import questions
from assistant.page.talk import Asked, Talk
from assistant.serve.service import Service
from index.paper import boxes

Search = Annotated[str, Query(max_length=200)]
Offset = Annotated[int, Query(ge=0)]


def routes(service: Service, talk: Talk) -> APIRouter:
    """Return the routes under /page/."""
    router = APIRouter(prefix="/page", default_response_class=HTMLResponse)

    @router.get("/style.css")
    def style() -> Response:
        return _forever(resources.files("assistant.page").joinpath("style.css").read_text(encoding="utf-8"), "text/css")

    @router.get("/script/{version}/{name}")
    def script(version: str, name: str) -> Response:
        """Return one of the scripts; the version in the path lets browsers keep it for ever."""
        text = scripts().get(name)
        return Response(status_code=404) if text is None else _forever(text, "text/javascript")

    @router.post("/ask")
    def ask(asked: Asked) -> StreamingResponse:
        """Return the turn as it grows: a line of JSON for each picture of it, a string of HTML."""
        lines = (json.dumps(picture) + "\n" for picture in talk.ask(asked))
        return StreamingResponse(lines, media_type="application/x-ndjson")

    @router.post("/stop", status_code=204)
    def stop(token: Annotated[str, Query(max_length=100)]) -> None:
        talk.stop(token)

    router.include_router(_lists(service))
    router.include_router(_sources(service))
    router.include_router(views.routes(service))
    return router


@cache
def scripts() -> dict[str, str]:
    """Return the text of every script by its name."""
    folder = resources.files("assistant.page").joinpath("script")
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".js")}


def digest(texts: Iterable[str]) -> str:
    """Return what changes with any of the texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _forever(text: str, kind: str) -> Response:
    return Response(text, media_type=kind, headers={"Cache-Control": "max-age=31536000, immutable"})


def _lists(service: Service) -> APIRouter:
    """Return the routes of the left pane and the conversation."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/documents")
    def documents(search: Search = "") -> str:
        return shelf.documents(service.library.documents(), search)

    @router.get("/speakers")
    def speakers() -> str:
        return shelf.people(service.library.people())

    @router.get("/conversations")
    def conversations(current: str = "", search: Search = "") -> str:
        kept = service.conversations.names(search)
        return shelf.conversations([(each["id"], each["name"], each["changed"]) for each in kept], current, search)

    @router.get("/choices")
    def choices() -> str:
        library = service.library
        return shelf.choices(library.people(), library.documents())

    @router.get("/welcome")
    def welcome() -> str:
        library = service.library
        return shelf.welcome(questions(library), library.n_documents)

    @router.get("/conversation")
    def conversation(id: str) -> str:
        exchanges = service.conversation_or_new(id).exchanges
        turns = (render.turn(each.answer, n, verdict=each.verdict) for n, each in enumerate(exchanges, start=1))
        return "".join(turns)

    return router


def _sources(service: Service) -> APIRouter:
    """Return the routes of the right pane."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/source")
    def source_pane(
        document: str, start: Offset = 0, end: Offset = 0, passage_start: Offset = 0, passage_end: Offset = 0
    ) -> str:
        passage = (passage_start, passage_end) if passage_end > passage_start else None
        return source.source_pane(source.view(service.library.document(document), start, end, passage))

    @router.get("/paper")
    def paper_page(document: str, page: Annotated[int, Query(ge=1)], start: Offset = 0, end: Offset = 0) -> str:
        held, data = service.original(document)
        is_quoted_here = start < end and held.page_at(start) == page
        found = boxes(data, held, start, end) if is_quoted_here else ()
        return source.paper_page(held, page, found, is_quoted_here=is_quoted_here)

    @router.get("/text")
    def text(document: str, at: Offset, which: Annotated[str, Query(pattern="^(earlier|later)$")]) -> str:
        return source.more(service.library.document(document), at, which == "earlier")

    @router.get("/peek")
    def peek(document: str, start: Offset, end: Offset) -> str:
        return source.peek(service.library.document(document), start, end)

    @router.get("/places")
    def places(speaker: str) -> JSONResponse:
        """Return where a speaker speaks, as [document, start, end] of each statement's words, by date and place."""
        found = sorted(
            service.library.statements(speaker=speaker), key=lambda each: each.date or each.document.date or ""
        )
        return JSONResponse([[each.document.id, span.start, span.end] for each in found for span in each.content])

    return router
