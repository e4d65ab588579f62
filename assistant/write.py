"""The language model's stage: an extractive answer in, one in the model's sentences out, each checked before it shows.

Knows the order of prompt, model and check. What fails leaves the extractive answer, with a line that says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from assistant.answer import (
    Abstention,
    Answer,
    Citation,
    Kind,
    ModelUse,
    Reason,
    SentenceCheck,
)
from assistant.cite import Checked, Checker, Evidence
from assistant.llm import Finished, LanguageModel
from assistant.prompt import Source, number_sources, to_messages
from assistant.written import Sentences, Written
from index.errors import LanguageModelError

if TYPE_CHECKING:
    from index.library import Library

_LOG = logging.getLogger(__name__)
STRUCK = "not found in the sources"
_NOTHING = "NOT IN THE SOURCES"
_PATIENCE = 2  # struck sentences more than borne-out ones, after which the model is not listened to any more
_MARKS_AT_END = re.compile(r"(?: \[\d+\])+$")
_ADDRESS = re.compile(r"\b(?:\w+://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[^\s@]{1,255}\.\w+")
_INSTEAD = "The documents' own words:"


def may_write(answer: Answer) -> bool:
    """Tell whether there is something to write from: quotes, or passages that were too weak to quote."""
    return bool(answer.passages) and (answer.abstention is None or answer.abstention.reason is Reason.TOO_WEAK)


def sources_of(answer: Answer, library: Library) -> tuple[Source, ...]:
    """Return what the model may write from: of somebody's words only the statements found, else the passages."""
    is_said = answer.query.kind in (Kind.STATEMENT, Kind.SPEAKERS) and bool(answer.citations)
    cited = {(c.document.id, c.quote.start) for c in answer.citations}
    passages = answer.passages
    if is_said and (places := [p for p in passages if (p.document.id, p.start) in cited]):
        passages = tuple(places)
    ids = list(dict.fromkeys(passage.document.id for passage in passages))
    return number_sources(passages, library.statements(document_ids=ids))


def write(model: LanguageModel, answer: Answer, sources: Sequence[Source]) -> Iterator[str | Answer]:
    """Yield the text piece by piece, each a checked sentence, then the answer; joined, the pieces are its text."""
    draft = _Draft(answer)
    try:
        messages, n_sources = to_messages(answer.query, sources, model.context_tokens)
        checker, note, finished = Checker(sources[:n_sources]), None, Finished()
        stream = model.stream(messages)
        try:
            for item in _written(stream):
                if isinstance(item, Finished):
                    finished = item
                    continue
                yield from draft.add(checker.check(item))
                if note := draft.is_hopeless():
                    break
        finally:
            stream.close()
    except LanguageModelError as error:
        note = str(error)
        finished = Finished()
    _LOG.info(
        "language model: %d sentences, %s + %s tokens, %s",
        *(len(draft.checked), finished.n_prompt_tokens or "?", finished.n_answer_tokens or "?", note or "finished"),
    )
    yield from draft.finish(model, note, finished)


def _written(stream: Iterator[str | Finished]) -> Iterator[Written | Finished]:
    """Yield sentences as they become whole. What came before a failure is not shown where it is half a sentence."""
    sentences = Sentences()
    for item in stream:
        if isinstance(item, Finished):
            yield from sentences.close()
            yield item
        else:
            yield from sentences.feed(item)


@dataclass(slots=True)
class _Shown:
    """A sentence at its place in the text."""

    checked: Checked
    start: int
    end: int
    numbers: tuple[int, ...]


