"""Decides whom 'the mayor' or 'the NATO chief' means: the one whom the document introduced so.

Knows the people of a document and the words beside their names; no parse, nothing of statements.
"""

from __future__ import annotations

import re

from index.attribute.cues import LEMMAS
from index.attribute.people import Known, People

_PLAIN = re.compile(r"[\w’'.-]+")
_APPOSED_BEFORE = re.compile(r"\b(?:the|a|an|its|his|her)\s((?:[\w’'.-]+ ){0,7}[\w’'.-]+), $", re.IGNORECASE)
_BEHIND = re.compile(r"(?:,| is| was)\s(?:the|a|an|its|his|her)?\s?([^,.;:!?“”\"()\n]{3,80})[,.]")
_WORD = re.compile(r"[^\W\d_]+")
_STOP = frozenset(
    "a an and as at but by for from he her his in is it of on or she that the their to was with who".split()
)
_CHANGES_THE_OFFICE = frozenset("former late then vice deputy assistant acting first ex other new".split())
_HEADS = frozenset(
    "general director chairman chairwoman president head executive commissioner commander minister".split()
)
_SAME_OFFICE = {
    "chief": _HEADS | {"secretary"},
    "head": _HEADS | {"chief"},
    "boss": _HEADS | {"chief"},
    "leader": _HEADS | {"chief", "chancellor", "premier"},
    "premier": frozenset(("minister",)),
    "senator": frozenset(("sen", "sens")),
    "governor": frozenset(("gov",)),
    "president": frozenset(("pres",)),
    "congressman": frozenset(("rep", "representative")),
    "congresswoman": frozenset(("rep", "representative")),
    "lawmaker": frozenset(("rep", "representative", "senator", "sen", "mp")),
    "professor": frozenset(("prof",)),
    "nominee": frozenset(("candidate",)),
    "candidate": frozenset(("nominee",)),
    "spokesperson": frozenset(("spokesman", "spokeswoman")),
}


class Descriptions:
    """The words with which a document introduces each person."""

    def __init__(self, text: str, people: People) -> None:
        self._words: dict[int, set[str]] = {}
        self._strangers: dict[str, int] = {}  # by office: where somebody of it was spoken of whom nobody introduced
        self._people = [known for known in people if known.is_person]
        for known in self._people:
            words = self._words[id(known)] = set()
            for start, end in known.mentions:
                words |= _introduction(text, start, end)

    def resolve(self, description: str, offset: int) -> Known | None:
        """Return who a description that begins with 'the' means at an offset; None where that is not certain."""
        article, *words = [word.lower() for word in _WORD.findall(re.sub(r"['’]s\b", "", description))] or [""]
        if article != "the" or not words:
            return None
        office, modifiers = words[-1], words[:-1]
        offices = {office} | _SAME_OFFICE.get(office, frozenset())
        named = {word.lower() for word in _WORD.findall(description) if word[0].isupper() and word.lower() != "the"}
        must = {word for word in modifiers if word in named or word in _CHANGES_THE_OFFICE}
        fitting = [k for k in self._people if offices & self._words[id(k)] and must <= self._words[id(k)]]
        fitting = [k for k in fitting if set(modifiers) <= self._words[id(k)]] or fitting
        before = [(at, k) for k in fitting if (at := k.latest_before(offset)) is not None]
        at, known = max(before, key=lambda found: found[0], default=(-1, None))
        if known is None:
            self._strangers[office] = offset
        return known if at > self._strangers.get(office, -1) else None


def _introduction(text: str, start: int, end: int) -> set[str]:
    """The words of an office before a name or between commas beside it."""
    before, behind = text[max(0, start - 90) : start], _BEHIND.match(text, end)
    words: set[str] = set()
    for word in reversed(before.split()[-7:] if before.endswith(" ") else []):
        plain = word.lower().rstrip(".")
        is_other = plain in _STOP or (word.islower() and plain in LEMMAS) or not _PLAIN.fullmatch(word)
        if is_other or (word.endswith(".") and len(word) > 5):
            break
        words.add(re.sub(r"['’]s$", "", plain))
    for match in (_APPOSED_BEFORE.search(before), behind):
        words |= {word.lower() for word in _WORD.findall(match.group(1))} if match else set()
    return words
