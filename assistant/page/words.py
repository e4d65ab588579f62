"""Says numbers, dates and manners in words a person would use."""

from __future__ import annotations

from html import escape

from assistant.answer import Citation
from assistant.quote import names_in_words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# From calibrated confidence to words: the lowest confidence that deserves each.
_CERTAINTY = ((0.85, "Well supported"), (0.6, "Supported"), (0.4, "Partly supported"), (0.0, "Weakly supported"))


def day(iso: str) -> str:
    """Return '31 Jan 2023' for '2023-01-31', 'Jan 2023' for '2023-01'; what is no ISO date comes back as it is."""
    parts = iso[:10].split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    year, *rest = (int(part) for part in parts)
    if rest and not 1 <= rest[0] <= 12:
        return iso
    return " ".join([*(str(part) for part in rest[1:]), *(_MONTHS[month - 1] for month in rest[:1]), str(year)])


def certainty(confidence: float) -> str:
    """Return a calibrated confidence in [0, 1] in words."""
    return next(words for least, words in _CERTAINTY if confidence >= least)


def seconds(duration: float) -> str:
    """Return a duration given in seconds as '0.14 s'."""
    return f"{duration:.2f} s" if duration < 10 else f"{duration:.0f} s"


def ordinal(number: int) -> str:
    """Return '1st', '2nd', '11th'."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def count(number: int, one: str, many: str = "") -> str:
    """Return '1 document', '12 documents'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def how(citation: Citation) -> str:
    """Return the speaker with the cue, as HTML: '<b>Lena Aaltonen</b> told', 'according to <b>…</b>'."""
    names = [f"<b><bdi>{escape(name)}</bdi></b>" for name in citation.speakers]
    name = names_in_words(names) if names else ""
    cue = escape(citation.cue or "")
    if cue.lower().startswith("according"):
        return f"{cue} {name}"
    return f"{name}, {cue}" if cue.endswith("ing") else f"{name} {cue}".strip()
