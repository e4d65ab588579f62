"""Decides whom 'he' or 'she' means: whoever was last what a sentence is about, of the right gender.

Knows where people are mentioned and how the sentences lie; nothing of statements. Rules over the text, no parse.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.attribute.layout import Layout
from index.attribute.people import Gender, Known, People

if TYPE_CHECKING:
    from spacy.tokens import Doc

_HE = frozenset(("he", "him", "his"))
_OPENING = re.compile(
    r"[\"“'‘(\s]*(?:(?:but|and|when|as|while|then|so|yet|if|since|after|before|because|though|although|where|still|once)"
    r"[ ,]+)?(?P<pronoun>he|she)\b",
    re.IGNORECASE,
)
_TITLES_BEFORE = re.compile(r"(?:\b[A-Z][\w’'.-]*[ ,]+)+$")
_TITLES_REACH = 200  # characters before a name in which its titles and offices stand
_OBJECT_OF = re.compile(
    r"\b(?:of|for|to|with|by|from|about|than|against|on|at|like|including|between|under|over|behind|and|or|called|told|"
    r"asked|as|versus|vs)\s+(?:(?:the|a|an|his|her|their|its|then|former|late|rival|fellow)\s+)?"
    r"(?:[\w’'.-]+\s+){0,3}$",
    re.IGNORECASE,
)
_PARSED_ROLES = {"nsubj": "subject", "nsubjpass": "subject", "poss": "possessive", "dobj": "object", "pobj": "object"}
_CLAUSE_START = re.compile(
    r"(?:^|[,;:—–-]\s*|\b(?:that|when|while|as|if|because|but|and|since|where|after|before)\s+)$", re.I
)
_POSSESSIVE = re.compile(r"['’]s?\b|['’](?=\s)")
_REACH = 60  # mentions looked back upon
_SENTENCE, _PARAGRAPH = 8.0, 5.0
_ROLE = {"subject": 0.0, "plain": 10.0, "possessive": 9.0, "object": 14.0}
_UNSURE_GENDER, _LAST_SPEAKER, _IN_REPORT = 9.0, -7.0, 14.0


@dataclass(order=True, frozen=True, slots=True)
class _Seen:
    offset: int
    known: Known = field(compare=False)
    role: str = field(compare=False)


class Antecedents:
    """The people mentioned in a document in order, and the pronouns already understood."""

    def __init__(self, layout: Layout, people: People, parses: Mapping[int, Doc]) -> None:
        self._layout = layout
        self._parses = parses
        self._seen = sorted(
            _Seen(start, known, self._role(start, end))
            for known in people
            if known.is_person
            for start, end in known.mentions
        )
        self._narrated = self._count_narrated()
        self._at = 0  # the first sentence not looked at

    def read_to(self, sentence: int, last: Known | None) -> None:
        """Understand the pronouns with which the sentences before this one begin."""
        for i in range(self._at, sentence):
            start, end = self._layout.sentences[i]
            match = _OPENING.match(self._layout.text, start, end)
            if match and not self._layout.is_quoted(match.start("pronoun")):
                self.resolve(match.group("pronoun"), match.start("pronoun"), last)
        self._at = max(self._at, sentence)

    def resolve(self, pronoun: str, offset: int, last: Known | None) -> Known | None:
        """Return the person a pronoun at an offset means; `last` is who spoke last."""
        gender: Gender = "m" if pronoun.lower() in _HE else "f"
        at = bisect_left(self._seen, offset, key=lambda seen: seen.offset)
        before = [seen for seen in self._seen[max(0, at - _REACH) : at] if seen.known.gender in (None, gender)]
        if not before:
            return last if last is not None and last.gender in (None, gender) and last.is_person else None
        best = min(before, key=lambda seen: (self._cost(seen, offset, last), -seen.offset))
        if not any(seen.offset == offset for seen in self._seen[at : at + 1]):
            insort(self._seen, _Seen(offset, best.known, "subject"))
        return best.known

    def _cost(self, seen: _Seen, offset: int, last: Known | None) -> float:
        layout = self._layout
        here, there = layout.sentence_at(offset), layout.sentence_at(seen.offset)
        cost = _SENTENCE * (self._narrated[here] - self._narrated[there])
        cost += _PARAGRAPH * min(3, layout.paragraph_of[here] - layout.paragraph_of[there]) + _ROLE[seen.role]
        if seen.known.gender is None:
            cost += _UNSURE_GENDER
        if seen.known is last:
            cost += _LAST_SPEAKER
        if here == there and layout.text[:offset].rstrip().endswith((",", "”", '"', "''")):
            cost += _IN_REPORT  # 'Lund would resign, he said'
        return cost

    def _count_narrated(self) -> list[int]:
        """Count, for each sentence, the sentences up to it that are not quoted whole."""
        counts, n = [], 0
        for i in range(len(self._layout.sentences)):
            n += not self._layout.is_quoted_whole(i)
            counts.append(n)
        return counts

    def _role(self, start: int, end: int) -> str:
        text = self._layout.text
        i = self._layout.sentence_at(start)
        sentence = self._layout.sentences[i][0]
        if parsed := self._parsed_role(i, end - 1 - sentence):
            return parsed
        if _POSSESSIVE.match(text, end):
            return "possessive"
        before = text[sentence:start]
        head = _TITLES_BEFORE.sub("", before[-_TITLES_REACH:])  # titles and offices before the name
        if not head.strip() or _CLAUSE_START.search(head):
            return "subject"
        return "object" if _OBJECT_OF.search(before[-60:]) else "plain"

    def _parsed_role(self, sentence: int, offset: int) -> str | None:
        """The role of the name whose last character stands at an offset in a parsed sentence."""
        doc = self._parses.get(sentence)
        if doc is None:
            return None
        at = bisect_right(doc, offset, key=lambda token: token.idx) - 1
        token = doc[max(0, at)]
        while token.dep_ in ("appos", "conj", "compound") and token.head.i != token.i:
            if token.dep_ == "compound" and not token.head.tag_.startswith("NNP"):
                return "object"  # 'the Lund campaign'
            token = token.head
        return _PARSED_ROLES.get(token.dep_)
