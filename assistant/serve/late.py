"""Serves an app that takes seconds to import once it is there: health and REST do not wait for it.

Knows nothing of what the app is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Receive, Scope, Send

logger = logging.getLogger(__name__)


class Late:
    """An ASGI app made in a thread when it is first wanted, whose lifespan runs until `stop`."""

    def __init__(self, make: Callable[[], Starlette]) -> None:
        self._make = make
        self._serving: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._changed = asyncio.Event()
        self.app: ASGIApp | None = None

    def start(self) -> None:
        """Begin to make the app; does nothing where it has begun."""
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())

    async def ready(self) -> ASGIApp | None:
        """Return the app when it is there, None when it could not be made."""
        self.start()
        await self._changed.wait()
        return self.app

    async def stop(self) -> None:
        """End the app, if it was ever made."""
        self._stop.set()
        if self._serving is not None:
            await asyncio.gather(self._serving, return_exceptions=True)

    async def _serve(self) -> None:
        try:
            app = await asyncio.to_thread(self._make)
            async with app.router.lifespan_context(app):
                self.app = app
                self._changed.set()
                await self._stop.wait()
                self.app = None
        except Exception:
            logger.exception("a part of the server could not be made")
            raise
        finally:
            self._changed.set()


def unmounted(scope: Scope) -> Scope:
    """Return the scope as it would be if the app were the whole server."""
    return {**scope, "root_path": "", "app_root_path": ""}


async def serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request over to the app as if that were the whole server."""
    await app(unmounted(scope), receive, send)
