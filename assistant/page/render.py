"""Turns an answer into the HTML of one turn of the conversation.

Pure functions: no Gradio, no request, no library. Everything that comes from a document, a question or a model is
escaped here, and nowhere else is it put into HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape

from assistant.answer import Answer, Citation, Query, Reason
from assistant.page.foot import Place, foot, why
from assistant.page.words import day, how
from index.records import Passage

_STRUCK = re.compile(r"~~([^~]+)~~ (\(not found in the sources\))")  # as assistant/write.py strikes a sentence
_MARKER = re.compile(r"\s{0,9}\[(\d{1,3})\]")
_CONTEXT = re.compile(r"\[(?!\d+\])[^\[\]]+\]")  # what a by-line adds that the quote does not say
_TITLES = {
    Reason.NOTHING_IN_DOCUMENTS: "Not in these documents",
    Reason.NOT_THIS_SPEAKER: "Not from this speaker",
    Reason.TOO_WEAK: "Nothing sure enough to quote",
    Reason.UNSUPPORTED: "Nothing the documents support",
    Reason.NO_DOCUMENTS: "No documents yet",
}


def turn(answer: Answer, number: int, *, verdict: str | None = None) -> str:
    """Return the whole turn: question, what was understood, the answer, what can be done with it."""
    body = _abstention(answer) if answer.abstention else _supported(answer, number)
    buttons = "" if answer.abstention else _buttons(answer.follow_ups, "Ask next")
    notes = (answer.model and answer.model.note, answer.notice)
    note = "".join(f'<p class="note" dir="auto">{escape(each)}</p>' for each in notes if each)
    inside = understood(answer.query) + body + note + foot(answer, verdict) + why(answer) + buttons
    return _article(number, answer.query.question, inside, f' data-understood="{_reading(answer.query)}"')


def pending(question: str, number: int, text: str = "") -> str:
    """Return a turn whose answer is on its way, with the text that has come so far."""
    shown = _prose(_MARKER.sub("", text)) or '<p class="working"><span></span><span></span><span></span> Reading…</p>'
    return _article(number, question, f'<div class="coming">{shown}</div>', ' aria-busy="true"')


def stopped(question: str, text: str) -> str:
    """Return a turn that was stopped: what had come is shown, nothing is kept, so it has no number."""
    asked = escape(question)
    return (
        f'<article class="turn" data-question="{asked}"><h2 class="question" dir="auto">{asked}</h2>'
        f'{_prose(_MARKER.sub("", text))}<p class="empty">Stopped.</p></article>'
    )


def failed(question: str, number: int, message: str) -> str:
    """Return a turn that could not be answered, with the reason and the remedy."""
    box = f'<div class="trouble"><h3>That did not work</h3><p dir="auto">{escape(message)}</p></div>'
    again = '<div class="foot"><button type="button" data-do="again">Ask again</button></div>'
    return _article(number, question, box + again)


def understood(query: Query) -> str:
    """Return the chips that say how the question was read; each can be changed or taken away, and others added."""
    values = {"speaker": query.speaker, "topic": query.topic, "document": query.source}
    values |= {"besides": query.besides, "since": query.since, "until": query.until}
    chips = "".join(_chip(name, value, name in query.carried_over) for name, value in values.items() if value)
    useless = {"besides", *(() if query.speaker else ("topic",))}
    missing = [name for name, value in values.items() if not value and name not in useless]
    label = "<span>understood as</span>" if chips else ""
    return f'<div class="understood">{label}<ul>{chips}{_more_chips(missing)}</ul></div>'


def _chip(name: str, value: str, carried_over: bool) -> str:
    before = "<i>from before</i>" if carried_over else ""
    shown = day(value) if name in ("since", "until") else value
    label = escape(f"Ask again without {name} {value}")
    cross = f'<button type="button" data-do="without" data-field="{name}" aria-label="{label}">×</button>'
    said = f"<b>{name}</b> <bdi>{escape(shown)}</bdi>{before}"
    return f'<li class="chip" data-name="{name}">{_change(name, said, value)}{cross}</li>'


def _change(name: str, inside: str, value: str = "") -> str:
    return (
        f'<button type="button" data-do="change" data-field="{name}" data-value="{escape(value)}" '
        f'title="Change and ask again">{inside}</button>'
    )


def _more_chips(missing: Sequence[str]) -> str:
    made = "".join(f'<li class="chip">{_change(name, name)}</li>' for name in missing)
    return f'<li><details class="add"><summary>narrow</summary><ul>{made}</ul></details></li>' if made else ""


def _reading(query: Query) -> str:
    """Return how the question was read, for the script, as JSON inside an attribute."""
    read = {"kind": query.kind.value, "question": query.text, "speaker": query.speaker, "topic": query.topic}
    read |= {"document": query.source, "since": query.since, "until": query.until, "besides": query.besides}
    return escape(json.dumps({name: value or "" for name, value in read.items()}, ensure_ascii=False))


def _article(number: int, question: str, inside: str, attributes: str = "") -> str:
    asked = escape(question)
    return (
        f'<article class="turn" id="t{number}" aria-labelledby="t{number}-q" data-question="{asked}"{attributes}>'
        f'<h2 class="question" id="t{number}-q" dir="auto" tabindex="-1">{asked}</h2>{inside}</article>'
    )


def _supported(answer: Answer, number: int) -> str:
    return _short_answer(answer) + "".join(_pieces(answer, number))


def _short_answer(answer: Answer) -> str:
    return f'<p class="short"><bdi>{escape(answer.short_answer.text)}</bdi></p>' if answer.short_answer else ""


def _pieces(answer: Answer, number: int) -> list[str]:
    """Return the answer's text in order: what no citation covers as prose, what one covers as quote or cited prose."""
    by_span: dict[tuple[int, int], list[Citation]] = {}
    for citation in sorted(answer.citations, key=lambda each: (each.start, each.number)):
        by_span.setdefault((citation.start, citation.end), []).append(citation)
    written = {each.start for each in answer.model.sentences} if answer.model else set[int | None]()
    pieces, at, prose = [], 0, ""
    for (start, end), cited in by_span.items():
        text = answer.text[start:end]
        prose += escape(answer.text[at:start])
        at = max(at, end)
        if text.startswith(cited[0].quote.text) and start not in written:
            pieces += [_paragraphs(prose), quote(cited, answer, number)]
            prose = ""
        else:
            prose += _cited_prose(text, cited, answer, number)
    return [*pieces, _paragraphs(prose + escape(answer.text[at:]))]


