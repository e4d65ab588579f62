"""Who does the work that needs no catalog: reading, splitting, embedding, finding who said what.

Here it is this process; `cluster` spreads it over machines. Knows nothing of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Hands(AbstractContextManager["Hands", None], Protocol):
    """Work is a function at the top of a module with arguments that can be sent elsewhere."""

    n_ahead: int  # pieces of work to have under way at once
    n_at_once: int  # items to take where all that are taken are worked on before more are

    def submit(self, work: Callable[..., R], *given: Any) -> Future[R]:  # noqa: ANN401  whatever the work takes
        """Begin a piece of work; what it raises is raised by the future's `result`."""
        ...

    def each(self, work: Callable[[T], R], items: Iterable[T], size: Callable[[T], int]) -> Iterator[tuple[T, R]]:
        """Yield each item with what the work makes of it, in order; no more are drawn than are worked on.

        `size` says what an item weighs, in bytes or characters: many light ones go together.
        """
        ...


class Here(Hands):
    """This process: one piece of work at a time in a thread, the rest where it is asked for."""

    n_ahead, n_at_once = 2, 1

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "work")

    def submit(self, work: Callable[..., R], *given: Any) -> Future[R]:  # noqa: ANN401  see above
        return self._thread.submit(work, *given)

    def each(self, work: Callable[[T], R], items: Iterable[T], size: Callable[[T], int]) -> Iterator[tuple[T, R]]:
        return ((item, work(item)) for item in items)

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()
