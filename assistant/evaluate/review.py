"""A person looks through proposed questions, a table at a time: keep, reword or reject.

Knows how to read what is typed; the table itself is drawn by show.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Row = dict[str, Any]
PAGE = 10
HELP = "Enter keeps all · 2 5-7 rejects these · e4 rewords · k2 5-7 keeps only these · q ends"
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


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
