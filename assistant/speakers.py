"""Who speaks in a library and about what: the people view of every door.

Knows statements and their counts; how a statement is found in a text is the index's matter.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.statements import mentions_topic
from index.people import Person
from index.records import Statement
from index.retrieve import STOP_WORDS

if TYPE_CHECKING:
    from index.library import Library

N_TOPICS = 5
_TERM = re.compile(r"[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*|\b[a-z][a-z-]{4,}\b")
_DULL = frozenset(
    "would could should might about there their other which while after before because being every going people think "
    "really thing things right still years today where whether again never always first great wants asked added".split()
)


def statements_on(
    library: Library,
    topic: str | None,
    *,
    speaker: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[Statement]:
    """Return the statements inside the filters, by document and place; of a topic, those that hold its words."""
    found = library.statements(speaker=speaker, source=source, since=since, until=until)
    if not topic:
        return found
    kept = {statement.id for statement in mentions_topic(topic, found, lambda id_: library.document(id_).text)}
    return [statement for statement in found if statement.id in kept]


def speakers(
    library: Library,
    *,
    speaker: str | None = None,
    topic: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[tuple[Person, tuple[str, ...]]]:
    """Return each speaker inside the filters with his topics, those with most statements first.

    Counts are of the statements inside the filters.
    """
    found = statements_on(library, topic, speaker=speaker, source=source, since=since, until=until)
    return counted(found, library.people(), topics_of(library.statements()) if found else {})


def counted(
    found: Sequence[Statement], known: Iterable[Person], topics: Mapping[str, tuple[str, ...]]
) -> list[tuple[Person, tuple[str, ...]]]:
    """Return who made the statements, with counts of them and topics, those with most first."""
    names = {person.speaker: person.names for person in known}
    counts = Counter(statement.speaker for statement in found)
    documents = defaultdict(set)
    for statement in found:
        documents[statement.speaker].add(statement.document.id)
    people = [Person(who, names.get(who, (who,)), n, len(documents[who])) for who, n in counts.items()]
    people.sort(key=lambda person: (-person.n_statements, person.speaker))
    return [(person, topics.get(person.speaker, ())) for person in people]


def topics_of(statements: Iterable[Statement]) -> dict[str, tuple[str, ...]]:
    """Return for each speaker the terms that mark his statements against everybody's, best first (tf-idf)."""
    terms: dict[str, Counter[str]] = defaultdict(Counter)
    for statement in statements:
        terms[statement.speaker].update(_terms(statement))
    n_speakers_using = Counter(term for counts in terms.values() for term in counts)
    return {who: _best(who, counts, n_speakers_using, len(terms)) for who, counts in terms.items()}


def _best(who: str, counts: Counter[str], n_using: Counter[str], n_speakers: int) -> tuple[str, ...]:
    own = set(who.lower().split())
    weighed = {
        term: n * math.log(1 + n_speakers / n_using[term])
        for term, n in counts.items()
        if not own & set(term.lower().split())
    }
    ordered: Sequence[str] = sorted(weighed, key=lambda term: (-weighed[term], term))
    return tuple(ordered[:N_TOPICS])


def _terms(statement: Statement) -> set[str]:
    """Return the names and longer words of a statement; a first word's capital letter tells nothing."""
    found = set()
    for span in statement.content:
        for match in _TERM.finditer(span.text):
            term = match.group() if match.start() > 1 else match.group().lower()
            if term.lower() not in STOP_WORDS and term.lower() not in _DULL and len(term) > 2:
                found.add(term)
    return found
