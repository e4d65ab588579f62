"""Refuses requests that come from other sites, and tells browsers what the page may load.

Two attacks are closed: a page elsewhere that posts to this server, and a name made to resolve to this machine (DNS
rebinding).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

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
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:@/?#\\\s]+))(?::\d{1,5})?")
_EVERY_ADDRESS = ("0.0.0.0", "::")


class Guard:
    """Lets a request pass when its Host is one of ours and its Origin, if it has one, is this server's own.

    A server that listens on every address answers to any numeric address as well: those can't be rebound.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = {host.lower() for host in hosts}
        self.takes_numbers = not self.hosts.isdisjoint(_EVERY_ADDRESS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        send = _with_headers(send)
        headers = Headers(scope=scope)
        if not self.is_ours(headers.getlist("host")):
            await problem(400, "this server does not answer to that name: start it with `--host`")(scope, receive, send)
        elif scope["type"] == "websocket" or not is_own(headers, scope["method"]):
            await problem(403, "requests from other sites are refused")(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def is_ours(self, hosts: list[str]) -> bool:
        """Tell whether the Host headers, of which there must be one, name this server."""
        name = _name_of(hosts[0]) if len(hosts) == 1 else None
        return name is not None and (name in self.hosts or (self.takes_numbers and _is_number(name)))


def _name_of(host: str) -> str | None:
    match = _HOST.fullmatch(host.lower())
    return (match[1] or match[2]).removesuffix(".") if match else None


def _is_number(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def is_own(headers: Headers, method: str) -> bool:
    """Tell whether a request comes from this server's own page, or from no page at all."""
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() == headers.get("host", "").lower() != ""
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
