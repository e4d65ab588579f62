"""Makes the page an ASGI app: Gradio at /, its own routes under /page/.

Imports Gradio: seconds. Import this module where the page is wanted, not before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.page import routes
from assistant.page.layout import build_page
from assistant.page.talk import Talk
from assistant.serve import problems
from assistant.serve.service import Service

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' "
    "rx='7' fill='%230d5c63'/%3E%3Cpath d='M10 25V8h10M10 16h8M23 7l2-1v7' fill='none' stroke='white' "
    "stroke-width='3'/%3E%3C/svg%3E"
)
_OUTSIDE = re.compile(r'<meta[^>]+(?:og:|twitter:)[^>]*>|<link rel="manifest"[^>]*>', re.I)


def mounted_page(service: Service) -> FastAPI:
    """Return the page over a service as an app of its own; its lifespan must be run."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    problems.install(app)
    talk = Talk(service)
    app.include_router(routes.routes(service, talk))
    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    with _made_once():
        page = build_page()
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        theme=theme,
        show_error=False,
        mcp_server=False,
    )
    app.add_middleware(Dressed, head=_head(), body=_asset("boot.html"))
    return app


@contextmanager
def _made_once() -> Iterator[None]:
    """Keep Gradio from making apps of the page while it is built: it makes two, then the one that is mounted."""
    create, App.create_app = App.create_app, staticmethod(lambda *_, **__: None)  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        App.create_app = create  # type: ignore[method-assign]


def _asset(name: str) -> str:
    return resources.files("assistant.page").joinpath(name).read_text(encoding="utf-8")


def _head() -> str:
    """Return the style sheet and the scripts as links that change with their content."""
    style = routes.digest([_asset("style.css")])
    scripts = routes.scripts()
    folder = f"/page/script/{routes.digest(scripts.values())}"
    preloads = "".join(f'<link rel="modulepreload" href="{folder}/{name}">' for name in scripts)
    return (
        f'<link rel="icon" href="{_ICON}">'
        '<meta name="color-scheme" content="light dark"><meta name="description" content="Ask your own documents">'
        f'<link rel="stylesheet" href="/page/style.css?{style}">{preloads}'
        f'<script type="module" src="{folder}/main.js"></script>'
    )


class Dressed:
    """Puts the style sheet into the page's head and a first picture into its body, so that it is never seen undressed.

    Gradio adds custom styles only after its own scripts have run; and its head names pictures on other sites.
    """

    def __init__(self, app: ASGIApp, head: str, body: str) -> None:
        self.app, self.head, self.body = app, head, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        pieces: list[bytes] = []

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = self.dress(b"".join(pieces).decode()).encode()
                    kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
                    headers = [*kept, (b"content-length", str(len(body)).encode())]
                    await send({**start, "headers": headers})
                    await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, sending)

    def dress(self, html: str) -> str:
        head, separator, rest = _OUTSIDE.sub("", html).partition("</head>")
        return head + self.head + separator + rest.replace("<gradio-app", self.body + "<gradio-app", 1)
