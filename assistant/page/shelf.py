"""Turns the library's contents into the HTML of the left pane: documents, people, conversations.

Pure functions; names of files and people are untrusted and escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol
from urllib.parse import quote

from assistant.page.words import count, day
from index.records import DocumentInfo

FOLDED = 8  # documents listed before the reader asks for all; style.css hides the rest
SHOWN = 200  # documents listed at once; more are reached by searching


class Speaks(Protocol):
    """A person as the library lists them."""

    @property
    def speaker(self) -> str: ...
    @property
    def n_statements(self) -> int: ...
    @property
    def n_documents(self) -> int: ...


def documents(infos: Sequence[DocumentInfo], search: str = "") -> str:
    """Return the list of documents whose title or source holds every word searched for."""
    words = search.casefold().split()
    found = [info for info in infos if all(word in f"{info.title} {info.source}".casefold() for word in words)]
    heading = f'<h2 id="documents-title">Library <span>{count(len(infos), "document")}</span></h2>'
    if not infos:
        return heading + '<p class="empty">Nothing here yet. Drop files above, or choose them.</p>'
    if not found:
        return heading + '<p class="empty">No document of that name.</p>'
    rows = "".join(_document(info) for info in found[:SHOWN])
    folded = len(found) > FOLDED + 2 and not words
    if folded:
        rest = f'<button type="button" class="all" data-do="all">Show all {len(found):,}</button>'
        return f'{heading}<ul class="list folded" aria-labelledby="documents-title">{rows}</ul>{rest}'
    rest = f'<p class="empty">and {len(found) - SHOWN:,} more: search by name</p>' if len(found) > SHOWN else ""
    return f'{heading}<ul class="list" aria-labelledby="documents-title">{rows}</ul>{rest}'


def _document(info: DocumentInfo) -> str:
    facts = day(info.date) if info.date else "" if info.source == info.title else info.source
    small = f"<small><bdi>{escape(facts)}</bdi></small>" if facts else ""
    title = escape(info.title)
    return (
        f'<li><button type="button" class="item" data-do="open" data-document="{escape(info.id)}" '
        f'title="{escape(info.source)}">'
        f'<span class="kind">{escape(info.kind[:4])}</span><span class="name"><bdi>{title}</bdi>{small}</span></button>'
        f'<button type="button" class="remove" data-do="remove" data-document="{escape(info.id)}" data-title="{title}" '
        f'aria-label="Remove {title}" title="Remove">×</button></li>'
    )


def people(found: Sequence[Speaks]) -> str:
    """Return the people who speak most."""
    if not found:
        return ""
    rows = "".join(_person(person) for person in found[:12])
    return f'<h2 id="people-title">People</h2><ul class="list" aria-labelledby="people-title">{rows}</ul>'


def _person(person: Speaks) -> str:
    facts = f"{count(person.n_statements, 'statement')} · {count(person.n_documents, 'document')}"
    question = escape(f"What did {person.speaker} say?")
    return (
        f'<li><button type="button" class="item" data-do="ask" data-question="{question}">'
        f'<span class="name"><bdi>{escape(person.speaker)}</bdi><small>{facts}</small></span></button></li>'
    )


def conversations(kept: Sequence[tuple[str, str, str]], current: str = "", search: str = "") -> str:
    """Return the list of conversations, each given as (id, name, ISO date of its last turn)."""
    heading = '<h2 id="conversations-title">Conversations</h2>'
    if not kept:
        return f'{heading}<p class="empty">No conversation with these words.</p>' if search.strip() else ""
    rows = "".join(_conversation(*each, current=each[0] == current) for each in kept)
    return f'{heading}<ul class="list" aria-labelledby="conversations-title">{rows}</ul>'


def _conversation(conversation_id: str, name: str, changed: str, *, current: bool) -> str:
    here = ' aria-current="page"' if current else ""
    return (
        f'<li><button type="button" class="item" data-do="conversation" data-id="{escape(conversation_id)}"{here}>'
        f'<span class="name"><bdi>{escape(name)}</bdi><small>{escape(day(changed))}</small></span></button>'
        f'<button type="button" class="remove" data-do="forget" data-id="{escape(conversation_id)}" '
        f'data-title="{escape(name)}" aria-label="Delete conversation {escape(name)}" title="Delete">×</button></li>'
        f"{_kept(conversation_id, name) if current else ''}"
    )


def _kept(conversation_id: str, name: str) -> str:
    """Return what can be done with the conversation that is open."""
    address = f"/api/v1/conversations/{quote(conversation_id, safe='')}/export?format="
    links = "".join(
        f'<a href="{escape(address)}{ending}" download aria-label="Save as {title}">{title}</a>'
        for ending, title in (("md", "Markdown"), ("html", "HTML"), ("json", "JSON"))
    )
    rename = f'<button type="button" data-do="rename" data-id="{escape(conversation_id)}" data-title="{escape(name)}">'
    return f'<li class="kept">{rename}Rename</button><span>Save as</span>{links}</li>'


def choices(found: Sequence[Speaks], infos: Sequence[DocumentInfo]) -> str:
    """Return the names that the fields for speaker and document suggest."""
    names = "".join(f'<option value="{escape(person.speaker)}">' for person in found[:SHOWN])
    folders = sorted({info.source.rpartition("/")[0] for info in infos} - {""})
    sources = "".join(f'<option value="{escape(folder)}/*">everything in this folder</option>' for folder in folders)
    sources += "".join(f'<option value="{escape(info.source)}">{escape(info.title)}</option>' for info in infos[:SHOWN])
    return f'<datalist id="speakers">{names}</datalist><datalist id="sources">{sources}</datalist>'


def welcome(questions: Sequence[str], n_documents: int) -> str:
    """Return what a first visit shows: what this is, and questions to try."""
    begin = (
        '<section class="welcome" aria-labelledby="welcome-title"><h2 id="welcome-title">Ask your own documents</h2>'
    )
    if not n_documents:
        return (
            f"{begin}<p>Drop files or a folder on this page: PDF, Word, web pages, Markdown, plain text. Then ask, and "
            "every sentence of the answer shows where it stands.</p>"
            '<p><button type="button" class="choose" data-do="choose">Choose files…</button></p></section>'
        )
    made = "".join(
        f'<li><button type="button" data-do="ask" dir="auto">{escape(each)}</button></li>' for each in questions
    )
    return (
        f"{begin}<p>Answers are quotes, word for word, each with the place it stands. Try one of these:</p>"
        f'<ul class="next">{made}</ul></section>'
    )
