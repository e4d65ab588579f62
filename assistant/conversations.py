"""Conversations as they are kept: questions with their answers, and what the reader thought of them.

Knows the shape, not the place: a store keeps conversations as JSON under their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.answer import (
    Abstention,
    Answer,
    Citation,
    Kind,
    ModelUse,
    Query,
    Reason,
    SentenceCheck,
    ShortAnswer,
    Support,
    Turn,
)
from index.records import DocumentInfo, Evidence, Passage, Span

_NAME_LENGTH = 80  # characters


class Conversations(Protocol):
    """Where conversations are kept, as JSON with the keys id, name, changed and turns."""

    def list(self) -> Sequence[dict[str, Any]]: ...
    def names(self, search: str = "", limit: int = 50) -> Sequence[dict[str, str]]: ...
    def get(self, conversation_id: str) -> dict[str, Any] | None: ...
    def save(self, conversation: dict[str, Any]) -> None: ...
    def delete(self, conversation_id: str) -> None: ...
    def changing(self) -> AbstractContextManager[None]: ...


class MemoryConversations:
    """Keeps conversations for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}

    def list(self) -> Sequence[dict[str, Any]]:
        return sorted(self._kept.values(), key=lambda each: str(each["changed"]), reverse=True)

    def names(self, search: str = "", limit: int = 50) -> Sequence[dict[str, str]]:
        """Return id, name and last change of those whose name, questions or answers hold all words, the last first."""
        words = search.casefold().split()
        found = [each for each in self.list() if all(word in _said(each).casefold() for word in words)]
        return [{name: each[name] for name in ("id", "name", "changed")} for each in found[:limit]]

    def get(self, conversation_id: str) -> dict[str, Any] | None:
        return self._kept.get(conversation_id)

    def save(self, conversation: dict[str, Any]) -> None:
        self._kept[conversation["id"]] = conversation

    def delete(self, conversation_id: str) -> None:
        self._kept.pop(conversation_id, None)

    def changing(self) -> AbstractContextManager[None]:
        return nullcontext()


def _said(kept: dict[str, Any]) -> str:
    answers = (turn["answer"] for turn in kept["turns"])
    return " ".join([kept["name"], *(f"{answer['question']} {answer['text']}" for answer in answers)])


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, its answer, when it was given (ISO, UTC), and the reader's verdict on it: good, bad or none."""

    answer: Answer
    at: str
    verdict: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges in order; the number of an exchange is its 1-based place."""

    id: str
    exchanges: tuple[Exchange, ...] = ()
    name: str = ""

    @property
    def changed(self) -> str:
        return self.exchanges[-1].at if self.exchanges else ""

    def history(self) -> tuple[Turn, ...]:
        """Return the conversation as messages, oldest first, for the next question to be understood by."""
        return tuple(
            turn
            for exchange in self.exchanges
            for turn in (Turn("user", exchange.answer.query.question), Turn("assistant", exchange.answer.text))
        )

    def with_answer(self, answer: Answer, at: str) -> Conversation:
        """Return the conversation with one more exchange; its first question names it."""
        name = self.name or answer.query.question[:_NAME_LENGTH]
        return replace(self, name=name, exchanges=(*self.exchanges, Exchange(answer, at)))

    def with_verdict(self, number: int, verdict: str | None, note: str = "") -> Conversation:
        """Return the conversation with the reader's verdict on exchange `number`; there must be such an exchange."""
        judged = replace(self.exchanges[number - 1], verdict=verdict, note=note)
        return replace(self, exchanges=(*self.exchanges[: number - 1], judged, *self.exchanges[number:]))

    def to_json(self) -> dict[str, Any]:
        turns = [
            {"answer": each.answer.to_json(), "at": each.at, "verdict": each.verdict, "note": each.note}
            for each in self.exchanges
        ]
        return {"id": self.id, "name": self.name, "changed": self.changed, "turns": turns}


def conversation_from_json(kept: dict[str, Any]) -> Conversation:
    """Return the conversation that `Conversation.to_json` gave."""
    exchanges = tuple(
        Exchange(answer_from_json(turn["answer"]), turn["at"], turn.get("verdict"), turn.get("note", ""))
        for turn in kept["turns"]
    )
    return Conversation(kept["id"], exchanges, kept["name"])


def answer_from_json(kept: dict[str, Any]) -> Answer:
    """Return the answer that `Answer.to_json` gave, less what the public shape leaves out (authors, sentences)."""
    asked, abstention, short = kept["understood"], kept["abstention"], kept["short_answer"]
    query = Query(
        kept["question"],
        asked["query"],
        Kind(asked["kind"]),
        asked["speaker"],
        asked["topic"],
        asked.get("source"),
        asked.get("since"),
        asked.get("until"),
        tuple(asked["carried_over"]),
        asked.get("besides"),
    )
    return Answer(
        query,
        kept["text"],
        kept["confidence"],
        tuple(_citation(each) for each in kept["citations"]),
        abstention and Abstention(Reason(abstention["reason"]), abstention["message"], tuple(abstention["instead"])),
        tuple(_passage(each) for each in kept["passages"]),
        short and ShortAnswer(**short),
        tuple(kept["follow_ups"]),
        dict(kept["timings"]),
        _model(kept.get("model")),
        kept.get("notice"),
    )


def _model(kept: dict[str, Any] | None) -> ModelUse | None:
    if kept is None:
        return None
    sentences = tuple(
        SentenceCheck(
            each["text"],
            Support(each["support"]),
            each["start"],
            each["end"],
            tuple(each["numbers"]),
            each["problem"] or "",
        )
        for each in kept["sentences"]
    )
    tokens = kept["tokens"]
    return ModelUse(kept["name"], kept["note"], sentences, tokens["prompt"], tokens["answer"], kept.get("cost"))


def _document(kept: dict[str, Any]) -> DocumentInfo:
    kind = kept["source"].rpartition(".")[2].lower()
    return DocumentInfo(kept["id"], kept["source"], kept["title"], kept.get("date"), kind)


def _citation(kept: dict[str, Any]) -> Citation:
    return Citation(
        kept["number"],
        kept["start"],
        kept["end"],
        _document(kept["document"]),
        Span(**kept["quote"]),
        kept["speaker"],
        kept["manner"],
        kept["cue"],
        kept["date"],
        kept["page"],
        tuple(kept.get("also_by", ())),
        kept.get("place"),
    )


def _passage(kept: dict[str, Any]) -> Passage:
    evidence = kept.get("evidence") or {}
    why = Evidence(
        evidence.get("words_rank"),
        evidence.get("meaning_rank"),
        tuple(evidence.get("matched", ())),
        evidence.get("fused_rank"),
    )
    return Passage(
        _document(kept["document"]),
        kept["start"],
        kept["end"],
        kept["text"],
        kept["page"],
        rank=kept["rank"],
        score=kept["score"],
        evidence=why,
    )
