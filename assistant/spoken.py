"""Questions for who spoke ('who criticised the fees'): one statement of each person who did, or why there is none.

Knows the library's statements; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.abstain import not_spoken
from assistant.answer import Query
from assistant.followup import statement_question
from assistant.quote import Quoted, names_in_words
from assistant.said import Said, to_quotes, within
from assistant.speakers import is_person, may_be_named
from assistant.statements import Chosen, best, find_on, relevance
from index.names import match_name

if TYPE_CHECKING:
    from index.library import Library

_MOST_SPEAKERS = 6
_A_CLAUSE = 4  # words from which a topic may be one ('the county will not pay')
_CONFIDENCE = 0.75  # of an answer by the topic's words
# What a question may ask for, as the beginnings of the words by which it is asked and reported.
_STANCES = {
    "criticism": "criti condemn denounc blam accus attack oppos reject slam blast mock rebuk lambast complain",
    "praise": "prais applaud welcom endors commend support defend hail laud",
    "denial": "den disput refut reject dismiss",
}


def find_spoken(library: Library, query: Query) -> Said:
    """Return the best statement of everybody who spoke on the topic, people before offices and firms."""
    stance = _stance_of(query.question.lower().split()[1:4])
    firsts = _one_each(_others(library, query), query.topic, stance)
    if not firsts:
        abstention = not_spoken(query)
        return Said(abstention.message, (), 0.05, abstention, ())
    quotes = to_quotes(library, firsts)
    names = list(dict.fromkeys(name for quote in quotes for name in _names(quote)))
    follow_ups = tuple(statement_question(name, query.topic) for name in names[:3]) if not _is_clause(query) else ()
    so = [name for one, quote in zip(firsts, quotes, strict=True) if _is(stance, one) for name in _names(quote)]
    return Said(_lead(query, names, stance, list(dict.fromkeys(so))), quotes, _CONFIDENCE, None, follow_ups)


def _names(quote: Quoted) -> list[str]:
    return [quote.speaker or "", *quote.also_by]


def _stance_of(words: Sequence[str]) -> str | None:
    """Return what the verb of 'who criticised …' asks for."""
    stances = (name for name, starts in _STANCES.items() for word in words if word.startswith(tuple(starts.split())))
    return next(stances, None)


def _is(stance: str | None, one: Chosen) -> bool:
    """Tell whether a statement is reported by a word of the kind asked for."""
    starts = tuple(_STANCES[stance].split()) if stance else ()
    return any(word.startswith(starts) for word in one.statement.cue.lower().split()) if starts else False


def _others(library: Library, query: Query) -> list[Chosen]:
    """Return everybody's statements on the topic, without those of the one the question leaves out."""
    left_out = match_name(query.besides, library.people()).speakers if query.besides else ()
    found = find_on(library, query.topic, within(query))
    return [one for one in found if one.statement.speaker not in left_out]


def _one_each(found: Sequence[Chosen], topic: str | None, stance: str | None) -> list[Chosen]:
    """Return the best statement of each speaker; one that several made jointly stands for them all.

    Those that are reported by a word of the kind asked for go first.
    """
    firsts: dict[str, Chosen] = {}
    for one in sorted(found, key=lambda one: (not _is(stance, one), relevance(one))):
        if may_be_named(one.statement.speaker):
            firsts.setdefault(one.statement.speaker, one)
    people = [one for one in firsts.values() if is_person(one.statement.speaker)]
    kept = best(topic, people or list(firsts.values()), limit=_MOST_SPEAKERS)
    return sorted(kept, key=lambda one: not _is(stance, one))


def _lead(query: Query, names: Sequence[str], stance: str | None, so: Sequence[str]) -> str:
    """Say who spoke; where a question asks for criticism or praise, of whom the documents report it in such a word."""
    on = f"“{query.topic}”" if _is_clause(query) else query.topic
    who = names_in_words([name for name in names if name not in so] or names, at_most=_MOST_SPEAKERS)
    if stance and not so:
        return f"No one’s words are reported as {stance} here; on {on}, as quoted or reported, {who}:"
    if stance and len(so) < len(names):
        return f"{names_in_words(so)} in a word of {stance}; others on {on}, as quoted or reported, {who}:"
    return f"{who} on {on}, as quoted or reported:"


def _is_clause(query: Query) -> bool:
    return len((query.topic or "").split()) >= _A_CLAUSE
