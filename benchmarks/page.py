"""The page's speed in a real browser, and twenty people asking at once: `python -m benchmarks.page [--library DIR]`.

Without --library it makes one of 10,000 passages of invented sentences with hashed words for vectors. Long documents
(a PDF of 300 pages, a text of 2 MB) are always made here. Prints medians, and the load of the machine beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from index import Library
from index.embed import HashingEmbedder

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from serving import CHROMIUM, FLAGS

WORDS = "harbour council channel ferry budget survey winter engine quay tide fee storm pilot school road bridge".split()
NAMES = "Aaltonen Berge Haddad Lindqvist Osei Solberg Strand Vale Weil Brodd".split()
PEOPLE, SECONDS = 20, 60
ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--questions", nargs="+", default=[f"What did {name} say about the harbour?" for name in NAMES])
    parser.add_argument("--seconds", type=int, default=SECONDS)
    given = parser.parse_args()
    table = Table("what", "median", "worst", "wanted", title=f"milliseconds; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as scratch:
        long = Path(scratch) / "long.library"
        make_long(long)
        with serving(long) as (address, _), browsing() as page:
            measure_long(page, address, table)
        library = given.library or Path(scratch) / "many.library"
        if given.library is None:
            make_many(library)
        with serving(library) as (address, process):
            with browsing() as page:
                measure_asking(page, address, given.questions, table)
            Console().print(table)
            Console().print(asyncio.run(crowd(address, process.pid, given.questions, given.seconds)))


# --- libraries


def sentences(n: int, seed: int) -> Iterator[str]:
    """Yield invented sentences, every tenth somebody's words."""
    draw = random.Random(seed)
    for number in range(n):
        words = " ".join(draw.choice(WORDS) for _ in range(draw.randint(6, 14)))
        said = f"“We need the {words},” said {draw.choice(NAMES)}."
        yield said if number % 10 == 0 else f"The {words} {draw.randint(1, 9999)}."


def make_many(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as source, Library.open(folder, embedder=HashingEmbedder()) as library:
        for number in range(400):
            text = " ".join(sentences(290, number))
            Path(source, f"paper-{number:03}.txt").write_text(f"Paper {number}\n\n{text}", encoding="utf-8")
        library.sync(source)
        print(f"{library.n_passages:,} passages")


def make_long(folder: Path) -> None:
    plain = Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: [])
    with tempfile.TemporaryDirectory() as source, plain as library:
        text = "\n\n".join(" ".join(sentences(6, number)) for number in range(5_200))
        Path(source, "book.txt").write_text(f"A long book\n\n{text}", encoding="utf-8")
        Path(source, "report.pdf").write_bytes(pdf(300))
        library.sync(source)


