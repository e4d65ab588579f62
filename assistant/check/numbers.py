"""Numbers and dates as the check compares them, however they are written."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from assistant.dates import MONTHS


def as_digits(value: Decimal) -> str:
    """Return a number without needless zeros or exponent."""
    return format(value.normalize(), "f")


def read_digits(text: str) -> Decimal | str:
    """Return the value of digits; of an ordinal ('3rd') or a time ('18:20') a text that all its forms share."""
    if text[-1:].isalpha():
        return f"{text[:-2]}th"
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        return text.replace(":", ".").rstrip("0").rstrip(".") or "0"


def date_keys(kind: str, text: str) -> frozenset[str]:
    """Return a date as year-month-day, with ? for what it does not tell."""
    if kind == "iso":
        return frozenset({text})
    month = next(MONTHS[word.lower()] for word in re.findall(r"[A-Za-z]+", text) if word.lower() in MONTHS)
    numbers = re.findall(r"\d+", text)
    year = next((n for n in numbers if len(n) == 4), "?")
    day = next((f"{int(n):02}" for n in numbers if len(n) < 3), "?")
    return frozenset({f"{year}-{month:02}-{day}"})