def quote(cited: Sequence[Citation], answer: Answer, number: int) -> str:
    """Return a quote over its by-line; all but the first citation are other places of the same words."""
    first, *others = cited
    also = "".join(f" {marker(other, answer, number)}" for other in others)
    also = f'<span class="also">also in{also}</span>' if also else ""
    context = _CONTEXT.search(answer.text[first.start : first.end].replace(first.quote.text, ""))
    aside = f' <span class="aside" dir="auto">{escape(context[0])}</span>' if context else ""
    return (
        f'<figure class="quote"><blockquote dir="auto"><p>{_quote_text(first, answer)}</p></blockquote>'
        f"<figcaption>{by_line(first)}{aside}&nbsp;{marker(first, answer, number)}{also}</figcaption></figure>"
    )


def _quote_text(citation: Citation, answer: Answer) -> str:
    """Return the quote's text, with the short answer in it set off."""
    short, span = answer.short_answer, citation.quote
    if short and short.document_id == citation.document.id and span.start <= short.start < short.end <= span.end:
        a, b = short.start - span.start, short.end - span.start
        return f"{escape(span.text[:a])}<strong>{escape(span.text[a:b])}</strong>{escape(span.text[b:])}"
    return escape(span.text)


def by_line(citation: Citation) -> str:
    """Return who, how, when and where: 'Lena Aaltonen told · direct quote · 3 Apr 2025 · Council minutes'."""
    parts = [how(citation)] if citation.speaker else []
    if citation.manner:
        parts.append("direct quote" if citation.manner == "direct" else "reported")
    if when := citation.date or citation.document.date:
        parts.append(f"<time>{escape(day(when))}</time>")
    parts.append(f"<bdi>{escape(citation.document.title)}</bdi>")
    if place := citation.place or (f"page {citation.page}" if citation.page else ""):
        parts.append(f"<bdi>{escape(place)}</bdi>")
    return '&nbsp;<span aria-hidden="true">·</span> '.join(parts)