class _Draft:
    """The answer as it grows: what has been shown stays, so the first sentence shown is one that is borne out."""

    def __init__(self, extractive: Answer) -> None:
        self._extractive = extractive
        self.checked: list[Checked] = []
        self._waiting: list[Checked] = []
        self._shown: list[_Shown] = []
        self._text = ""
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._said_nothing = False

    def add(self, checked: Checked) -> Iterator[str]:
        """Take a sentence; yield the text that may be shown now."""
        if checked.text.strip(" .").upper() == _NOTHING:
            self._said_nothing = True
            return
        self.checked.append(checked)
        if not checked.is_shown:
            return
        self._waiting.append(checked)
        if checked.is_borne_out or self._shown:
            waiting, self._waiting = self._waiting, []
            yield from map(self._show, waiting)

    def is_hopeless(self) -> str | None:
        """Return the note on a model that mostly says what the sources do not."""
        struck, kept = self._counts()
        return f"most of what it wrote was {STRUCK}" if struck >= kept + _PATIENCE else None

    def _counts(self) -> tuple[int, int]:
        shown = [checked for checked in self.checked if checked.is_shown]
        kept = sum(checked.is_borne_out for checked in shown)
        return len(shown) - kept, kept

    def _show(self, checked: Checked) -> str:
        numbers = tuple(dict.fromkeys(self._number(evidence) for evidence in checked.evidence))
        marks = "".join(f" [{number}]" for number in numbers)
        body = f"{checked.text}{marks}" if checked.is_borne_out else f"~~{_harmless(checked.text)}~~ ({STRUCK})"
        lead = checked.lead if self._text else checked.lead.lstrip()
        start = len(self._text) + len(lead)
        self._text += lead + body
        self._shown.append(_Shown(checked, start, len(self._text), numbers))
        return lead + body

    def _number(self, evidence: Evidence) -> int:
        key = (evidence.source.passage.document.id, evidence.span.start, evidence.span.end)
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def finish(self, model: LanguageModel, note: str | None, finished: Finished) -> Iterator[str | Answer]:
        """Yield what is still to be shown, then the answer."""
        struck, kept = self._counts()
        if note is None and self._said_nothing and not kept:
            note = "it found no answer in the sources"
        if note is None and kept == 0:
            note = f"what it wrote was {STRUCK}" if struck else "it wrote nothing"
        if note is None and struck > kept:
            note = f"most of what it wrote was {STRUCK}"
        tokens = finished.n_prompt_tokens, finished.n_answer_tokens
        use = ModelUse(model.name, note, self._checks(), *tokens, model.cost(*tokens))
        if not self._shown:
            answer = self._without(use, is_unsupported=bool(struck))
            yield answer.text
            yield answer
            return
        citations = tuple(self._citations())
        if note and self._extractive.citations:
            addition, more = self._append_quotes()
            yield addition
            self._text, citations = self._text + addition, citations + more
        yield self._answer(citations, use)

    def _without(self, use: ModelUse, *, is_unsupported: bool) -> Answer:
        """Return the extractive answer, or why there is none."""
        if self._extractive.abstention and is_unsupported:
            message = f"What the language model wrote was {STRUCK}, and they hold nothing sure enough to quote."
            abstention = Abstention(Reason.UNSUPPORTED, message, self._extractive.abstention.instead)
            return replace(self._extractive, text=message, abstention=abstention, model=use)
        return replace(self._extractive, model=use)

    def _append_quotes(self) -> tuple[str, tuple[Citation, ...]]:
        """Return the extractive answer's quotes as they stand under the model's sentences, numbered on."""
        addition, citations, n = f"\n\n{_INSTEAD}", list[Citation](), len(self._numbers)
        spans = dict.fromkeys((c.start, c.end) for c in self._extractive.citations)
        for start, end in spans:
            cited = [c for c in self._extractive.citations if (c.start, c.end) == (start, end)]
            marks = "".join(f" [{c.number + n}]" for c in cited)
            paragraph = _MARKS_AT_END.sub("", self._extractive.text[start:end]) + marks
            at = len(self._text) + len(addition) + 2
            addition += f"\n\n{paragraph}"
            citations += [replace(c, number=c.number + n, start=at, end=at + len(paragraph)) for c in cited]
        return addition, tuple(citations)

    def _citations(self) -> Iterator[Citation]:
        for shown in self._shown:
            for evidence in shown.checked.evidence:
                yield _to_citation(self._number(evidence), shown, evidence)

    def _checks(self) -> tuple[SentenceCheck, ...]:
        places = {id(shown.checked): shown for shown in self._shown}
        return tuple(_to_check(checked, places.get(id(checked))) for checked in self.checked)

    def _answer(self, citations: tuple[Citation, ...], use: ModelUse) -> Answer:
        short = self._extractive.short_answer
        if short and short.text not in self._text:
            short = None
        before = self._extractive
        return replace(before, text=self._text, citations=citations, abstention=None, short_answer=short, model=use)


def _to_citation(number: int, shown: _Shown, evidence: Evidence) -> Citation:
    passage, said = evidence.source.passage, evidence.statement
    manner: Literal["direct", "reported"] = "direct" if said and said.manner == "direct" else "reported"
    return Citation(
        number,
        shown.start,
        shown.end,
        passage.document,
        evidence.span,
        said.speaker if said else None,
        manner if said else None,
        (said.cue or None) if said else None,
        (said.date if said else None) or passage.document.date,
        passage.page if said is None else said.page,
    )


def _to_check(checked: Checked, shown: _Shown | None) -> SentenceCheck:
    start, end, numbers = (shown.start, shown.end, shown.numbers) if shown else (None, None, ())
    return SentenceCheck(checked.text, checked.support, start, end, numbers, checked.problem)


def _harmless(text: str) -> str:
    """Return a struck sentence without addresses: what was not borne out should lead nowhere."""
    return _ADDRESS.sub("…", text)
