"""Proposes questions about a library's own documents, with their evidence, for a person to accept, edit or reject.

From statements, people and topics, and from dates and names in sentences; no model writes anything here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from assistant.speakers import is_person, statements_on
from index.split import sentences

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Statement

Row = dict[str, Any]
MOST_STATEMENTS = 6  # a topic with more is too wide for one question
MOST_PEOPLE = 60
MOST_TOPICS = 4  # a speaker
SHORTEST = 30  # characters of what was said; less is a fragment
_NO_PERSON = frozenset(
    "states nations republicans democrats kingdom party campaign senate house fund fellow north south mr mrs ms".split()
)
# A noun, perhaps with a word before it: it stands between an article and a verb, preposition or stop. Not before 'of',
# which makes it a part of something ('a raft of', 'the state of').
_AFTER = (
    "is was are were has have had will would can could should must may and or that which in on at for to from with "
    "by as than until before after"
)
TOPIC = re.compile(
    r"\b(?:(the )|(?:this|these|our|its|their|of|for|about) )((?:[a-z-]{3,} )?[a-z-]{4,})"
    rf"(?=[.,;:!?”\"’]|$| (?:{_AFTER.replace(' ', '|')})\b)"
)
_DULL_BEFORE = (
    "same other first second last next whole such own good bad new old great many more most very one two three four "
    "six this these those that some any another his her their our its my"
)
_DULL = (
    "time times year years month months week weeks day days hour people thing things way ways part fact case point "
    "kind number place moment side rest end same other others first second third fifth last next that this them those "
    "which what their your some more most decision question reason reasons interview momentum share will "
    "said says done would could should work"
)
NO_TOPIC = re.compile(
    rf".*(?:ed|ly|able|ous|ful|ive)$|(?:{_DULL_BEFORE.replace(' ', '|')}) .*"
    rf"|(?:[a-z-]+ )?(?:{_DULL.replace(' ', '|')})$"
)
_VERB = r"(?:is|was|are|were|has|have|had|will|would|can|could|must|should|may|might|does|did|needs?|\w{3,}ed)"
# What stands after 'Who said that' by itself: a subject, soon its verb, and no word that points elsewhere.
_POINTS_ELSEWHERE = (
    r"\b(?i:he|she|they|we|you|his|her|him|them|my|our|us|your|this|these|those|there|here)\b|\bI\b|^It\b"
)
CLAUSE = re.compile(
    rf"(?!.*(?:{_POINTS_ELSEWHERE}))(?!.* (?:it|one|so|do)$)(?!(?i:it|what|how|if|when|but|and|so) )"
    rf"(?:(?:the|an?) |(?!What|How|If|When|Who|That)[A-Z]\w+ )?(?:(?!of |to |it )[\w’'-]+ ){{1,4}}{_VERB} "
    r"[^“”\"'\n.!?]{15,100}"
)
_SAYS = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|t(?:ell|ells|old)|add|warn|argu|explain|not(?:e|ed|es)\b|announc|insist|believ|claim)"
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


def is_good_speaker(name: str) -> bool:
    """Tell whether a name reads well in a question: a person's, by its shape."""
    return is_person(name) and not _NO_PERSON & set(name.lower().replace(".", "").split())


def as_within(text: str, document: str) -> str:
    """Return text as it stands within a sentence: its first word in lower case unless it is a name.

    A name is written with a capital within a sentence too.
    """
    first = text.partition(" ")[0]
    is_name = re.search(rf"[a-z,;] {re.escape(first)}\b", document) or text[1:2].isupper()
    return text if is_name else text[:1].lower() + text[1:]


def _spoken_topics(library: Library, seed: int) -> list[tuple[str, str, list[Statement]]]:
    """Return (speaker, topic, statements) in random order, topics of a few statements only."""
    chance = random.Random(seed)
    found = [
        (person.speaker, topic, statements_on(library, topic, speaker=person.speaker))
        for person in library.people()[:MOST_PEOPLE]
        if is_good_speaker(person.speaker)
        for topic in _topics(library.statements(speaker=person.speaker), chance)
    ]
    kept = [entry for entry in found if 1 <= len(entry[2]) <= MOST_STATEMENTS and _are_on(entry[1], entry[2])]
    chance.shuffle(kept)
    return kept


def _are_on(topic: str, statements: Iterable[Statement]) -> bool:
    """Tell whether each statement's own words hold the topic's last; words around them would not do as evidence."""
    last = topic.split()[-1]
    return all(any(last in span.text for span in statement.content) for statement in statements)


