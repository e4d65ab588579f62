"""A model's sentences against what they cite: borne out, paraphrased, or struck.

Knows sources and what they say; the comparison of words is in `check`. The same text gives the same verdict, always.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from assistant.answer import Support
from assistant.check.ascribe import Attribution, names_of, read_attribution
from assistant.check.claim import Token, meets, read_claim
from assistant.check.frames import EMPTY, LEAD, has_subject, is_claim
from assistant.check.inflection import forms
from assistant.check.instructions import without_instructions
from assistant.check.quotes import find_quotations, locate, without_marks
from assistant.check.support import Borne, Window, as_names, bear_out, windows
from assistant.prompt import Source
from assistant.written import Written
from index.records import Span, Statement

_MOSTLY = 0.6  # of the words that bear a sentence out lie in a statement: then it is that statement's
_LONGEST = 1_000  # characters of a sentence
_MOST_CLAUSES = 8  # of a sentence, between which it is cut
_NEAR = 400  # characters between two sentences of a source of which the second goes on about the same person
_SUBJECT_PRONOUN = re.compile(r"(?:he|she|they|it|his|her|their|its|this|these|that|those)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;]?(?<!\s)\s+(?:and|but|while|whereas)\s+|;\s+|,\s+(?=which\b|who\b)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a source that bears a sentence out, and the statement it lies in."""

    source: Source
    span: Span
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence as it may be shown, with what bears it out, or with what is wrong with it."""

    lead: str
    text: str
    support: Support
    problem: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_shown(self) -> bool:
        return self.support is not Support.LEFT_OUT

    @property
    def is_borne_out(self) -> bool:
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class _Found:
    """What bears a part of a sentence out; `text` is the part as it may be shown."""

    text: str
    evidence: Evidence
    support: Support
    by_line: str = ""


class Checker:
    """Checks sentences one after another against the sources that were given to the model."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {source.number: source for source in sources}
        self._windows: dict[int, list[Window]] = {}
        self._names: Mapping[str, str] = names_of(s for source in sources for s in source.statements)
        self._named = {key for form in self._names for token in read_claim(f"x {form}")[1:] for key in token.keys}
        self._before: Checked | None = None

    def check(self, written: Written) -> Checked:
        """Return the sentence with its verdict; a pronoun in it is read by the last sentence that was borne out."""
        checked = self._check(written)
        if checked.is_shown:
            self._before = checked if checked.is_borne_out else None
        return checked

    def _check(self, written: Written) -> Checked:
        text = written.text
        if EMPTY.match(text) or not re.search(r"\w", text):
            return Checked(written.lead, text, Support.LEFT_OUT, "it says nothing by itself")
        if not written.numbers:
            return self._struck(written, "it cites nothing")
        if not any(number in self._sources for number in written.numbers):
            return self._struck(written, f"there is no source {written.numbers[0]}")
        found: list[_Found] = []
        subject: tuple[Token, ...] = ()
        for part in written.parts:
            sources = [self._sources[number] for number in part.numbers if number in self._sources]
            outcome = self._part(part.text, sources, subject if found else ())
            if isinstance(outcome, str):
                return self._struck(written, outcome)
            found += outcome
            subject = subject or read_claim(part.text)[:1]
        return _joined(written, found)

    def _struck(self, written: Written, problem: str) -> Checked:
        return Checked(written.lead, written.text, Support.UNSUPPORTED, problem)

    def _part(self, text: str, sources: Sequence[Source], subject: Sequence[Token]) -> list[_Found] | str:
        """Return what bears a part out: each of its sources that does by itself, else its clauses one by one."""
        if not sources:
            return "there is no such source"
        text = LEAD.sub("", text.strip())
        if len(text) > _LONGEST:
            return "it is too long to be compared"
        outcomes = [self._in_source(text, source, subject) for source in sources]
        if found := [outcome for outcome in outcomes if isinstance(outcome, _Found)]:
            return found
        return self._by_clauses(text, sources) or next(o for o in outcomes if isinstance(o, str))

    def _by_clauses(self, text: str, sources: Sequence[Source]) -> list[_Found] | None:
        """Return what bears out both halves of a sentence, cut between two clauses; None where nothing does."""
        attribution = read_attribution(text, self._names)
        for match in islice(_CLAUSE.finditer(text), _MOST_CLAUSES):
            first, second = text[: match.start()], text[match.end() :]
            if not is_claim(read_claim(first)) or any(
                q.start < match.end() and match.start() < q.end for q in find_quotations(text)
            ):
                continue
            carried = () if has_subject(second) else read_claim(first)[:1]
            if attribution and attribution.rest and not read_attribution(second, self._names):
                second, carried = _given_to(attribution, second), ()
            halves = [self._first_of(first, sources, ()), self._first_of(second, sources, carried)]
            if all(isinstance(half, _Found) for half in halves):
                made = [half for half in halves if isinstance(half, _Found)]
                return [replace(made[0], text=text), replace(made[1], text="")]
        return None

    def _first_of(self, text: str, sources: Sequence[Source], subject: Sequence[Token]) -> _Found | str:
        outcomes = [self._in_source(text, source, subject) for source in sources]
        return next((outcome for outcome in outcomes if isinstance(outcome, _Found)), outcomes[0])

    def _in_source(self, text: str, source: Source, subject: Sequence[Token]) -> _Found | str:
        """Return how one source bears a part out, else why it does not."""
        quotations = find_quotations(text)
        text_there = without_instructions(source.passage.text)
        located = [locate(quotation, text_there, source.passage.start) for quotation in quotations]
        false = [q for q, place in zip(quotations, located, strict=True) if place is None]
        places = [place for place in located if place is not None]
        attribution = read_attribution(text, self._names)
        if attribution and places and not self._are_direct(places, source):
            false, places = list(quotations), []
        claim = self._claim(attribution.rest if attribution else text, subject)
        if not is_claim(claim) and not (places and len(claim) > 2):
            return "it says too little to be compared"
        among = [w for w in self._windows_of(source) if all(w.span.start <= a and b <= w.span.end for a, b in places)]
        told = forms(attribution.cue) if attribution else frozenset()
        borne = bear_out(claim, among, backshift=bool(attribution) and not false, told=told)
        if isinstance(borne, str):
            return f"“{_shortened(false[0].text)}” does not stand there word for word" if false else borne
        statement = _statement_of(borne, source)
        if problem := self._wrongly_given(text, attribution, borne, statement, source):
            return problem
        if attribution is None and (problem := self._unclear_pronoun(text, borne)):
            return problem
        support = Support.PARAPHRASE if false else Support.QUOTED if places else Support.SUPPORTED
        by_line = _by_line(text, attribution, statement)
        return _Found(without_marks(text, false), Evidence(source, borne.window.span, statement), support, by_line)

    def _claim(self, text: str, subject: Sequence[Token]) -> tuple[Token, ...]:
        tokens = tuple(as_names(read_claim(text), self._named))
        return (*subject, *tokens) if subject and not has_subject(text) else tokens

    def _windows_of(self, source: Source) -> list[Window]:
        if source.number not in self._windows:
            passage = source.passage
            names = [form for s in source.statements for form in (s.speaker, *s.names)]
            known = "\n".join((passage.text, passage.document.title, *names))
            self._windows[source.number] = windows(without_instructions(passage.text), passage.start, known)
        return self._windows[source.number]

    def _are_direct(self, places: Sequence[tuple[int, int]], source: Source) -> bool:
        return all(any(_is_direct(s, a, b, source) for s in source.statements) for a, b in places)

    def _wrongly_given(
        self, text: str, attribution: Attribution | None, borne: Borne, statement: Statement | None, source: Source
    ) -> str:
        """Return what is wrong with to whom the words are given."""
        if attribution is None:
            is_told = statement is None or not statement.cue or statement.cue.split()[0] in text.split()
            if statement is None or is_told or Attribution(None, "said", "", "").fits(statement):
                return ""
            return f"there it is what {statement.speaker} {statement.cue}"
        speaker = attribution.speaker or self._speaker_before()
        if speaker is None:
            return "it does not say who said it"
        if statement is None:
            whole = bear_out(self._claim(text, ()), [borne.window])
            return "" if isinstance(whole, Borne) else f"the source does not give it to {speaker}"
        if statement.speaker != speaker:
            return f"the source gives it to {statement.speaker}, not to {speaker}"
        if not attribution.fits(statement):
            return f"the source has “{statement.cue}”, not “{attribution.cue}”"
        return self._around(attribution, borne, statement, source)

    def _around(self, attribution: Attribution, borne: Borne, statement: Statement, source: Source) -> str:
        """Return what stands beside name and verb ('on Friday') and is not in the source."""
        document = source.passage.document
        given = " ".join(filter(None, (document.title, statement.date or document.date, *statement.names)))
        there = (*borne.window.tokens, *read_claim(given), *read_claim(statement.speaker))
        known = borne.window.known
        is_titled = any(f"{attribution.title} {form}" in known for form in (statement.speaker, *statement.names))
        for token in read_claim(attribution.around if is_titled else f"{attribution.around} {attribution.title}"):
            if not any(meets(replace(token, kind="word") if token.kind == "name" else token, t) for t in there):
                return f"“{token.text}” does not stand there"
        return ""

    def _speaker_before(self) -> str | None:
        evidence = self._before.evidence if self._before else ()
        return next((e.statement.speaker for e in evidence if e.statement), None)

    def _unclear_pronoun(self, text: str, borne: Borne) -> str:
        """Return why a sentence that begins with a pronoun may be about somebody or something else."""
        if not _SUBJECT_PRONOUN.match(text):
            return ""
        if self._before is None:
            return f"it does not say what “{text.split()[0]}” is"
        skipped = [t for t in borne.window.tokens if t.start < borne.offsets[0]]
        meant = [t for t in skipped if t.kind == "name"] or skipped
        named = read_claim(self._before.text)
        if meant:
            fits = any(not a.keys.isdisjoint(b.keys) for a in meant for b in named)
        else:
            fits = any(0 <= borne.window.span.start - e.span.start <= _NEAR for e in self._before.evidence)
        return "" if fits else f"“{text.split()[0]}” is somebody or something else in the source"


