"""People's names as words: what a title is, when two names may be one person's, whom a typed name means.

Pure functions over names; knows nothing of storage, statements or questions.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from index.attribute.given_names import BODY_WORDS, TITLES

_BEFORE_NAMES = TITLES | frozenset(
    "the a an of doctor king queen ex nato un eu us uk u.s u.n u.k foreign defence defense finance interior home coach "
    "chief deputy hon king queen president-elect".split()
)
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "phd", "md"))
_BETWEEN_NAMES = re.compile(r",? (?:and|&|as well as) |, ")
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_TYPING_ERROR_SCORE = 84.0  # of 100: one letter in six or seven may be wrong
_SHORTEST_TYPO = 5  # letters: in a shorter name one letter more is another name
_NICKNAMES = {
    short: full
    for line in """
benjamin ben benny|joseph joe joey|william bill billy will|robert bob bobby rob|michael mike mick|james jim jimmy
thomas tom tommy|daniel dan danny|christopher chris|david dave|stephen steve steven|kenneth ken|timothy tim|matthew matt
nicholas nick|andrew andy drew|anthony tony|richard rick dick rich|charles charlie chuck|jeffrey jeff|gregory greg
lawrence larry|edward ed eddie|peter pete|patrick pat|samuel sam|alexander alex|donald don|ronald ron|gerald jerry gerry
elizabeth liz beth|katherine kate kathy|susan sue|deborah debbie|jennifer jen jenny|margaret maggie meg|barbara barb
kimberly kim|rebecca becky|victoria vicky|jacqueline jackie|frederick fred|raymond ray|douglas doug|philip phil
leonard len leo|walter walt|vincent vince|zachary zach|joshua josh|nathaniel nate|theodore theo|eugene gene
""".replace("|", "\n").split("\n")
    for full, *shorts in [line.split() or [""]]
    for short in shorts
}


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


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Return a name's words, folded (case, accents, possessive), without titles before it and suffixes behind it."""
    words = [word for word in map(_fold, _WORD.findall(name)) if word]
    while len(words) > 1 and words[0] in _BEFORE_NAMES and words[-1] not in BODY_WORDS:
        words.pop(0)
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return tuple(words)


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("’", "'")).encode("ascii", "ignore").decode() or word
    return plain.casefold().removesuffix("'s").strip(".'")


@lru_cache(maxsize=65536)
def first_name(word: str) -> str:
    """Return a first name in its longest form, doubled letters once: 'Hilary' and 'Hillary', 'Joe' and 'Joseph'."""
    return re.sub(r"([a-z])\1", r"\1", _NICKNAMES.get(word, word))


def may_be_one(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Say whether two names of two or more words may be one person's: 'J. Stoltenberg' and 'Jens Stoltenberg'."""
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-1]:
        return False
    x, y = first_name(a[0]), first_name(b[0])
    return x == y or (1 in (len(x), len(y)) and x[0] == y[0])


def several(typed: str) -> list[str]:
    """Return the names in 'A, B and C', as typed."""
    return [name for name in _BETWEEN_NAMES.split(typed.strip()) if name]


def match_name(typed: str, people: Sequence[Named]) -> Match:
    """Return the known people a typed name may mean, in the order given.

    Tried in this order, the first that finds somebody decides: a form with its title ('President Moore'), the whole
    name, the same with a nickname or an initial, any form the documents use together with every name that holds the
    words in order, several names joined by 'and', and these again allowing for typing errors.
    """
    return _index_of(people).match(typed)


_indexes: list[tuple[Sequence[Named], _NameIndex]] = []


def _index_of(people: Sequence[Named]) -> _NameIndex:
    """Return the index of these very people; the last few are kept, since a library hands out the same list."""
    for known, index in _indexes:
        if known is people:
            return index
    index = _NameIndex(people)
    _indexes[:] = [(people, index), *_indexes[:3]]
    return index


