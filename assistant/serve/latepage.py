"""The page's place at /: a waiting page until Gradio is loaded, then Gradio, of which only what the page needs is let
through.

Gradio brings routes that write uploads to the disk, read files by path, fetch addresses and edit the program: none of
them is ours, none is reachable.
"""

from __future__ import annotations

import re
from importlib import resources

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import Receive, Scope, Send

from assistant.serve.late import Late, serve
from assistant.serve.problems import problem
from assistant.serve.service import Service

# What a browser on the page was seen to ask for, and our own routes; no function of the page's is Gradio's to call.
_REACHABLE = re.compile(
    r"/(?:page/.*|(?:assets|static|svelte)/.*|config|theme\.css|favicon\.ico|robots\.txt"
    r"|gradio_api/(?:heartbeat/\w+|startup-events|info|app_id|theme\.css)/?)?"
)


class LatePage:
    """An ASGI app that hands over to the Gradio page once that is built."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.late = Late(self._build)

    def _build(self) -> Starlette:
        from assistant.page.mount import mounted_page

        return mounted_page(self._service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/page/ready":
            await JSONResponse(self.late.app is not None)(scope, receive, send)
        elif not _REACHABLE.fullmatch(scope["path"]) or ".." in scope["path"]:
            await problem(404, "there is nothing at this address")(scope, receive, send)
        elif self.late.app is not None:
            await serve(self.late.app, scope, receive, send)
        elif scope["path"] == "/" and Request(scope).method in ("GET", "HEAD"):
            html = resources.files("assistant.page").joinpath("waiting.html").read_text(encoding="utf-8")
            await HTMLResponse(html, 200, {"Cache-Control": "no-store"})(scope, receive, send)
        else:
            await problem(503, "the page is still loading: try again in a moment")(scope, receive, send)
