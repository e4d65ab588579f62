"""A system that answers from words in common, and a small set: peers of the assistant for tests of the evaluation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answer import Abstention, Answer, Citation, Query, Reason, ShortAnswer, Turn
from index.records import Document, Passage

SENTENCE = re.compile(r"[^\n.!?][^\n.!?]*[.!?]?")
WORD = re.compile(r"\w{3,}")


@dataclass
class OverlapSystem:
    """Ranks sentences by words in common with the question and quotes the best; silent below `least` words."""

    documents: Mapping[str, Document]
    least: int = 2
    n_quotes: int = 2
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sentences = [
            (words_of(match.group()), document, match.span())
            for document in self.documents.values()
            for match in SENTENCE.finditer(document.text)
        ]

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        history: Sequence[Turn] = (),
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Answer:
        self.asked.append(question)
        wanted = words_of(" ".join((*(turn.text for turn in history), question)))
        found = [(len(wanted & words), document, span) for words, document, span in self._sentences]
        found = sorted(found, key=lambda hit: (-hit[0], hit[1].id, hit[2]))[: k or 5]
        passages = tuple(
            Passage(document.info, start, end, document.text[start:end], rank=rank, score=float(n))
            for rank, (n, document, (start, end)) in enumerate(found, start=1)
        )
        best = max((passage.score for passage in passages), default=0.0)
        confidence = round(best / (1 + len(wanted)), 4)
        query = Query(question, question)
        if best < self.least:
            message = "Not in these documents."
            return Answer(query, message, confidence, (), Abstention(Reason.NOTHING_IN_DOCUMENTS, message), passages)
        return _quoting(query, passages[: self.n_quotes], passages, confidence, self.documents)


def words_of(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower()))


def _quoting(query, quoted, passages, confidence, documents) -> Answer:
    text, citations = "", []
    for number, passage in enumerate(quoted, start=1):
        start = len(text)
        text += f"{passage.text} [{number}]\n\n"
        quote = documents[passage.document.id].span(passage.start, passage.end)
        citations.append(Citation(number, start, len(text) - 2, passage.document, quote))
    first = quoted[0]
    word = WORD.search(first.text)
    short = word and ShortAnswer(word.group(), first.document.id, first.start + word.start(), first.start + word.end())
    return Answer(query, text, confidence, tuple(citations), None, passages, short or None)


@dataclass
class BrokenOn:
    """Raises an exception on the questions that hold a word."""

    inner: OverlapSystem
    word: str

    def ask(self, question: str, **options) -> Answer:
        if self.word in question:
            raise RuntimeError(f"can't bear {self.word!r}")
        return self.inner.ask(question, **options)


def write_set(
    folder: Path,
    corpus: Mapping[str, str],
    questions: Sequence[Mapping],
    grades: Sequence[tuple],
    gold: Sequence[Mapping],
) -> Path:
    """Write a set in the folder layout."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"_id": name, "title": name, "text": text} for name, text in corpus.items()]
    _write_lines(folder / "corpus.jsonl", rows)
    _write_lines(folder / "queries.jsonl", questions)
    _write_lines(folder / "gold_spans.jsonl", gold)
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, grade)) for grade in grades)]
    (folder / "qrels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _write_lines(path: Path, rows: Sequence[Mapping]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def overlap(documents) -> OverlapSystem:
    """Build the peer over llama-index documents, as `--system` asks for it."""
    from assistant.evaluate.folder import to_document

    return OverlapSystem({each.id_: to_document(each.id_, each.text) for each in documents})
