"""Files read in worker processes, within limits of time and memory: a bomb, a hang or a crash costs that file alone.

Knows nothing of formats; what a worker does with a file is `readers`. A worker speaks JSON and bytes, not pickle, so
that a parser that was taken over can't run code here.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from subprocess import PIPE
from typing import IO, Any, cast

from index import errors
from index.errors import BrokenFile, FileTooLarge, FootnoteError, ReadError
from index.records import Document, DocumentInfo

__all__ = ["Limits", "Workers", "ask_apart", "read_apart"]

_LOG = logging.getLogger(__name__)
_LENGTH = struct.Struct(">Q")
# A worker that keeps more than this in use is not used again; the recogniser of scanned pages needs about 300 MB.
_RETIRED_ABOVE_BYTES = 400 * 2**20
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from index.readers.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds without a sign of progress, and bytes of memory."""

    seconds: float = 120.0
    n_bytes: int = 768 * 2**20


class _Ended(Exception):
    """The worker is gone before it answered."""


class _Worker:
    """One process that reads one file after the other."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.owner = os.getpid()
        path = json.dumps([os.path.abspath(entry) for entry in sys.path])
        arguments = [sys.executable, "-I", "-X", "utf8", "-c", _START, path, str(limits.n_bytes), str(limits.seconds)]
        # A session of its own: Ctrl-C is for the parent, which ends its workers itself.
        self.process = subprocess.Popen(
            arguments, stdin=PIPE, stdout=PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._requests = cast(IO[bytes], self.process.stdin)
        self._answers = cast(IO[bytes], self.process.stdout)
        self.is_worn = False
        self._is_late = False

    @property
    def is_usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Return the answer to one request; raises _Ended when the process ends over it."""
        try:
            send(self._requests, json.dumps(request).encode(), data)
            while "progress" in (answer := json.loads(self._receive())):
                pass
        except (OSError, EOFError, ValueError) as error:
            raise _Ended from error
        self.is_worn = answer["in_use"] > _RETIRED_ABOVE_BYTES
        return dict(answer)

    def _receive(self) -> bytes:
        """Return the next message; the process is ended when there is none within the limit."""
        timer = threading.Timer(self.limits.seconds, self._end_late)
        timer.daemon = True
        timer.start()
        try:
            return receive(self._answers)
        finally:
            timer.cancel()

    def _end_late(self) -> None:
        self._is_late = True
        self.process.kill()

    def end(self) -> None:
        if self.owner != os.getpid():  # a fork's copy: the process is not ours
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):  # what was not written yet can't be
                pipe.close()

    def reason(self) -> ReadError:
        """Return why the process ended over a file."""
        self.end()
        if self._is_late or self.process.returncode == -getattr(signal, "SIGALRM", 0):
            return FileTooLarge(f"reading it took longer than {self.limits.seconds:.0f} s: split it, or simplify it")
        return BrokenFile(f"its parser crashed ({_ending(self.process.returncode)}): open it and save it again")


@dataclass(slots=True)
class Workers:
    """As many workers as there are cores, started when needed and used again. Safe to use from several threads."""

    limits: Limits = field(default_factory=Limits)
    n_at_most: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))
    _idle: list[_Worker] = field(default_factory=list)
    _places: threading.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = threading.Semaphore(self.n_at_most)

    def read(self, data: bytes, info_id: str, source: str, *, password: str | None = None) -> Document:
        """Return the document that the bytes of the file named `source` hold; raises a ReadError with the reason."""
        answer = self.ask({"do": "read", "id": info_id, "source": source, "password": password}, data)
        info = DocumentInfo(**answer["info"])
        return Document(info, answer["text"], answer["hash"], tuple(answer["pages"]), tuple(answer["notes"]))

    def ask(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Return a worker's answer to a request over a file; raises what went wrong there."""
        with self._worker() as worker:
            try:
                answer = worker.ask(request, data)
            except _Ended:
                raise worker.reason() from None
        if "error" in answer:
            _LOG.info("%s: %s", request.get("source", request["do"]), answer["cause"])
            raise _to_error(answer)
        return answer

    def close(self) -> None:
        """End the idle workers."""
        while (worker := self._popped()) is not None:
            worker.end()

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """Lend a worker; one that anything went wrong with is ended, not used again."""
        with self._places:
            worker = self._taken() or _Worker(self.limits)
            try:
                yield worker
            except BaseException:
                worker.end()
                raise
            if worker.is_worn:
                worker.end()
            else:
                self._idle.append(worker)

    def _taken(self) -> _Worker | None:
        while (worker := self._popped()) is not None:
            if worker.is_usable:
                return worker
            worker.end()
        return None

    def _popped(self) -> _Worker | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def send(stream: IO[bytes], *messages: bytes) -> None:
    """Write messages, each after its length."""
    for message in messages:
        stream.write(_LENGTH.pack(len(message)))
        stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """Return the next message; raises EOFError where there is none or only a part of one."""
    head = stream.read(_LENGTH.size)
    message = stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if len(head) < _LENGTH.size or len(message) < _LENGTH.unpack(head)[0]:
        raise EOFError
    return message


def _to_error(answer: dict[str, Any]) -> FootnoteError:
    kind = getattr(errors, answer["error"], ReadError)
    return cast(FootnoteError, kind(answer["message"]))


def _ending(returncode: int) -> str:
    """Return how a process ended: the signal's name, else its exit status."""
    if returncode >= 0:
        return f"exit status {returncode}"
    with suppress(ValueError):
        return signal.Signals(-returncode).name
    return f"signal {-returncode}"


_WORKERS = Workers()
atexit.register(_WORKERS.close)


def read_apart(data: bytes, info_id: str, source: str, *, password: str | None = None) -> Document:
    """Return the document that `data` holds, read by this process's own workers; raises a ReadError."""
    return _WORKERS.read(data, info_id, source, password=password)


def ask_apart(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return a worker's answer to a request other than to read."""
    return _WORKERS.ask(request, data)
