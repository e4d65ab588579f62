"""Matches a name as typed to the people a library knows.

Knows nothing of questions: it is given the stretch of text that may name somebody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from rapidfuzz import fuzz, process

_TITLES = frozenset(
    "mr mrs ms miss mx dr doctor prof professor sir dame lord lady president vice prime premier minister chancellor "
    "secretary general sen senator rep representative congressman congresswoman gov governor mayor pope king queen "
    "prince princess captain colonel sergeant judge justice ambassador chief chairman chairwoman chair director ceo "
    "former ex the late nato un eu us uk foreign defence defense finance interior spokesman spokeswoman spokesperson "
    "deputy attorney coach of".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_TYPING_ERROR_SCORE = 84.0  # of 100: one letter in six or seven may be wrong


class Named(Protocol):
    """Anybody with an identity and the forms of the name that documents use."""

    @property
    def speaker(self) -> str: ...

    @property
    def names(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Match:
    """Who a typed name may mean; several where people share it. `exact` is False where letters had to be forgiven."""

    speakers: tuple[str, ...]
    exact: bool = True


def match_name(typed: str, people: Sequence[Named]) -> Match:
    """Return the known people a typed name may mean: the full name first, then parts of it, then typing errors."""
    return _index(tuple((person.speaker, tuple(person.names)) for person in people)).match(typed)


def name_words(text: str) -> tuple[str, ...]:
    """Return the words of a name, folded (case, accents, possessive), without titles unless nothing else is there."""
    words = tuple(_fold(word) for word in _WORD.findall(text))
    return tuple(word for word in words if word not in _TITLES) or words


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("’", "'")).encode("ascii", "ignore").decode() or word
    return plain.casefold().removesuffix("'s").strip(".'")


@lru_cache(maxsize=4)
def _index(people: tuple[tuple[str, tuple[str, ...]], ...]) -> _NameIndex:
    return _NameIndex(people)


class _NameIndex:
    """The names of a library's people, by their folded words."""

    def __init__(self, people: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        self._full: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._titled: dict[str, list[str]] = defaultdict(list)
        self._containing: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for speaker, names in people:
            for words in dict.fromkeys(name_words(name) for name in (speaker, *names)):
                if words:
                    self._full[words].append(speaker)
            for name in names:
                if " " in name:
                    self._titled[" ".join(_fold(word) for word in _WORD.findall(name))].append(speaker)
            for word in dict.fromkeys(name_words(speaker)):
                self._containing[word].append((speaker, name_words(speaker)))
        self._forms = {" ".join(words): words for words in self._full}
        self._last_names = {words[-1]: words for words in self._full if len(words) > 1}

    def match(self, typed: str) -> Match:
        words = name_words(typed)
        if not words:
            return Match(())
        titled = self._titled.get(" ".join(_fold(word) for word in _WORD.findall(typed)), ())
        own = titled or [
            speaker for speaker in self._full.get(words, ()) if len(words) > 1 and name_words(speaker) == words
        ]
        found = own or [*self._full.get(words, ()), *self._holding(words)]
        if found:
            return Match(tuple(dict.fromkeys(found)))
        return Match(tuple(dict.fromkeys(self._misspelt(words))), exact=False)

    def _holding(self, words: tuple[str, ...]) -> list[str]:
        """Return people whose full name holds all the typed words in order, ending alike where that is possible."""
        holders = [(speaker, full) for speaker, full in self._containing.get(words[-1], ()) if _in_order(words, full)]
        ending = [speaker for speaker, full in holders if full[-1] == words[-1]]
        return ending or [speaker for speaker, _ in holders]

    def _misspelt(self, words: tuple[str, ...]) -> list[str]:
        typed = " ".join(words)
        if len(typed) < 5:
            return []
        best = process.extractOne(typed, list(self._forms), scorer=fuzz.ratio, score_cutoff=_TYPING_ERROR_SCORE)
        if best:
            return self._full[self._forms[best[0]]]
        if len(words) > 1:
            return []
        best = process.extractOne(typed, list(self._last_names), scorer=fuzz.ratio, score_cutoff=_TYPING_ERROR_SCORE)
        return self._holding((best[0],)) if best else []


def _in_order(words: tuple[str, ...], full: tuple[str, ...]) -> bool:
    remaining = iter(full)
    return all(word in remaining for word in words)
