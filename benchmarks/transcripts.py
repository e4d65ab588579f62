"""Meetings word for word: are the turns quoted those of the person that the question names?"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from assistant import Assistant
from benchmarks.corpora import DATA
from benchmarks.timing import Row, at_least
from index import Document, DocumentInfo, Library
from index.embed import HashingEmbedder

_SET = DATA / "qmsum"
_TURN = re.compile(r"^(?P<label>[^:\n]{1,60}):", re.M)


def transcripts(size: int = 66) -> Iterator[Row]:
    """Ask the questions of so many meetings, each within its own meeting; needs the evaluation data."""
    if not _SET.is_dir():
        yield Row("transcripts", "left out: no evaluation data beside the checkout")
        return
    meetings = {row["_id"]: row for row in islice(_rows("corpus.jsonl"), size)}
    with tempfile.TemporaryDirectory() as scratch, Library.open(scratch, embedder=HashingEmbedder()) as library:
        library.add(
            Document(DocumentInfo(id_, f"{id_}.txt", row["title"] or id_), row["text"], id_)
            for id_, row in meetings.items()
        )
        yield from _asked(Assistant(library), {id_: row["text"] for id_, row in meetings.items()})


def _asked(assistant: Assistant, texts: dict[str, str]) -> Iterator[Row]:
    n_questions = n_answered = n_quotes = n_right = 0
    for question in _rows("queries.jsonl"):
        meeting = question["metadata"]["doc"]
        if meeting not in texts:
            continue
        asked = _named(question["text"], texts[meeting])
        if not asked:
            continue
        answer = assistant.ask(question["text"], source=meeting)
        if answer.query.speaker not in asked:  # 'What did the group think of Marketing's idea?' asks for nobody's words
            continue
        n_questions += 1
        spoken = [citation for citation in answer.citations if citation.speaker]
        n_answered += bool(spoken)
        n_quotes += len(spoken)
        n_right += sum(_turns(texts[meeting], c.quote.start, c.quote.end) <= asked for c in spoken)
    yield Row("questions that name a speaker, answered by turns", f"{n_questions}, {n_answered}")
    yield at_least(f"  right speaker of {n_quotes} quoted turns", n_right / max(1, n_quotes), 0.97)


def _named(question: str, text: str) -> set[str]:
    """Return the labels of a meeting's turns that a question names."""
    labels = {match["label"] for match in _TURN.finditer(text)}
    return {label for label in labels if re.search(rf"\b{re.escape(label)}\b", question)}


def _turns(text: str, start: int, end: int) -> set[str]:
    """Return the labels of the turns in which a stretch lies."""
    before = [match["label"] for match in _TURN.finditer(text, 0, start)][-1:]
    begun = [match["label"] for match in _TURN.finditer(text, start, end)]
    return set(begun if _TURN.match(text, start) else [*before, *begun])


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (_SET / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
