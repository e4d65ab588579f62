"""One line in the log, one count in the metrics and one trace id for each request.

Never holds what was asked: a path and a status are all that is written.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.logs import trace_id
from assistant.serve.metrics import Metrics
from assistant.serve.problems import problem

logger = logging.getLogger(__name__)
HEADER = "X-Trace-Id"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_ROUTE = re.compile(
    r"/(?:api/v1/(?:ask|conversations|docs|documents|feedback|jobs|openapi\.json|people|search|statements|status)"
    r"|v1/(?:chat/completions|models)|health|metrics|mcp)(?=/|$)"
)


class Traced:
    """Gives each request a trace id, the caller's own where it sends `traceparent`, and returns it as X-Trace-Id."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token = trace_id.set(_id_of(scope))
        status, has_begun, started = 500, False, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                status, has_begun = message["status"], True
                MutableHeaders(scope=message)[HEADER] = trace_id.get()
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except asyncio.CancelledError:  # the server is stopping and could not wait: say so where nothing was said yet
            if has_begun:
                raise
            await problem(503, "the server is stopping: ask again when it is back")(scope, receive, sending)
        finally:
            self._note(scope, status, time.perf_counter() - started)
            trace_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = route_of(scope["path"]), scope["method"]
        self.metrics.request(method, route, status, seconds)
        extra = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
        logger.info("%s %s %d %.3f s", method, route, status, seconds, extra=extra)


def _id_of(scope: Scope) -> str:
    match = _TRACEPARENT.fullmatch(Headers(scope=scope).get("traceparent", ""))
    return match[1] if match else uuid4().hex


def route_of(path: str) -> str:
    """Return a path without what it names: documents and conversations stay out of logs and metrics."""
    if match := _ROUTE.match(path):
        return match[0] + ("/*" if len(path) > match.end() else "")
    return "/gradio_api" if path.startswith("/gradio_api/") else "/page"
