"""Turns what stands under an answer into HTML: how sure it is, what can be done with it, why these passages.

Pure functions, as in render.py. Knows the places in documents that its buttons open.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant.answer import Answer, ModelUse, Support
from assistant.page.words import certainty, ordinal, seconds
from index.records import Passage

_SUPPORT = {
    Support.QUOTED: "quoted word for word",
    Support.SUPPORTED: "stands in what it cites",
    Support.PARAPHRASE: "stands in what it cites, its quotation marks taken away",
    Support.UNSUPPORTED: "struck",
    Support.LEFT_OUT: "left out",
}
_THUMB = (
    '<svg width="1.2em" height="1.2em" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" '
    'stroke-linejoin="round" aria-hidden="true"><path d="M7 10v11H3V10zM7 10l4-8c2 0 3 1 3 3v4h6a2 2 0 0 1 2 2.3l-1.3 '
    '8A2 2 0 0 1 18.7 21H7"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document to open in the source pane: the quote, and the passage it stands in."""

    document_id: str
    start: int
    end: int
    passage: tuple[int, int] | None = None
    speaker: str | None = None

    def attributes(self) -> str:
        """Return what the script needs to open the place, as data attributes."""
        wanted: dict[str, object] = {"document": self.document_id, "start": self.start, "end": self.end}
        if self.passage:
            wanted |= {"passage-start": self.passage[0], "passage-end": self.passage[1]}
        if self.speaker:
            wanted["speaker"] = self.speaker
        return " ".join(f'data-{name}="{escape(str(value))}"' for name, value in wanted.items())


def foot(answer: Answer, verdict: str | None) -> str:
    """Return the line under an answer: how sure it is, its buttons, the time it took."""
    sure = f'<span class="sure">{certainty(answer.confidence)}</span>' if answer.citations else ""
    reasons = (
        '<button type="button" data-do="why" aria-expanded="false">Why these passages</button>'
        if answer.passages and answer.citations
        else ""
    )
    copy = '<button type="button" data-do="copy">Copy with sources</button>' if answer.citations else ""
    again = '<button type="button" data-do="again">Ask again</button>'
    link = '<button type="button" data-do="link">Link</button>'
    thumbs = "".join(_verdict(name, label, verdict) for name, label in (("good", "Good answer"), ("bad", "Bad answer")))
    taken = f"<span>{seconds(sum(answer.timings.values()))}</span>" if answer.timings else ""
    model = f"<span>{escape(answer.model.name)}</span>" if answer.model else ""
    return f'<div class="foot">{sure}{reasons}{copy}{link}{again}{thumbs}{taken}{model}</div>'


def _verdict(name: str, label: str, verdict: str | None) -> str:
    pressed = "true" if verdict == name else "false"
    return (
        f'<button type="button" class="thumb {name}" data-do="verdict" data-verdict="{name}" aria-pressed="{pressed}" '
        f'aria-label="{label}" title="{label}">{_THUMB}</button>'
    )


def why(answer: Answer) -> str:
    """Return the passages the answer was made from, each with the reason for its rank; folded at first."""
    if not answer.passages:
        return ""
    rows = "".join(_reason(passage) for passage in answer.passages)
    passages = f"<h3>Passages read for this answer</h3><ol>{rows}</ol>"
    return f'<div class="why" hidden><p>{_sureness(answer)}</p>{_written(answer.model)}{passages}</div>'


def _written(model: ModelUse | None) -> str:
    """Return what the check found of each sentence that a language model wrote."""
    if model is None or not model.sentences:
        return ""
    rows = "".join(
        f'<li class="{check.support.value}"><span dir="auto">{escape(check.text)}</span> '
        f"<small>{escape(_SUPPORT[check.support])}{escape(f': {check.problem}' if check.problem else '')}</small></li>"
        for check in model.sentences
    )
    return f'<h3>What {escape(model.name)} wrote</h3><ul class="written">{rows}</ul>'


def _sureness(answer: Answer) -> str:
    share = f"{answer.confidence:.0%}".replace("%", "\u202f%")
    return f"Confidence {share}: of a hundred answers given with it, about {answer.confidence * 100:.0f} are right."


def _reason(passage: Passage) -> str:
    evidence, parts = passage.evidence, []
    if evidence.words_rank:
        parts.append(f"{ordinal(evidence.words_rank)} by words")
    if evidence.meaning_rank:
        parts.append(f"{ordinal(evidence.meaning_rank)} by meaning")
    if evidence.matched:
        parts.append("matched " + ", ".join(evidence.matched[:6]))
    place = Place(passage.document.id, passage.start, passage.end, (passage.start, passage.end))
    page = f", page {passage.page}" if passage.page else ""
    return (
        f'<li><button type="button" class="place" data-do="place" {place.attributes()}>'
        f"<b><bdi>{escape(passage.document.title)}</bdi>{page}</b> "
        f"<span>{escape(' · '.join(parts))}</span></button></li>"
    )
