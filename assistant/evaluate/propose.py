"""Proposes questions about a library's own documents, with their evidence, for a person to accept, edit or reject.

Knows statements, people and topics; no model writes anything here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from assistant.speakers import speakers, statements_on

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Statement

Row = dict[str, Any]
MOST_STATEMENTS = 6  # a topic with more is too wide for one question
MOST_PEOPLE = 60
NAME = re.compile(r"[A-Z][\w.’'-]*(?: (?:de |van |von |al-)?[A-Z][\w.’'-]*)+")
NO_TOPIC = re.compile(r"^[a-z].*(?:ed|ing|ly|al|ive|ous|ful|able)$|^[a-z]{1,4}$")
CLAUSE = re.compile(r"(?:the|an?|it|he|she|they|we|there|this|these|[A-Z]\w+) [^“”\"\n]{20,120}")
LOWERED = frozenset({"the", "a", "an", "it", "he", "she", "they", "we", "there", "this", "these"})
# Things people talk about; those that a library never mentions make questions without an answer.
ABSENT_TOPICS = (
    "beekeeping", "volcanoes", "chess", "submarines", "opera", "glaciers", "dentistry", "archery", "origami", "camels",
    "lighthouses", "saxophones", "meteorites", "truffles", "falconry", "tapestries", "penguins", "cricket", "yoghurt",
)  # fmt: skip


def propose_questions(library: Library, n: int, *, seed: int = 0) -> list[Row]:
    """Return up to `n` rows of questions.jsonl: two thirds with an answer, one third without.

    The kinds take turns: what somebody said on a topic, who said something; a topic that somebody else spoke of,
    a topic that is in no document.
    """
    kinds = (
        _said(library, seed),
        _who(library, seed),
        _swapped(library, seed),
        _said(library, seed + 1),
        _who(library, seed + 1),
        _absent(library, seed),
    )
    seen: dict[str, Row] = {}
    for row in (row for turn in zip_longest(*kinds) for row in turn if row):
        seen.setdefault(row["question"], row)
        if len(seen) >= n:
            break
    return [{"id": f"q{number}", **row} for number, row in enumerate(seen.values(), start=1)]


def _spoken_topics(library: Library, seed: int) -> list[tuple[str, str, list[Statement]]]:
    """Return (speaker, topic, statements) in random order, topics of a few statements only."""
    found = [
        (person.speaker, topic, statements_on(library, topic, speaker=person.speaker))
        for person, topics in islice(speakers(library), MOST_PEOPLE)
        if NAME.fullmatch(person.speaker)
        for topic in topics
        if not NO_TOPIC.search(topic)
    ]
    kept = [entry for entry in found if 1 <= len(entry[2]) <= MOST_STATEMENTS]
    random.Random(seed).shuffle(kept)
    return kept


def _said(library: Library, seed: int) -> Iterator[Row]:
    for speaker, topic, statements in _spoken_topics(library, seed):
        yield {
            "question": f"What did {speaker} say about {topic}?",
            "kind": "what was said",
            "person": speaker,
            "evidence": [piece for number, s in enumerate(statements) for piece in to_evidence(s, number)],
        }


def _who(library: Library, seed: int) -> Iterator[Row]:
    statements = [s for s in library.statements() if NAME.fullmatch(s.speaker) and CLAUSE.fullmatch(_words(s))]
    random.Random(seed).shuffle(statements)
    for statement in statements:
        yield {
            "question": f"Who said that {_words(statement)}?",
            "kind": "who said it",
            "answers": [statement.speaker],
            "evidence": to_evidence(statement, 0),
        }


def _words(statement: Statement) -> str:
    """Return what was said as it stands after 'Who said that', empty for what is in pieces."""
    words = statement.content[0].text.strip(" ,.“”\"'") if len(statement.content) == 1 else ""
    first, _, rest = words.removeprefix("that ").partition(" ")
    return f"{first.lower() if first.lower() in LOWERED else first} {rest}"


def _swapped(library: Library, seed: int) -> Iterator[Row]:
    entries = _spoken_topics(library, seed)
    for (_, topic, statements), (other, _, _) in zip(entries, entries[1:] + entries[:1], strict=True):
        if statements and not statements_on(library, topic, speaker=other):
            question = f"What did {other} say about {topic}?"
            yield {"question": question, "kind": "said by another", "person": other, "reason": "not_this_speaker"}


def _absent(library: Library, seed: int) -> Iterator[Row]:
    words = " ".join(library.document(info.id).text for info in library.documents()).lower()
    topics = [topic for topic in ABSENT_TOPICS if topic.rstrip("s") not in words]
    names = [person.speaker for person, _ in islice(speakers(library), len(topics))] or ["the author"]
    random.Random(seed).shuffle(topics)
    for place, topic in enumerate(topics):
        question = f"What did {names[place % len(names)]} say about {topic}?"
        yield {"question": question, "kind": "not in the documents", "reason": "not_in_documents"}


def to_evidence(statement: Statement, number: int) -> list[Row]:
    """Return a statement's contents as evidence: place and words, so that it is found again when the text moves."""
    return [
        {"source": statement.document.id, "start": s.start, "end": s.end, "quote": s.text, "statement": number}
        for s in statement.content
    ]


Decide = Callable[[Row, int, int], Row | None]


def review(rows: Sequence[Row], decide: Decide) -> Iterable[Row]:
    """Yield the rows a person keeps, as he leaves them; `decide` gets a row, its number and how many there are.

    StopIteration from `decide` ends the review; what was kept so far stays.
    """
    for number, row in enumerate(rows, start=1):
        try:
            kept = decide(row, number, len(rows))
        except StopIteration:
            return
        if kept is not None:
            yield kept
