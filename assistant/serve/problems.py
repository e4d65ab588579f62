"""Errors as RFC 9457 problem details: {"type", "title", "status", "detail"}."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from assistant.serve.service import ConversationNotFound, StillOpening, Stopping
from index.errors import (
    DocumentNotFound,
    FileTooLarge,
    FootnoteError,
    InputError,
    LibraryError,
    LibraryLocked,
    ReadError,
    StorageError,
    UnsupportedFile,
)

logger = logging.getLogger(__name__)


class NotFound(InputError):
    """Nothing of that name on this server."""


# The first class that fits gives the status.
_STATUS: tuple[tuple[type[FootnoteError], HTTPStatus], ...] = (
    (DocumentNotFound, HTTPStatus.NOT_FOUND),
    (ConversationNotFound, HTTPStatus.NOT_FOUND),
    (NotFound, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.BAD_REQUEST),
    (UnsupportedFile, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (FileTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (ReadError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StillOpening, HTTPStatus.SERVICE_UNAVAILABLE),
    (Stopping, HTTPStatus.SERVICE_UNAVAILABLE),
    (LibraryLocked, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.INSUFFICIENT_STORAGE),
    (LibraryError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "A problem", "content": {"application/problem+json": {"schema": {"type": "object"}}}},
    "5XX": {"description": "A problem", "content": {"application/problem+json": {"schema": {"type": "object"}}}},
}
_DETAILS = {
    "Not Found": "there is nothing at this address: /api/v1/docs lists what there is",
    "Method Not Allowed": "this address does not take that method: /api/v1/docs lists what it takes",
}


def status_of(error: FootnoteError) -> HTTPStatus:
    """Return the HTTP status that says what kind of error it is."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


class Problem(JSONResponse):
    """A problem as a response; on the OpenAI-compatible routes it takes the shape that OpenAI's clients read."""

    def __init__(self, body: dict[str, Any], headers: dict[str, str]) -> None:
        super().__init__(body, body["status"], headers, media_type="application/problem+json")
        self._problem = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").startswith("/v1/"):
            await super().__call__(scope, receive, send)
            return
        headers = {name: value for name, value in self.headers.items() if not name.startswith("content-")}
        status = self.status_code if self.status_code != HTTPStatus.UNPROCESSABLE_ENTITY else HTTPStatus.BAD_REQUEST
        await JSONResponse(as_openai(self._problem), status, headers)(scope, receive, send)


def problem(
    status: int, detail: str, kind: str = "about:blank", *, retry_after: float | None = None, **more: object
) -> Problem:
    """Return a problem as a response; `retry_after` is in seconds."""
    body = {"type": kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    if status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is None:
        retry_after = 1
    headers = {"Retry-After": str(ceil(retry_after))} if retry_after is not None else {}
    if status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
        headers["Connection"] = "close"  # what is still coming will not be read
    return Problem(body, headers)


def as_problem(error: FootnoteError) -> dict[str, Any]:
    """Return an error of ours as a problem's members."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    status = status_of(error)
    return {"type": f"urn:footnote:{name}", "title": status.phrase, "status": int(status), "detail": str(error)}


def as_openai(body: dict[str, Any]) -> dict[str, Any]:
    """Return a problem as OpenAI's clients read it."""
    kinds = {401: "authentication_error", 429: "rate_limit_error"}
    kind = kinds.get(body["status"], "invalid_request_error" if body["status"] < 500 else "server_error")
    code = body["type"].removeprefix("urn:footnote:").replace("-", "_")
    param = body["errors"][0]["where"].removeprefix("body.") if body.get("errors") else None
    return {"error": {"message": body["detail"], "type": kind, "param": param, "code": _none_if_blank(code)}}


def _none_if_blank(code: str) -> str | None:
    return None if code == "about:blank" else code


async def healthy(_: Request) -> JSONResponse:
    """Return what a health check reads."""
    return JSONResponse({"status": "ok"})


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(FootnoteError)
    def _ours(_: Request, error: FootnoteError) -> JSONResponse:
        found = as_problem(error)
        return problem(found["status"], found["detail"], found["type"])

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        found = problem(error.status_code, _DETAILS.get(str(error.detail), str(error.detail)))
        found.headers.update(headers)
        return found

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors()]
        detail = "; ".join(f"{each['where']}: {each['what']}" for each in wrong[:5])
        return problem(422, detail, "urn:footnote:invalid-request", errors=wrong)

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(500, "something went wrong here; the log says what")
