"""Resolves speakers over the library: one identity a person, and the people meant by a typed name.

Pure functions over names; knows nothing of storage or statements.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_HONORIFICS = frozenset(
    """
mr mrs ms miss mx dr prof professor sir dame lord lady sen senator rep representative gov governor president vice
prime minister premier chancellor secretary general gen col lt maj capt captain adm admiral judge justice ambassador
mayor sheriff chief director former ex-president the king queen prince princess pope congressman congresswoman chairman
chairwoman hon rev
""".split()
)
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "phd", "md"))
_POSSESSIVE = re.compile(r"['’]s?$")
_SAME_NAME = 84  # of 100: 'Stoltenburg' for 'Stoltenberg' is 91, 'Trump' for 'Trudeau' 50
_DOMINANT = 4  # times as many documents as the namesakes' for a last name alone to mean somebody
_SHORTEST_TYPO = 4  # letters: in a shorter word one letter more is another name


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a body, who is quoted in the library: `names` are all forms seen, the identity first."""

    speaker: str
    names: tuple[str, ...]
    n_statements: int
    n_documents: int


@dataclass(frozen=True, slots=True)
class DocumentSpeaker:
    """A speaker as one document knows him."""

    document_id: str
    speaker: str
    names: tuple[str, ...] = ()


def name_words(name: str) -> list[str]:
    """Return a name's words in lower case without titles, initials' dots, suffixes and the possessive."""
    words = [word.strip(".,").lower() for word in _POSSESSIVE.sub("", name.strip()).split()]
    bare = [word for word in words if word and word not in _SUFFIXES]
    while len(bare) > 1 and bare[0] in _HONORIFICS:
        bare.pop(0)
    return bare


def identities(speakers: Iterable[DocumentSpeaker]) -> dict[tuple[str, str], str]:
    """Return the identity of each (document id, speaker): the fullest name under which the library knows him.

    Names of two or more words are one person when first and last word agree, an initial standing for a first name. A
    last name alone joins the only person of that name, or one quoted far more often than the namesakes; else it stays
    by itself. The order of the
    input does not matter.
    """
    known = sorted(set(speakers), key=lambda s: (s.document_id, s.speaker))
    groups: dict[tuple[str, ...], list[DocumentSpeaker]] = defaultdict(list)
    for speaker in known:
        groups[_key(speaker.speaker)].append(speaker)
    joined = _join_initials(groups)
    by_last: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for key in joined:
        if len(key) > 1:
            by_last[key[-1]].add(key)
    result = {}
    for key, members in joined.items():
        fuller = by_last.get(key[0], set()) if len(key) == 1 else set()
        target = _meant(fuller, joined) or key
        name = _fullest(joined[target])
        result.update({(m.document_id, m.speaker): name for m in members})
    return result


def _meant(
    fuller: set[tuple[str, ...]], groups: dict[tuple[str, ...], list[DocumentSpeaker]]
) -> tuple[str, ...] | None:
    """The only person of a last name, or the one that far more documents quote than all namesakes together."""
    counts = sorted(((len({m.document_id for m in groups[key]}), key) for key in fuller), reverse=True)
    rest = sum(n for n, _ in counts[1:])
    return counts[0][1] if counts and (rest == 0 or counts[0][0] > _DOMINANT * rest) else None


def _key(name: str) -> tuple[str, ...]:
    words = name_words(name)
    return (words[0], words[-1]) if len(words) > 1 and name[:1].isupper() else (" ".join(words),)


def _join_initials(
    groups: dict[tuple[str, ...], list[DocumentSpeaker]],
) -> dict[tuple[str, ...], list[DocumentSpeaker]]:
    """Join 'J. Stoltenberg' to 'Jens Stoltenberg' where only one first name fits."""
    joined = {key: list(members) for key, members in groups.items()}
    for key in sorted(groups):
        if len(key) > 1 and len(key[0]) == 1:
            fuller = [k for k in groups if len(k) > 1 and k[1] == key[1] and len(k[0]) > 1 and k[0][0] == key[0]]
            if len(fuller) == 1:
                joined[fuller[0]] += joined.pop(key)
    return joined


def _fullest(members: Sequence[DocumentSpeaker]) -> str:
    """The most frequent of the longest names, in words."""
    counts = Counter(m.speaker for m in members)
    return max(counts, key=lambda name: (len(name_words(name)), counts[name], name))


def match_speaker(asked: str, people: Sequence[Person]) -> list[str]:
    """Return the identities meant by a typed name, most quoted first; several are equally meant, none is unknown.

    Tried in this order, the first that finds somebody decides: the whole name, the last name, the first name, any
    form the documents use, and each of these again allowing for typing errors.
    """
    words = name_words(asked)
    if not words:
        return []
    for fits in (_is_named, _has_last_name, _has_first_name, _has_form, _sounds_like):
        found = [person for person in people if fits(words, person)]
        if found:
            return [p.speaker for p in sorted(found, key=lambda p: (-p.n_statements, p.speaker))]
    return []


def _is_named(words: list[str], person: Person) -> bool:
    mine = name_words(person.speaker)
    if mine == words:
        return True
    if len(words) < 2 or len(mine) < 2 or mine[-1] != words[-1]:
        return False
    return mine[0] == words[0] or (1 in (len(mine[0]), len(words[0])) and mine[0][0] == words[0][0])


def _has_last_name(words: list[str], person: Person) -> bool:
    mine = name_words(person.speaker)
    if not person.speaker[:1].isupper():
        return False
    # 'Stoltenberg' finds 'Jens Stoltenberg'; 'Jens Stoltenberg' finds a person known by the last name alone.
    return mine[-1] == words[-1] and 1 in (len(words), len(mine))


def _has_first_name(words: list[str], person: Person) -> bool:
    mine = name_words(person.speaker)
    return len(words) == 1 and len(mine) > 1 and mine[0] == words[0]


def _has_form(words: list[str], person: Person) -> bool:
    return any(name_words(name) == words for name in person.names)


def _sounds_like(words: list[str], person: Person) -> bool:
    from rapidfuzz import fuzz

    mine = name_words(person.speaker)
    if not person.speaker[:1].isupper() or not mine:
        return False
    if len(words) == 1:
        return any(_is_typo(words[0], word, fuzz.ratio(words[0], word)) for word in (mine[-1], mine[0]))
    pairs = ((words[-1], mine[-1]), (words[0], mine[0]))
    return len(mine) > 1 and all(a == b or _is_typo(a, b, fuzz.ratio(a, b)) for a, b in pairs)


def _is_typo(typed: str, word: str, ratio: float) -> bool:
    return min(len(typed), len(word)) >= _SHORTEST_TYPO and ratio >= _SAME_NAME
