"""Start-up and load of the real server: `python -m benchmarks.load [--library DIR] [--seconds N] [--rate N]`.

Prints wall and processor seconds with the machine's load: on a busy machine only the processor's say something. All
requests go to this machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.example import DOCUMENTS, QUESTIONS

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


def main() -> None:
    """Measure what was asked for and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="an existing library; none: the example's")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=50.0, help="requests a second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        library = given.library or made(Path(scratch) / "library")
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        for name, command in {
            "footnote --help": ["--help"],
            "footnote --version": ["--version"],
            "footnote ask, new process": ["ask", QUESTIONS[1], "--library", str(library)],
        }.items():
            print(f"{name:32} {process_seconds(command)}")
        print(f"{'python -c import gradio':32} {process_seconds(['-c', 'import gradio'], [sys.executable])}")
        served(library, given.seconds, given.rate)


def made(folder: Path) -> Path:
    subprocess.run([*FOOTNOTE, "index", str(DOCUMENTS), "--library", str(folder)], check=True, capture_output=True)
    return folder


def process_seconds(arguments: list[str], command: list[str] = FOOTNOTE) -> str:
    """Return the best of three runs."""
    runs = []
    for _ in range(3):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*command, *arguments], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        runs.append((time.perf_counter() - started, cpu))
    return f"{min(wall for wall, _ in runs):.2f} s wall, {min(cpu for _, cpu in runs):.2f} s processor"


def served(library: Path, seconds: float, rate: float) -> None:
    with serving(library) as (process, address, started):
        up = waited(f"{address}/health", started, lambda answer: answer.is_success)
        print(f"{'serve: health answers':32} {up:.2f} s after start")
        page = waited(f"{address}/page/ready", started, lambda answer: answer.text == "true")
        print(f"{'serve: page answers':32} {page:.2f} s after start")
        waited(f"{address}/api/v1/status", started, lambda answer: answer.json()["state"] == "ready")
        print(f"{'memory, idle':32} {memory(process.pid)}")
        flood(address, seconds, rate)
        print(f"{'memory, after':32} {memory(process.pid)}")
        print(f"{'open files, after':32} {len(os.listdir(f'/proc/{process.pid}/fd'))}")
        stopped(process, address)


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


def memory(pid: int) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {
        line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith(("VmRSS", "RssAnon"))
    }
    return f"{found['VmRSS']} MB resident, {found['RssAnon']} MB of it its own"


def flood(address: str, seconds: float, rate: float) -> None:
    """Ask at a steady rate, whether answers come or not, and print what came."""
    took, statuses = list[float](), Counter[str]()
    with httpx.Client(timeout=30, limits=httpx.Limits(max_connections=200)) as client, ThreadPoolExecutor(100) as pool:

        def ask(number: int, due: float) -> None:
            try:
                body = {"question": MIXED[number % len(MIXED)]}
                status = str(client.post(f"{address}/api/v1/ask", json=body).status_code)
            except httpx.HTTPError as error:
                status = type(error).__name__
            statuses[status] += 1
            took.append(time.perf_counter() - due)

        begun = time.perf_counter()
        for number in range(int(seconds * rate)):
            due = begun + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(ask, number, due)
    whole = time.perf_counter() - begun
    took.sort()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(f"{f'{rate:.0f} questions a second':32} {dict(statuses)}, p50 {p50:.3f} s, p99 {p99:.3f} s", end="")
    print(f", {len(took) / whole:.1f} answers a second")


def stopped(process: subprocess.Popen[str], address: str) -> None:
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
    print(f"{'SIGTERM under load':32} ended after {time.perf_counter() - begun:.2f} s; {dict(statuses)}")
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
