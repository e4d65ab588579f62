"""Ten thousand questions: does memory stay flat, and does a run that was killed go on where it stopped?

    python -m benchmarks.questions --questions 10000

Asked is a system that answers at once, so that what is measured is the evaluation and not the assistant.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.answer import Answer, Citation, Query

ASK = """
import resource, sys
from assistant.evaluate import evaluate
from benchmarks.questions import First
evaluate(sys.argv[1], sys.argv[2], system="benchmarks.questions:First")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
N_DOCUMENTS = 500


class First:
    """Quotes the beginning of the document whose number the question ends with."""

    def __init__(self, documents: list[Any]) -> None:
        from assistant.evaluate.folder import to_document

        self._documents = [to_document(each.id_, each.text) for each in documents]

    def ask(self, question: str, **_: object) -> Answer:
        from index.records import Passage

        document = self._documents[int(question.rstrip("?").split()[-1])]
        around = self._documents[:20]
        passages = tuple(Passage(d.info, 0, len(d.text), d.text, rank=n, score=1 / n) for n, d in enumerate(around, 1))
        quote = document.span(0, 20)
        return Answer(
            Query(question, question), quote.text, 0.9, (Citation(1, 0, 20, document.info, quote),), None, passages
        )


def write_set(folder: Path, n_questions: int) -> Path:
    folder.mkdir()
    text = "The harbour fee rises in April. " * 20
    rows = ({"_id": f"d{n}", "title": f"Report {n}", "text": f"Report {n}. {text}"} for n in range(N_DOCUMENTS))
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with (folder / "questions.jsonl").open("w", encoding="utf-8") as out:
        for n in range(n_questions):
            evidence = [{"source": f"d{n % N_DOCUMENTS}", "start": 0, "end": 15}]
            out.write(json.dumps({"question": f"What rises, {n}, in {n % N_DOCUMENTS}?", "evidence": evidence}) + "\n")
    return folder


def measure(n_questions: int, scratch: Path) -> None:
    found, out = write_set(scratch / f"set-{n_questions}", n_questions), scratch / f"out-{n_questions}"
    command = [sys.executable, "-c", ASK, str(found), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        while n_lines(out / "answers.jsonl") < n_questions // 2:
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
    n_before, started = n_lines(out / "answers.jsonl"), time.perf_counter()
    peak = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    seconds, n_after = time.perf_counter() - started, n_lines(out / "answers.jsonl")
    told = f"killed at {n_before:,}, then {n_after - n_before:,} more in {seconds:.0f} s with scoring"
    print(f"{n_questions:,} questions: {told}; {peak} MB at most")


def n_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def main(
    questions: Annotated[int, typer.Option(help="Questions of the larger set; the smaller has a tenth.")] = 10_000,
) -> None:
    """Print, for a set and one ten times as large, what a killed run cost and the most memory it took."""
    with tempfile.TemporaryDirectory() as scratch:
        for n in (questions // 10, questions):
            measure(n, Path(scratch))


if __name__ == "__main__":
    typer.run(main)
