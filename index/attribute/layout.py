"""Lays a document out as paragraphs, sentences and quotations, and picks the sentences worth a parse.

Knows nothing of speakers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from index.attribute.cues import ABOUT, LEMMAS, NEEDLES, SAY
from index.attribute.quotations import Quotation, quotations
from index.attribute.turns import Turn, turns
from index.split import paragraphs, sentences

_LETTERS = re.compile(r"[A-Za-z]+")
_DATELINE = re.compile(
    r"[A-ZÀ-Þ][A-ZÀ-Þ.’'-]{1,40}(?:[ ,]{1,3}[A-ZÀ-Þ][A-ZÀ-Þ.’'-]{1,40}){0,3}[ ,]{0,3}"
    r"(?:[\w. ]{1,20},? )?(?:\([A-Za-z ]{1,60}\) ?)?(?:--|—|–|-) ?(?=[A-Z“\"'])"
)
_ENDS_IN_TITLE = re.compile(
    r"\b(?:Sens?|Reps?|Govs?|Del|Atty|Gen|Lt|Col|Sgt|Capt|Cmdr|Rev|Hon|Prof|Supt|Det|Pres|Mr|Mrs|Ms|Dr)\.$"
)
_ALNUM = re.compile(r"\w")


@dataclass(slots=True)
class Layout:
    """One document's paragraphs, sentences and quotations as half-open offsets, and how they lie in one another."""

    text: str
    paragraphs: list[tuple[int, int]] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    paragraph_of: list[int] = field(default_factory=list)  # by sentence
    quotations: list[Quotation] = field(default_factory=list)
    quote_starts: list[int] = field(default_factory=list)
    sentence_starts: list[int] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Layout:
        layout = cls(text)
        layout.paragraphs = paragraphs(text)
        layout.quotations = quotations(text, layout.paragraphs)
        layout.quote_starts = [q.start for q in layout.quotations]
        for i, (start, end) in enumerate(layout.paragraphs):
            dateline = _DATELINE.match(text, start, end)
            start = dateline.end() if dateline else start
            for span in layout._joined(sentences(text, start, end)):
                layout.sentences.append(span)
                layout.paragraph_of.append(i)
        layout.sentence_starts = [start for start, _ in layout.sentences]
        layout.turns = turns(text, layout.paragraphs)
        return layout

    def sentence_at(self, offset: int) -> int:
        return max(0, bisect_right(self.sentence_starts, offset) - 1)

    def quotation_at(self, offset: int) -> Quotation | None:
        at = bisect_right(self.quote_starts, offset) - 1
        return self.quotations[at] if at >= 0 and self.quotations[at].holds(offset) else None

    def is_quoted(self, offset: int) -> bool:
        return self.quotation_at(offset) is not None

    def holds_quotation(self, paragraph: int) -> bool:
        start, end = self.paragraphs[paragraph]
        return any(start <= offset < end for offset in self.quote_starts)

    def narration(self, start: int, end: int) -> str:
        """Return the text of a stretch with blanks for what is quoted."""
        pieces, at = [], start
        for q in self.quotations[max(0, bisect_right(self.quote_starts, start) - 1) :]:
            if q.start >= end:
                break
            if q.end > at:
                pieces += [self.text[at : max(at, q.start)], " " * (min(q.end, end) - max(at, q.start))]
                at = min(q.end, end)
        return "".join([*pieces, self.text[at:end]])

    def sentences_to_parse(self) -> list[int]:
        """Return the sentences whose own words, outside the marks, hold a cue or stand beside a quotation."""
        picked = []
        for i, (start, end) in enumerate(self.sentences):
            if self.is_in_turn(start):
                continue
            words = self.narration(start, end)
            if not _ALNUM.search(words):
                continue
            is_beside = words.rstrip().endswith(":") or self.is_quoted_whole(i + 1)
            if NEEDLES.isdisjoint(word.lower() for word in _LETTERS.findall(words)) and not is_beside:
                continue
            picked.append(i)
        return picked

    def is_in_turn(self, offset: int) -> bool:
        at = bisect_right(self.turns, offset, key=lambda turn: turn.start) - 1
        return at >= 0 and offset < self.turns[at].end

    def is_quoted_whole(self, i: int) -> bool:
        if not 0 <= i < len(self.sentences):
            return False
        return not _ALNUM.search(self.narration(*self.sentences[i]))

    def _joined(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Join a sentence that ends with a quotation to the short attribution that follows it."""
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and self._belongs(joined[-1][1], start, end):
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return joined

    def _belongs(self, previous_end: int, start: int, end: int) -> bool:
        if _ENDS_IN_TITLE.search(self.text, max(0, previous_end - 8), previous_end):
            return True
        before = self.quotation_at(previous_end - 1)
        if before is None or before.end != previous_end:
            inside = self.quotation_at(start)
            return inside is not None and inside.start < start and self.text[start].islower()
        own = self.narration(start, end).strip()
        words = own.split()
        if not words or len(words) > 14 or not self.text[start:end].startswith(words[0]):
            return False
        head = [word.strip(".,").lower() for word in words[:6]]
        says = any(LEMMAS.get(word) in SAY or (len(words) < 6 and LEMMAS.get(word) in ABOUT) for word in head)
        return says and not own.endswith(":") and "that" not in head
