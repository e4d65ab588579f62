"""Writes new sets: a template to fill in, or questions proposed from a library."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from index.errors import InputError

Row = dict[str, Any]
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
    from assistant.evaluate.propose import propose_questions, review
    from assistant.evaluate.show import decide
    from index.library import Library

    _refuse_to_overwrite(folder)
    if not library.expanduser().is_dir():
        raise InputError(f"{library}: no library; `footnote index` makes one")
    with Library.open(library) as opened:
        rows = propose_questions(opened, n)
    if not rows:
        raise InputError(
            f"{library}: nobody is quoted in it; write questions by hand, `footnote evaluate init` shows how"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder, review(rows, decide) if by_hand else rows)


def _refuse_to_overwrite(folder: Path) -> None:
    if (folder / "questions.jsonl").exists():
        raise InputError(f"{folder / 'questions.jsonl'} is there already: name another folder or move it away")


def _write(folder: Path, rows: Iterable[Row]) -> int:
    n_written = 0
    with (folder / "questions.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            n_written += 1
    return n_written
