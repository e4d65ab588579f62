"""Who speaks in a library and about what: the people view of every door.

Knows statements and their counts; how a statement is found in a text is the index's matter.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict
from itertools import takewhile
from typing import TYPE_CHECKING

from assistant.statements import find_on
from index.errors import InputError
from index.people import Person
from index.records import Filters, Statement
from index.retrieve import STOP_WORDS

if TYPE_CHECKING:
    from index.library import Library

N_TOPICS = 5
_NAME = re.compile(r"[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_NO_TOPIC = re.compile(r"['’](?:ve|m|re|ll|d|t)$|^[A-Z]{7,}$")  # "I've", 'CROSSTALK'
_THING = re.compile(
    r"\b(?i:the|an?|this|that|these|those|our|my|your|his|her|its|their|no|any|every|more|new) "
    r"(?P<thing>[a-z][a-z-]+(?: [a-z][a-z-]+){0,3})(?P<next> [\w’'-]+)?"
)
# What follows a thing and not the verb behind one ('the channel silts up').
_AFTER_THING = frozenset(
    "is are was were be has have had will would can could shall should may might must does did do and or but of that "
    "which who".split()
)
_DULL = STOP_WORDS | frozenset(
    "would could should might about there their other which while after before because being every going people think "
    "really thing things right still years today where whether again never always first great wants asked added "
    "each both either neither another many several few all none nobody everybody somebody everyone someone one two "
    "three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million billion "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december yes well now then here last next".split()
)
_PARTICLES = frozenset("de van von der den da di la le del bin al of".split())
_NOT_NAMES = frozenset(
    "ministry council committee commission agency authority company union court police office department government "
    "bank university institute association group inc ltd times news press house the in".split()
)


def is_person(name: str) -> bool:
    """Tell a person's name by its shape from an office or a firm ('the county'): two to five capitalised words."""
    words = [word for word in name.split() if word.lower() not in _PARTICLES]
    return 2 <= len(words) <= 5 and all(word[:1].isupper() and word.lower() not in _NOT_NAMES for word in words)


def may_be_named(name: str) -> bool:
    """Tell whether a speaker's name says who it is: 'Each', 'Twenty' and 'it' do not."""
    words = name.lower().split()
    return not name[:1].isdigit() and not all(word in _DULL or word.removesuffix("s") in _DULL for word in words)


def statements_on(
    library: Library,
    topic: str | None,
    *,
    speaker: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    manner: str | None = None,
) -> list[Statement]:
    """Return the statements inside the filters, by document and place; of a topic, those that hold its words.

    `manner` is 'direct' or 'reported', which takes in those that are partly so.
    """
    if manner not in (None, "direct", "reported"):
        raise InputError(f"manner is '{manner}': choose 'direct' or 'reported'")
    within = Filters(speaker, source, since, until)
    if topic:
        found = [chosen.statement for chosen in find_on(library, topic, within, most=None)]
    else:
        found = library.statements(**asdict(within))
    return [each for each in found if manner is None or (each.manner == "direct") == (manner == "direct")]


def speakers(
    library: Library,
    *,
    speaker: str | None = None,
    topic: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    manner: str | None = None,
) -> list[tuple[Person, tuple[str, ...]]]:
    """Return each speaker inside the filters with his topics, those with most statements first.

    Counts are of the statements inside the filters.
    """
    within = {"speaker": speaker, "source": source, "since": since, "until": until, "manner": manner}
    found = statements_on(library, topic, **within)
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


def topics_of(statements: Iterable[Statement], n: int = N_TOPICS) -> dict[str, tuple[str, ...]]:
    """Return for each speaker the `n` terms that mark his statements against everybody's (tf-idf), names first."""
    terms: dict[str, Counter[str]] = defaultdict(Counter)
    own: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        terms[statement.speaker].update(_terms(statement))
        own[statement.speaker].update(word for name in statement.names for word in name.lower().split())
    n_using = Counter(term for counts in terms.values() for term in counts)
    return {
        who: _best(counts, own[who] | set(who.lower().split()), n_using, len(terms), n) for who, counts in terms.items()
    }


def _best(counts: Counter[str], own: Set[str], n_using: Counter[str], n_speakers: int, n: int) -> tuple[str, ...]:
    """Return the terms that weigh most; a name or a thing of two words weighs double: it says more."""
    weighed = {
        term: number * math.log(1 + n_speakers / n_using[term]) * (2 if term[0].isupper() or " " in term else 1)
        for term, number in counts.items()
        if not own & set(term.lower().split())
    }
    return tuple(sorted(weighed, key=lambda term: (-weighed[term], term))[:n])


def _terms(statement: Statement) -> set[str]:
    """Return the names and things of a statement; a capital letter at a sentence's start tells nothing.

    A thing is what stands between an article and what ends its phrase: 'the night ferry is', not 'the ferry ran'.
    """
    found = set[str]()
    for span in statement.content:
        names = (match.group() for match in _NAME.finditer(span.text) if _is_inside(span.text, match.start()))
        found.update(_POSSESSIVE.sub("", name) for name in names if _may_be_topic(name))
        for match in _THING.finditer(span.text):
            words = match["thing"].split()
            thing = list(takewhile(lambda word: word not in STOP_WORDS, words))
            after = words[len(thing)] if len(thing) < len(words) else (match["next"] or "").strip()
            ends = not after or after in _AFTER_THING
            if thing and ends and len(thing) < 4 and len(thing[-1]) > 3 and not any(word in _DULL for word in thing):
                found.add(" ".join(thing))
    return found


def _may_be_topic(name: str) -> bool:
    return len(name) > 2 and may_be_named(name) and not _NO_TOPIC.search(name)


def _is_inside(text: str, at: int) -> bool:
    """Tell whether a word does not begin a sentence or a quotation."""
    before = text[:at].rstrip("“\"'‘’ ")
    return bool(before) and before[-1] not in ".?!:;…" and text[at - 1] not in '“"‘'
