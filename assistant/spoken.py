"""Questions for who spoke ('who criticised the fees'): one statement of each person who did, or why there is none.

Knows the library's statements; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.abstain import not_spoken
from assistant.answer import Query
from assistant.followup import statement_question
from assistant.quote import from_chosen, names_in_words
from assistant.said import Said, is_person, texts_of
from assistant.statements import Chosen, choose

if TYPE_CHECKING:
    from index.library import Library

_MOST_SPEAKERS = 6
_CONFIDENCE = 0.75  # of an answer by the topic's words


def find_spoken(library: Library, query: Query) -> Said:
    """Return the best statement of everybody who spoke on the topic, people before offices and firms."""
    statements = library.statements(source=query.source, since=query.since, until=query.until)
    chosen = choose(query.topic, statements, texts_of(library), limit=max(1, len(statements)))
    firsts = _one_each(chosen)
    if not firsts:
        abstention = not_spoken(query)
        return Said(abstention.message, (), 0.05, abstention, ())
    names = [one.statement.speaker for one in firsts]
    quotes = tuple(from_chosen(one, texts_of(library)) for one in firsts)
    follow_ups = tuple(statement_question(name, query.topic) for name in names[:3])
    return Said(_lead(query, names), quotes, _CONFIDENCE, None, follow_ups)


def _one_each(chosen: Sequence[Chosen]) -> list[Chosen]:
    best: dict[str, Chosen] = {}
    for one in chosen:
        best.setdefault(one.statement.speaker, one)
    people = [one for one in best.values() if is_person(one.statement.speaker)]
    return (people or list(best.values()))[:_MOST_SPEAKERS]


def _lead(query: Query, names: Sequence[str]) -> str:
    on = f" on {query.topic}" if query.topic else ""
    return f"{names_in_words(names, at_most=_MOST_SPEAKERS)}{on}, as quoted or reported:"
