"""Errors as RFC 9457 problem details: {"type", "title", "status", "detail"}."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.serve.service import ConversationNotFound, StillOpening
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

# The first class that fits gives the status.
_STATUS: tuple[tuple[type[FootnoteError], HTTPStatus], ...] = (
    (DocumentNotFound, HTTPStatus.NOT_FOUND),
    (ConversationNotFound, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.BAD_REQUEST),
    (UnsupportedFile, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (FileTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (ReadError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StillOpening, HTTPStatus.SERVICE_UNAVAILABLE),
    (LibraryLocked, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.INSUFFICIENT_STORAGE),
    (LibraryError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: FootnoteError) -> HTTPStatus:
    """Return the HTTP status that says what kind of error it is."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(status: int, detail: str, kind: str = "about:blank", **more: object) -> JSONResponse:
    """Return a problem as a response."""
    body = {"type": kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    headers = {"Retry-After": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(FootnoteError)
    def _ours(_: Request, error: FootnoteError) -> JSONResponse:
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
        return problem(status_of(error), str(error), f"urn:footnote:{name}")

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors()]
        detail = "; ".join(f"{each['where']}: {each['what']}" for each in wrong[:5])
        return problem(422, detail, "urn:footnote:invalid-request", errors=wrong)

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(500, "something went wrong here; the log says what")
