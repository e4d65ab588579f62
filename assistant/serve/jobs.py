"""Uploads on their way into the library: one at a time, each with its progress and its end.

Knows nothing of HTTP. What was taken is on the disk until it is in the library: a server that was stopped, or killed,
goes on with it at its next start.
"""

from __future__ import annotations

import itertools
import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import uuid4

from assistant.logs import trace_id
from index.errors import FootnoteError

if TYPE_CHECKING:
    from index.library import Library
    from index.sync import Progress

logger = logging.getLogger(__name__)
State = Literal["waiting", "working", "ready", "failed", "cancelled"]
_KEPT = 500  # finished jobs remembered
_TELL_SECONDS = 0.5  # between notes on the board
_ELSEWHERE = Path()  # the content of a job that another server has
_MOST_TRIES = 2  # of a file that the process died of


class _Cancelled(Exception):
    """Raised inside the library's progress report to leave the work where it is."""


@dataclass(slots=True)
class Job:
    """One upload. `stage` is what is being done to the file; `n_passages` of `n_expected` passages are embedded.

    `content_hash` is the SHA-256 of the bytes: the same file under the same name is one job while it is under way.
    """

    id: str
    name: str
    content: Path
    content_hash: str = ""
    trace: str = ""
    state: State = "waiting"
    stage: str = ""
    n_passages: int = 0
    n_expected: int = 0
    reason: str = ""
    document_id: str | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        return self.state in ("ready", "failed", "cancelled")

    def to_json(self) -> dict[str, Any]:
        names = ("id", "name", "state", "stage", "n_passages", "n_expected", "reason", "document_id")
        return {name: getattr(self, name) for name in names}


class Board(Protocol):
    """Where several servers tell of their jobs; `put` returns whether somebody wants the job cancelled."""

    def clear(self) -> None: ...
    def put(self, job: dict[str, Any]) -> bool: ...
    def list(self) -> Sequence[dict[str, Any]]: ...
    def cancel(self, job_id: str) -> None: ...


class Jobs:
    """A queue with one worker: embedding takes all cores, and the library has one writer."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count(1)
        self._adding = threading.Lock()
        self._incoming: Path | None = None
        self._board: Board | None = None
        self._prefix = ""
        self._told = 0.0
        self._is_closing = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="upload")

    def resume(self, incoming: Path, board: Board | None = None) -> None:
        """Keep what is taken from now on in this folder, and go on with what was left there.

        A file that the process died of twice is given up. Where several servers share a library, `board` holds the
        jobs of all.
        """
        self._incoming, self._board = incoming, board
        if board is not None:
            board.clear()
            self._prefix = f"{uuid4().hex[:8]}-"
        for content in sorted(incoming.glob("*/content/*")):
            if _tries(content).exists() and _tries(content).stat().st_size >= _MOST_TRIES:
                job = self._noted(content.name, content, "")
                job.state, job.reason = "failed", "the server ended twice while reading it"
                self._forget(job)
            else:
                self._queue(content.name, content, "")

    def add(self, name: str, content: Path, content_hash: str = "") -> Job:
        """Queue the file at `content` to be added as `name`; it is moved, and deleted when the job is over."""
        with self._adding:
            for job in self._jobs.values():
                if content_hash and (job.name, job.content_hash, job.is_over) == (name, content_hash, False):
                    content.unlink()
                    return job
            return self._queue(name, self._moved(name, content), content_hash)

    def list(self) -> list[Job]:
        others = self._board.list() if self._board else ()
        return [
            *self._jobs.values(),
            *(Job(content=_ELSEWHERE, **each) for each in others if each["id"] not in self._jobs),
        ]

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id) or next((job for job in self.list() if job.id == job_id), None)

    def cancel(self, job: Job) -> None:
        """Stop a job at its next progress report; one that is over stays as it is."""
        if self._board and job.content is _ELSEWHERE:
            self._board.cancel(job.id)
            return
        job.cancelled.set()
        if job.state == "waiting":
            job.state = "cancelled"
            self._forget(job)

    def close(self, seconds: float = 2.0) -> None:
        """Leave the work where it is; what is not in the library yet waits on the disk for the next start."""
        self._is_closing = True
        for job in self._jobs.values():
            job.cancelled.set()
        stopping = threading.Thread(target=self._worker.shutdown, kwargs={"cancel_futures": True}, daemon=True)
        stopping.start()
        stopping.join(seconds)

    @property
    def is_busy(self) -> bool:
        """Tell whether a file is being read now: closing does not wait for one that takes too long."""
        return any(job.state == "working" for job in self._jobs.values())

    def _queue(self, name: str, content: Path, content_hash: str) -> Job:
        job = self._noted(name, content, content_hash)
        self._worker.submit(self._run, job)
        return job

    def _noted(self, name: str, content: Path, content_hash: str) -> Job:
        job = Job(f"{self._prefix}{next(self._numbers)}", name, content, content_hash, trace_id.get())
        self._jobs[job.id] = job
        self._tell(job)
        for old in [each for each in self._jobs.values() if each.is_over][:-_KEPT]:
            del self._jobs[old.id]
        return job

    def _moved(self, name: str, content: Path) -> Path:
        """Return where the file is kept until it is in the library: in a folder of its own, under its own name."""
        if self._incoming is None:
            return content
        target = self._incoming / content.name / "content" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(content, target))

    def _run(self, job: Job) -> None:
        if job.cancelled.is_set():
            return
        trace_id.set(job.trace)
        state: State = "ready"
        try:
            self._try(job)
            self._add_to_library(job, job.content.read_bytes())
        except _Cancelled:
            state = "cancelled"
        except FootnoteError as error:
            state, job.reason = "failed", str(error)
        except Exception:
            logger.exception("upload %s failed", job.id)
            state, job.reason = "failed", "something went wrong here; the log says what"
        if self._is_closing and state == "cancelled":
            _tries(job.content).unlink(missing_ok=True)
        else:
            self._forget(job)
        job.state = state
        self._tell(job)

    def _tell(self, job: Job) -> None:
        """Note on the board how far a job is; whoever wants it cancelled has said so there."""
        if self._board is not None:
            self._told = time.monotonic()
            with suppress(FootnoteError):  # the next report tells it
                if self._board.put(job.to_json()):
                    job.cancelled.set()

    def _try(self, job: Job) -> None:
        if self._incoming is not None:
            with _tries(job.content).open("a") as file:
                file.write("x")

    def _forget(self, job: Job) -> None:
        if self._incoming is None:
            job.content.unlink(missing_ok=True)
        else:
            shutil.rmtree(job.content.parent.parent, ignore_errors=True)

    def _add_to_library(self, job: Job, data: bytes) -> None:
        def report(progress: Progress) -> None:
            if job.cancelled.is_set() and progress.stage != "vectors":  # which come when all is stored
                raise _Cancelled
            job.stage, job.n_passages, job.n_expected = progress.stage, progress.n_passages, progress.n_passages_all
            if time.monotonic() > self._told + _TELL_SECONDS:
                self._tell(job)

        job.state, job.stage = "working", "reading"
        info = self._library().add_upload(job.name, data, on_progress=report)
        job.document_id = info.id


def _tries(content: Path) -> Path:
    """Return the file that grows by one byte with each try to read the upload, and goes when the server stops."""
    return content.parent.parent / "tries"
