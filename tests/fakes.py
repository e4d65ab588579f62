"""Peers of Library and Assistant with scripted content, for tests of the page and of the server."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answer import Abstention, Answer, Citation, Kind, Query, Reason, Turn
from assistant.conversations import MemoryConversations
from index.errors import DocumentNotFound, UnsupportedFile
from index.records import Document, DocumentInfo, Evidence, Passage, Statement

MINUTES = """Harbour council, minutes of 3 April

The chair opened the item on harbour fees at 18.20. The harbour authority's paper had been sent round on 27 March.

Tor Brandvik asked whether the increase could wait until the survey of the channel was complete.

Councillor Aaltonen replied that the survey would change the amount, not the need. “Nobody likes a higher fee, but \
a harbour that silts up earns nothing at all,” she told the council, and asked that the paper go to a vote.

Brandvik noted for the minutes that the cruise operators had not been heard. The chair said that they had been \
invited twice.

The vote was taken at 18.55: eleven in favour, six against, two abstaining."""
NEWS = """Port fees to rise in spring

The harbour fee rises by four percent in April. The fee would be reviewed after two years, Lena Aaltonen said, and \
ships under thirty metres would stay exempt.

“The fee is not the price of the harbour. It is the price of keeping it,” Aaltonen told reporters."""
QUOTES = (
    (
        "minutes.docx",
        "“Nobody likes a higher fee, but a harbour that silts up earns nothing at all,”",
        "told",
        "direct",
    ),
    ("news.txt", "The fee would be reviewed after two years", "said", "reported"),
    ("news.txt", "“The fee is not the price of the harbour. It is the price of keeping it,”", "told", "direct"),
)


@dataclass(frozen=True)
class Delta:
    text: str


@dataclass(frozen=True)
class Progress:
    stage: str
    n_passages: int
    n_passages_all: int


@dataclass(frozen=True)
class Person:
    speaker: str
    names: tuple[str, ...]
    n_statements: int
    n_documents: int


@dataclass(frozen=True)
class SyncReport:
    added: int = 0
    changed: int = 0


def document(source: str, text: str, title: str = "", date: str | None = None, kind: str = "txt") -> Document:
    info = DocumentInfo(source, source, title or source, date, kind)
    return Document(info, text, hashlib.sha256(text.encode()).hexdigest())


@dataclass
class FakeLibrary:
    """Holds documents in memory; a paragraph is a passage. A file called slow takes its time."""

    held: dict[str, Document] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    conversations: MemoryConversations = field(default_factory=MemoryConversations)
    generation: int = 0
    folder: Path = Path("nowhere")

    @property
    def is_model_loading(self) -> bool:
        return (self.folder / "model-is-loading").exists()

    @property
    def n_documents(self) -> int:
        return len(self.held)

    @property
    def n_passages(self) -> int:
        return sum(text.text.count("\n\n") + 1 for text in self.held.values())

    def add(self, documents: Sequence[Document]) -> SyncReport:
        self.held |= {each.id: each for each in documents}
        self.generation += 1
        return SyncReport(added=len(documents))

    def add_upload(self, name: str, data: bytes, *, on_progress=None) -> DocumentInfo:
        if b"\0" in data:
            raise UnsupportedFile(f"{name}: binary content under a text name")
        text = data.decode("utf-8")
        for stage, done in (("splitting", 0), *(("embedding", n) for n in range(4))):
            if on_progress:
                on_progress(Progress(stage, done, 4 if stage == "embedding" else 0))
            time.sleep(0.3 * name.count("slow"))
        new = document(name, text, text.partition("\n")[0][:80], kind=name.rpartition(".")[2])
        self.originals[new.id] = data
        self.add([new])
        return new.info

    def remove(self, document_id: str) -> None:
        self.document(document_id)
        del self.held[document_id]
        self.generation += 1

    def documents(self, *, source=None, since=None, until=None) -> list[DocumentInfo]:
        return [each.info for each in self.held.values()]

    def document(self, document_id: str) -> Document:
        if document_id not in self.held:
            raise DocumentNotFound(document_id)
        return self.held[document_id]

    def original(self, document_id: str) -> bytes | None:
        self.document(document_id)
        return self.originals.get(document_id)

    def retrieve(self, query: str, *, k: int = 10, speaker=None, source=None, since=None, until=None) -> list[Passage]:
        words = set(query.lower().split())
        found = [
            (sum(word in paragraph.lower() for word in words), each, at, paragraph)
            for each in self.held.values()
            for at, paragraph in _paragraphs(each.text)
        ]
        found.sort(key=lambda hit: -hit[0])
        return [
            Passage(each.info, at, at + len(text), text, rank=rank, score=float(score), evidence=Evidence(rank, rank))
            for rank, (score, each, at, text) in enumerate(found[:k], start=1)
        ]

    def statements(
        self, *, speaker=None, source=None, since=None, until=None, document_ids=None, holding=None, newest=None
    ) -> list[Statement]:
        made = [
            _statement(self.held[name], text, cue, manner) for name, text, cue, manner in QUOTES if name in self.held
        ]
        return [
            s for s in made if (document_ids is None or s.document.id in document_ids) and speaker in (None, s.speaker)
        ]

    def people(self) -> list[Person]:
        n = len(self.statements())
        return (
            [Person("Lena Aaltonen", ("Aaltonen", "Lena Aaltonen"), n, 2), Person("Tor Brandvik", ("Brandvik",), 1, 1)]
            if n
            else []
        )


@dataclass
class FakeAssistant:
    """Answers about the fees from the two documents, slowly where asked so, and abstains on everything else."""

    library: FakeLibrary

    def search(
        self, query: str, *, k=None, speaker=None, source=None, since=None, until=None
    ) -> tuple[Query, list[Passage]]:
        within = {"speaker": speaker, "source": source, "since": since, "until": until}
        return Query(query, query), self.library.retrieve(query, k=k or 5, **within)

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), speaker=None, source=None, since=None, until=None, k=None
    ) -> Answer:
        topic = "the fees" if "fee" in question else question.split()[-1]
        query = Query(question, question, Kind.STATEMENT, speaker or "Lena Aaltonen", topic)
        if question.startswith("Who"):
            besides = "Tor Brandvik" if "besides Tor Brandvik" in question else None
            query = Query(question, question, Kind.SPEAKERS, None, topic, besides=besides)
        if not self.library.held:
            return Answer(query, "", 0.9, abstention=Abstention(Reason.NO_DOCUMENTS, "There are no documents yet."))
        passages = tuple(self.library.retrieve(question, k=5))
        if "fee" not in question.lower():
            message = "Lena Aaltonen said nothing about that in these documents. Tor Brandvik did."
            instead = ("What did Tor Brandvik say about cruise ships?", "What did Lena Aaltonen say about the fees?")
            return Answer(
                query, message, 0.8, abstention=Abstention(Reason.NOT_THIS_SPEAKER, message, instead), passages=passages
            )
        text, citations = "Lena Aaltonen spoke about the fees three times in these documents.", []
        for number, (name, quote, cue, manner) in enumerate(QUOTES, start=1):
            statement = _statement(self.library.held[name], quote, cue, manner)
            paragraph = f"{quote}\nLena Aaltonen {cue}, {manner} [{number}]"
            start = len(text) + 2
            text += f"\n\n{paragraph}"
            span = statement.content[0]
            citations.append(
                Citation(
                    number,
                    start,
                    len(text),
                    statement.document,
                    span,
                    "Lena Aaltonen",
                    manner,
                    cue,
                    statement.document.date,
                )
            )
        follow_ups = ("What did Tor Brandvik say about the fees?", "And about cruise ships?")
        timings = {"understand": 0.001, "retrieve": 0.11, "answer": 0.03}
        return Answer(query, text, 0.93, tuple(citations), passages=passages, follow_ups=follow_ups, timings=timings)

    def stream(self, question: str, **options) -> Iterator[object]:
        answer = self.ask(question, **options)
        for piece in answer.text.split(" "):
            yield Delta(piece + " ")
            time.sleep(0.2 if "slowly" in question else 0)
        yield answer


class FileConversations(MemoryConversations):
    """Keeps conversations in a file, so that they outlive the process."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            for kept in json.loads(path.read_text(encoding="utf-8")):
                super().save(kept)

    def save(self, conversation) -> None:
        super().save(conversation)
        self._path.write_text(json.dumps(list(self.list())), encoding="utf-8")


def harbour_library() -> FakeLibrary:
    library = FakeLibrary()
    library.add(
        [
            document("minutes.docx", MINUTES, "Council minutes, 3 April", "2025-04-03", "docx"),
            document("news.txt", NEWS, "Port fees to rise in spring", "2025-03-14"),
        ]
    )
    return library


def _paragraphs(text: str) -> list[tuple[int, str]]:
    at, found = 0, []
    for paragraph in text.split("\n\n"):
        found.append((at, paragraph))
        at += len(paragraph) + 2
    return found


def _statement(held: Document, quote: str, cue: str, manner) -> Statement:
    start = held.text.index(quote)
    span = held.span(start, start + len(quote))
    return Statement(held.info, "Lena Aaltonen", cue, manner, (span,), start, span.end, ("Aaltonen",), held.info.date)
