"""Readers' verdicts on answers, kept in the library, as rows of a question set.

Knows conversations and the shape of a row; the page and the server know how a verdict is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.conversations import Exchange, conversation_from_json

if TYPE_CHECKING:
    from index.library import Library

Row = dict[str, Any]


def judged_questions(library: Library) -> Iterator[Row]:
    """Yield one row of questions.jsonl for each answer that a reader judged, oldest conversation first.

    What a good answer quotes is evidence; a good abstention is an unanswerable question. A bad answer has neither:
    its row holds the reader's note, and waits for a person to add the evidence; until then it is asked, not scored.
    """
    for kept in reversed(library.conversations.list()):
        conversation = conversation_from_json(kept)
        for number, exchange in enumerate(conversation.exchanges, start=1):
            if exchange.verdict:
                earlier = conversation.exchanges[: number - 1]
                yield _to_row(f"{conversation.id}-{number}", exchange, [t for e in earlier for t in _turns(e)])


def _turns(exchange: Exchange) -> list[Row]:
    answer = exchange.answer
    return [{"role": "user", "text": answer.query.question}, {"role": "assistant", "text": answer.text}]


def _to_row(row_id: str, exchange: Exchange, history: list[Row]) -> Row:
    answer = exchange.answer
    row: Row = {"id": row_id, "question": answer.query.question, "verdict": exchange.verdict}
    if history:
        row["history"] = history
    if exchange.note:
        row["metadata"] = {"note": exchange.note}
    if exchange.verdict != "good":
        return row
    if answer.abstention:
        return row | {"reason": answer.abstention.reason.value}
    quotes = {citation.number: citation for citation in answer.citations}
    evidence = [
        {"source": c.document.id, "start": c.quote.start, "end": c.quote.end, "quote": c.quote.text, "statement": n}
        for n, c in quotes.items()
    ]
    short = answer.short_answer
    return row | {"evidence": evidence} | ({"answers": [short.text]} if short else {})
