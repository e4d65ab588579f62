"""MCP over streamable HTTP at /mcp: imported and started with the first request.

Each request stands alone (stateless), so that nothing is kept for clients that go away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from assistant.serve.late import Late, serve
from assistant.serve.problems import problem

if TYPE_CHECKING:
    from assistant.ask import Assistant


class ToolsDoor:
    """An ASGI app that hands over to the MCP server."""

    def __init__(self, assistant: Callable[[], Assistant]) -> None:
        self._assistant = assistant
        self.late = Late(self._make)

    def _make(self) -> Starlette:
        from mcp.server.transport_security import TransportSecuritySettings

        from assistant.tools import tool_server

        # Host and Origin were checked at the door, for all routes alike.
        checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server = tool_server(self._assistant)
        return server.streamable_http_app(stateless_http=True, json_response=True, transport_security=checked)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = await self.late.ready()
        if app is None:
            await problem(500, "the tools could not be loaded: the log says why")(scope, receive, send)
        else:
            await serve(app, scope, receive, send)
