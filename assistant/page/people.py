"""Turns who said what into the HTML of the people view: a timeline, the speakers, their statements.

Pure functions; names and words come from documents and are escaped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from urllib.parse import urlencode

from assistant.page.foot import Place
from assistant.page.timeline import Mark, timeline
from assistant.page.words import count, day
from assistant.shapes import when, words
from index.people import Person
from index.records import Statement

ROWS = 50  # statements shown at once
_SPEAKERS = 30  # speakers listed; more are reached by the fields
_DRAWN = 12  # speakers in the plot
_MANNERS = (("", "any"), ("direct", "direct quotes"), ("reported", "reported"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the view is narrowed down to; empty means all."""

    speaker: str = ""
    topic: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    manner: str = ""

    def set(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who spoke inside what is wanted, with topics, and every statement, those with a date first, by date."""

    wanted: Wanted
    people: Sequence[tuple[Person, tuple[str, ...]]]
    statements: Sequence[Statement]


def people_view(spoken: Spoken) -> str:
    """Return the whole view."""
    n_documents = len({each.document.id for each in spoken.statements})
    counts = f"{count(len(spoken.people), 'speaker')}, {count(len(spoken.statements), 'statement')}"
    facts = f"{counts} in {count(n_documents, 'document')}"
    return (
        f'<div class="view-head"><h2 tabindex="-1">People</h2><p role="status">{facts}</p></div>{_form(spoken.wanted)}'
        + (_found(spoken) if spoken.statements else _nothing(spoken.wanted))
    )


def _found(spoken: Spoken) -> str:
    return f"{_plot(spoken)}{_speakers(spoken)}{_statements(spoken)}"


def _nothing(wanted: Wanted) -> str:
    if not wanted.set():
        return '<p class="empty">Nobody is quoted in these documents yet. Add documents in which people speak.</p>'
    return f'<p class="empty">Nobody said that. {_refine("Show everybody", Wanted())}</p>'


def _form(wanted: Wanted) -> str:
    fields = (
        _field("Speaker", "speaker", wanted.speaker, 'list="speakers" placeholder="anybody"')
        + _field("Topic", "topic", wanted.topic, 'placeholder="anything"')
        + _field("Document or folder", "source", wanted.source, 'list="sources" placeholder="any"')
        + _field("Since", "since", wanted.since, 'type="date"')
        + _field("Until", "until", wanted.until, 'type="date"')
    )
    chosen = "".join(
        f'<option value="{value}"{" selected" if value == wanted.manner else ""}>{name}</option>'
        for value, name in _MANNERS
    )
    manner = f'<label>Manner <select id="f-manner" name="manner">{chosen}</select></label>'
    clear = _refine("Clear", Wanted()) if wanted.set() else ""
    return (
        f'<form class="fields" role="search" aria-label="Statements">{fields}{manner}{clear}<button hidden></button>'
        "</form>"
    )


def _field(label: str, name: str, value: str, more: str) -> str:
    attributes = f'id="f-{name}" name="{name}" value="{escape(value)}" autocomplete="off" maxlength="300"'
    return f"<label>{label} <input {attributes} {more}></label>"


def _refine(html: str, wanted: Wanted) -> str:
    """Return a button that sets the form's fields."""
    values = escape(json.dumps(asdict(wanted)))
    return f'<button type="button" class="plain" data-do="refine" data-values="{values}">{html}</button>'


def _plot(spoken: Spoken) -> str:
    dated = {each.speaker for each in spoken.statements if when(each)}
    shown = [person.speaker for person, _ in spoken.people if person.speaker in dated][:_DRAWN]
    marks = [
        Mark(each.speaker, when(each), each.manner == "direct", _place(each), f"{each.speaker}, {day(when(each))}")
        for each in spoken.statements
        if each.speaker in set(shown) and when(each)
    ]
    undated = Counter(bool(when(each)) for each in spoken.statements)[False]
    drawn = timeline(shown, marks)
    if not drawn:
        return ""
    rest = f" {count(undated, 'statement has', 'statements have')} no date." if undated else ""
    more = f" The {_DRAWN} who speak most are drawn." if len(dated) > _DRAWN else ""
    plot = f'<div class="wide-plot" tabindex="0" role="region" aria-label="Timeline">{drawn}</div>'
    return (
        f'<figure class="timeline">{plot}<figcaption><span class="dot direct"></span> direct quote '
        f'<span class="dot"></span> reported.{more}{rest}</figcaption></figure>'
    )


def _place(statement: Statement) -> Place:
    first = statement.content[0]
    around = (statement.start, statement.end)
    return Place(statement.document.id, first.start, first.end, around, statement.speaker)


def _speakers(spoken: Spoken) -> str:
    dates: dict[str, list[str]] = {}
    for each in spoken.statements:
        if when(each):
            dates.setdefault(each.speaker, []).append(when(each))
    rows = "".join(
        _speaker(person, topics, dates.get(person.speaker, []), spoken.wanted)
        for person, topics in spoken.people[:_SPEAKERS]
    )
    n_left = len(spoken.people) - _SPEAKERS
    more = f'<p class="empty">and {n_left:,} more: name one above</p>' if n_left > 0 else ""
    return (
        '<section><h3 id="who-title">Who speaks</h3><div class="table" tabindex="0" '
        'role="region" aria-label="Who speaks"><table><thead><tr><th>Speaker</th><th class="number">Statements</th>'
        '<th class="number">Documents</th><th>Speaks about</th><th>When</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{more}</section>"
    )


def _speaker(person: Person, topics: Sequence[str], dates: Sequence[str], wanted: Wanted) -> str:
    name = f"<bdi>{escape(person.speaker)}</bdi>"
    only = Wanted(**{**asdict(wanted), "speaker": person.speaker})
    others = [each for each in person.names if each != person.speaker][:3]
    known = f"<small>also <bdi>{escape(', '.join(others))}</bdi></small>" if others else ""
    asked = " ".join(_topic(person.speaker, topic) for topic in topics)
    span = " to ".join(dict.fromkeys(escape(day(each)) for each in (min(dates), max(dates)))) if dates else ""
    return (
        f'<tr><th scope="row">{_refine(name, only)}{known}</th>'
        f'<td class="number">{person.n_statements:,}</td><td class="number">{person.n_documents:,}</td>'
        f'<td><div class="topics">{asked}</div></td><td class="when">{span}</td></tr>'
    )


def _topic(speaker: str, topic: str) -> str:
    question = escape(f"What did {speaker} say about {topic}?")
    return (
        f'<button type="button" class="topic" data-do="ask" data-question="{question}" title="{question}">'
        f"<bdi>{escape(topic)}</bdi></button>"
    )


def _statements(spoken: Spoken) -> str:
    total = len(spoken.statements)
    more = ""
    if total > ROWS:
        more = (
            f'<p><button type="button" class="choose" data-do="rows" data-from="people/rows" data-after="{ROWS}" '
            f'data-all="{total}">Show more statements</button></p>'
        )
    links = " ".join(
        f'<a class="view" href="page/statements.{ending}?{escape(urlencode(spoken.wanted.set()))}" download>{name}</a>'
        for ending, name in (("csv", "CSV"), ("json", "JSON"))
    )
    return (
        '<section><div class="section-head"><h3 id="said-title">Who said what</h3>'
        f'<p class="exports">Save all {total:,} as {links}</p></div><div class="table" tabindex="0" role="region" '
        'aria-label="Who said what"><table class="said"><thead><tr><th>When</th><th>Speaker</th><th>Words</th>'
        f"<th>Manner</th><th>Document</th></tr></thead><tbody>{rows(spoken.statements)}</tbody></table></div>{more}</section>"
    )


def rows(statements: Sequence[Statement], after: int = 0) -> str:
    """Return the table's rows that follow the first `after`."""
    return "".join(_row(each) for each in statements[after : after + ROWS])


def _row(statement: Statement) -> str:
    info = statement.document
    said = words(statement)
    shown = said if len(said) <= 280 else said[:279].rstrip() + "…"
    page = f", page {statement.page}" if statement.page else ""
    return (
        f'<tr><td class="when">{escape(day(when(statement)))}</td><td><bdi>{escape(statement.speaker)}</bdi>'
        f'<small>{escape(statement.cue)}</small></td><td><button type="button" class="plain words" data-do="place" '
        f'{_place(statement).attributes()} dir="auto">{escape(shown)}</button></td>'
        f"<td>{escape(statement.manner)}</td><td><bdi>{escape(info.title)}</bdi>{page}</td></tr>"
    )


def wanted_from(values: Mapping[str, str]) -> Wanted:
    """Return what the view's fields ask for."""
    return Wanted(**{name: value.strip() for name, value in values.items()})
