"""The reference of the HTTP routes as a page that loads nothing from anywhere."""

from __future__ import annotations

from html import escape
from importlib.metadata import version as version_of
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "code{font:14px ui-monospace,monospace}section{border-top:1px solid #8884;padding:.7rem 0}h2{font-size:1rem;"
    "margin:0}p{margin:.2rem 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.4rem 0}"
    "dd{margin:0}"
)


def version() -> str:
    """Return this program's version."""
    return version_of("footnote-assistant")


def routes(app: FastAPI) -> APIRouter:
    """Return the route of the page about the routes of `app`."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    def reference() -> str:
        return page(app.openapi())

    return router


def page(schema: dict[str, Any]) -> str:
    """Return a page that lists an OpenAPI schema's operations with what they take."""
    named = schema.get("components", {}).get("schemas", {})
    sections = "".join(
        _section(method.upper(), path, operation, named)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Footnote over HTTP</title><style>{_STYLE}</style>"
        f"<h1>Footnote {escape(schema['info']['version'])} over HTTP</h1><p>Errors are problem details (RFC 9457); the "
        "same for programs: <a href=/api/v1/openapi.json>openapi.json</a>. MCP is at <code>/mcp</code>, OpenAI's chat "
        f"completions at <code>/v1</code>, Prometheus's metrics at <code>/metrics</code>.</p>{sections}</html>"
    )


def _section(method: str, path: str, operation: dict[str, Any], named: dict[str, Any]) -> str:
    about = escape(operation.get("description", operation.get("summary", "")))
    rows = "".join(
        f"<dt><code>{escape(name)}</code>{'' if required else ' ?'}</dt><dd>{escape(kind)}</dd>"
        for name, kind, required in [*_parameters(operation), *_fields(operation, named)]
    )
    return f"<section><h2><code>{method} {escape(path)}</code></h2><p>{about}</p><dl>{rows}</dl></section>"


def _parameters(operation: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [
        (each["name"], f"{_kind(each['schema'])}, in {each['in']}", each.get("required", False))
        for each in operation.get("parameters", [])
    ]


def _fields(operation: dict[str, Any], named: dict[str, Any]) -> list[tuple[str, str, bool]]:
    content = operation.get("requestBody", {}).get("content", {})
    model = named.get(content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2], {})
    required = model.get("required", [])
    return [(name, f"{_kind(kind)}, in body", name in required) for name, kind in model.get("properties", {}).items()]


def _kind(schema: dict[str, Any]) -> str:
    """Return a type in a word."""
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type") or schema.get("$ref", "object").rpartition("/")[2])
