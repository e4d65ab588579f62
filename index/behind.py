"""A thread that works off what the writer leaves behind, for as long as the writer works.

Knows nothing of the work: a step is told whether it should stop, and says whether there was something to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

IsStopped = Callable[[], bool]
Step = Callable[[IsStopped], bool]
_POLL_SECONDS = 0.05
# A step may be long (the statements of a book); who gives up should not wait for what is thrown away.
_PATIENCE_SECONDS = 5.0


class Behind:
    """Repeats a step until it is finished or stopped; `release` runs last, in the thread."""

    def __init__(self, name: str, step: Step, release: Callable[[], None]) -> None:
        self._step = step
        self._release = release
        self._stopped = threading.Event()
        self._finishing = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def finish(self, on_wait: Callable[[], None]) -> None:
        """Wait until a step has nothing to do, calling `on_wait` meanwhile; raises what the thread raised."""
        self._finishing.set()
        while self._thread.is_alive():
            self._thread.join(_POLL_SECONDS)
            on_wait()
        self._raise()

    def stop(self, patience: float | None = None) -> None:
        """End after the step at hand; wait for it, or so many seconds."""
        self._stopped.set()
        self._thread.join(patience)

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                is_last_look = self._finishing.is_set()
                if self._step(self._stopped.is_set):
                    continue
                if is_last_look:
                    return
                self._stopped.wait(_POLL_SECONDS)
        except BaseException as error:  # noqa: BLE001  raised in the thread that waits
            self._error = error
        finally:
            self._release()

    def _raise(self) -> None:
        if self._error:
            raise self._error


@contextmanager
def behind(name: str, step: Step, release: Callable[[], None]) -> Iterator[Behind]:
    """Repeat the step in the background for as long as the block lasts; after it nothing of the step is running."""
    worker = Behind(name, step, release)
    try:
        yield worker
    except BaseException:
        worker.stop(_PATIENCE_SECONDS)
        raise
    worker.stop()
