"""Questions for somebody's words: the speaker's statements on the topic, or why there are none.

Knows the library's statements and people; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from assistant.abstain import not_said
from assistant.answer import Abstention, Kind, Query
from assistant.followup import statement_question
from assistant.quote import Quoted, from_chosen, names_in_words
from assistant.speakers import is_person, may_be_named, topics_of
from assistant.statements import Chosen, best, decide, find_on, relevance, texts_of
from assistant.words import question_stems, stems
from index.names import match_name, several
from index.people import Person
from index.records import Filters, Passage, Statement

if TYPE_CHECKING:
    from index.library import Library

_N_QUOTES = 20
_LONG_TOPIC = 4  # words
_N_NEAR = 5  # statements shown that hold a part of a long topic
_NEAR = 0.3  # their score
_N_FOLLOW_UPS = 4
_N_OTHERS = 200  # statements that tell who else spoke: the newest in the nearest documents
_N_SUGGESTED_FROM = 5  # documents
_N_SAMPLE = 60  # statements that tell what somebody speaks about: the newest
# How often an answer by the topic's exact words, by their stems, and by the words around a statement is right.
_CONFIDENCE = ((1.0, 0.9), (0.8, 0.75), (0.5, 0.5), (0.0, 0.3))
_OVER_TIME = re.compile(r"\b(?:chang|evolv|shift|develop|revers|soften|harden)\w*|\bover (?:time|the years)\b", re.I)
_REASON = re.compile(
    r"\b(?:because|since|so that|in order to|due to|reasons?|therefore|that is why|as a result|for)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Said:
    """A speaker's statements on a topic, best first, or an abstention."""

    lead: str
    quotes: tuple[Quoted, ...]
    confidence: float
    abstention: Abstention | None
    follow_ups: tuple[str, ...]


def find_said(library: Library, query: Query, nearest: Sequence[Passage]) -> Said:
    """Return what the asked speaker said on the topic; `nearest` are the passages found for the question."""
    chosen = _chosen(library, query) or _nearly(library, query, nearest)
    speakers = match_name(query.speaker or "", library.people()).speakers
    sample = library.statements(speaker=query.speaker, newest=_N_SAMPLE)
    others = _others(library, query, nearest, speakers)
    reason = decide(chosen, others, topic_in_documents=_is_spoken_of(query, nearest))
    if reason:
        follow_ups = _follow_ups(query, speakers, sample, others)
        topics = islice(_topics(query, sample), 3)
        abstention = not_said(
            query, reason, is_known=bool(speakers), others=others, topics=list(topics), instead=follow_ups
        )
        return Said(abstention.message, (), 0.05, abstention, follow_ups)
    quotes = to_quotes(library, chosen)
    confidence = next(value for score, value in _CONFIDENCE if chosen[0].score >= score)
    follow_ups = _follow_ups(query, speakers, sample, others, chosen)
    return Said(_lead(query, chosen, library.people()), quotes, confidence, None, follow_ups)


def within(query: Query) -> Filters:
    """Return the filters under which a question's statements are read."""
    return Filters(query.speaker, query.source, query.since, query.until)


def to_quotes(library: Library, chosen: Sequence[Chosen]) -> tuple[Quoted, ...]:
    """Return the statements as quotes, each with everybody who made it."""
    texts = texts_of(library)
    joint = library.joint_speakers([one.statement for one in chosen])
    return tuple(replace(from_chosen(one, texts), also_by=joint.get(one.statement.id, ())) for one in chosen)


