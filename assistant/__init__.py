"""Passages in, cited answers out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer import Abstention, Answer, Citation, Query, Turn
    from assistant.ask import Assistant, Delta
    from assistant.engines import ChatEngine, QueryEngine
    from assistant.settings import Settings

_HOMES = {
    "Abstention": "answer",
    "Answer": "answer",
    "Assistant": "ask",
    "ChatEngine": "engines",
    "Citation": "answer",
    "Delta": "ask",
    "Query": "answer",
    "QueryEngine": "engines",
    "Settings": "settings",
    "Turn": "answer",
}

__all__ = [
    "Abstention",
    "Answer",
    "Assistant",
    "ChatEngine",
    "Citation",
    "Delta",
    "Query",
    "QueryEngine",
    "Settings",
    "Turn",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: the command line should not wait for what it does not need."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant' has no attribute '{name}'")
    return getattr(import_module(f"assistant.{_HOMES[name]}"), name)
