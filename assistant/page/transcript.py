"""A conversation as a file to keep: Markdown, or a page of HTML that needs nothing beside itself.

Pure functions. Numbers are those of the answers: `[2]` in the second answer is the page's marker 2 there.
"""

from __future__ import annotations

from html import escape

from assistant.answer import Answer, Citation
from assistant.conversations import Conversation
from assistant.page.words import certainty, day

_STYLE = """
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 Georgia, serif }
body { color: #1c1b19; background: #faf9f6 }
pre { white-space: pre-wrap; font: inherit } h2 { margin: 2rem 0 .5rem } li { margin: .6rem 0 }
summary { color: #5f5b54; font-size: .85rem; cursor: pointer } details p { white-space: pre-line; margin: .3rem 0 }
blockquote { margin: .2rem 0; padding-left: 1rem; border-left: 3px solid #0d5c63 } small { color: #5f5b54 }
@media (prefers-color-scheme: dark) { body { color: #ece9e2; background: #16171a } small, summary { color: #a9a499 } }
"""


def to_markdown(conversation: Conversation) -> str:
    """Return the conversation with each answer's quotes under it."""
    parts = [f"# {_line(conversation.name)}"]
    for exchange in conversation.exchanges:
        answer = exchange.answer
        parts += [f"## {_line(answer.query.question)}", _escaped(answer.text)]
        parts += [_source_line(citation) for citation in answer.citations]
        parts.append(f"*{_verdict(answer)}, {day(exchange.at)}*")
    return "\n\n".join(parts) + "\n"


def _source_line(citation: Citation) -> str:
    quoted = "\n".join(f"> {_escaped(line)}" for line in citation.quote.text.split("\n"))
    return f"{quoted}\n>\n> [{citation.number}] {_escaped(_place(citation))}"


def to_html(conversation: Conversation) -> str:
    """Return the conversation as one file that loads nothing from anywhere."""
    turns = "".join(_turn(exchange.answer, exchange.at) for exchange in conversation.exchanges)
    name = escape(conversation.name)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{name}</h1>{turns}</main></body></html>"
    )


def _turn(answer: Answer, at: str) -> str:
    cited = "".join(
        f'<li value="{citation.number}"><blockquote dir="auto">{escape(citation.quote.text)}</blockquote>'
        f"<small>{escape(_place(citation))}</small>{_passage(answer, citation)}</li>"
        for citation in answer.citations
    )
    return (
        f'<h2 dir="auto">{escape(answer.query.question)}</h2>'
        f'<pre dir="auto">{escape(answer.text)}</pre><ol>{cited}</ol>'
        f"<p><small>{_verdict(answer)}, {escape(day(at))}</small></p>"
    )


def _passage(answer: Answer, citation: Citation) -> str:
    """Return the passage the quote stands in, with the quote marked in it; folded."""
    span = citation.quote
    for each in answer.passages:
        if each.document.id == citation.document.id and each.start <= span.start and span.end <= each.end:
            a, b = span.start - each.start, span.end - each.start
            marked = f"{escape(each.text[:a])}<mark>{escape(each.text[a:b])}</mark>{escape(each.text[b:])}"
            return f'<details><summary>in its passage</summary><p dir="auto">{marked}</p></details>'
    return ""


def _place(citation: Citation) -> str:
    parts: list[str | None] = [*citation.speakers, citation.document.title, citation.document.source]
    parts += [day(when) if (when := citation.date or citation.document.date) else None]
    parts += [f"page {citation.page}" if citation.page else None]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _verdict(answer: Answer) -> str:
    return certainty(answer.confidence) if answer.citations else "No answer in these documents"


def _line(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    """Return text in which nothing is Markdown or HTML, so that no reader of the file fetches anything."""
    return "".join(f"\\{letter}" if letter in "\\`*_#<>![]|~" else letter for letter in text)


FORMATS = {"md": ("text/markdown", to_markdown), "html": ("text/html", to_html)}
