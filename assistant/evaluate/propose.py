"""Proposes questions about a library's own documents, with their evidence, for a person to accept, edit or reject.

Knows statements, people and topics, not single facts; no model writes anything here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from assistant.evaluate.propose_facts import when_questions, who_questions
from assistant.speakers import statements_on

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Statement

Row = dict[str, Any]
MOST_STATEMENTS = 6  # a topic with more is too wide for one question
MOST_PEOPLE = 60
NAME = re.compile(r"[A-Z][\w.’'-]*(?: (?:de |van |von |al-)?[A-Z][\w.’'-]*)+")
# A noun, perhaps with a word before it: it stands between an article and a verb, preposition or stop.
_AFTER = (
    "is was are were has have had will would can could should must may and or that which in on at of for to from with "
    "by as than until before after"
)
TOPIC = re.compile(
    r"\b(?:(the |an? )|(?:this|these|our|its|their|of|for|about) )((?:[a-z-]{3,} )?[a-z-]{4,})"
    rf"(?=[.,;:!?”\"’]|$| (?:{_AFTER.replace(' ', '|')})\b)"
)
_DULL_BEFORE = (
    "same other first second last next whole such own good bad new old great many more most very one two three this "
    "those some any"
)
_DULL = (
    "time times year years month months week weeks day days hour people thing things way ways part fact case point "
    "kind number place moment side rest end same other others first second third fifth last next that this them those "
    "which what their your some more most decision question"
)
NO_TOPIC = re.compile(
    rf".*(?:ed|ly|able|ous|ful|ive)$|(?:(?:{_DULL_BEFORE.replace(' ', '|')}) )?(?:{_DULL.replace(' ', '|')})$"
)
MOST_TOPICS = 4  # a speaker
VERB = r"(?:is|was|are|were|has|have|had|will|would|can|could|must|should|may|might|does|did|needs?|\w{3,}ed)"
CLAUSE = re.compile(
    rf"(?=.*\b{VERB}\b)(?:(?:it|he|she|they|there) {VERB}|"
    r"(?:the|an?|this|these|(?!What|How|If|My|Our|We|When|Who|That)[A-Z]\w+) )[^“”\"\n.!?]{20,120}"
)
# Things people talk about; those that a library never mentions make questions without an answer.
ABSENT_TOPICS = (
    "beekeeping", "volcanoes", "chess", "submarines", "opera", "glaciers", "dentistry", "archery", "origami", "camels",
    "lighthouses", "saxophones", "meteorites", "truffles", "falconry", "tapestries", "penguins", "cricket", "yoghurt",
)  # fmt: skip


def propose_questions(library: Library, n: int, *, seed: int = 0) -> list[Row]:
    """Return up to `n` rows of questions.jsonl: two thirds with an answer, one third without.

    The kinds take turns: what somebody said on a topic, who said something, when and by whom something was done; a
    topic that somebody else spoke of, a topic that is in no document.
    """
    kinds = (
        _said(library, seed),
        when_questions(library, seed),
        _swapped(library, seed),
        _who_said(library, seed),
        who_questions(library, seed),
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
    chance = random.Random(seed)
    found = [
        (person.speaker, topic, statements_on(library, topic, speaker=person.speaker))
        for person in library.people()[:MOST_PEOPLE]
        if NAME.fullmatch(person.speaker)
        for topic in _topics(library.statements(speaker=person.speaker), chance)
    ]
    kept = [entry for entry in found if 1 <= len(entry[2]) <= MOST_STATEMENTS]
    chance.shuffle(kept)
    return kept


def _topics(statements: Iterable[Statement], chance: random.Random) -> list[str]:
    """Return a few of the things spoken of, in random order."""
    texts = (span.text for statement in statements for span in statement.content)
    found = dict.fromkeys(
        article + noun for text in texts for article, noun in TOPIC.findall(text) if not NO_TOPIC.fullmatch(noun)
    )
    return chance.sample(list(found), min(MOST_TOPICS, len(found)))


def _said(library: Library, seed: int) -> Iterator[Row]:
    for speaker, topic, statements in _spoken_topics(library, seed):
        yield {
            "question": f"What did {speaker} say about {topic}?",
            "kind": "what was said",
            "person": speaker,
            "evidence": [piece for number, s in enumerate(statements) for piece in to_evidence(s, number)],
        }


def _who_said(library: Library, seed: int) -> Iterator[Row]:
    said = [(s, _words(s, lambda id_: library.document(id_).text)) for s in library.statements()]
    clauses = [(s, words) for s, words in said if NAME.fullmatch(s.speaker) and CLAUSE.fullmatch(words)]
    random.Random(seed).shuffle(clauses)
    for statement, words in clauses:
        yield {
            "question": f"Who said that {words}?",
            "kind": "who said it",
            "answers": [statement.speaker],
            "evidence": to_evidence(statement, 0),
        }


def _words(statement: Statement, text_of: Callable[[str], str]) -> str:
    """Return what was said as it stands after 'Who said that', empty for what is in pieces.

    Its first word is lower-cased if the document has it so elsewhere: it is no name then.
    """
    words = statement.content[0].text.strip(" ,.“”\"'") if len(statement.content) == 1 else ""
    words = words.removeprefix("that ")
    first = words.partition(" ")[0]
    is_name = first.lower() not in text_of(statement.document.id).split()
    return words if is_name else words[:1].lower() + words[1:]


def _swapped(library: Library, seed: int) -> Iterator[Row]:
    entries = _spoken_topics(library, seed)
    for (_, topic, statements), (other, _, _) in zip(entries, entries[1:] + entries[:1], strict=True):
        if statements and not statements_on(library, topic, speaker=other):
            question = f"What did {other} say about {topic}?"
            yield {"question": question, "kind": "said by another", "person": other, "reason": "not_this_speaker"}


def _absent(library: Library, seed: int) -> Iterator[Row]:
    words = " ".join(library.document(info.id).text for info in library.documents()).lower()
    topics = [topic for topic in ABSENT_TOPICS if topic.rstrip("s") not in words]
    names = [person.speaker for person in library.people() if NAME.fullmatch(person.speaker)] or ["the author"]
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
