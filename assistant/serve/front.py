"""Answers health from the first moment, while the doors are still being imported; all else waits for them.

Knows nothing of the doors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assistant.serve.late import Late

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
_OK = b'{"status":"ok"}'


class Front:
    """The server's ASGI app; `make` returns the doors and is called in a thread once the server runs."""

    def __init__(self, make: Callable[[], Starlette], hosts: Iterable[str]) -> None:
        self._late = Late(make)
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._late.app is None and self._is_plain_health(scope):
            await _respond(send, 200, _OK)
        elif (app := await self._late.ready()) is not None:
            await app(scope, receive, send)
        elif scope["type"] == "http":
            await _respond(send, 503, b'{"status":503,"title":"the server is ending"}')

    async def _live(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] == "lifespan.startup":
            self._late.start()
            await send({"type": "lifespan.startup.complete"})
        if message["type"] == "lifespan.shutdown":
            await self._late.stop()
            await send({"type": "lifespan.shutdown.complete"})

    def _is_plain_health(self, scope: Scope) -> bool:
        """Tell whether somebody who names this server, and no page of another's, asks for its health."""
        if scope["type"] != "http" or scope["path"] != "/health" or scope["method"] not in ("GET", "HEAD"):
            return False
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").rpartition(":")[0].strip("[]")
        return host in self._hosts and b"origin" not in headers


async def _respond(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
