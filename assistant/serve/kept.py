"""REST: conversations kept in the library, and the reader's verdicts on their answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.conversations import Conversation, conversation_from_json
from assistant.page.transcript import FORMATS
from assistant.serve.service import ConversationNotFound, Service
from index.errors import InputError


class Feedback(BaseModel):
    """A verdict on answer number `turn` (1-based) of a conversation; null takes it back."""

    model_config = ConfigDict(extra="forbid")

    conversation: Annotated[str, Field(max_length=100)]
    turn: Annotated[int, Field(ge=1)]
    verdict: Literal["good", "bad"] | None
    note: Annotated[str, Field(max_length=4_000)] = ""


class Name(BaseModel):
    """A new name for a conversation."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]


def routes(service: Service) -> APIRouter:
    """Return the routes under /api/v1 for conversations and feedback."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/conversations")
    def conversations() -> list[dict[str, Any]]:
        """Return the conversations, the latest first, without their answers."""
        return [{name: each[name] for name in ("id", "name", "changed")} for each in service.conversations.list()]

    @router.get("/conversations/{conversation_id}")
    def conversation(conversation_id: str) -> dict[str, Any]:
        return service.conversation(conversation_id).to_json()

    @router.get("/conversations/{conversation_id}/export")
    def export(conversation_id: str, format: Literal["md", "html", "json"] = "md") -> Response:
        """Return a conversation as a file to keep."""
        kept = service.conversation(conversation_id)
        name = quote(
            "".join(letter for letter in kept.name if letter.isalnum() or letter in " -")[:60].strip() or kept.id
        )
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}.{format}"}
        if format == "json":
            return JSONResponse(kept.to_json(), headers=headers)
        media_type, write = FORMATS[format]
        return Response(write(kept), media_type=media_type, headers=headers)

    @router.patch("/conversations/{conversation_id}")
    def rename(conversation_id: str, request: Name) -> dict[str, Any]:
        service.conversation(conversation_id)
        changed = service.change(conversation_id, lambda kept: Conversation(kept.id, kept.exchanges, request.name))
        return {"id": changed.id, "name": changed.name, "changed": changed.changed}

    @router.delete("/conversations/{conversation_id}", status_code=204)
    def forget(conversation_id: str) -> None:
        service.conversation(conversation_id)
        service.conversations.delete(conversation_id)

    @router.post("/feedback", status_code=204)
    def judge(request: Feedback) -> None:
        """Keep a verdict on an answer."""

        def judged(kept: Conversation) -> Conversation:
            if not kept.exchanges:
                raise ConversationNotFound(request.conversation)
            if request.turn > len(kept.exchanges):
                raise InputError(f"conversation '{kept.id}' has {len(kept.exchanges)} answers, not {request.turn}")
            return kept.with_verdict(request.turn, request.verdict, request.note)

        service.change(request.conversation, judged)

    @router.get("/feedback")
    def feedback() -> list[dict[str, Any]]:
        """Return every verdict as an item of an evaluation set: question, verdict, the evidence cited."""
        kept = (conversation_from_json(each) for each in service.conversations.list())
        return [item for each in kept for item in _items(each)]

    return router


def _items(kept: Conversation) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{kept.id}-{number}",
            "question": exchange.answer.query.question,
            "verdict": exchange.verdict,
            "note": exchange.note,
            "evidence": [
                {"source": c.document.source, "start": c.quote.start, "end": c.quote.end}
                for c in exchange.answer.citations
            ],
            "history": [
                {"role": turn.role, "text": turn.text}
                for turn in Conversation(kept.id, kept.exchanges[: number - 1]).history()
            ],
        }
        for number, exchange in enumerate(kept.exchanges, start=1)
        if exchange.verdict
    ]
