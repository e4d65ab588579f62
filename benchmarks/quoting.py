"""How fast a large library tells who said what: many statements, a few people with most of them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assistant import Assistant
from benchmarks.corpora import MadeVectors
from benchmarks.searching import build
from benchmarks.timing import Row, percentiles, seconds
from index import Document, Library, Statement
from index.embed import load_embedder
from index.split import sentences

_FIRST = "Ada Jon Lena Marta Tor Nils Pia Ravi Sana Ugo Vera Wim Xenia Yusuf Zoe Olga Kim Hana Emil Dora".split()
_LAST = (
    "Weil Brandvik Aaltonen Lindqvist Falk Osei Haddad Solberg Strand Vale Berge Brodd Moreau Ito Castro Novak Petrov "
    "Silva Mbeki Rao Chen Ortiz Khan Levi Duran Sato Popov Costa Meyer Braun Fox Wolf Stone Rivers Lake Hill Woods"
).split()
_NAMES = [f"{first} {last}" for last in _LAST for first in _FIRST]
_SHARES = [1 / (n + 1) for n in range(len(_NAMES))]  # as often as people are quoted (Zipf)
_PER_DOCUMENT = 10  # statements: one to two passages
_TOPICS = (
    "patients|vitamin D|police|the president|cancer cells|unicorns|the embassy|gene expression|malaria|the election|"
    "bone density|the war|blood pressure|New York|insulin|the court|heart disease|children"
).split("|")
_FORMS = ("What did {} say about {}?",) * 5 + ("Who spoke about {1}?", "Who criticised {1}?")


def told(document: Document) -> list[Statement]:
    """Let somebody say each of ten sentences of a document."""
    dice = random.Random(document.id)
    spans = sentences(document.text)
    picked = sorted(dice.sample(spans, min(_PER_DOCUMENT, len(spans))))
    speakers = dice.choices(_NAMES, _SHARES, k=len(picked))
    return [
        Statement(document.info, who, "said", "direct", (document.span(*span),), *span, (who, who.split()[-1]))
        for who, span in zip(speakers, picked, strict=True)
    ]


def quoting(size: int = 100_000) -> Iterator[Row]:
    """Ask who said what of a library of so many passages, with a statement to every other one."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "library"
        build(folder, size, told).close()
        with Library.open(folder, embedder=MadeVectors(), attribute=told) as library:
            library.embedder = load_embedder()  # questions cost what they cost; any vector will do
            yield from asked(Assistant(library))


def asked(assistant: Assistant, n: int = 100) -> Iterator[Row]:
    """Ask as often for each person as he is quoted; nothing is asked twice."""
    status = assistant.library.status()
    yield Row("passages, statements", f"{status.n_passages:,}, {status.n_statements:,}")
    dice = random.Random(3)
    speakers = dice.choices(_NAMES, _SHARES, k=n)
    questions = dict.fromkeys(dice.choice(_FORMS).format(who, dice.choice(_TOPICS)) for who in speakers)
    assistant.ask("What did anybody say about rain?")  # reads the people and the vectors
    times = [seconds(partial(assistant.ask, question)) for question in questions]
    yield percentiles("  who said what, p50 / p95", times, 100, 150)
