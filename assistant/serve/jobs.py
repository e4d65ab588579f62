"""Uploads on their way into the library: one at a time, each with its progress and its end.

Knows nothing of HTTP.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from index.errors import FootnoteError

if TYPE_CHECKING:
    from index.library import Library
    from index.sync import Progress

logger = logging.getLogger(__name__)
State = Literal["waiting", "working", "ready", "failed", "cancelled"]
_KEPT = 500  # finished jobs remembered


class _Cancelled(Exception):
    """Raised inside the library's progress report to leave the work where it is."""


@dataclass(slots=True)
class Job:
    """One upload. `stage` is what is being done to the file, `n_passages` how many passages are embedded."""

    id: str
    name: str
    state: State = "waiting"
    stage: str = ""
    n_passages: int = 0
    reason: str = ""
    document_id: str | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        return self.state in ("ready", "failed", "cancelled")

    def to_json(self) -> dict[str, Any]:
        names = ("id", "name", "state", "stage", "n_passages", "reason", "document_id")
        return {name: getattr(self, name) for name in names}


class Jobs:
    """A queue with one worker: embedding takes all cores, and the library has one writer."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count(1)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="upload")

    def add(self, name: str, content: Path) -> Job:
        """Queue the file at `content` to be added as `name`; it is deleted when the job is over."""
        job = Job(str(next(self._numbers)), name)
        self._jobs[job.id] = job
        for old in [each for each in self._jobs.values() if each.is_over][:-_KEPT]:
            del self._jobs[old.id]
        self._worker.submit(self._run, job, content)
        return job

    def list(self) -> list[Job]:
        return list(self._jobs.values())

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def cancel(self, job: Job) -> None:
        """Stop a job at its next progress report; one that is over stays as it is."""
        job.cancelled.set()
        if job.state == "waiting":
            job.state = "cancelled"

    def close(self) -> None:
        for job in self.list():
            if not job.is_over:
                self.cancel(job)
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, content: Path) -> None:
        try:
            self._add_to_library(job, content.read_bytes())
        except _Cancelled:
            job.state = "cancelled"
        except FootnoteError as error:
            job.state, job.reason = "failed", str(error)
        except Exception:
            logger.exception("upload %s failed", job.id)
            job.state, job.reason = "failed", "something went wrong here; the log says what"
        finally:
            content.unlink(missing_ok=True)

    def _add_to_library(self, job: Job, data: bytes) -> None:
        def report(progress: Progress) -> None:
            if job.cancelled.is_set():
                raise _Cancelled
            job.stage, job.n_passages = progress.stage, progress.n_passages

        if job.cancelled.is_set():
            raise _Cancelled
        job.state, job.stage = "working", "reading"
        info = self._library().add_upload(job.name, data, on_progress=report)
        job.document_id, job.state = info.id, "ready"