def marker(citation: Citation, answer: Answer, number: int) -> str:
    """Return the round numbered marker that opens the source."""
    span = citation.quote
    around = next(((p.start, p.end) for p in answer.passages if _holds(p, citation)), None)
    place = Place(citation.document.id, span.start, span.end, around, citation.speaker)
    label = escape(f"Source {citation.number}: {citation.document.title}")
    return (
        f'<a class="cite" id="t{number}-c{citation.number}" href="#t{number}-c{citation.number}" '
        f'aria-label="{label}" {place.attributes()}>{citation.number}</a>'
    )


def _holds(passage: Passage, citation: Citation) -> bool:
    span = citation.quote
    return passage.document.id == citation.document.id and passage.start <= span.start and span.end <= passage.end


def _cited_prose(text: str, cited: list[Citation], answer: Answer, number: int) -> str:
    """Return prose in which each [n] is the marker of citation n; markers the text lacks are put at its end."""
    markers = {citation.number: marker(citation, answer, number) for citation in cited}
    shown, at, used = "", 0, set[int]()
    for match in _MARKER.finditer(text):
        key = int(match[1])
        if key in markers:
            shown += escape(text[at : match.start()]) + "\u202f" + markers[key]
            at = match.end()
            used.add(key)
    missing = "".join("\u202f" + made for key, made in markers.items() if key not in used)
    return shown + escape(text[at:]) + missing


def _paragraphs(html: str) -> str:
    html = _STRUCK.sub(r'<del>\1</del> <span class="struck">\2</span>', html)
    return "".join(
        f'<p class="lead" dir="auto">{part.strip().replace(chr(10), "<br>")}</p>'
        for part in html.split("\n\n")
        if part.strip()
    )


def _prose(text: str) -> str:
    return _paragraphs(escape(text))


def _abstention(answer: Answer) -> str:
    """Return why there is no answer, what could be asked instead, and what came nearest."""
    abstention = answer.abstention
    if abstention is None:
        return ""
    shows_question = answer.passages and "looked for" not in abstention.message
    looked_for = f'<p class="looked">Looked for: <bdi>{escape(answer.query.text)}</bdi></p>' if shows_question else ""
    instead = _buttons(abstention.instead, "Questions that have an answer")
    instead = f'<p class="looked">These have an answer here:</p>{instead}' if instead else ""
    near = "".join(_nearest(passage) for passage in answer.passages[:3])
    nearest = (
        f'<details class="nearest"><summary>Nearest passages (not an answer)</summary><ul>{near}</ul></details>'
        if near
        else ""
    )
    return (
        f'<div class="none"><h3 dir="auto">{escape(_title(answer.query, abstention.reason))}</h3>'
        f'<p dir="auto">{escape(abstention.message)}</p>{looked_for}{instead}{nearest}</div>'
    )


def _title(query: Query, reason: Reason) -> str:
    if reason is Reason.NOT_THIS_SPEAKER and query.speaker and query.topic:
        return f"{query.speaker} is not quoted on {query.topic}"
    return _TITLES[reason]


def _nearest(passage: Passage) -> str:
    place = Place(passage.document.id, passage.start, passage.end, (passage.start, passage.end))
    excerpt = passage.text[:180] + ("…" if len(passage.text) > 180 else "")
    return (
        f'<li><button type="button" class="place" data-do="place" {place.attributes()}>'
        f'<b><bdi>{escape(passage.document.title)}</bdi></b> <span dir="auto">{escape(excerpt)}</span></button></li>'
    )


def _buttons(questions: tuple[str, ...], label: str) -> str:
    if not questions:
        return ""
    made = "".join(
        f'<li><button type="button" data-do="ask" dir="auto">{escape(each)}</button></li>' for each in questions
    )
    return f'<ul class="next" aria-label="{label}">{made}</ul>'
