"""The nouns that pass between the stages: documents, chunks, passages, statements.

Knows nothing of storage, models or questions.

Every offset here is a character offset into `Document.text`, half-open, 0-based: `document.text[start:end]` is the
text meant, always. Pages are 1-based. Dates are ISO 8601 (`2023-01-31`, or shorter: `2023-01`, `2023`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

Manner = Literal["direct", "reported", "mixed"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's text, word for word."""

    start: int
    end: int
    text: str

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a document beside its text; what passages and citations carry along.

    `id` is the document's place in its library (root and relative path, or the id it was added under); `source` is
    what a person recognises: the relative path or the file's name. `kind` is the format, e.g. `pdf`; `language` the tag
    of BCP 47 that the file states, e.g. `nb-NO`.
    """

    id: str
    source: str
    title: str
    date: str | None = None
    kind: str = "txt"
    author: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as canonical text.

    `page_starts` holds the offset at which each page begins (empty where the format has no pages). `notes` are
    remarks for the person who added the file, e.g. `page 3 is scanned`. `content_hash` is the SHA-256 of the file's
    bytes: identity of the content, where `info.id` is identity of the place.
    """

    info: DocumentInfo
    text: str
    content_hash: str
    page_starts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.info.id

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.text[start:end])

    def page_at(self, offset: int) -> int | None:
        """Return the 1-based page that holds the character at `offset`, None where there are no pages."""
        return bisect_right(self.page_starts, offset) or None if self.page_starts else None


@dataclass(frozen=True, slots=True)
class Chunk:
    """The stored unit: a stretch of a document, cut between sentences.

    `sentences` are the (start, end) offsets, in the document, of the sentences inside.
    """

    document: DocumentInfo
    start: int
    end: int
    text: str
    page: int | None = None
    sentences: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """Place, not chance: equal input gives equal ids on every build."""
        return f"{self.document.id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a passage is where it is: its 1-based rank in each list (None where it is not in it) and what matched.

    `fused_rank` is the rank by both lists together, where the passages were reordered after that.
    """

    words_rank: int | None = None
    meaning_rank: int | None = None
    matched: tuple[str, ...] = ()
    fused_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Passage(Chunk):
    """A chunk retrieved for a query. `rank` 1 is best; a higher `score` is better and compares within one query."""

    rank: int = 0
    score: float = 0.0
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said, wrote or is reported to have said.

    `speaker` is the identity (the fullest name the library knows), `names` the forms the document uses. `cue` is
    the word that attributes (`said`, `according to`; empty for a transcript's turn). `content` are the words said,
    in order, without the attribution between them; `start`/`end` is the run of whole sentences that holds them.
    `manner`: `direct` when all of the content stands inside quotation marks or is a transcript's turn, `reported`
    when none does, else `mixed`. `date` is the statement's own where the text gives it, else the document's.
    """

    document: DocumentInfo
    speaker: str
    cue: str
    manner: Manner
    content: tuple[Span, ...]
    start: int
    end: int
    names: tuple[str, ...] = ()
    date: str | None = None
    page: int | None = None

    @property
    def id(self) -> str:
        return f"{self.document.id}:{self.start}-{self.end}:{self.content[0].start}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the library is searched. `source` is a glob over sources; dates are ISO, inclusive.

    A document without a date passes no date filter.
    """

    speaker: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return any((self.speaker, self.source, self.since, self.until))
