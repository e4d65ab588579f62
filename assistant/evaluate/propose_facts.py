"""Proposes who and when questions from single sentences of a library: plain sentences only, turned by rule.

No model writes anything here. A person looks at each: the rules know the order of words, not what they mean.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from index.split import sentences

if TYPE_CHECKING:
    from index.library import Library

Row = dict[str, Any]
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


def when_questions(library: Library, seed: int, as_within: Callable[[str, str], str]) -> Iterator[Row]:
    """Yield questions for the day, month, year or time at which something was or will be done.

    `as_within` writes a sentence's beginning as it stands within one, given the document's text.
    """
    for document_id, start, text in _sentences(library, seed):
        if match := _DATED.match(text):
            subject = as_within(match["subject"], library.document(document_id).text)
            rest, (first, _, more) = match["rest"], match["auxiliary"].partition(" ")
            question = f"When {first} {subject} {more + ' ' if more else ''}{rest}?"
            yield _to_row(question, "when", match["answer"], document_id, start, text)


def who_questions(library: Library, seed: int, is_good: Callable[[str], bool]) -> Iterator[Row]:
    """Yield questions for the person, of a good name, whose name begins a sentence that quotes nobody."""
    quoted = {(s.document.id, s.start) for s in library.statements()}
    known = {name for person in library.people() for name in person.names if is_good(name)}
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
