"""Resolves speakers over the library: one identity a person.

Pure functions over names; knows nothing of storage or statements.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.names import first_name, name_words

_USUAL = 12  # times as rare as the usual form, a form no longer names somebody
_DOMINANT = 4  # times as many documents as the namesakes' for a last name alone to mean somebody


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


def identities(speakers: Iterable[DocumentSpeaker]) -> dict[tuple[str, str], str]:
    """Return the identity of each (document id, speaker): the fullest name under which the library knows him.

    Names of two or more words are one person when first and last word agree, an initial standing for a first name. A
    last name alone joins the only person of that name, or one quoted far more often than the namesakes; else it stays
    by itself. The order of the input does not matter.
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
        target = _meant(fuller, joined) or _tail(members, joined) or key
        name = _fullest(joined[target])
        result.update({(m.document_id, m.speaker): name for m in members})
    return result


def _meant(
    fuller: set[tuple[str, ...]], groups: dict[tuple[str, ...], list[DocumentSpeaker]]
) -> tuple[str, ...] | None:
    """The only person of a last name, or the one that far more documents quote than all namesakes together."""
    counts = sorted(((_n_documents(groups[key]), key) for key in fuller), reverse=True)
    rest = sum(n for n, _ in counts[1:])
    return counts[0][1] if counts and (rest == 0 or counts[0][0] > _DOMINANT * rest) else None


def _key(name: str) -> tuple[str, ...]:
    words = name_words(name)
    return (first_name(words[0]), words[-1]) if len(words) > 1 and name[:1].isupper() else (" ".join(words),)


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


def _tail(
    members: Sequence[DocumentSpeaker], groups: dict[tuple[str, ...], list[DocumentSpeaker]]
) -> tuple[str, ...] | None:
    """The far more often quoted person that a longer name ends with: 'Crooked Ada Weil' is 'Ada Weil'."""
    name = members[0].speaker
    words = name_words(name)
    tail = (first_name(words[-2]), words[-1]) if len(words) > 2 and name.istitle() else ()
    return tail if tail in groups and _n_documents(groups[tail]) > _DOMINANT * _n_documents(members) else None


def _n_documents(members: Sequence[DocumentSpeaker]) -> int:
    return len({member.document_id for member in members})


def _fullest(members: Sequence[DocumentSpeaker]) -> str:
    """The longest, in words, of the names that are not rare: a rare long one holds an office more often than a name."""
    counts = Counter(m.speaker for m in members)
    most = max(counts.values())
    usual = [name for name in counts if counts[name] * _USUAL >= most]
    return max(usual, key=lambda name: (len(name_words(name)), counts[name], name))
