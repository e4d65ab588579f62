"""Answers a question typed on the page: drains the assistant's stream into the HTML of one turn.

Knows nothing of HTTP: `Talk.ask` yields pictures, and `routes` sends them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from assistant.answer import Answer
from assistant.conversations import Conversation
from assistant.page import render
from assistant.serve.rest import Narrowed, Short, Text
from assistant.serve.service import Service, StillOpening, now
from index.errors import FootnoteError

if TYPE_CHECKING:
    from assistant.ask import Assistant

_EVERY = 0.05  # seconds between two pictures of a text that is still coming
_MOST_STOPPED = 256  # tokens remembered; a page makes one a question
_LONGEST_TOKEN = 64
_PATIENCE = 60.0  # seconds a question waits for a library that is still being opened


class Asked(Narrowed):
    """A question with what the page knows beside it: its conversation, the filters that are set, a token to stop it."""

    question: Text
    conversation: Short
    token: Short


class Talk:
    """The conversation's side of the page."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopped: deque[str] = deque(maxlen=_MOST_STOPPED)

    def stop(self, token: str) -> None:
        """Let the answer to the question asked with `token` end where it is; it may not have begun."""
        if 0 < len(token) <= _LONGEST_TOKEN:
            self._stopped.append(token)

    def ask(self, asked: Asked) -> Iterator[str]:
        """Return the turn as it grows; the last is whole. It is kept in the conversation before it is shown."""
        return self._pictures(asked, self._service.conversation_or_new(asked.conversation))

    def _pictures(self, asked: Asked, kept: Conversation) -> Iterator[str]:
        number = len(kept.exchanges) + 1
        try:
            yield render.pending(asked.question, number)
            yield from self._turn(asked, kept, number)
        except FootnoteError as error:
            yield render.failed(asked.question, number, str(error))

    def _turn(self, asked: Asked, kept: Conversation, number: int) -> Iterator[str]:
        assistant = self._patient()
        text, shown_at = "", time.monotonic()
        for item in assistant.stream(asked.question, history=kept.history(), **asked.filters()):
            if isinstance(item, Answer):
                self._service.change(asked.conversation, _with(item))
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
