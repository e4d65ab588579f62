"""Joins quotations and reporting clauses into statements, each with its speaker.

Knows the whole document, not the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.attribute.antecedents import Antecedents
from index.attribute.authors import first_person
from index.attribute.clauses import Clause, clauses
from index.attribute.descriptions import Descriptions
from index.attribute.layout import Layout
from index.attribute.mentions import Mention, can_speak, first_subject, subject
from index.attribute.people import Known, People
from index.attribute.quotations import Quotation
from index.attribute.turns import ANSWERS, Turn, headline, label_before, posts, signature_after
from index.attribute.when import day_said
from index.records import Document, Manner, Statement

if TYPE_CHECKING:
    from spacy.tokens import Doc

_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_SINGULAR = frozenset(("he", "she", "him", "her", "his", "hers"))
_PLURAL_DESCRIPTION = re.compile(r"\b(?:two|both|pair|three)\b", re.IGNORECASE)


@dataclass(slots=True)
class Said:
    """A statement under construction: its speakers, cue, and the stretches that hold the words."""

    speakers: tuple[Known, ...]
    cue: str
    level: int
    content: list[tuple[int, int]]
    cue_start: int
    start: int  # of the reporting clause, its subject taken in
    quotes: list[Quotation] = field(default_factory=list)


def assemble(document: Document, layout: Layout, parses: dict[int, Doc]) -> list[Statement]:
    """Return the statements of a document whose picked sentences have been parsed."""
    return _Reading(document, layout, parses).statements()


class _Reading:
    """One pass over one document, in the order a reader takes."""

    def __init__(self, document: Document, layout: Layout, parses: dict[int, Doc]) -> None:
        self.document, self.layout, self.parses = document, layout, parses
        self.people = People(document.text, layout.is_quoted)
        self.antecedents = Antecedents(layout, self.people, parses)
        self.descriptions = Descriptions(document.text, self.people)
        self.last: Known | None = None
        self.group: tuple[Known, ...] = ()
        self.body: Known | None = None  # the last speaker where it is no person
        self.writers: dict[str, tuple[Known, ...]] = {}
        self.said: dict[int, list[Said]] = {}  # by sentence
        self.subjects: dict[int, tuple[Known, ...]] = {}

    def statements(self) -> list[Statement]:
        for i in sorted(self.parses):
            self._read_sentence(i)
        self._place_quotations()
        self._place_blocks()
        everything = [said for group in self.said.values() for said in group]
        found = [*self._built(_strongest(everything)), *self._labelled()]
        return sorted(found, key=lambda s: (s.start, s.content[0].start, s.speaker))

    def _labelled(self) -> Iterator[Statement]:
        """Turns and headlines: each piece is a statement of its own, without a cue."""
        for turn in self.layout.turns:
            speaker = self._labelled_speaker(turn)
            if speaker is None:
                continue
            for start, end in turn.words:
                yield self._statement(speaker, "", "direct", [(start, end)], start, end)
        for post in () if self.layout.turns else posts(self.layout.text):
            if speaker := self._labelled_speaker(post):
                yield self._statement(speaker, "", "direct", list(post.words), *post.words[0])
        for turn in first_person(self.document, self.layout):
            if speaker := self._labelled_speaker(turn):
                yield self._statement(speaker, "", "direct", list(turn.words), turn.start, turn.end)
        title = None if self.layout.turns else headline(self.layout.text, self.layout.paragraphs)
        known = title and self._labelled_speaker(title)
        if title and known and known.is_person and " " in known.name:
            yield self._statement(known, "", self._manner(list(title.words)), list(title.words), title.start, title.end)

    def _labelled_speaker(self, turn: Turn) -> Known | None:
        name = turn.name or ""
        if not name:
            return None
        if name.lower() in ANSWERS:
            return self._interviewed()
        return self.people.resolve(name.title() if name.isupper() and len(name) > 3 else name, turn.start)

    def _interviewed(self) -> Known | None:
        """Whom an interview is with: the only person named before the first question."""
        first = self.layout.turns[0].start
        before = [known for known in self.people if known.is_person and any(at < first for at, _ in known.mentions)]
        return before[0] if len(before) == 1 else None

    def _read_sentence(self, i: int) -> None:
        start, _ = self.layout.sentences[i]
        self.antecedents.read_to(i, self.last)
        found = clauses(self.parses[i], start, self.layout.is_quoted)
        for clause in found:
            speakers = self._resolved([m for m in clause.speakers if self._can_speak(m, clause.level)], clause)
            if not speakers:
                continue
            cue = self.layout.text[clause.cue[0] : clause.cue[1]]
            self.said.setdefault(i, []).append(
                Said(speakers, cue, clause.level, list(clause.content), clause.cue[0], clause.start)
            )
            if not clause.is_noun and not _is_nested(clause, found):
                self._remember(speakers, clause)
        if self.layout.is_quoted_whole(i + 1):
            self.subjects[i] = self._resolved(subject(self.parses[i], start), None)

    def _can_speak(self, mention: Mention, level: int) -> bool:
        return can_speak(mention, level) or self.people.knows(mention.text)

    def _remember(self, speakers: tuple[Known, ...], clause: Clause) -> None:
        if len(speakers) > 1:
            self.group = speakers
        self.body = speakers[0] if len(speakers) == 1 and not speakers[0].is_person else None
        if speakers[0].is_person and clause.level > 1:
            self.last = speakers[0]
        if clause.writing:
            self.writers[clause.writing] = speakers

    def _resolved(self, mentions: Iterable[Mention], clause: Clause | None) -> tuple[Known, ...]:
        found: list[Known] = []
        for mention in mentions:
            for known in self._one(mention):
                if known not in found:
                    found.append(known)
        return tuple(found)

    def _one(self, mention: Mention) -> tuple[Known, ...]:
        if mention.kind == "name" or self.people.knows(mention.text):
            return (self.people.resolve(mention.text, mention.start),)
        if mention.kind == "pronoun":
            return self._pronoun(mention)
        if mention.kind == "writing":
            owners = self._resolved(mention.owner, None) or self.writers.get(mention.text.split()[-1].lower(), ())
            return owners or (self._described(mention),)
        if self.group and _PLURAL_DESCRIPTION.search(mention.text):
            return self.group
        known = self.descriptions.resolve(mention.text, mention.start)
        return (known or self._described(mention),)

    def _pronoun(self, mention: Mention) -> tuple[Known, ...]:
        word = mention.text.lower()
        if word in _SINGULAR:
            known = self.antecedents.resolve(word, mention.start, self.last)
            return (known,) if known else ()
        if word in ("they", "it") and self.body is not None:
            return (self.body,)
        return self.group if word == "they" else ()

    def _described(self, mention: Mention) -> Known:
        name = _ARTICLE.sub("", " ".join(mention.text.split()))
        return Known(name, forms={mention.text})

    def _place_quotations(self) -> None:
        previous: Said | None = None
        for q in self.layout.quotations:
            if self.layout.is_in_turn(q.start):
                continue
            said = self._signed(q) or self._said_of(q, previous)
            if said is not None:
                said.quotes.append(q)
            previous = said if said is not None else previous

    def _place_blocks(self) -> None:
        """'Holm added:' and the paragraph behind it, without marks."""
        layout = self.layout
        for i, group in list(self.said.items()):
            following = i + 1
            if following >= len(layout.sentences) or layout.text[layout.sentences[i][1] - 1] != ":":
                continue
            one = group[-1]
            here = layout.paragraph_of[following]
            if (
                one.level == 3
                and not one.quotes
                and here != layout.paragraph_of[i]
                and not layout.holds_quotation(here)
            ):
                one.content.append(layout.paragraphs[here])

    def _signed(self, q: Quotation) -> Said | None:
        """'“…” — Name'."""
        beside = any(
            _distance(said, q, self.layout.text)[0] < 2 for said in self.said.get(self.layout.sentence_at(q.start), ())
        )
        name = signature_after(self.layout.text, q) or (None if beside else label_before(self.layout.text, q))
        if name is None:
            return None
        named = tuple(self.people.resolve(one, q.start) for one in self._joint(name))
        return self._new(named, "", 3, self.layout.sentence_at(q.start))

    def _joint(self, name: str) -> list[str]:
        """'Anna Holm and Peter Lund': each of them, where both are people's names."""
        parts = name.split(" and ")
        are_people = all(self.people.knows(part) or len(part.split()) > 1 for part in parts)
        return parts if are_people else [name]

    def _said_of(self, q: Quotation, previous: Said | None) -> Said | None:
        first, last = self.layout.sentence_at(q.start), self.layout.sentence_at(q.end - 1)
        near = [said for i in {first, last} for said in self.said.get(i, ())]
        if near:
            best = min(near, key=lambda said: _distance(said, q, self.layout.text))
            if previous in near and previous and previous.quotes and previous.speakers == best.speakers:
                is_beside = _distance(best, q, self.layout.text)[0] < 2 or _overlaps(best, q)
                return best if is_beside else previous  # '“A,” she said, explaining why, “B.”'
            return best
        if introduced := self._before_colon(q, first):
            return introduced
        if not all(self.layout.is_quoted_whole(i) for i in range(first, last + 1)):
            return None
        return self._carried_over(q, first, last, previous)

    def _before_colon(self, q: Quotation, sentence: int) -> Said | None:
        """'Holm tried it in an interview: “…”': whom the sentence is about, where that is a person."""
        start = self.layout.sentences[sentence][0]
        if sentence not in self.parses or not self.layout.text[start : q.start].rstrip().endswith(":"):
            return None
        about = self._resolved(first_subject(self.parses[sentence], start, q.start), None)
        return self._new(about, "", 2, sentence) if about and all(one.is_person for one in about) else None

    def _carried_over(self, q: Quotation, first: int, last: int, previous: Said | None) -> Said | None:
        """Whose words a quotation without attribution is."""
        here = self.layout.paragraph_of[first]
        before = first - 1
        same = before >= 0 and self.layout.paragraph_of[before] == here
        if q.continues and previous:
            return previous
        if (
            same
            and previous
            and previous.quotes
            and self.layout.paragraph_of[self.layout.sentence_at(previous.quotes[-1].end - 1)] == here
        ):
            return previous
        if before >= 0 and not self.layout.is_quoted_whole(before):
            introduced = (
                self.said.get(before)
                if same or self.layout.text[self.layout.sentences[before][1] - 1] in ":,"
                else None
            )
            if introduced and same and introduced[-1].content and introduced[-1].content[-1][1] <= introduced[-1].start:
                return introduced[-1]  # 'The roof leaks, Holm said. “The walls are wet.”'
            if introduced:
                return self._new(introduced[-1].speakers, introduced[-1].cue, introduced[-1].level, first)
            if same and self.subjects.get(before):
                return self._new(self.subjects[before], "", 2, first)
        if (
            previous
            and previous.quotes
            and before >= 0
            and self.layout.paragraph_of[self.layout.sentence_at(previous.quotes[-1].end - 1)] == here - 1
        ):
            return previous
        return None

    def _new(self, speakers: tuple[Known, ...], cue: str, level: int, sentence: int) -> Said:
        start = self.layout.sentences[sentence][0]
        said = Said(speakers, cue, max(level, 2), [], start, start)
        self.said.setdefault(sentence, []).append(said)
        return said

    def _built(self, said: Iterable[Said]) -> Iterable[Statement]:
        for one in said:
            spans = _merged([*one.content, *((q.start, q.end) for q in one.quotes)])
            if not spans:
                continue
            start = self.layout.sentences[self.layout.sentence_at(spans[0][0])][0]
            end = self.layout.sentences[self.layout.sentence_at(spans[-1][1] - 1)][1]
            for speaker in one.speakers:
                yield self._statement(speaker, one.cue, self._manner(spans), spans, start, max(end, spans[-1][1]))

    def _statement(
        self, speaker: Known, cue: str, manner: Manner, spans: list[tuple[int, int]], start: int, end: int
    ) -> Statement:
        return Statement(
            self.document.info,
            speaker.name,
            cue,
            manner,
            tuple(self.document.span(a, b) for a, b in spans),
            start,
            end,
            tuple(sorted({speaker.name, *speaker.forms})),
            day_said(self._beside(spans, start, end), self.document.info.date),
            self.document.page_at(start),
        )

    def _beside(self, spans: list[tuple[int, int]], start: int, end: int) -> str:
        """Return the words of a statement's sentences that are neither said nor quoted."""
        edges = [start, *(edge for span in spans for edge in span), max(end, spans[-1][1])]
        return " ".join(self.layout.narration(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))

    def _manner(self, spans: list[tuple[int, int]]) -> Manner:
        outside = any(c.isalnum() for a, b in spans for c in self.layout.narration(a, b))
        inside = any(self.layout.is_quoted(p) for a, b in spans for p in range(a, b))
        return "mixed" if outside and inside else "reported" if outside else "direct"


