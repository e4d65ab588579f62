"""Writes new sets: a template to fill in, or questions proposed from a library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def write_template(folder: Path) -> int:
    """Write documents/minutes.txt and questions.jsonl with one question of each kind; return how many."""
    _refuse_to_overwrite(folder)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "documents" / "minutes.txt").write_text(DOCUMENT, encoding="utf-8")
    return _write(folder, TEMPLATE)


def write_proposals(folder: Path, library: Path, n: int, *, by_hand: bool) -> int:
    """Write questions proposed from a library, `by_hand` those that a person keeps; return how many."""
    from assistant.evaluate.propose import propose_questions
    from assistant.evaluate.review import review
    from assistant.evaluate.show import ask_about, reword

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
    from assistant.evaluate.feedback import judged_questions

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
