"""Puts the doors together behind the guards: health, REST, OpenAI's routes, MCP, and the page.

From the outside in: trace, Host and Origin, who is it, how much is asked, and then the doors over a library.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import Response
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from assistant.serve import chat, documents, kept, problems, reference, rest
from assistant.serve.entrance import Entrance, Rooms
from assistant.serve.front import LOCAL_HOSTS
from assistant.serve.guard import Guard
from assistant.serve.latepage import LatePage
from assistant.serve.limits import Limits
from assistant.serve.metrics import CONTENT_TYPE, Metrics
from assistant.serve.service import Service
from assistant.serve.toolsdoor import ToolsDoor
from assistant.serve.trace import Traced

if TYPE_CHECKING:
    from assistant.serve.users import Users
    from assistant.settings import Settings
    from index.library import Library

THREADS = 64  # for what waits its turn (limits.py) and all that need not
RATE = 100.0  # requests a second from one client, twice that at once


def create_app(library: Library, settings: Settings | None = None) -> FastAPI:
    """Return the whole server over a library that is open."""
    from assistant.ask import Assistant

    return app_for(Service(lambda: Assistant(library, settings)).open())


def app_for(
    service: Service, *, hosts: Iterable[str] = LOCAL_HOSTS, with_page: bool = True, rate: float = RATE
) -> FastAPI:
    """Return the server over a service, which may still be opening. `hosts` are the names it answers to."""
    metrics = Metrics()
    return _doors(service, metrics, with_page, [*_outer(metrics, hosts), Middleware(Limits, per_second=rate)])


def app_for_users(
    users: Users,
    service_over: Callable[[Path | None], Service],
    *,
    hosts: Iterable[str] = LOCAL_HOSTS,
    with_page: bool = True,
    rate: float = RATE,
) -> Starlette:
    """Return the server that asks who it is and leads each to their library; None stands for the shared one."""
    metrics = Metrics()
    rooms = Rooms(lambda library: _doors(service_over(library), metrics, with_page, []))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await rooms.stop()

    guards = [*_outer(metrics, hosts), Middleware(Entrance, users=users), Middleware(Limits, per_second=rate)]
    return Starlette(
        routes=[Route("/health", problems.healthy), Mount("/", rooms)], middleware=guards, lifespan=lifespan
    )


def _outer(metrics: Metrics, hosts: Iterable[str]) -> list[Middleware]:
    return [Middleware(Traced, metrics=metrics), Middleware(Guard, hosts=tuple(hosts))]


def _doors(service: Service, metrics: Metrics, with_page: bool, guards: list[Middleware]) -> FastAPI:
    """Return the doors over one library."""
    page, tools = LatePage(service), ToolsDoor(lambda: service.assistant)
    service.on_answer = metrics.answer

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        if with_page:
            page.late.start()
        yield
        await tools.late.stop()
        await page.late.stop()
        await asyncio.to_thread(service.close)

    app = FastAPI(
        title="Footnote",
        description="Ask your own documents; every sentence of the answer carries its footnote.",
        version=reference.version(),
        lifespan=lifespan,
        middleware=guards,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        responses=problems.RESPONSES,
    )
    app.state.service = service
    problems.install(app)

    @app.get("/health", responses={})
    async def health() -> dict[str, str]:
        """Tell that the server is up."""
        return {"status": "ok"}

    @app.get("/metrics", response_class=Response)
    def measured() -> Response:
        """Return counts and durations as Prometheus reads them."""
        return Response(metrics.text(service.sizes), media_type=CONTENT_TYPE)

    for part in (rest, documents, kept, chat):
        app.include_router(part.routes(service))
    app.include_router(reference.routes(app))
    app.router.routes.append(Route("/mcp", tools, include_in_schema=False))
    if with_page:
        app.mount("/", page)
    return app
