"""What an assistant gives back: answers, their citations, or the reason why there is none.

Knows nothing of how an answer is found or shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from index.records import DocumentInfo, Passage, Span


class Reason(StrEnum):
    """Why there is no answer; counted apart in evaluation."""

    NOTHING_IN_DOCUMENTS = "nothing_in_documents"
    NOT_THIS_SPEAKER = "not_this_speaker"
    TOO_WEAK = "too_weak"
    UNSUPPORTED = "unsupported"
    NO_DOCUMENTS = "no_documents"


class Kind(StrEnum):
    """The kind of answer a question expects."""

    STATEMENT = "statement"  # what did X say about T
    SPEAKERS = "speakers"  # who said that …, who criticised T
    PERSON = "person"  # who
    TIME = "time"  # when
    PLACE = "place"  # where
    NUMBER = "number"  # how many, how much, how old
    YES_NO = "yes_no"
    REASON = "reason"  # why
    MANNER = "manner"  # how
    SUMMARY = "summary"  # summarise, compare, describe
    FACT = "fact"  # what, which, anything else


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood: self-contained, with what was carried over from the conversation.

    `text` is what is searched. `speaker` is the identity asked about (as the library names it where it knows the
    person, else as typed), `besides` whom not. `carried_over` names the fields that came from earlier turns.
    """

    question: str
    text: str
    kind: Kind = Kind.FACT
    speaker: str | None = None
    topic: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None
    carried_over: tuple[str, ...] = ()
    besides: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """From `answer.text[start:end]` to a quote in a document.

    `number` is the key shown as [number]; it is the same in the page, in export and over HTTP. `speaker`, `manner`
    and `cue` are None where nobody is quoted. `manner` is `direct` only if the whole quote stands inside quotation
    marks or is a transcript's turn. `also_by` are the others who made a joint statement.
    """

    number: int
    start: int
    end: int
    document: DocumentInfo
    quote: Span
    speaker: str | None = None
    manner: Literal["direct", "reported"] | None = None
    cue: str | None = None
    date: str | None = None
    page: int | None = None
    also_by: tuple[str, ...] = ()
    place: str | None = None  # 'slide 3', 'Prices, row 12', '00:01:05' where the format has such places

    @property
    def speakers(self) -> tuple[str, ...]:
        return (self.speaker, *self.also_by) if self.speaker else ()


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A name, date, number or place inside a quote: `document.text[start:end] == text`."""

    text: str
    document_id: str
    start: int
    end: int


class Support(StrEnum):
    """What the check found of a sentence that a language model wrote; the surest first."""

    QUOTED = "quoted"  # its quotes stand word for word in what it cites
    SUPPORTED = "supported"  # what it claims stands in what it cites
    PARAPHRASE = "paraphrase"  # the same, but its quotation marks were wrong and are gone
    UNSUPPORTED = "unsupported"  # struck
    LEFT_OUT = "left_out"  # it claims nothing ('Here is what I found:') and is not shown


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """A sentence of a language model with its verdict; `answer.text[start:end]` shows it, None where nothing does.

    `text` is the sentence as it was written, `numbers` are the citations that bear it out, `problem` says why none do.
    """

    text: str
    support: Support
    start: int | None = None
    end: int | None = None
    numbers: tuple[int, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """Which language model wrote, sentence by sentence what came of it, and why not more did (`note`).

    Tokens are as the server counts them, None where it does not; the cost follows from them and the prices set.
    """

    name: str
    note: str | None = None
    sentences: tuple[SentenceCheck, ...] = ()
    n_prompt_tokens: int | None = None
    n_answer_tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Abstention:
    """The answer that there is none. `instead` are questions that do have an answer here."""

    reason: Reason
    message: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that cites, or an abstention with its reason; nothing else can be built.

    `confidence` is in [0, 1] and calibrated: of answers given at 0.8 about eight in ten should be right.
    `follow_ups` are questions known to have an answer. `timings` are seconds by stage. `notice` says what the search
    had to do without.
    """

    query: Query
    text: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    abstention: Abstention | None = None
    passages: tuple[Passage, ...] = ()
    short_answer: ShortAnswer | None = None
    follow_ups: tuple[str, ...] = ()
    timings: dict[str, float] = field(default_factory=dict, compare=False)
    model: ModelUse | None = None
    notice: str | None = None

    def __post_init__(self) -> None:
        if bool(self.citations) == (self.abstention is not None):
            raise ValueError("an answer either cites or abstains")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in [0, 1]")
        if any(not 0 <= c.start < c.end <= len(self.text) for c in self.citations):
            raise ValueError("a citation's span lies outside the text")
        quotes = {(c.number, c.document.id, c.quote.start, c.quote.end) for c in self.citations}
        if len({number for number, *_ in quotes}) != len(quotes):
            raise ValueError("one number for two quotes")

    def to_json(self) -> dict[str, Any]:
        """Return the public shape (docs/CONTRACT.md), ready for json.dumps."""
        return {
            "question": self.query.question,
            "understood": query_to_json(self.query),
            "text": self.text,
            "abstention": self.abstention
            and {
                "reason": self.abstention.reason.value,
                "message": self.abstention.message,
                "instead": list(self.abstention.instead),
            },
            "confidence": round(self.confidence, 4),
            "citations": [citation_to_json(c) for c in self.citations],
            "passages": [passage_to_json(p) for p in self.passages],
            "short_answer": self.short_answer
            and {
                "text": self.short_answer.text,
                "document_id": self.short_answer.document_id,
                "start": self.short_answer.start,
                "end": self.short_answer.end,
            },
            "follow_ups": list(self.follow_ups),
            "timings": {stage: round(seconds, 4) for stage, seconds in self.timings.items()},
            "model": self.model and _model_to_json(self.model),
            **({"notice": self.notice} if self.notice else {}),
        }


