"""What happens every day, as ratios: each row compares two ways of doing the same work, in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.ask import Assistant
from assistant.example import DOCUMENTS, QUESTIONS
from benchmarks.timing import Row, seconds
from index import Library
from index.embed import SentenceTransformersEmbedder, load_embedder
from index.export import weights_folder

ROUNDS = 5


def everyday(size: int = ROUNDS) -> Iterator[Row]:
    """Compare in so many paired rounds."""
    for measured in (embedding, indexing_again, statements, first_answer, answer):
        yield measured(size)


def embedding(n_rounds: int) -> Row:
    """Embed the example's passages: int8 through onnxruntime against sentence-transformers, both without batches."""
    texts = [paragraph for path in DOCUMENTS.glob("*.txt") for paragraph in path.read_text().split("\n\n")]
    ours, theirs = load_embedder(), SentenceTransformersEmbedder(str(weights_folder()))
    ours.embed(texts[:2]), theirs.embed(texts[:2])
    return _paired(
        n_rounds, "embedding, against sentence-transformers", lambda: ours.embed(texts), lambda: theirs.embed(texts)
    )


def indexing_again(n_rounds: int) -> Row:
    """Sync an unchanged folder against building it."""

    def build() -> None:
        with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
            library.sync(DOCUMENTS)

    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.sync(DOCUMENTS)
        return _paired(
            n_rounds, "sync of an unchanged folder, against building it", lambda: library.sync(DOCUMENTS), build
        )


def statements(n_rounds: int) -> Row:
    """Index with who said what against without."""

    def build(attribute: object) -> None:
        with tempfile.TemporaryDirectory() as folder, Library.open(folder, attribute=attribute) as library:
            library.sync(DOCUMENTS)

    build(None)  # spaCy's pipeline is loaded once
    return _paired(
        n_rounds, "indexing with statements, against without", lambda: build(None), lambda: build(lambda document: [])
    )


def first_answer(n_rounds: int) -> Row:
    """Ask in a new process against a bare import of gradio in one."""
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(folder) as library:
            library.sync(DOCUMENTS)
        ask = [sys.executable, "-m", "assistant.cli", "ask", QUESTIONS[0], "--library", folder]
        return _paired(
            n_rounds,
            "an answer in a new process, against `import gradio`",
            lambda: subprocess.run(ask, capture_output=True, check=False),
            lambda: subprocess.run([sys.executable, "-c", "import gradio"], check=True),
        )


def answer(n_rounds: int) -> Row:
    """Answer a question against retrieving its passages alone."""
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder)) as library:
        library.sync(DOCUMENTS)
        assistant = Assistant(library)
        return _paired(
            n_rounds,
            "a whole answer, against retrieval alone",
            lambda: assistant.ask(QUESTIONS[1]),
            lambda: library.retrieve(QUESTIONS[1], k=50),
        )


def _paired(n_rounds: int, what: str, ours: Callable[[], object], against: Callable[[], object]) -> Row:
    """Time both in turn and return their medians and the median of the ratios."""
    pairs = [(seconds(ours), seconds(against)) for _ in range(n_rounds)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    return Row(what, f"{mine:.3f} / {other:.3f} s = {ratio:.2f}")
