"""Questions of fact: the sentences that answer, whoever says so, or why there are none.

Knows the library's passages and statements; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.abstain import is_enough, not_found
from assistant.answer import Abstention, Kind, Query, Reason, ShortAnswer
from assistant.expected import lacks
from assistant.quotable import is_quotable
from assistant.quote import Quoted, from_statement, names_in_words
from assistant.rank import Ranking, Sentence
from assistant.settings import Caution
from assistant.short import find_short_answer
from assistant.statements import texts_of
from assistant.words import question_stems, stems
from index.records import Passage, Statement

if TYPE_CHECKING:
    from index.library import Library

_N_SENTENCES = {Kind.SUMMARY: 5, Kind.REASON: 4, Kind.MANNER: 4, Kind.SPEAKERS: 5}
_ASKS = {Kind.TIME: "when", Kind.PERSON: "who", Kind.PLACE: "where", Kind.NUMBER: "how many or how much"}
_LEAD = "From the documents, word for word:"
_LEAD_SPEAKERS = "Quoted or reported on it:"
_LEAD_NEAR = "The nearest sentences, word for word; they may not answer the question."
_SURE = 0.5  # below it an answer is introduced as perhaps none
_REPEATED = 0.7  # of two sentences' words in common, from which the second says nothing new
_SAYING = frozenset(
    stems(
        "think thought believe state comment remark mention speak spoke talk answer write wrote written discuss "
        "respond reply feel felt express view position stance opinion quote quotation statement "
        "people person anybody anyone everybody everyone somebody someone else"
    )
)
_NAME_OR_NUMBER = re.compile(r"(?<!^)\b(?:[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*|\d[\d.,]*\d|\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """The sentences that answer, best first, or an abstention, with the passages."""

    lead: str
    quotes: tuple[Quoted, ...]
    confidence: float
    abstention: Abstention | None = None
    short_answer: ShortAnswer | None = None
    passages: tuple[Passage, ...] = ()


def find_facts(library: Library, query: Query, ranking: Ranking, caution: Caution) -> Found:
    """Return the best sentences for a question of fact."""
    if not ranking.sentences or not is_enough(ranking.confidence, caution):
        return _silence(query, ranking.passages, ranking.confidence)
    best = _best(query.kind, ranking.sentences)
    if not best:
        return _silence(query, ranking.passages, 0.0)
    quotes = to_quotes(library, best)
    missing = _what_is_missing(query, best)
    lead = _lead(query, ranking.confidence, missing, is_spoken=all(quoted.speaker for quoted in quotes))
    short_answer = None if missing else find_short_answer(query, best[0])
    return Found(lead, quotes, ranking.confidence, None, short_answer, ranking.passages)


def to_quotes(library: Library, sentences: Sequence[Sentence]) -> tuple[Quoted, ...]:
    """Return sentences as quotes, as the words of all who said them where they lie inside statements."""
    said = _statements_of(library, sentences)
    joint = library.joint_speakers([said[sentence] for sentence in sentences if sentence in said])
    return tuple(_to_quoted(library, sentence, said.get(sentence), joint) for sentence in sentences)


def by_place(sentence: Sentence) -> tuple[str, str, int]:
    """Order sentences by the date of their document, then by document and place in it."""
    document = sentence.passage.document
    return document.date or "", document.id, sentence.span.start


def asks_more_than_words(query: Query) -> bool:
    """Tell 'What did Weil promise the pilots?' from 'What did Weil say about the pilots?'."""
    named = f"{query.speaker or ''} {query.topic or ''}"
    return not set(question_stems(query.text)) <= {*stems(named), *_SAYING}


def is_told_in_words(query: Query, ranking: Ranking) -> bool:
    """Tell whether the first sentence holds every word of the question and is likely to answer it."""
    if not ranking.sentences or not is_enough(ranking.confidence, Caution.CAUTIOUS):
        return False
    return set(question_stems(query.text)) <= set(stems(ranking.sentences[0].span.text))


def lacking(query: Query, sentences: Sequence[Sentence]) -> list[str]:
    """Return the names and numbers of a question that stand neither in the sentences nor in their passages."""
    there = {word for s in sentences for word in (*stems(s.passage.text), *stems(s.passage.document.title))}
    return [name for name in _names_and_numbers(query) if not set(question_stems(name)) <= there]


def _names_and_numbers(query: Query) -> list[str]:
    return list(dict.fromkeys(match.group() for match in _NAME_OR_NUMBER.finditer(query.text)))


def _silence(query: Query, passages: Sequence[Passage], confidence: float) -> Found:
    there = {word for passage in passages for word in stems(passage.text)}
    missing = [name for name in _names_and_numbers(query) if not set(question_stems(name)) & there]
    words = question_stems(query.text)
    is_there = bool(passages) and 2 * sum(word in there for word in words) >= len(words) and not missing
    abstention = not_found(query, Reason.TOO_WEAK if is_there else Reason.NOTHING_IN_DOCUMENTS, missing)
    return Found(abstention.message, (), confidence, abstention, None, tuple(passages))


def _lead(query: Query, confidence: float, missing: str, *, is_spoken: bool) -> str:
    if missing:
        return f"{_LEAD_NEAR} {missing}"
    if confidence < _SURE:
        return _LEAD_NEAR
    return _LEAD_SPEAKERS if query.kind is Kind.SPEAKERS and is_spoken else _LEAD


def _what_is_missing(query: Query, best: Sequence[Sentence]) -> str:
    """Say which names and numbers are not near the sentences, and if none of them tells when, who, where, how many."""
    parts = []
    if names := lacking(query, best):
        parts.append(f"Not found near them: {names_in_words(names)}.")
    asked = frozenset(question_stems(query.text))
    if (word := _ASKS.get(query.kind)) and all(lacks(query.kind, sentence.span.text, asked) for sentence in best):
        parts.append(f"Nothing in them tells {word}.")
    return " ".join(parts)


def said_anew(sentences: Sequence[Sentence], n: int, before: Sequence[Sentence] = ()) -> list[Sentence]:
    """Return the `n` best that can stand as quotes and say more than a better one, or one of those `before`, does.

    Maximal marginal relevance with a hard bound.
    """
    kept = [(sentence, set(stems(sentence.span.text))) for sentence in before]
    n += len(kept)
    for sentence in sentences:
        held = set(stems(sentence.span.text))
        is_new = all(len(held & other) < _REPEATED * len(held | other) for _, other in kept)
        if is_new and is_quotable(sentence.span.text, sentence.passage.document.title):
            kept.append((sentence, held))
        if len(kept) == n:
            break
    return [sentence for sentence, _ in kept[len(before) :]]


def _best(kind: Kind, sentences: Sequence[Sentence]) -> list[Sentence]:
    best = said_anew(sentences, _N_SENTENCES.get(kind, 3))
    return sorted(best, key=by_place) if kind is Kind.SUMMARY else best


def _statements_of(library: Library, sentences: Sequence[Sentence]) -> dict[Sentence, Statement]:
    """Return for each sentence that is mostly somebody's words the statement it belongs to."""
    documents = list(dict.fromkeys(sentence.passage.document.id for sentence in sentences))
    statements = library.statements(document_ids=documents)
    found = {}
    for sentence in sentences:
        shares = [(_shared(statement, sentence), statement) for statement in statements]
        most, statement = max(shares, key=lambda pair: pair[0], default=(0, None))
        if statement and most >= 0.5 * len(sentence.span.text):
            found[sentence] = statement
    return found


def _shared(statement: Statement, sentence: Sentence) -> int:
    if statement.document.id != sentence.passage.document.id:
        return 0
    span = sentence.span
    return sum(max(0, min(c.end, span.end) - max(c.start, span.start)) for c in statement.content)


def _to_quoted(
    library: Library, sentence: Sentence, statement: Statement | None, joint: Mapping[str, tuple[str, ...]]
) -> Quoted:
    """Quote a sentence, as the words of all who said them where it lies inside a statement."""
    if statement:
        quoted = from_statement(statement, sentence.span, texts_of(library))
        return replace(quoted, also_by=joint.get(statement.id, ()))
    document = sentence.passage.document
    return Quoted(document, sentence.span, date=document.date, page=sentence.passage.page)
