"""uvicorn's server with two habits more: it closes connections that send no request, and says when it is stopping."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import FrameType
from weakref import WeakKeyDictionary

import uvicorn

HEADERS_WITHIN = 15.0  # seconds from a connection to the first whole header
# Seconds from the end of an answer to the next whole header. Longer than clients keep a connection that rests (5 for
# httpx, 60 for others): who closes first must be the client, else its next request meets a closed door.
KEPT_OPEN = 75


class Server(uvicorn.Server):
    """A server that slow senders of headers can't fill; `on_stop` is called once it is told to end."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], object]) -> None:
        super().__init__(config)
        self._on_stop = on_stop
        self._waiting: WeakKeyDictionary[object, tuple[int, float]] = WeakKeyDictionary()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to end."""
        self._on_stop()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections once a second."""
        if counter % 10 == 0:
            self._close_silent(time.monotonic())
        return await super().on_tick(counter)

    def _close_silent(self, now: float) -> None:
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_complete:
                continue
            last, since = self._waiting.setdefault(connection, (id(cycle), now))
            if last != id(cycle):
                self._waiting[connection] = (id(cycle), now)
            elif now - since > (HEADERS_WITHIN if cycle is None else KEPT_OPEN):
                connection.transport.close()
