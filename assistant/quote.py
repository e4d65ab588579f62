"""Quotes to the text of an extractive answer: a lead sentence, each quote word for word with its by-line, its citation.

Knows nothing of how the quotes were found. The leads are a fixed, small set and claim no more than
the attribution does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.answer import Citation
from assistant.statements import Chosen, Texts, without_marks
from index.records import DocumentInfo, Span, Statement

Manner = Literal["direct", "reported"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch of a document to be shown, with whose words it holds (None: nobody is quoted).

    `also` are the same words in other places, `also_by` the others who said them with the speaker.
    """

    document: DocumentInfo
    quote: Span
    speaker: str | None = None
    manner: Manner | None = None
    cue: str | None = None
    date: str | None = None
    page: int | None = None
    also: tuple[Quoted, ...] = ()
    also_by: tuple[str, ...] = ()


def from_chosen(chosen: Chosen, texts: Texts) -> Quoted:
    """Return a speaker's statement as a quote of its run of whole sentences."""
    own = from_statement(chosen.statement, Span(chosen.start, chosen.end, ""), texts)
    also = tuple(from_statement(other, without_marks(other.content[0]), texts) for other in chosen.also)
    return Quoted(own.document, own.quote, own.speaker, own.manner, own.cue, own.date, own.page, also)


def from_statement(statement: Statement, place: Span, texts: Texts) -> Quoted:
    """Return a stretch of a document as a quote of the statement it holds.

    It is `direct` only where all of it stands inside quotation marks, or is a turn of a transcript.
    """
    quote = Span(place.start, place.end, texts(statement.document.id)[place.start : place.end])
    inside = any(span.start <= place.start and place.end <= span.end for span in statement.content)
    manner: Manner = "direct" if statement.manner == "direct" and inside else "reported"
    return Quoted(
        statement.document,
        quote,
        statement.speaker,
        manner,
        statement.cue or None,
        statement.date or statement.document.date,
        statement.page,
    )


def compose(lead: str, quotes: Sequence[Quoted]) -> tuple[str, tuple[Citation, ...]]:
    """Return the text of an answer and its citations, numbered in order of appearance.

    A citation's span is the paragraph of its quote; a quote repeated elsewhere adds a number to the same by-line.
    """
    parts, citations = [lead], list[Citation]()
    at = len(lead)
    for quoted in quotes:
        paragraph, cited = _paragraph(quoted, len(citations) + 1)
        start = at + 2
        citations += [_to_citation(one, number, start, start + len(paragraph)) for number, one in cited]
        parts.append(paragraph)
        at = start + len(paragraph)
    return "\n\n".join(parts), tuple(citations)


def _paragraph(quoted: Quoted, first_number: int) -> tuple[str, list[tuple[int, Quoted]]]:
    also = [other for other in quoted.also if other.quote.text.lower() in quoted.quote.text.lower()]
    cited = list(enumerate([quoted, *also], first_number))
    marks = "".join(f" [{number}]" for number, _ in cited)
    return f"{quoted.quote.text}\n— {by_line(quoted)}{marks}", cited


def by_line(quoted: Quoted) -> str:
    """Return who said it, how, when and where: 'Ada Poe (told, direct), 31 January 2023, “Harbour news”, page 2'."""
    parts = []
    if quoted.speaker:
        how = ", ".join(part for part in (quoted.cue, quoted.manner) if part)
        who = names_in_words((quoted.speaker, *quoted.also_by))
        parts.append(f"{who} ({how})" if how else who)
    if when := quoted.date or quoted.document.date:
        parts.append(spell_date(when))
    parts.append(quoted.document.title or quoted.document.source)
    if quoted.page:
        parts.append(f"page {quoted.page}")
    return ", ".join(parts)


def spell_date(iso: str) -> str:
    """Return an ISO date as people write it; a shorter or longer one as far as it goes."""
    try:
        if len(iso) == 7:
            return f"{date.fromisoformat(iso + '-01'):%B %Y}"
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def _to_citation(quoted: Quoted, number: int, start: int, end: int) -> Citation:
    return Citation(
        number,
        start,
        end,
        quoted.document,
        quoted.quote,
        quoted.speaker,
        quoted.manner,
        quoted.cue,
        quoted.date,
        quoted.page,
        quoted.also_by,
    )


def names_in_words(names: Sequence[str], *, at_most: int = 3) -> str:
    """Return 'A', 'A and B', 'A, B and C' or 'A, B, C and 4 others'."""
    shown, n_more = list(names[:at_most]), len(names) - at_most
    if n_more > 0:
        shown.append(f"{n_more} other{'s' if n_more > 1 else ''}")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
