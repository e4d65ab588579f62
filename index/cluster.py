"""Work on the machines of a Ray cluster, in batches; this process alone writes.

The only module that knows Ray. Knows nothing of the work: it is given functions and what they take.
"""

from __future__ import annotations

import os
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import redirect_stdout, suppress
from functools import cache
from importlib import metadata
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
_KNOCK_SECONDS = 5.0
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
            _knock(address)
            ray.init(address=address, **options)
        except (OSError, RayError, RuntimeError, ValueError) as error:
            told = f"{self._where} does not answer: start it, or check --ray ({_first_line(error)})"
            raise ServerAway(told) from error
        self._run: Any = ray.remote(max_retries=_TRIES_AGAIN)(_run)
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        self.n_ahead = _AHEAD * max(1, int(resources.get("CPU", 1)))
        self.n_at_once = self.n_ahead * _BATCH_ITEMS
        self._under_way: set[Future[Any]] = set()
        self._aside = redirect_stdout(sys.stderr)  # Ray tells of workers that died on standard output
        self._aside.__enter__()

    def submit(self, work: Callable[..., R], *given: Any) -> Future[R]:  # noqa: ANN401  whatever the work takes
        done: Future[R] = Future()
        self._under_way.add(done)
        self._run.remote(_version(), work, given).future().add_done_callback(lambda there: self._pass_on(there, done))
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
        self._aside.__exit__(None, None, None)
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
        elif isinstance(error, RayTaskError) and not isinstance(error.cause, RayError | ImportError):
            done.set_exception(error.cause)
        else:
            reason = error.cause if isinstance(error, RayTaskError) else error
            told = f"{self._where} gave a batch up ({_first_line(reason)}): what was done is kept; see that each of its"
            done.set_exception(ServerAway(f"{told} machines has Footnote, and run the command again"))


def _knock(address: str) -> None:
    """Raise an OSError where nobody listens: Ray asks for minutes."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host, int(port)), _KNOCK_SECONDS).close()


def _run(version: str, work: Callable[..., R], given: tuple[Any, ...]) -> R:
    if version != _version():
        raise InputError(f"a worker of the Ray cluster has version {_version()} of Footnote: install {version} there")
    return work(*given)


@cache
def _version() -> str:
    return metadata.version("footnote-assistant")


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
