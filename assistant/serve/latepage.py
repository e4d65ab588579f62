"""Serves the page as soon as Gradio is loaded, and a waiting page until then.

Importing Gradio takes seconds; health and REST do not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from importlib import resources

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.serve.problems import problem
from assistant.serve.service import Service

logger = logging.getLogger(__name__)


class LatePage:
    """An ASGI app that hands over to the Gradio page once that is built."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._page: ASGIApp | None = None
        self._stop = asyncio.Event()

    async def serve(self) -> None:
        """Build the page in a thread, start it, and keep it until `stop`."""
        try:
            page = await asyncio.to_thread(self._build)
        except Exception:
            logger.exception("the page could not be built")
            raise
        async with page.router.lifespan_context(page):
            self._page = page
            await self._stop.wait()
            self._page = None

    def _build(self) -> FastAPI:
        from assistant.page.mount import mounted_page

        return mounted_page(self._service)

    async def stop(self, serving: asyncio.Task[None]) -> None:
        """End the page that `serving` serves."""
        self._stop.set()
        await asyncio.gather(serving, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/page/ready":
            await JSONResponse(self._page is not None)(scope, receive, send)
        elif self._page is not None:
            await self._page(_unmounted(scope), receive, send)
        elif scope["path"] == "/" and Request(scope).method in ("GET", "HEAD"):
            html = resources.files("assistant.page").joinpath("waiting.html").read_text(encoding="utf-8")
            await HTMLResponse(html, 200, {"Cache-Control": "no-store"})(scope, receive, send)
        else:
            await problem(503, "the page is still loading: try again in a moment")(scope, receive, send)


def _unmounted(scope: Scope) -> Scope:
    """Return the scope as it would be if the page were the whole app."""
    return {**scope, "root_path": "", "app_root_path": ""}
