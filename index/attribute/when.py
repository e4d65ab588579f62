"""Finds the day on which something was said by the words beside it: 'on Monday', 'yesterday', 'last year'.

Knows a few words and the document's day; nothing of who spoke.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_WHEN = re.compile(
    rf"\b(?:(?P<day>{'|'.join(_DAYS)})(?! (?:and|or|to|through)\b|['’]s\b)|(?P<word>yesterday|last month|last year))\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(r"\b(?:next|by|until|before|after|since|from|every|each)(?: \w+)? $", re.IGNORECASE)


def day_said(narration: str, day: str | None) -> str | None:
    """Return the ISO date, month or year that the words around a statement give; the document's `day` where none do.

    A day of the week is the last such day up to the document's.
    """
    try:
        today = date.fromisoformat(day or "")
    except ValueError:
        return day
    match = next((m for m in _WHEN.finditer(narration) if not _AHEAD.search(narration, 0, m.start())), None)
    if match is None:
        return day
    if match["day"]:
        return str(today - timedelta(days=(today.weekday() - _DAYS[match["day"].lower()]) % 7))
    word = match["word"].lower()
    if word == "yesterday":
        return str(today - timedelta(days=1))
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}" if word == "last month" else str(today.year - 1)
