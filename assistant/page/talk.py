"""Answers a question typed on the page: drains the assistant's stream into the HTML of one turn.

Knows nothing of Gradio: `Talk.ask` is the function that Gradio's events call.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant.answer import Answer
from assistant.conversations import Conversation
from assistant.page import render
from assistant.serve.service import Service, StillOpening, now
from index.errors import FootnoteError

if TYPE_CHECKING:
    from assistant.ask import Assistant

_EVERY = 0.05  # seconds between two pictures of a text that is still coming
_MOST_STOPPED = 256  # tokens remembered; a page makes one a question
_LONGEST_TOKEN = 64
_PATIENCE = 60.0  # seconds a question waits for a library that is still being opened


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the page knows beside it: its conversation, the filters that are set, a token to stop it."""

    question: str
    conversation: str
    token: str
    filters: dict[str, Any]

    @classmethod
    def of(cls, question: str, context: object) -> Asked:
        """Read what the page sent; what is missing or not text counts as not set."""
        known = context if isinstance(context, dict) else {}
        names = ("speaker", "source", "since", "until")
        filters = {name: known[name] for name in names if isinstance(known.get(name), str)}
        conversation, token = (
            value if isinstance(value := known.get(n), str) else "" for n in ("conversation", "token")
        )
        return cls(question.strip(), conversation, token, filters)


class Talk:
    """The conversation's side of the page."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopped: deque[str] = deque(maxlen=_MOST_STOPPED)

    def stop(self, token: str) -> None:
        """Let the answer to the question asked with `token` end where it is; it may not have begun."""
        if 0 < len(token) <= _LONGEST_TOKEN:
            self._stopped.append(token)

    def ask(self, question: str, context: dict[str, Any] | None) -> Iterator[str]:
        """Yield the turn as it grows; the last is whole. It is kept in the conversation before it is shown."""
        asked = Asked.of(question, context)
        if not asked.question:
            yield ""
            return
        conversation_id = asked.conversation or uuid4().hex[:12]
        number = len(self._service.conversation_or_new(conversation_id).exchanges) + 1
        try:
            yield render.pending(asked.question, number)
            yield from self._turn(asked, conversation_id, number)
        except FootnoteError as error:
            yield render.failed(asked.question, number, str(error))

    def _turn(self, asked: Asked, conversation_id: str, number: int) -> Iterator[str]:
        assistant = self._patient()
        history = self._service.conversation_or_new(conversation_id).history()
        text, shown_at = "", time.monotonic()
        for item in assistant.stream(asked.question, history=history, **asked.filters):
            if isinstance(item, Answer):
                self._service.change(conversation_id, _with(item))
                yield render.turn(item, number)
            else:
                text += item.text
                if asked.token in self._stopped:
                    yield render.stopped(asked.question, text)
                    return
                if time.monotonic() - shown_at > _EVERY:
                    shown_at = time.monotonic()
                    yield render.pending(asked.question, number, text)

    def _patient(self) -> Assistant:
        """Return the assistant, waiting for a library that is still being opened."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._service.assistant
            except StillOpening:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)


def _with(answer: Answer) -> Callable[[Conversation], Conversation]:
    def changed(kept: Conversation) -> Conversation:
        return kept.with_answer(answer, now())

    return changed
