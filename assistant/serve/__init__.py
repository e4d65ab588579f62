"""One process, several doors: the page, REST, OpenAI's routes, MCP, health. Every door drains the same stream."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.serve.app import app_for, create_app
    from assistant.serve.service import Service
    from assistant.serve.start import run

_HOMES = {"Service": "service", "app_for": "app", "create_app": "app", "run": "start"}

__all__ = ["Service", "app_for", "create_app", "run"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: the address should be printed before FastAPI is there."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant.serve' has no attribute '{name}'")
    return getattr(import_module(f"assistant.serve.{_HOMES[name]}"), name)
