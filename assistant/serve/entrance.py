"""Lets in who has a password or a token, and leads each to their library.

Without a users file nobody is asked, and the server binds to this machine alone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.serve.late import Late, serve
from assistant.serve.limits import Rate
from assistant.serve.problems import problem
from assistant.serve.users import User, Users

logger = logging.getLogger(__name__)
_GUESSES = 0.2, 10  # from one address: a second on average, and at once
_OPEN = ("/health",)
_ASK = 'Basic realm="Footnote", charset="UTF-8"'


class Entrance:
    """Asks everybody but a health check for a name and password (Basic) or a token (Bearer)."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self.app, self.users = app, users
        self._guesses = Rate(*_GUESSES)
        self._checking = asyncio.Semaphore(2)  # scrypt takes 16 MiB and a core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self.app(scope, receive, send)
            return
        authorization = Headers(scope=scope).get("authorization", "")
        user = self.users.known(authorization)
        if user is None and authorization:
            seconds = self._guesses.wait(str((scope.get("client") or ("?",))[0]), time.monotonic())
            if seconds:
                await problem(429, "too many wrong passwords: wait", retry_after=seconds)(scope, receive, send)
                return
            async with self._checking:
                user = await asyncio.to_thread(self.users.check, authorization)
        if user is None:
            refused = problem(401, "a name and password, or a token, is needed: `footnote user NAME` gives one")
            refused.headers["WWW-Authenticate"] = _ASK
            await refused(scope, receive, send)
            return
        scope.setdefault("state", {})["user"] = user
        await self.app(scope, receive, send)


class Rooms:
    """An ASGI app that leads each person to the app over their library; an app is made when it is first wanted."""

    def __init__(self, app_over: Callable[[Path | None], Starlette]) -> None:
        self._app_over = app_over
        self._rooms: dict[Path | None, Late] = {}

    def room(self, library: Path | None) -> Late:
        if library not in self._rooms:
            self._rooms[library] = Late(lambda: self._app_over(library))
        return self._rooms[library]

    async def stop(self) -> None:
        """Close every library that was opened."""
        await asyncio.gather(*(room.stop() for room in self._rooms.values()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        user: User = scope["state"]["user"]
        app = await self.room(user.library).ready()
        if app is None:
            await problem(500, "your library can't be opened: the server's log says why")(scope, receive, send)
        else:
            await serve(app, scope, receive, send)
