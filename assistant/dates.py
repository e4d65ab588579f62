"""Reads the time a question asks about ('in March', 'since 2019', 'last year') as a range of ISO dates.

Knows nothing of documents: what 'last year' means is told by the day it is given.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
# The name of a month alone is a date only in its own spelling: "may" and "march" are verbs.
_POINT = (
    rf"(?:\d{{4}}-\d\d(?:-\d\d)?|{_MONTH} {_DAY},? {_YEAR}|{_DAY}(?: of)? {_MONTH},? {_YEAR}|{_MONTH} {_DAY}\b(?! ?%)|"
    rf"{_DAY}(?: of)? {_MONTH}\b|{_MONTH},?(?: of)? {_YEAR}|{_YEAR}|{_MONTH})"
)
_RELATIVE = r"(?:today|yesterday|(?:this|last) (?:week|month|year))"
_RANGE = re.compile(rf"\b(?:between|from) (?P<since>{_POINT}) (?:and|to|until|till) (?P<until>{_POINT})(?!\w)", re.I)
_EDGE = re.compile(
    rf"\b(?P<edge>since|after|from|before|until|till|up to|in|during|on|of|in early|in late|by) "
    rf"(?P<at>{_POINT})(?!\w|-\d| \w*(?:election|census|war)\b)",
    re.I,
)
_LATELY = re.compile(rf"\b(?:in |during |of |from )?(?P<at>{_RELATIVE})(?!\w|['’]s)", re.I)
_LAST_DAYS = re.compile(
    r"\b(?:in|during|over) the (?:last|past) (?P<n>\d{1,3}|few) (?P<unit>days|weeks|months|years)\b", re.I
)
_UNIT_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time as ISO dates, inclusive, open where None, and the question without the words that said it."""

    since: str | None
    until: str | None
    rest: str


def find_period(question: str, today: date) -> Period | None:
    """Return the first stretch of time the question names, None where it names none.

    A month without a year is the last such month that has begun by `today`.
    """
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], tuple[str | None, str | None]]], ...] = (
        (_RANGE, _read_range),
        (_LAST_DAYS, _read_last_days),
        (_LATELY, _read_relative),
        (_EDGE, _read_edge),
    )
    for pattern, read in readers:
        match = pattern.search(question)
        if match and (bounds := read(match, today)) != (None, None):
            rest = f"{question[: match.start()].rstrip(' ,')} {question[match.end() :].lstrip(' ,')}".strip()
            return Period(*bounds, rest)
    return None


def _read_range(match: re.Match[str], today: date) -> tuple[str | None, str | None]:
    since, until = _bounds(match["since"], today), _bounds(match["until"], today)
    if since and until and not re.search(r"\d{4}", match["since"]) and re.search(r"\d{4}", match["until"]):
        since = _bounds(f"{match['since']} {until[0][:4]}", today)
    return (since and since[0], until and until[1])


def _read_edge(match: re.Match[str], today: date) -> tuple[str | None, str | None]:
    bounds = _bounds(match["at"], today)
    if not bounds or (match["at"].islower() and match["at"] in ("may", "march", "mar", "dec", "sep", "jan")):
        return None, None
    edge = match["edge"].lower()
    if edge in ("since", "from"):
        return bounds[0], None
    if edge == "after":
        return _next_day(bounds[1], 1), None
    if edge == "before":
        return None, _next_day(bounds[0], -1)
    return (None, bounds[1]) if edge in ("until", "till", "up to", "by") else bounds


def _read_relative(match: re.Match[str], today: date) -> tuple[str | None, str | None]:
    words = match["at"].lower()
    if words in ("today", "yesterday"):
        day = (today - timedelta(days=words == "yesterday")).isoformat()
        return day, day
    which, unit = words.split()
    back = which == "last"
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    if unit == "year":
        return _month_bounds(today.year - back, 1)[0], _month_bounds(today.year - back, 12)[1]
    return _month_bounds(*(_month_before(today) if back else (today.year, today.month)))


def _read_last_days(match: re.Match[str], today: date) -> tuple[str | None, str | None]:
    n_units = 3 if match["n"].lower() == "few" else int(match["n"])
    days = min(n_units * _UNIT_DAYS[match["unit"].lower()], 365 * 200)
    return (today - timedelta(days=days)).isoformat(), today.isoformat()


def _bounds(text: str, today: date) -> tuple[str, str] | None:
    """Return the first and last day of a year, month or day as written, None where there is no such day."""
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text):
        year, month, *days = (int(part) for part in text.split("-"))
        return _checked(year, month, days[0] if days else None)
    found_year = re.search(rf"\b{_YEAR}\b", text)
    found_month = re.search(_MONTH, text, re.I)
    found_day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", text)
    if not found_month:
        return (f"{found_year.group()}-01-01", f"{found_year.group()}-12-31") if found_year else None
    month = MONTHS[found_month.group().lower().rstrip(".")]
    year = int(found_year.group()) if found_year else today.year - (month > today.month)
    return _checked(year, month, int(found_day.group(1)) if found_day else None)


def _checked(year: int, month: int, day: int | None) -> tuple[str, str] | None:
    try:
        return _month_bounds(year, month) if day is None else (date(year, month, day).isoformat(),) * 2
    except ValueError:
        return None


def _month_bounds(year: int, month: int) -> tuple[str, str]:
    return date(year, month, 1).isoformat(), date(year, month, calendar.monthrange(year, month)[1]).isoformat()


def _month_before(day: date) -> tuple[int, int]:
    return (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)


def _next_day(day: str, step: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=step)).isoformat()
