"""A server that lives: so many requests with uploads and deletions between, then its library beside a fresh one.

A day of a busy office is about 20,000 requests.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from assistant.example import DOCUMENTS
from benchmarks.load import MIXED, made, memory, serving, waited
from benchmarks.timing import Row, at_most
from index import Library
from index.roots import UPLOADS

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from test_sync import state

Send = Callable[..., Awaitable[httpx.Response]]
_AT_ONCE = 4
_EVERY = 50  # requests between two uploads
_LIVE = 20  # uploads kept; of more the oldest is deleted
_SLICES = 10  # of which the first is warming up


def soak(size: int = 20_000) -> Iterator[Row]:
    """Send so many requests; memory, file handles and answers must not drift."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = made(Path(scratch) / "library")
        with serving(folder) as (process, address, started):
            waited(f"{address}/api/v1/status", started, lambda answer: answer.json().get("model") == "ready")
            waited(f"{address}/page/ready", started, lambda answer: answer.text == "true")
            statuses, live, grown = Counter[str](), dict[str, bytes](), list[tuple[int, int]]()
            begun = time.perf_counter()
            for number in range(_SLICES):
                asyncio.run(_slice(address, number * size // _SLICES, size // _SLICES, statuses, live))
                grown.append((memory(process.pid), len(os.listdir(f"/proc/{process.pid}/fd"))))
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        yield Row(f"{statuses.total()} requests, what came", f"{dict(statuses)}, {time.perf_counter() - begun:.0f} s")
        yield at_most("  errors and what else is no 2xx", sum(n for s, n in statuses.items() if s[0] != "2"), 0, "")
        yield Row("  memory after each tenth, MB", " ".join(str(megabytes) for megabytes, _ in grown))
        yield at_most("  memory, last tenth against second", grown[-1][0] / grown[1][0], 1.1, "x")
        yield at_most("  open files, last tenth over second", grown[-1][1] - grown[1][1], 5, "")
        differences = _differences(folder, Path(scratch) / "fresh", live)
        yield at_most(f"  differences from a fresh build {differences or ''}".rstrip(), len(differences), 0, "")


async def _slice(address: str, first: int, n: int, statuses: Counter[str], live: dict[str, bytes]) -> None:
    numbers = iter(range(first, first + n))
    async with httpx.AsyncClient(base_url=address, timeout=120) as client, asyncio.TaskGroup() as group:

        async def send(method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - what httpx takes
            answer = await client.request(method, path, **more)
            statuses[str(answer.status_code)] += 1
            return answer

        async def person() -> None:
            for number in numbers:
                if number % _EVERY:
                    method, path, more = _asked(number)
                    await send(method, path, **more)
                else:
                    await _exchange(send, number, live)

        for _ in range(_AT_ONCE):
            group.create_task(person())


def _asked(number: int) -> tuple[str, str, dict[str, object]]:
    question = f"{MIXED[number % len(MIXED)]} {number % 97 or ''}".strip()
    page = {"question": question, "conversation": f"c{number % 40}-{number // 2000}", "token": "t"}
    return (
        ("POST", "/api/v1/ask", {"json": {"question": question}}),
        ("POST", "/page/ask", {"json": page}),
        ("POST", "/api/v1/search", {"json": {"query": question}}),
        ("POST", "/api/v1/ask", {"json": {"question": question, "stream": True}}),
        ("GET", "/api/v1/documents", {}),
        ("GET", "/page/conversations", {}),
    )[number % 6]


async def _exchange(send: Send, number: int, live: dict[str, bytes]) -> None:
    """Upload a document and wait until it is in; delete the oldest where there are many."""
    name = f"{number}.txt"
    text = f"The lamp of quay {number} was lit by Anna Holm. “Lamp {number} is bright,” Anna Holm said on Friday."
    job = (await send("POST", "/api/v1/documents", params={"name": name}, content=text.encode())).json()
    while job["state"] in ("waiting", "working"):
        await asyncio.sleep(0.1)
        job = (await send("GET", f"/api/v1/jobs/{job['id']}")).json()
    live[name] = text.encode()
    if len(live) > _LIVE:
        oldest = next(iter(live))
        del live[oldest]
        await send("DELETE", f"/api/v1/documents/{UPLOADS}/{oldest}")


def _differences(folder: Path, beside: Path, live: dict[str, bytes]) -> list[str]:
    """Return the parts in which a library is not what a fresh one of the same documents is."""
    with Library.open(folder) as library, Library.open(beside) as fresh:
        fresh.sync(DOCUMENTS)
        for name, data in live.items():
            fresh.add_upload(name, data)
        ours, theirs = state(library), state(fresh)
    return [part for part, expected in theirs.items() if ours[part] != expected]
