"""Speed and size as ratios, measured side by side in one run: `make bench`.

Times on a busy machine mean little; each row compares two ways of doing the same work, in turn.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.ask import Assistant
from assistant.example import DOCUMENTS, QUESTIONS
from index import Library
from index.embed import SentenceTransformersEmbedder, load_embedder
from index.export import weights_folder

ROUNDS = 5


def main() -> None:
    """Print a table of what was measured."""
    table = Table("what", "ours", "against", "ratio", title="medians of paired rounds, seconds")
    for row in (embedding(), indexing_again(), statements(), first_answer(), answer()):
        table.add_row(*row)
    Console().print(table)


def embedding() -> tuple[str, ...]:
    """Embed the example's passages: int8 through onnxruntime against sentence-transformers, both without batches."""
    texts = [paragraph for path in DOCUMENTS.glob("*.txt") for paragraph in path.read_text().split("\n\n")]
    ours, theirs = load_embedder(), SentenceTransformersEmbedder(str(weights_folder()))
    ours.embed(texts[:2]), theirs.embed(texts[:2])
    return _paired("embedding, against sentence-transformers", lambda: ours.embed(texts), lambda: theirs.embed(texts))


def indexing_again() -> tuple[str, ...]:
    """Sync an unchanged folder against building it."""

    def build() -> None:
        with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
            library.sync(DOCUMENTS)

    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.sync(DOCUMENTS)
        return _paired("sync of an unchanged folder, against building it", lambda: library.sync(DOCUMENTS), build)


def statements() -> tuple[str, ...]:
    """Index with who said what against without."""

    def build(attribute: object) -> None:
        with tempfile.TemporaryDirectory() as folder, Library.open(folder, attribute=attribute) as library:
            library.sync(DOCUMENTS)

    build(None)  # spaCy's pipeline is loaded once
    return _paired("indexing with statements, against without", lambda: build(None), lambda: build(lambda document: []))


def first_answer() -> tuple[str, ...]:
    """Ask in a new process against a bare import of gradio in one."""
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(folder) as library:
            library.sync(DOCUMENTS)
        ask = [sys.executable, "-m", "assistant.cli", "ask", QUESTIONS[0], "--library", folder]
        return _paired(
            "an answer in a new process, against `import gradio`",
            lambda: subprocess.run(ask, capture_output=True, check=False),
            lambda: subprocess.run([sys.executable, "-c", "import gradio"], check=True),
        )


def answer() -> tuple[str, ...]:
    """Answer a question against retrieving its passages alone."""
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder)) as library:
        library.sync(DOCUMENTS)
        assistant = Assistant(library)
        return _paired(
            "a whole answer, against retrieval alone",
            lambda: assistant.ask(QUESTIONS[1]),
            lambda: library.retrieve(QUESTIONS[1], k=50),
        )


def _paired(what: str, ours: Callable[[], object], against: Callable[[], object]) -> tuple[str, ...]:
    """Time both in turn and return their medians and the median of the ratios."""
    pairs = [(_seconds(ours), _seconds(against)) for _ in range(ROUNDS)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    return what, f"{mine:.3f}", f"{other:.3f}", f"{ratio:.2f}"


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