def _is_nested(clause: Clause, clauses: Iterable[Clause]) -> bool:
    """Say whether a clause is part of what a verb of saying reports."""
    return any(a <= clause.cue[0] < b for other in clauses if other.level == 3 for a, b in other.content)


def _distance(said: Said, q: Quotation, text: str) -> tuple[int, int]:
    """How far a clause is from introducing a quotation: nothing where it stands beside it."""
    if said.start >= q.end and not text[q.end : said.start].strip():
        return 0, said.cue_start
    cue_end = said.cue_start + len(said.cue)
    if cue_end <= q.start and text[cue_end : q.start].strip() in ("", ",", ":", "that", ", that"):
        return 1, said.cue_start
    gap = q.start - said.cue_start if said.cue_start < q.start else said.cue_start - q.end
    weak = {3: 0, 2: 30, 1: 80}[said.level]
    return (0 if _overlaps(said, q) else 60) + weak + max(2, gap), said.cue_start


def _overlaps(said: Said, q: Quotation) -> bool:
    return any(a < q.end and q.start < b for a, b in said.content)


def _strongest(said: list[Said]) -> list[Said]:
    """Drop the weak clauses whose content lies inside a stronger one's of the same speakers."""
    kept: list[Said] = []
    for one in sorted(said, key=lambda s: (-s.level, s.cue_start)):
        mine = _merged([*one.content, *((q.start, q.end) for q in one.quotes)])
        inside = any(other.speakers == one.speakers and all(_is_inside(span, other) for span in mine) for other in kept)
        if mine and not inside:
            kept.append(one)
    return kept


def _is_inside(span: tuple[int, int], said: Said) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in said.content)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