def _chosen(library: Library, query: Query) -> list[Chosen]:
    """Return the statements to quote: people of one name apart, each document's together, over time if so asked."""
    found = find_on(library, query.topic, within(query))
    if not found:
        return []
    names = dict.fromkeys(one.statement.speaker for one in sorted(found, key=relevance))
    share = max(3, _N_QUOTES // max(1, len(names)))
    apart = [best(query.topic, [f for f in found if f.statement.speaker == name], limit=share) for name in names]
    return list(chain.from_iterable(_in_order(query, group) for group in apart))[:_N_QUOTES]


def _nearly(library: Library, query: Query, nearest: Sequence[Passage]) -> list[Chosen]:
    """Return what the speaker said where the passages nearest to a long topic hold half of its words.

    A long topic ('the price of the night ferry when it was discussed in May') hardly stands word for word in anything.
    """
    wanted = set(question_stems(query.topic or ""))
    if len(wanted) < _LONG_TOPIC:
        return []
    places = [p for p in nearest if 2 * len(wanted & set(stems(p.text))) >= len(wanted)]
    documents = list(dict.fromkeys(place.document.id for place in places))
    own = library.statements(**asdict(within(query)), document_ids=documents)
    found = [(_share(wanted, s), s) for s in own if any(_lies_in(s, place) for place in places)]
    best_first = sorted((pair for pair in found if pair[0]), key=lambda pair: -pair[0])[:_N_NEAR]
    return best(None, [Chosen(s, s.start, s.end, _NEAR) for _, s in best_first])


def _share(wanted: set[str], statement: Statement) -> int:
    return len(wanted.intersection(word for span in statement.content for word in stems(span.text)))


def _lies_in(statement: Statement, place: Passage) -> bool:
    return statement.document.id == place.document.id and statement.start < place.end and place.start < statement.end


def _in_order(query: Query, chosen: Sequence[Chosen]) -> list[Chosen]:
    if _OVER_TIME.search(query.question):
        return sorted(chosen, key=lambda one: one.statement.date or one.statement.document.date or "")
    if query.kind is Kind.REASON:
        chosen = sorted(chosen, key=lambda one: not any(_REASON.search(span.text) for span in one.statement.content))
    documents = list(dict.fromkeys(one.statement.document.id for one in chosen))
    return sorted(chosen, key=lambda one: documents.index(one.statement.document.id))


def _lead(query: Query, chosen: Sequence[Chosen], people: Sequence[Person]) -> str:
    speakers = list(dict.fromkeys(one.statement.speaker for one in chosen))
    n_documents = len({one.statement.document.id for one in chosen})
    on = f" on {query.topic}" if query.topic else ""
    where = "one document" if n_documents == 1 else f"{n_documents} documents"
    how = ", oldest first" if _OVER_TIME.search(query.question) and len(chosen) > 1 else ""
    named = several(query.speaker or "")
    if len(named) > 1 and len(match_name(query.speaker or "", people).speakers) > 1:  # 'Weil and Sons' may be one body
        silent = [name for name in named if not {*match_name(name, people).speakers} & {*speakers}]
        but = f"; nothing{on} from {names_in_words(silent)}" if silent else ", each apart"
        return f"{names_in_words(speakers)}{on}, as quoted or reported in {where}{how}{but}:"
    if len(speakers) > 1:
        apart = f"{names_in_words(speakers)} are quoted{on} and kept apart"
        return f"“{query.speaker}” may be more than one here: {apart}, in {where}{how}:"
    if chosen[0].score == _NEAR:
        return f"Nearest to “{query.topic}” in what {speakers[0]} said, as quoted or reported in {where}{how}:"
    return f"{speakers[0]}{on}, as quoted or reported in {where}{how}:"


def _is_spoken_of(query: Query, nearest: Sequence[Passage]) -> bool:
    wanted = set(question_stems(query.topic or ""))
    return bool(wanted) and any(wanted <= set(stems(passage.text)) for passage in nearest)


def _others(library: Library, query: Query, nearest: Sequence[Passage], speakers: Sequence[str]) -> list[str]:
    """Return who else spoke on the topic in the nearest documents, people before others, those with most first."""
    if not query.topic:
        return []
    documents = list(dict.fromkeys(passage.document.id for passage in nearest))
    found = find_on(library, query.topic, replace(within(query), speaker=None), document_ids=documents, most=_N_OTHERS)
    counts = Counter(one.statement.speaker for one in found if one.statement.speaker not in speakers)
    names = [name for name, _ in counts.most_common() if may_be_named(name)]
    return sorted(names, key=lambda name: not is_person(name))


def _topics(query: Query, sample: Sequence[Statement]) -> list[str]:
    """Return what somebody speaks about beside the topic asked about."""
    asked = (query.topic or "").lower()
    terms = topics_of(sample, n=_N_SAMPLE).values()
    return [term for term in dict.fromkeys(chain.from_iterable(terms)) if term.lower() not in asked]


def _follow_ups(
    query: Query,
    speakers: Sequence[str],
    sample: Sequence[Statement],
    others: Sequence[str],
    chosen: Sequence[Chosen] = (),
) -> tuple[str, ...]:
    """Return questions that have an answer: which of several, others on the topic, the speaker on other topics."""
    quoted = list(dict.fromkeys(one.statement.speaker for one in chosen))
    asked = [statement_question(name, query.topic) for name in quoted[:_N_FOLLOW_UPS] if len(quoted) > 1]
    asked += [statement_question(name, query.topic) for name in others[:2] if name[:1].isupper()]
    if len(speakers) == 1:
        asked += [about(speakers[0], topic) for topic in _topics(query, sample)]
    return tuple(dict.fromkeys(asked))[:_N_FOLLOW_UPS]


def about(speaker: str, topic: str) -> str:
    """Return the question for somebody's words on one of `topics_of`."""
    return statement_question(speaker, topic if topic[0].isupper() else f"the {topic}")


def suggested(library: Library, query: Query, quotes: Sequence[Quoted], nearest: Sequence[Passage]) -> tuple[str, ...]:
    """Return questions that have an answer: what people speak about in the documents quoted, and the nearest ones."""
    found = [quoted.document.id for quoted in quotes] + [passage.document.id for passage in nearest if quotes]
    documents = list(dict.fromkeys(found))[:_N_SUGGESTED_FROM]
    sample = library.statements(document_ids=documents, newest=_N_SAMPLE)
    if query.source or query.since or query.until or not sample:
        return ()
    named = [each for each in sample if is_person(each.speaker)]
    asked = set(stems(query.text))
    nearest_first = sorted(named, key=lambda each: documents.index(each.document.id))
    questions: dict[str, str] = {}
    topics = topics_of(named, n=_N_SAMPLE)
    for speaker in dict.fromkeys(each.speaker for each in nearest_first):
        on = sorted(topics[speaker], key=lambda term: not set(stems(term)) & asked)
        if on:
            questions[speaker] = about(speaker, on[0])
    return tuple(questions.values())[:_N_FOLLOW_UPS]
