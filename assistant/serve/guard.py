"""Refuses requests that come from other sites, and tells browsers what the page may load.

Two attacks are closed: a page elsewhere that posts to this server, and a name made to resolve to this machine (DNS
rebinding). Hosts are checked by Starlette's TrustedHostMiddleware, origins here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.serve.problems import problem

# 'unsafe-inline' and 'unsafe-eval' are Gradio's needs; nothing may be fetched from anywhere else.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; connect-src 'self'; font-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "::1")


class OriginGuard:
    """Lets a request pass when its Origin, if it has one, is this server's own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket" or not is_own(Headers(scope=scope), scope["method"]):
            await problem(403, "requests from other sites are refused")(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))


def is_own(headers: Headers, method: str) -> bool:
    """Tell whether a request comes from this server's own page, or from no page at all."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    # A link from another site may open the page; nothing else may cross sites.
    crosses = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return not crosses or (method == "GET" and headers.get("sec-fetch-mode") == "navigate")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


class BodyLimit:
    """Refuses a request whose body is declared, or turns out, larger than `limit` bytes; uploads have their own."""

    def __init__(self, app: ASGIApp, limit: int, *, except_for: str) -> None:
        self.app, self.limit, self.except_for = app, limit, except_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == self.except_for:
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > self.limit:
            await problem(413, f"the request is larger than {self.limit:,} bytes")(scope, receive, send)
            return
        await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            # Only a chunked body gets here without a declared length: it ends where the limit is.
            return {"type": "http.disconnect"} if seen > self.limit else message

        return receiving
