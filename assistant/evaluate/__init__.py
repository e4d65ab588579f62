"""Question sets → runs, measures, comparisons, report. Knows nothing of how an answer is found."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.evaluate.ask_all import System
    from assistant.evaluate.conclude import Terms
    from assistant.evaluate.load import load_set
    from assistant.evaluate.questions import EvaluationSet, GoldStatement, Question
    from assistant.evaluate.result import Evaluation
    from assistant.evaluate.run import evaluate

_HOMES = {
    "Evaluation": "result",
    "EvaluationSet": "questions",
    "GoldStatement": "questions",
    "Question": "questions",
    "System": "ask_all",
    "Terms": "conclude",
    "evaluate": "run",
    "load_set": "load",
}

__all__ = ["Evaluation", "EvaluationSet", "GoldStatement", "Question", "System", "Terms", "evaluate", "load_set"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: the command line imports this package for its commands only."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant.evaluate' has no attribute '{name}'")
    return getattr(import_module(f"assistant.evaluate.{_HOMES[name]}"), name)