class _NameIndex:
    """The names of a library's people, by their folded words."""

    def __init__(self, people: Sequence[Named]) -> None:
        self._order = {person.speaker: n for n, person in enumerate(people)}
        self._full: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._titled: dict[str, list[str]] = defaultdict(list)
        self._holding_word: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for person in people:
            forms = (person.speaker, *person.names)
            for words in dict.fromkeys(map(name_words, forms)):
                self._full[words].append(person.speaker)
            for form in person.names:
                if " " in form:
                    self._titled[_with_titles(form)].append(person.speaker)
            own = name_words(person.speaker)
            for word in dict.fromkeys(own):
                self._holding_word[word].append((person.speaker, own))
        self._forms = {" ".join(words): words for words in self._full if words}
        self._last_names = {words[-1]: words for words in self._full if len(words) > 1}

    def match(self, typed: str) -> Match:
        words = name_words(typed)
        if not words:
            return Match(())
        found = self._exactly(typed, words) or self._each(typed)
        return Match(self._ordered(found)) if found else Match(self._ordered(self._misspelt(words)), exact=False)

    def _each(self, typed: str) -> list[str]:
        """Return all whom 'Weil and Brandvik' names, nobody where one of them is not known."""
        names = several(typed)
        found = [self._exactly(name, words) if (words := name_words(name)) else [] for name in names]
        return [speaker for those in found for speaker in those] if len(names) > 1 and all(found) else []

    def _ordered(self, speakers: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(dict.fromkeys(speakers), key=self._order.__getitem__))

    def _exactly(self, typed: str, words: tuple[str, ...]) -> list[str]:
        titled = self._titled.get(_with_titles(typed), [])
        if titled or len(words) == 1:
            return titled or [*self._full.get(words, ()), *self._holders(words)]
        own = [speaker for speaker in self._full.get(words, ()) if name_words(speaker) == words]
        alike = [speaker for speaker, full in self._holding_word.get(words[-1], ()) if may_be_one(words, full)]
        alone = [speaker for speaker, full in self._holding_word.get(words[-1], ()) if full == words[-1:]]
        return own or alike or [*self._full.get(words, ()), *self._holders(words)] or alone

    def _holders(self, words: tuple[str, ...]) -> list[str]:
        """Return people whose full name holds all the typed words in order, ending alike where that is possible."""
        holders = [(speaker, full) for speaker, full in self._holding_word.get(words[-1], ()) if _in_order(words, full)]
        ending = [speaker for speaker, full in holders if full[-1] == words[-1]]
        return ending or [speaker for speaker, _ in holders]

    def _misspelt(self, words: tuple[str, ...]) -> list[str]:
        from rapidfuzz import fuzz, process

        typed = " ".join(words)
        if len(typed) < _SHORTEST_TYPO:
            return []
        best = process.extractOne(typed, list(self._forms), scorer=fuzz.ratio, score_cutoff=_TYPING_ERROR_SCORE)
        if best and _is_typo(words, self._forms[best[0]]):
            return self._full[self._forms[best[0]]]
        if len(words) > 1:
            return []
        best = process.extractOne(typed, list(self._last_names), scorer=fuzz.ratio, score_cutoff=_TYPING_ERROR_SCORE)
        return self._holders((best[0],)) if best else []


def _is_typo(typed: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Say whether every word is nearly the known one: 'Ron Paul' is not 'Rand Paul'."""
    from rapidfuzz import fuzz

    if len(typed) != len(known):
        return True
    pairs = zip(typed, known, strict=True)
    return all(a == b or (len(a) >= 4 and fuzz.ratio(a, b) >= _TYPING_ERROR_SCORE - 9) for a, b in pairs)


def _with_titles(name: str) -> str:
    return " ".join(map(_fold, _WORD.findall(name)))


def _in_order(words: tuple[str, ...], full: tuple[str, ...]) -> bool:
    remaining = iter(full)
    return all(word in remaining for word in words)
