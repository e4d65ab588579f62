"""Puts the doors together: health, REST, and the page, behind the guards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.serve import documents, kept, problems, rest
from assistant.serve.guard import LOCAL_HOSTS, BodyLimit, OriginGuard
from assistant.serve.latepage import LatePage
from assistant.serve.service import Service

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.library import Library

_MAX_REQUEST = 2 * 1024 * 1024  # bytes of a request that is no upload


def create_app(library: Library, settings: Settings | None = None) -> FastAPI:
    """Return the whole server over a library that is open."""
    from assistant.ask import Assistant

    return app_for(Service(lambda: Assistant(library, settings)).open())


def app_for(service: Service, *, hosts: tuple[str, ...] = LOCAL_HOSTS, with_page: bool = True) -> FastAPI:
    """Return the server over a service, which may still be opening. `hosts` are the names it answers to."""
    page = LatePage(service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        building = asyncio.create_task(page.serve()) if with_page else None
        yield
        if building:
            await page.stop(building)
        await asyncio.to_thread(service.close)

    guards = [
        Middleware(
            TrustedHostMiddleware, allowed_hosts=[*hosts, "testserver"] if "testserver" in hosts else list(hosts)
        ),
        Middleware(OriginGuard),
        Middleware(BodyLimit, limit=_MAX_REQUEST, except_for=documents.UPLOADS),
    ]
    app = FastAPI(
        title="Footnote",
        lifespan=lifespan,
        middleware=guards,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.service = service
    problems.install(app)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Tell that the server is up."""
        return {"status": "ok"}

    for part in (rest, documents, kept):
        app.include_router(part.routes(service))
    if with_page:
        app.mount("/", page)
    return app
