"""Start-up and load of the real server; `--size` are the seconds of the flood. All requests go to this machine.

On a busy machine only the processor's seconds say something.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.example import DOCUMENTS, QUESTIONS
from benchmarks.timing import Row, at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

FOOTNOTE = [sys.executable, "-m", "assistant.cli"]
MIXED = [
    *QUESTIONS,
    "When was it built?",
    "Who wrote the first letter?",
    "How many people live there?",
    "Why did it close?",
]


def load(size: int = 10, library: Path | None = None, rate: float = 50.0) -> Iterator[Row]:
    """Start the commands and the server, then ask it for so many seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        library = library or made(Path(scratch) / "library")
        for name, command, limit in (
            ("footnote --help", ["--help"], 0.3),
            ("footnote --version", ["--version"], 0.3),
            ("footnote ask, in a new process", ["ask", QUESTIONS[1], "--library", str(library)], 1.5),
        ):
            wall, processor = process_seconds([*FOOTNOTE, *command])
            yield at_most(name, wall, limit, "s")
            yield Row("  of the processor", f"{processor:.2f} s")
        bare, _ = process_seconds([sys.executable, "-c", "import gradio"])
        yield Row("python -c 'import gradio'", f"{bare:.2f} s")
        yield from served(library, size, rate, bare)


def made(folder: Path) -> Path:
    subprocess.run([*FOOTNOTE, "index", str(DOCUMENTS), "--library", str(folder)], check=True, capture_output=True)
    return folder


def process_seconds(command: list[str]) -> tuple[float, float]:
    """Return the least wall and processor seconds of three runs."""
    runs = []
    for _ in range(3):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        runs.append((time.perf_counter() - started, cpu))
    return min(wall for wall, _ in runs), min(cpu for _, cpu in runs)


def served(library: Path, seconds: float, rate: float, bare: float) -> Iterator[Row]:
    with serving(library) as (process, address, started):
        up = waited(f"{address}/health", started, lambda answer: answer.is_success)
        yield at_most("serve: health answers, after the start", up, 1, "s")
        yield Row("  of the processor", f"{processor_seconds(process.pid):.2f} s")
        page = waited(f"{address}/page/ready", started, lambda answer: answer.text == "true")
        yield at_most("serve: page answers, against `import gradio`", page / bare, 1.3, "x")
        waited(f"{address}/api/v1/status", started, lambda answer: answer.json().get("state") == "ready")
        yield at_most("memory, idle", memory(process.pid), 450, "MB")
        yield from flood(address, seconds, rate)
        yield Row("memory, after", f"{memory(process.pid)} MB")
        yield Row("open files, after", str(len(os.listdir(f"/proc/{process.pid}/fd"))))
        yield stopped(process, address)


@contextmanager
def serving(library: Path) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    started = time.perf_counter()
    environment = os.environ | {"FOOTNOTE_RATE": "0"}
    process = subprocess.Popen(
        [*FOOTNOTE, "serve", "--port", "0", "--library", str(library)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield process, process.stdout.readline().split()[3], started  # type: ignore[union-attr]
    finally:
        process.kill()
        process.communicate()


def waited(url: str, started: float, is_it: object) -> float:
    while time.perf_counter() - started < 300:
        try:
            if is_it(httpx.get(url, timeout=10)):  # type: ignore[operator]
                break
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    return time.perf_counter() - started


def memory(pid: int) -> int:
    """Return the resident memory, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def flood(address: str, seconds: float, rate: float) -> Iterator[Row]:
    """Ask at a steady rate, whether answers come or not; every other question for a stream."""
    statuses, took, begun = Counter[str](), defaultdict[str, list[float]](list), time.perf_counter()
    asyncio.run(_flood(address, int(seconds * rate), rate, statuses, took))
    whole, n_all = time.perf_counter() - begun, statuses.total()
    n_refused = statuses["503"] + statuses["429"]
    yield Row(f"{rate:.0f} questions a second, {seconds:.0f} s: what came", f"{dict(statuses)}")
    yield at_most("  broken connections and errors", n_all - statuses["200"] - n_refused, 0, "")
    yield at_most("  turned away, with a time to come back", n_refused, 0, "")
    yield Row("  the limit found here", f"{statuses['200'] / whole:.1f} answers a second")
    for what in ("answers", "streams: first words", "streams: whole"):
        yield at_most(f"  p99 of the {what}", sorted(took[what])[int(len(took[what]) * 0.99)], 1, "s")
    yield Row(
        "  p99 of being turned away", f"{sorted(took['no'])[int(len(took['no']) * 0.99)] if took['no'] else 0:.2f} s"
    )


async def _flood(
    address: str, n: int, rate: float, statuses: Counter[str], took: defaultdict[str, list[float]]
) -> None:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits) as client, asyncio.TaskGroup() as group:
        begun = time.perf_counter()
        for number in range(n):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(_timed(client, number, due, statuses, took))


async def _timed(
    client: httpx.AsyncClient, number: int, due: float, statuses: Counter[str], took: defaultdict[str, list[float]]
) -> None:
    is_stream = number % 2 == 1
    body = {"question": MIXED[number // 2 % len(MIXED)], "stream": is_stream}
    try:
        async with client.stream("POST", "/api/v1/ask", json=body) as answer:
            pieces = answer.aiter_bytes()
            await anext(pieces)
            first = time.perf_counter() - due
            async for _ in pieces:
                pass
        status = str(answer.status_code)
    except httpx.HTTPError as error:
        status = type(error).__name__
    statuses[status] += 1
    if status == "200" and is_stream:
        took["streams: first words"].append(first)
    took["being turned away" if status != "200" else "streams: whole" if is_stream else "answers"].append(
        time.perf_counter() - due
    )


def stopped(process: subprocess.Popen[str], address: str) -> Row:
    """Tell it to stop while it is answering."""
    statuses = Counter[str]()

    def ask() -> None:
        for number in range(50):
            try:
                statuses[
                    str(
                        httpx.post(
                            f"{address}/api/v1/ask", json={"question": MIXED[number % 8]}, timeout=30
                        ).status_code
                    )
                ] += 1
            except httpx.HTTPError as error:
                statuses[type(error).__name__] += 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    begun = time.perf_counter()
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    ended = time.perf_counter() - begun
    for thread in threads:
        thread.join()
    return at_most(f"SIGTERM under load, {dict(statuses)}", ended, 5, "s")
