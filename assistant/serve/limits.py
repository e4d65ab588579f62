"""How much one client, and all of them together, may ask of the server: rate, requests at once, size and slowness.

Refusals are problem details that say when to come again. Static files and health are never refused.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.serve.problems import problem

LARGEST_REQUEST = 2 * 1024 * 1024  # bytes of a request that is no upload
LARGEST_UPLOAD = 200 * 1024 * 1024  # bytes of one file
UPLOADS = "/api/v1/documents"
PATIENCE = 30.0  # seconds a client may take to send a request, or the next piece of an upload
# Requests being worked on at once. Programs: so many that the last waits half a second on two cores; more are told at
# once to come back. The page: people wait their turn, the page says so.
MOST_AT_ONCE, MOST_ON_THE_PAGE = 12, 32
MOST_UPLOADS_AT_ONCE = 16
_WORK = ("/api/", "/v1/", "/mcp", "/metrics", "/page/")
_STATIC = ("/page/style", "/page/script", "/page/ready", "/api/v1/status")
_CLIENTS = 10_000  # remembered


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rate:
    """A token bucket for each client: `per_second` on average, `at_once` after a rest. Zero means no limit."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self.per_second, self.at_once = per_second, at_once
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str, now: float) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        if not self.per_second:
            return 0.0
        bucket = self._buckets.setdefault(client, _Bucket(self.at_once, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self.at_once, bucket.tokens + (now - bucket.at) * self.per_second)
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self.per_second
        bucket.tokens -= 1
        return 0.0


class Limits:
    """Holds requests to the limits before any is worked on; a body is read here, so that nobody waits inside."""

    def __init__(self, app: ASGIApp, per_second: float) -> None:
        self.app = app
        self.rate = Rate(per_second, 2 * per_second)
        self._n_at_once = {True: 0, False: 0}  # by whether it is the page
        self._n_uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(_WORK) or path.startswith(_STATIC):
            await self.app(scope, receive, send)
        elif seconds := self.rate.wait(_client(scope), time.monotonic()):
            await problem(429, "too many requests: ask more slowly", retry_after=seconds)(scope, receive, send)
        elif scope["method"] == "POST" and path == UPLOADS:
            await self._upload(scope, receive, send)
        else:
            await self._work(scope, receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _declared(scope) > LARGEST_UPLOAD:
            await problem(413, f"larger than {LARGEST_UPLOAD // 1024**2} MB: split the file, or use `footnote index`")(
                scope, receive, send
            )
        elif self._n_uploads >= MOST_UPLOADS_AT_ONCE:
            await problem(503, "too many uploads at once: try again in a moment")(scope, receive, send)
        else:
            self._n_uploads += 1
            try:
                await self.app(scope, _patient(receive), send)
            finally:
                self._n_uploads -= 1

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["path"].startswith("/page/")
        body = await _received(scope, receive)
        if isinstance(body, int):
            says = f"larger than {LARGEST_REQUEST:,} bytes" if body == 413 else "the request did not come to its end"
            await problem(body, says)(scope, receive, send)
        elif self._n_at_once[is_page] >= (MOST_ON_THE_PAGE if is_page else MOST_AT_ONCE):
            await problem(503, "busy: try again in a moment")(scope, receive, send)
        else:
            self._n_at_once[is_page] += 1
            try:
                await self.app(scope, _replayed(body, receive), send)
            finally:
                self._n_at_once[is_page] -= 1


def _client(scope: Scope) -> str:
    return str((scope.get("client") or ("?",))[0])


def _declared(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "0")
    return int(declared) if declared.isdecimal() and len(declared) < 20 else LARGEST_UPLOAD + 1


async def _received(scope: Scope, receive: Receive) -> bytes | int:
    """Return the body, or the status that refuses it: too large, too slow, broken off."""
    if _declared(scope) > LARGEST_REQUEST:
        return 413
    pieces, size = list[bytes](), 0
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return 400
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > LARGEST_REQUEST:
                    return 413
                if not message.get("more_body"):
                    return b"".join(pieces)
    except TimeoutError:
        return 408


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body once and then what comes, such as the client's going away."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return pending.pop() if pending else await receive()

    return receiving


def _patient(receive: Receive) -> Receive:
    """Return a receive that takes a client which sends nothing for too long for gone."""

    async def receiving() -> Message:
        try:
            return await asyncio.wait_for(receive(), PATIENCE)
        except TimeoutError:
            return {"type": "http.disconnect"}

    return receiving
