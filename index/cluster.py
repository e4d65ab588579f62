"""Work on the machines of a Ray cluster, in batches; this process alone writes.

The only module that knows Ray. Knows nothing of the work: it is given functions and what they take.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from index.errors import InputError, ServerAway
from index.hands import Hands

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports home otherwise
try:
    import ray
    from ray.exceptions import RayError, RayTaskError
except ImportError as error:
    raise InputError("a Ray cluster needs Ray: pip install 'footnote-assistant[ray]'") from error

T = TypeVar("T")
R = TypeVar("R")
# A batch whose worker died is done again, so many times: a machine may be taken away, a poisonous batch must end.
_TRIES_AGAIN = 5
_BATCH_ITEMS, _BATCH_SIZE = 16, 4_000_000
# Batches under way for each processor: one at work and one waiting, so that none waits for the writer.
_AHEAD = 2
_QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}


class Cluster(Hands):
    """The workers of a cluster at an address of Ray's: `host:port`, `auto`, `ray://host:port`; `local` starts one here.

    Each machine has this version of Footnote and the model. Raises ServerAway where the cluster does not answer or
    workers die over a batch again and again.
    """

    def __init__(self, address: str) -> None:
        self._where = f"the Ray cluster at '{address}'"
        options: dict[str, Any] = _QUIET | ({"include_dashboard": False} if address == "local" else {})
        try:
            ray.init(address=address, **options)
        except (ConnectionError, RayError, RuntimeError, ValueError) as error:
            told = f"{self._where} does not answer: start it, or check --ray ({_first_line(error)})"
            raise ServerAway(told) from error
        self._run: Any = ray.remote(max_retries=_TRIES_AGAIN)(_run)
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        self.n_ahead = _AHEAD * max(1, int(resources.get("CPU", 1)))
        self.n_at_once = self.n_ahead * _BATCH_ITEMS
        self._under_way: set[Future[Any]] = set()

    def submit(self, work: Callable[..., R], *given: Any) -> Future[R]:  # noqa: ANN401  whatever the work takes
        done: Future[R] = Future()
        self._under_way.add(done)
        self._run.remote(work, given).future().add_done_callback(lambda there: self._pass_on(there, done))
        return done

    def each(self, work: Callable[[T], R], items: Iterable[T], size: Callable[[T], int]) -> Iterator[tuple[T, R]]:
        under_way: deque[tuple[list[T], Future[list[R]]]] = deque()
        for batch in _batches(items, size):
            under_way.append((batch, self.submit(_each, work, batch)))
            if len(under_way) >= self.n_ahead:
                yield from _paired(*under_way.popleft())
        while under_way:
            yield from _paired(*under_way.popleft())

    def __exit__(self, *_: object) -> None:
        ray.shutdown()
        for future in tuple(self._under_way):  # whoever still waits, waits in vain
            future.cancel()

    def _pass_on(self, there: Future[R], done: Future[R]) -> None:
        """Hand a result over, or what went wrong as it was raised there, without Ray's report around it."""
        self._under_way.discard(done)
        if not done.set_running_or_notify_cancel():
            return
        error = there.exception()
        if error is None:
            done.set_result(there.result())
        elif isinstance(error, RayTaskError):
            done.set_exception(error.cause)
        else:
            told = f"{self._where} gave a batch up ({_first_line(error)}): run the command again, what was done is kept"
            done.set_exception(ServerAway(told))


def _run(work: Callable[..., R], given: tuple[Any, ...]) -> R:
    return work(*given)


def _each(work: Callable[[T], R], batch: list[T]) -> list[R]:
    return [work(item) for item in batch]


def _paired(batch: list[T], results: Future[list[R]]) -> Iterator[tuple[T, R]]:
    return zip(batch, results.result(), strict=True)


def _batches(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    batch, weight = list[T](), 0
    for item in items:
        batch.append(item)
        weight += size(item)
        if len(batch) >= _BATCH_ITEMS or weight >= _BATCH_SIZE:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _first_line(error: BaseException) -> str:
    with suppress(IndexError):
        return str(error).strip().splitlines()[0]
    return type(error).__name__