def pdf(n_pages: int) -> bytes:
    """Return a PDF whose pages hold 40 lines of text each, after ISO 32000."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(n_pages))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {n_pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(n_pages):
        lines = [line[:90].replace("“", "'").replace("”", "'") for line in sentences(40, number)]
        drawn = "BT /F1 10 Tf 50 780 Td 16 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        parts.append(f"<< {page} /Contents {5 + 2 * number} 0 R >>")
        parts.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    body, starts = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    entries = "".join(f"{at:010} 00000 n \n" for at in starts)
    table = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{entries}"
    return f"{body}{table}trailer << /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode(
        "latin-1"
    )


# --- the server and the browser


@contextmanager
def serving(library: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "assistant.cli", "serve", "--library", str(library), "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        line = next(line for line in process.stdout or () if "http://" in line)
        address = line[line.index("http://") :].split()[0]
        while not (httpx.get(f"{address}/page/ready").json() is True and is_open(address)):
            time.sleep(0.1)
        yield address, process
        process.terminate()


def is_open(address: str) -> bool:
    return httpx.get(f"{address}/api/v1/status").json().get("state") == "ready"


@contextmanager
def browsing() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1440, "height": 900})
        browser.close()


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body.is-ready")


# --- what is measured, by the browser's own clock

_OPEN = """async (values) => {
  const button = document.createElement("button");
  button.dataset.do = "place";
  Object.assign(button.dataset, values);
  document.querySelector("#turns").append(button);
  document.querySelector("#source").replaceChildren();
  const begun = performance.now();
  button.click();
  while (!document.querySelector("#source mark")) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  button.remove();
  return performance.now() - begun;
}"""
_SCROLL = """async () => {
  const text = document.querySelector(".source-text");
  const frames = [];
  let before = performance.now();
  for (let step = 0; step < 90; step++) {
    text.scrollTop += 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - before);
    before = now;
  }
  return frames;
}"""
_ASK = """async (question) => {
  const $ = (selector) => document.querySelector(selector);
  const n = document.querySelectorAll("#turns .turn").length;
  const box = $("#question textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  let first;
  const begun = performance.now();
  $("#send").click();
  while (document.querySelectorAll("#turns .turn").length === n) {
    const words = $("#live .lead, #live .quote, #live .none, #live .coming p:not(.working)");
    first ??= words ? performance.now() - begun : undefined;
    await new Promise(requestAnimationFrame);
  }
  const whole = performance.now() - begun;
  return [first ?? whole, whole];
}"""
_CITE = """async () => {
  const cites = [...document.querySelectorAll("#turns .cite")];
  const times = [];
  for (const cite of cites.slice(0, 10)) {
    document.querySelector("#source").replaceChildren();
    const begun = performance.now();
    cite.click();
    while (!document.querySelector("#source mark")) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return times;
}"""


def measure_long(page: Page, address: str, table: Table) -> None:
    visit(page, address)
    listed = {each["source"]: each["id"] for each in httpx.get(f"{address}/api/v1/documents").json()}
    for name, title in (("book.txt", "a text of 2 MB opens"), ("report.pdf", "a PDF of 300 pages opens")):
        length = httpx.get(f"{address}/api/v1/documents/{listed[name]}").json()["length"]
        places = [int(length * share) for share in (0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8)]
        times = [page.evaluate(_OPEN, {"document": listed[name], "start": at, "end": at + 80}) for at in places]
        row(table, title, times, 400)
        row(table, "… a frame while it scrolls", page.evaluate(_SCROLL), 34)


def measure_asking(page: Page, address: str, questions: list[str], table: Table) -> None:
    paints = []
    for _ in range(ROUNDS):
        visit(page, address)
        entries = "performance.getEntriesByType('paint').find((e) => e.name === 'first-contentful-paint').startTime"
        paints.append(page.evaluate(entries))
    row(table, "first paint", paints, 1500)
    page.evaluate(_ASK, questions[0])  # the first question reads the library's vectors
    firsts, wholes = zip(*(page.evaluate(_ASK, question) for question in questions), strict=True)
    row(table, "question to first words", firsts, 150)
    row(table, "question to whole answer", wholes, 300)
    row(table, "citation to source", page.evaluate(_CITE), 150)


def row(table: Table, what: str, times: list[float] | tuple[float, ...], wanted: float) -> None:
    if times:
        table.add_row(what, f"{statistics.median(times):.0f}", f"{max(times):.0f}", f"{wanted:.0f}")


# --- many people at once, through the page's own door


async def crowd(address: str, pid: int, questions: list[str], seconds: int) -> str:
    times: list[float] = []
    errors: list[str] = []
    until = time.monotonic() + seconds
    memory = [resident(pid)]

    async def person(number: int) -> None:
        draw = random.Random(number)
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            while time.monotonic() < until:
                begun = time.monotonic()
                try:
                    await ask(client, draw.choice(questions), f"person-{number}-{draw.random()}")
                    times.append(time.monotonic() - begun)
                except (httpx.HTTPError, ValueError) as error:
                    errors.append(repr(error))

    async def watch() -> None:
        while time.monotonic() < until:
            await asyncio.sleep(seconds / 6)
            memory.append(resident(pid))

    await asyncio.gather(watch(), *(person(number) for number in range(PEOPLE)))
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    return (
        f"{PEOPLE} people for {seconds} s: {len(times)} answers, {len(errors)} errors {errors[:2]}, p50 {p50:.2f} s, "
        f"p95 {p95:.2f} s, MB {', '.join(f'{each:.0f}' for each in memory)}; load {os.getloadavg()[0]:.1f}"
    )


async def ask(client: httpx.AsyncClient, question: str, conversation: str) -> None:
    """Ask as the page does, and come again where the server says so."""
    asked = {"question": question, "conversation": conversation, "token": conversation}
    while (answer := await client.post("/page/ask", json=asked)).status_code in (429, 503):
        await asyncio.sleep(float(answer.headers["Retry-After"]))
    html = json.loads(answer.raise_for_status().text.splitlines()[-1])
    if "data-understood" not in html:
        raise ValueError(f"no answer: {html[:200]}")


def resident(pid: int) -> float:
    """Return a process's resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
