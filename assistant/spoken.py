"""Questions for who spoke ('who criticised the fees'): one statement of each person who did, or why there is none.

Knows the library's statements; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.abstain import not_spoken
from assistant.answer import Query
from assistant.followup import statement_question
from assistant.quote import names_in_words
from assistant.said import Said, to_quotes, within
from assistant.speakers import is_person, may_be_named
from assistant.statements import Chosen, best, find_on, relevance
from index.names import match_name

if TYPE_CHECKING:
    from index.library import Library

_MOST_SPEAKERS = 6
_A_CLAUSE = 4  # words from which a topic may be one ('the county will not pay')
_CONFIDENCE = 0.75  # of an answer by the topic's words


def find_spoken(library: Library, query: Query) -> Said:
    """Return the best statement of everybody who spoke on the topic, people before offices and firms."""
    firsts = _one_each(_others(library, query), query.topic)
    if not firsts:
        abstention = not_spoken(query)
        return Said(abstention.message, (), 0.05, abstention, ())
    quotes = to_quotes(library, firsts)
    names = list(dict.fromkeys(name for quote in quotes for name in (quote.speaker or "", *quote.also_by)))
    follow_ups = tuple(statement_question(name, query.topic) for name in names[:3]) if not _is_clause(query) else ()
    return Said(_lead(query, names), quotes, _CONFIDENCE, None, follow_ups)


def _others(library: Library, query: Query) -> list[Chosen]:
    """Return everybody's statements on the topic, without those of the one the question leaves out."""
    left_out = match_name(query.besides, library.people()).speakers if query.besides else ()
    found = find_on(library, query.topic, within(query))
    return [one for one in found if one.statement.speaker not in left_out]


def _one_each(found: Sequence[Chosen], topic: str | None) -> list[Chosen]:
    """Return the best statement of each speaker; one that several made jointly stands for them all."""
    firsts: dict[str, Chosen] = {}
    for one in sorted(found, key=relevance):
        if may_be_named(one.statement.speaker):
            firsts.setdefault(one.statement.speaker, one)
    people = [one for one in firsts.values() if is_person(one.statement.speaker)]
    return best(topic, people or list(firsts.values()), limit=_MOST_SPEAKERS)


def _lead(query: Query, names: Sequence[str]) -> str:
    on = f"“{query.topic}”" if _is_clause(query) else query.topic
    return f"{names_in_words(names, at_most=_MOST_SPEAKERS)} on {on}, as quoted or reported:"


def _is_clause(query: Query) -> bool:
    return len((query.topic or "").split()) >= _A_CLAUSE
