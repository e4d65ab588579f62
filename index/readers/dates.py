"""Finds a document's date in its metadata, its name or its first lines.

Conservative: a date in running text is what the text is about, not when it was written.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = "january february march april may june july august september october november december".split()
_NUMBER_OF = {name[:n]: i for i, name in enumerate(_MONTHS, 1) for n in (3, 4, len(name))}
_MONTH = r"(?P<month>" + "|".join(sorted(_NUMBER_OF, key=len, reverse=True)) + r")\.?"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?"
_ISO = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)")
_WRITTEN = (
    _ISO,
    re.compile(
        rf"\b{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})\b", re.I
    ),
    re.compile(
        rf"\b(?=[a-z]{{3}}){_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.I
    ),
)
_IN_NAME = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_. ]?(?P<number>0[1-9]|1[0-2])(?:[-_. ]?(?P<day>\d\d))?(?!\d)")
_IN_METADATA = re.compile(r"(?:D:)?\s*(?P<year>\d{4})(?:[-:/]?(?P<number>\d\d)(?:[-:/]?(?P<day>\d\d))?)?(?!\d{1,2}\.)")
_HEAD_LINES = 12
_HEAD_LINE_CHARACTERS = 80  # a longer line is running text
_DATELINE = re.compile(r"^[A-ZÀ-Þ\d][^\n]{0,70}?\s[–—-]{1,2}\s")
_LABEL_OF_DATE = re.compile(
    r"\W*(?:first\s+|last\s+)?(?:published|posted|updated|modified|revised|issued|released|filed|created|written|dated?)"
    r"\b",
    re.I,
)
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*$")
_LOWER_WORD = re.compile(r"(?<![^\W\d_])(?!(?:am|pm|at|st|nd|rd|th|of|the|de|del|la|by)\b)[a-zà-þ][^\W\d_]*")


def to_iso(value: str | None) -> str | None:
    """Return a metadata date (ISO, PDF's `D:20220403…`, written out) as an ISO date, None where it is none."""
    if not value:
        return None
    for pattern in _WRITTEN[1:]:
        if match := pattern.search(value):
            return _date_of(match)
    return _date_of(match) if (match := _IN_METADATA.match(value)) else None


def date_in_name(name: str) -> str | None:
    """Return the date that a file's name holds: `council-2025-04-03.docx`, `report_202504.pdf`."""
    return _date_of(match) if (match := _IN_NAME.search(name)) else None


def date_in_heading(text: str) -> str | None:
    """Return the one date that stands in the short lines above a text, or in its dateline.

    A sentence is no such line: its date is what it tells of. Nor is the only line of a text a heading.
    """
    lines = [line.strip() for line in text[:4000].split("\n") if line.strip()][:_HEAD_LINES]
    for line in lines:
        is_heading = len(lines) > 1 and len(line) <= _HEAD_LINE_CHARACTERS and not _ENDS_SENTENCE.search(line)
        if found := _labelled_date(line) or _only_date(line if is_heading else _dateline(line)):
            return found
        if len(line) > 2 * _HEAD_LINE_CHARACTERS:
            return None
    return None


def _labelled_date(line: str) -> str | None:
    """Return the first date of a line like 'Published 3 May 2023, updated 5 May'."""
    if len(line) > _HEAD_LINE_CHARACTERS or not _LABEL_OF_DATE.match(line):
        return None
    matches = sorted((m for pattern in _WRITTEN for m in pattern.finditer(line)), key=lambda m: m.start())
    return _date_of(matches[0]) if matches else None


def _dateline(line: str) -> str:
    """Return what stands before the dash of 'BERGEN, 3 May 2023 (NTB) – The lamp …', or a line that is all date.

    Beside the date there are names alone: 'On 3 May 2023 the lamp – a new one – burned' has no dateline.
    """
    match = _DATELINE.match(line)
    head = match.group() if match else line if len(line) <= _HEAD_LINE_CHARACTERS else ""
    return "" if _LOWER_WORD.search(_without_dates(head)) else head


def _without_dates(line: str) -> str:
    for pattern in _WRITTEN:
        line = pattern.sub("", line)
    return line


def _only_date(line: str) -> str | None:
    matches = [match for pattern in _WRITTEN for match in pattern.finditer(line)]
    return _date_of(matches[0]) if len(matches) == 1 else None


def _date_of(match: re.Match[str]) -> str | None:
    """Return the matched date as far as it goes: `2025-04-03`, `2025-04`, `2025`; None where no calendar has it."""
    groups = match.groupdict()
    month = groups.get("number") or (groups.get("month") and str(_NUMBER_OF[groups["month"].lower()]))
    parts = [int(part) for part in (groups["year"], month, groups["day"]) if part]
    try:
        date(*[*parts, 1, 1][:3])
    except ValueError:
        return None
    if not 1000 <= parts[0] <= 2200:
        return None
    return "-".join(f"{part:0{4 if i == 0 else 2}}" for i, part in enumerate(parts))
