"""Writes new sets: a template to fill in, or questions proposed from a library."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.conversations import Exchange, conversation_from_json
from index.errors import InputError

if TYPE_CHECKING:
    from index.library import Library

Row = dict[str, Any]
NOTHING = "nothing to ask in it, nobody is quoted; write questions by hand, `footnote evaluate init FOLDER` shows how"
DOCUMENT = """Minutes of 3 April

The chair opened the item on fees at 18.20. “A harbour that silts up earns nothing,” Lena Aaltonen told the council.

The vote was taken at 18.55: eleven in favour, six against.
"""
TEMPLATE: tuple[Row, ...] = (
    {
        "id": "q1",
        "question": "What did Lena Aaltonen say about the harbour?",
        "evidence": [{"source": "minutes.txt", "quote": "A harbour that silts up earns nothing"}],
        "kind": "what was said",
    },
    {
        "id": "q2",
        "question": "When was the vote taken?",
        "answers": ["18.55", "at 18.55"],
        "evidence": [{"source": "minutes.txt", "quote": "The vote was taken at 18.55"}],
        "kind": "when",
    },
    {
        "id": "q3",
        "question": "How many were in favour?",
        "history": [{"role": "user", "text": "When was the vote taken?"}, {"role": "assistant", "text": "At 18.55."}],
        "answers": ["eleven"],
        "evidence": [{"source": "minutes.txt", "quote": "eleven in favour"}],
        "kind": "follow-up",
    },
    {
        "id": "q4",
        "question": "What did Tor Brandvik say about the harbour?",
        "reason": "not_this_speaker",
        "kind": "none",
    },
)
PAGE = 10
HELP = "Enter keeps all · 2 5-7 rejects these · e4 rewords · k2 5-7 keeps only these · q ends"
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


def write_template(folder: Path) -> int:
    """Write documents/minutes.txt and questions.jsonl with one question of each kind; return how many."""
    _refuse_to_overwrite(folder)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "documents" / "minutes.txt").write_text(DOCUMENT, encoding="utf-8")
    return _write(folder, TEMPLATE)


def write_proposals(folder: Path, library: Path, n: int, *, by_hand: bool) -> int:
    """Write questions proposed from a library, `by_hand` those that a person keeps; return how many."""
    from assistant.evaluate.propose import propose_questions
    from assistant.evaluate.show import ask_about, reword
    from assistant.evaluate.template import review

    rows = _rows_of(folder, library, lambda opened: propose_questions(opened, n))
    return _write(folder, review(rows, ask_about, reword) if by_hand else rows)


def write_review_page(folder: Path, library: Path, n: int) -> int:
    """Write questions proposed from a library into review.html, where a person keeps, mends and saves them."""
    from assistant.evaluate.propose import propose_questions
    from assistant.evaluate.report import template

    rows = _rows_of(folder, library, lambda opened: propose_questions(opened, n))
    folder.mkdir(parents=True, exist_ok=True)
    page = template("review.html").render(rows=rows, library=str(library), folder=str(folder))
    (folder / "review.html").write_text(page, encoding="utf-8")
    return len(rows)


def write_feedback(folder: Path, library: Path) -> int:
    """Write the questions whose answers a reader judged on the page; return how many."""
    from assistant.evaluate.template import judged_questions

    empty = "no answer has been judged yet; the page has a thumb up and down below each"
    return _write(folder, _rows_of(folder, library, lambda opened: list(judged_questions(opened)), empty))


def _rows_of(folder: Path, library: Path, rows_of: Callable[[Library], list[Row]], empty: str = NOTHING) -> list[Row]:
    """Return the rows made of a library; raise InputError where there is none, or nothing to ask in it."""
    from assistant.settings import load
    from index.library import Library

    _refuse_to_overwrite(folder)
    servers = load().servers()
    if not servers.catalog and not (library.expanduser() / "catalog.sqlite").is_file():
        raise InputError(f"{library}: no library; `footnote index` makes one")
    with Library.open(library, servers=servers) as opened:
        rows = rows_of(opened)
    if not rows:
        raise InputError(f"{library}: {empty}")
    return rows


def _refuse_to_overwrite(folder: Path) -> None:
    if (folder / "questions.jsonl").exists():
        raise InputError(f"{folder / 'questions.jsonl'} is there already: name another folder or move it away")


def _write(folder: Path, rows: Iterable[Row]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    n_written = 0
    with (folder / "questions.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            n_written += 1
    return n_written


def review(
    rows: Sequence[Row],
    ask: Callable[[Sequence[tuple[int, Row]], int], str],
    reword: Callable[[Row], str],
) -> Iterator[Row]:
    """Yield the rows a person keeps, as he leaves them.

    `ask` shows numbered rows of a total and returns what was typed, until that is a decision on all of them;
    `reword` returns a row's new question.
    """
    for first in range(0, len(rows), PAGE):
        page = dict(enumerate(rows[first : first + PAGE], start=first + 1))
        while True:
            typed = ask(list(page.items()), len(rows)).strip().lower()
            if typed.startswith("q"):
                return
            if typed.startswith("e"):
                for number in numbers_in(typed) & page.keys():
                    page[number] = page[number] | {"question": reword(page[number]) or page[number]["question"]}
                continue
            chosen = numbers_in(typed)
            if typed and not chosen:
                continue  # nothing that can be understood: ask again rather than keep or lose a page
            yield from (row for number, row in page.items() if (number in chosen) == typed.startswith("k"))
            break


def numbers_in(typed: str) -> set[int]:
    """Return the numbers typed, ranges in full."""
    found: set[int] = set()
    for low, high in _RANGE.findall(typed):
        found.update(range(int(low), int(high or low) + 1))
    return found


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