def _joined(written: Written, found: Sequence[_Found]) -> Checked:
    """Put the parts of a sentence together; the least certain of them tells for the whole."""
    support = max((f.support for f in found), key=list(Support).index)
    texts = list(dict.fromkeys(f.text.strip() for f in found if f.text.strip()))
    text = re.sub(r" (?=[.,;:!?…])", "", " ".join(" ".join(texts).split()))
    by_lines = list(dict.fromkeys(f.by_line for f in found if f.by_line))
    aside = [*by_lines, *(["paraphrase"] if support is Support.PARAPHRASE else [])]
    evidence = tuple(dict.fromkeys(f.evidence for f in found))
    return Checked(written.lead, f"{text} ({'; '.join(aside)})" if aside else text, support, "", evidence)


def _by_line(text: str, attribution: Attribution | None, statement: Statement | None) -> str:
    """Return who said it where the sentence does not tell."""
    if attribution or statement is None or statement.speaker.split()[-1] in text:
        return ""
    manner = "direct" if statement.manner == "direct" else "reported"
    return f"{statement.speaker}, {manner}"


def _statement_of(borne: Borne, source: Source) -> Statement | None:
    """Return the statement in which most of the words lie that bear a sentence out."""
    shares = [
        (sum(any(c.start <= at < c.end for c in s.content) for at in borne.offsets), -n, s)
        for n, s in enumerate(source.statements)
    ]
    most, _, statement = max(shares, default=(0, 0, None), key=lambda share: share[:2])
    return statement if statement and most >= _MOSTLY * len(borne.offsets) else None


def _is_direct(statement: Statement, start: int, end: int, source: Source) -> bool:
    """Tell whether a stretch of a source is somebody's own words."""
    if not any(c.start - 1 <= start and end <= c.end + 1 for c in statement.content):
        return False
    if statement.manner == "direct":
        return True
    text, at = source.passage.text, source.passage.start
    before = text[max(0, statement.start - at) : start - at]
    return statement.manner == "mixed" and (before.count("“") > before.count("”") or before.count('"') % 2 == 1)


def _given_to(attribution: Attribution, clause: str) -> str:
    cue = "said" if attribution.cue == "according to" else attribution.cue
    return f"{attribution.speaker or 'She'} {cue} that {clause}"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