def _model_to_json(model: ModelUse) -> dict[str, Any]:
    return {
        "name": model.name,
        "note": model.note,
        "tokens": {"prompt": model.n_prompt_tokens, "answer": model.n_answer_tokens},
        "cost": model.cost,
        "sentences": [
            {
                "text": each.text,
                "support": each.support.value,
                "start": each.start,
                "end": each.end,
                "numbers": list(each.numbers),
                "problem": each.problem or None,
            }
            for each in model.sentences
        ],
    }


def query_to_json(query: Query) -> dict[str, Any]:
    """Return what was understood; filters appear only where they are set."""
    understood = {
        "query": query.text,
        "speaker": query.speaker,
        "topic": query.topic,
        "kind": query.kind.value,
        "carried_over": list(query.carried_over),
    }
    return understood | {
        name: value for name in ("source", "since", "until", "besides") if (value := getattr(query, name))
    }


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """Return a citation with its quote and whose words it is."""
    document, quote = citation.document, citation.quote
    return {
        "number": citation.number,
        "start": citation.start,
        "end": citation.end,
        "document": {"id": document.id, "source": document.source, "title": document.title, "date": document.date},
        "quote": {"start": quote.start, "end": quote.end, "text": quote.text},
        "speaker": citation.speaker,
        "manner": citation.manner,
        "cue": citation.cue,
        "date": citation.date,
        "page": citation.page,
    } | {name: value for name, value in (("also_by", list(citation.also_by)), ("place", citation.place)) if value}


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """Return a passage with its place and why it is there."""
    document = passage.document
    return {
        "rank": passage.rank,
        "score": round(passage.score, 6),
        "document": {"id": document.id, "source": document.source, "title": document.title},
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "text": passage.text,
        "evidence": {
            "words_rank": passage.evidence.words_rank,
            "meaning_rank": passage.evidence.meaning_rank,
            "fused_rank": passage.evidence.fused_rank,
            "matched": list(passage.evidence.matched),
        },
    }