def _topics(statements: Iterable[Statement], chance: random.Random) -> list[str]:
    """Return a few of the things spoken of, in random order."""
    texts = (span.text for statement in statements for span in statement.content if len(span.text) >= SHORTEST)
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
    said = [s for s in library.statements() if is_good_speaker(s.speaker) and _SAYS.search(s.cue)]
    random.Random(seed).shuffle(said)
    for statement in said:
        words = statement.content[0].text.strip(" ,.“”\"'").removeprefix("that ")
        if len(statement.content) == 1 and CLAUSE.fullmatch(words):
            words = as_within(words, library.document(statement.document.id).text)
            yield {
                "question": f"Who said that {words}?",
                "kind": "who said it",
                "answers": [statement.speaker],
                "evidence": to_evidence(statement, 0),
            }


def _swapped(library: Library, seed: int) -> Iterator[Row]:
    entries = _spoken_topics(library, seed)
    for (speaker, topic, _), (other, _, _) in zip(entries, entries[1:] + entries[:1], strict=True):
        if speaker != other and not statements_on(library, topic, speaker=other):
            question = f"What did {other} say about {topic}?"
            yield {"question": question, "kind": "said by another", "person": other, "reason": "not_this_speaker"}


def _absent(library: Library, seed: int) -> Iterator[Row]:
    words = " ".join(library.document(info.id).text for info in library.documents()).lower()
    topics = [topic for topic in ABSENT_TOPICS if topic.rstrip("s") not in words]
    names = [person.speaker for person in library.people() if is_good_speaker(person.speaker)] or ["the author"]
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


_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WHEN = rf"(?:{_DAY}, )?(?:\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH}(?: \d{{1,2}})?(?:,? \d{{4}})?|{_DAY}|[12]\d{{3}})"
_CLOCK = r"\d{1,2}[.:]\d\d(?: ?[ap]\.?m\.?)?"
# 'The vote was taken at 18.55.' → 'When was the vote taken?'
_DATED = re.compile(
    r"(?P<subject>(?!(?:It|Its|He|His|She|Her|They|Their|This|That|These|Those|When|While|If|As|One|Some|Such)\b)"
    r"[A-Z][\w’'-]*(?: (?!(?:who|which|that|has|have|had|is|was|are|were|would|will|since|as|it|he|she|they)\b)"
    r"[\w’'-]+){0,7}?) "
    r"(?P<auxiliary>was|were|is|are|will|has been|have been|had been) "
    r"(?P<rest>(?:(?! (?:and|since|after|before|until|when) )[^,;:“”\"\n\d]){3,70}?) "
    rf"(?:on|in|at) (?P<answer>{_WHEN}|{_CLOCK})(?=[.,;:]|$)"
)
# Sentences that report speech, and rests that ask nothing: without a verb, or of 'one'.
_NO_DEED = re.compile(
    r"\b(?:said|says|told|asked|replied|added|noted|warned|announced|argued|explained|calls?|called)\b| one$|[‘’] "
    r"|^(?:of|in|at|from|for|and|is a|was a)\b"
)
LONGEST = 240  # characters of a sentence that is asked about


def when_questions(library: Library, seed: int) -> Iterator[Row]:
    """Yield questions for the day, month, year or time at which something was or will be done."""
    for document_id, start, text in _sentences(library, seed):
        if match := _DATED.match(text):
            subject = as_within(match["subject"], library.document(document_id).text)
            rest, (first, _, more) = match["rest"], match["auxiliary"].partition(" ")
            question = f"When {first} {subject} {more + ' ' if more else ''}{rest}?"
            yield _to_row(question, "when", match["answer"], document_id, start, text)


def who_questions(library: Library, seed: int) -> Iterator[Row]:
    """Yield questions for the person, of a good name, whose name begins a sentence that quotes nobody."""
    quoted = {(s.document.id, s.start) for s in library.statements()}
    known = {name for person in library.people() for name in person.names if is_good_speaker(name)}
    names = sorted(known, key=lambda name: (-len(name), name))
    if not names:
        return
    pattern = re.compile(rf"(?P<answer>{'|'.join(map(re.escape, names))}) (?P<rest>[a-z]\w+ [^,;:“”\"\n]{{15,110}})\.$")
    for document_id, start, text in _sentences(library, seed):
        match = pattern.match(text)
        if match and (document_id, start) not in quoted and not _NO_DEED.search(match["rest"]):
            yield _to_row(f"Who {match['rest']}?", "who", match["answer"], document_id, start, text)


def _sentences(library: Library, seed: int) -> Iterator[tuple[str, int, str]]:
    """Yield (document id, offset, sentence) in random order, of sentences that stand once in their document."""
    found = []
    for info in library.documents():
        text = library.document(info.id).text
        spans = [(a, text[a:b]) for a, b in sentences(text) if b - a <= LONGEST]
        found += [(info.id, start, sentence) for start, sentence in spans if text.count(sentence) == 1]
    random.Random(seed).shuffle(found)
    yield from found


def _to_row(question: str, kind: str, answer: str, document_id: str, start: int, sentence: str) -> Row:
    place = {"source": document_id, "start": start, "end": start + len(sentence), "quote": sentence}
    return {"question": question, "kind": kind, "answers": [answer], "evidence": [place]}
