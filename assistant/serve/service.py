"""What the doors share: the library, the assistant over it, the conversations, the uploads.

It may still be opening: doors are open before the library is, and say so.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from assistant.answer import Answer, Query
from assistant.conversations import Conversation, Conversations, MemoryConversations, conversation_from_json
from assistant.serve.jobs import Jobs
from index.errors import InputError, LibraryError

if TYPE_CHECKING:
    from assistant.ask import Assistant, Delta
    from index.library import Library
    from index.records import Document, Passage

logger = logging.getLogger(__name__)
# Answers being made at once: more would share the same cores and all come late. Tried with 50 questions a second.
AT_ONCE = max(2, os.cpu_count() or 2)


class StillOpening(LibraryError):
    """The library is still being opened; the same request will work in a moment."""

    def __init__(self) -> None:
        super().__init__("the library is still being opened: try again in a moment")


class Stopping(LibraryError):
    """The server was told to stop."""

    def __init__(self) -> None:
        super().__init__("the server is stopping: ask again when it is back")


class ConversationNotFound(InputError):
    """No conversation of that id."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"no conversation '{conversation_id}': it may have been deleted")


class Service:
    """The assistant and all that hangs on it, opened in the background by `start`."""

    def __init__(self, open_assistant: Callable[[], Assistant]) -> None:
        self._open = open_assistant
        self._assistant: Assistant | None = None
        self._conversations: Conversations = MemoryConversations()
        self._saving = threading.Lock()
        self.failure: Exception | None = None
        self.is_stopping = False
        self.started = uuid4().hex
        self.on_answer: Callable[[Answer], None] = lambda _: None
        self.jobs = Jobs(lambda: self.library)

    def start(self, on_failure: Callable[[], None] = lambda: None) -> None:
        """Open the assistant in a thread of its own; `on_failure` is called when that can't be done."""
        threading.Thread(target=self._start, args=(on_failure,), name="open-library", daemon=True).start()

    def _start(self, on_failure: Callable[[], None]) -> None:
        try:
            self.open()
        except Exception as error:  # noqa: BLE001 - kept for the thread that waits: it raises it again
            self.failure = error
            on_failure()

    def open(self) -> Service:
        """Open the assistant now; raise what opening the library raises."""
        self._assistant = cast("Assistant", Watched(self._open(), self))
        kept = getattr(self._assistant.library, "conversations", None)
        if kept is not None:
            self._conversations = kept
        folder = getattr(self._assistant.library, "folder", None)
        if isinstance(folder, Path):
            self.jobs.resume(folder / "incoming", getattr(self._assistant.library, "board", None))
        return self

    def close(self) -> None:
        """Stop the uploads and close the library."""
        self.is_stopping = True
        self.jobs.close()
        if self._assistant is not None:
            close = getattr(self._assistant.library, "close", None)
            if close is not None:
                close()

    @property
    def is_ready(self) -> bool:
        return self._assistant is not None

    @property
    def assistant(self) -> Assistant:
        if self._assistant is None:
            raise self.failure or StillOpening()
        return self._assistant

    @property
    def library(self) -> Library:
        return self.assistant.library

    def sizes(self) -> dict[str, int]:
        """Return how much the library holds; nothing while it is being opened."""
        if self._assistant is None:
            return {}
        library = self.library
        return {"documents": library.n_documents, "passages": library.n_passages}

    def original(self, document_id: str) -> tuple[Document, bytes]:
        """Return a document and its file's bytes; raise DocumentNotFound, or InputError where the file is gone."""
        document = self.library.document(document_id)
        data = self.library.original(document_id)
        if data is None:
            raise InputError(f"the original of '{document.info.source}' is no longer where it was read from")
        return document, data

    @property
    def conversations(self) -> Conversations:
        return self._conversations

    def conversation(self, conversation_id: str) -> Conversation:
        """Return a conversation; raise ConversationNotFound."""
        kept = self._conversations.get(conversation_id)
        if kept is None:
            raise ConversationNotFound(conversation_id)
        return conversation_from_json(kept)

    def conversation_or_new(self, conversation_id: str) -> Conversation:
        kept = self._conversations.get(conversation_id) if conversation_id else None
        return conversation_from_json(kept) if kept else Conversation(conversation_id)

    def change(self, conversation_id: str, by: Callable[[Conversation], Conversation]) -> Conversation:
        """Change a conversation (or begin it) and keep it; two changes at once are both kept."""
        with self._saving, self._conversations.changing():
            changed = by(self.conversation_or_new(conversation_id))
            self._conversations.save(changed.to_json())
            return changed


class Watched:
    """An assistant whose answers are counted, a few of them made at a time, and whose streams end when the server does.

    What a language model writes is waited for, not made here: its answers do not queue.
    """

    def __init__(self, assistant: Assistant, service: Service) -> None:
        self._assistant, self._service = assistant, service
        has_model = getattr(assistant, "has_model", False)
        self._turn: AbstractContextManager[object] = nullcontext() if has_model else threading.Semaphore(AT_ONCE)

    def ask(self, question: str, **options: Any) -> Answer:  # noqa: ANN401 - whatever the assistant takes
        *_, answer = self._items(question, options)
        return cast("Answer", answer)

    def search(self, query: str, **options: Any) -> tuple[Query, list[Passage]]:  # noqa: ANN401
        with self._turn:
            return self._assistant.search(query, **options)

    def stream(self, question: str, **options: Any) -> Iterator[Delta | Answer]:  # noqa: ANN401
        for item in self._items(question, options):
            if self._service.is_stopping and not isinstance(item, Answer):
                raise Stopping
            yield item

    def _items(self, question: str, options: dict[str, Any]) -> Iterator[Delta | Answer]:
        items = self._assistant.stream(question, **options)
        with self._turn:
            first = next(items)  # all but what a model writes is made by now
        for item in chain((first,), items):
            if isinstance(item, Answer):
                self._service.on_answer(item)
            yield item

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._assistant, name)


def now() -> str:
    """Return the time, ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
