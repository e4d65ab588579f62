"""Questions for somebody's words: the speaker's statements on the topic, or why there are none.

Knows the library's statements and people; the wording is in quote.py and abstain.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.abstain import not_said
from assistant.answer import Abstention, Query, Reason
from assistant.followup import statement_question
from assistant.quote import Quoted, from_chosen
from assistant.statements import Chosen, choose, decide, mentions_topic
from assistant.words import question_stems, stems
from index.names import match_name
from index.records import Passage, Statement

_NAME = re.compile(r"(?<![.!?“\"] )(?<!^)\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_N_FOLLOW_UPS = 4
_NOBODY = frozenset({"Nobody", "Everybody", "Somebody", "Everyone", "No one", "It", "This", "That"})
_PARTICLES = frozenset({"de", "van", "von", "der", "den", "da", "di", "la", "le", "del", "bin", "al", "of"})
_NOT_NAMES = frozenset(
    "ministry council committee commission agency authority company union court police office department government "
    "bank university institute association group inc ltd times news press house the in nobody".split()
)
# How often an answer by the topic's exact words, by their stems, and by the words around a statement is right.
_CONFIDENCE = ((1.0, 0.9), (0.8, 0.75), (0.0, 0.5))

if TYPE_CHECKING:
    from index.library import Library


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
    speaker = query.speaker or ""
    within = {"source": query.source, "since": query.since, "until": query.until}
    own = library.statements(speaker=speaker, **within)
    chosen = choose(query.topic, own, texts_of(library))
    document_ids = list(dict.fromkeys(p.document.id for p in nearest))
    around = library.statements(document_ids=document_ids, **within) if query.topic else []
    mine = {statement.speaker for statement in own}
    others = [s for s in mentions_topic(query.topic or "", around, texts_of(library)) if s.speaker not in mine]
    reason = decide(chosen, others, topic_in_documents=_is_spoken_of(query, nearest))
    follow_ups = _follow_ups(library, query, own, others)
    if reason:
        abstention = _abstain(library, query, reason, own, others, follow_ups)
        return Said(abstention.message, (), 0.05, abstention, follow_ups)
    quotes = tuple(from_chosen(one, texts_of(library)) for one in chosen)
    confidence = next(value for score, value in _CONFIDENCE if chosen[0].score >= score)
    return Said(_lead(query, chosen), quotes, confidence, None, follow_ups)


def texts_of(library: Library) -> Callable[[str], str]:
    """Return the function from a document's id to its text."""
    return lambda document_id: library.document(document_id).text


def _lead(query: Query, chosen: Sequence[Chosen]) -> str:
    speakers = list(dict.fromkeys(one.statement.speaker for one in chosen))
    who = " and ".join(speakers) if len(speakers) <= 2 else query.speaker
    n_documents = len({one.statement.document.id for one in chosen})
    on = f" on {query.topic}" if query.topic else ""
    where = "one document" if n_documents == 1 else f"{n_documents} documents"
    return f"{who}{on}, as quoted or reported in {where}:"


def _is_spoken_of(query: Query, nearest: Sequence[Passage]) -> bool:
    wanted = set(question_stems(query.topic or ""))
    return bool(wanted) and any(wanted <= set(stems(passage.text)) for passage in nearest)


def _abstain(
    library: Library,
    query: Query,
    reason: Reason,
    own: Sequence[Statement],
    others: Sequence[Statement],
    follow_ups: Sequence[str],
) -> Abstention:
    known = bool(own) or bool(match_name(query.speaker or "", library.people()).speakers)
    return not_said(
        query, reason, is_known=known, others=_names_of(others), topics=names_in(own)[:3], instead=follow_ups
    )


def is_person(name: str) -> bool:
    """Tell a person's name by its shape from an office or a firm ('the county'): two to five capitalised words."""
    words = [word for word in name.split() if word.lower() not in _PARTICLES]
    return 2 <= len(words) <= 5 and all(word[:1].isupper() and word.lower() not in _NOT_NAMES for word in words)


def _names_of(statements: Sequence[Statement]) -> list[str]:
    """Return who made the statements, people before others, those with most first; things that can't speak left out."""
    names = [name for name, _ in Counter(s.speaker for s in statements).most_common() if name not in _NOBODY]
    return sorted((name for name in names if not name[:1].isdigit()), key=lambda name: not is_person(name))


def _follow_ups(
    library: Library, query: Query, own: Sequence[Statement], others: Sequence[Statement]
) -> tuple[str, ...]:
    """Return questions that have an answer: others on the topic, and the speaker on other topics."""
    asked = [statement_question(name, query.topic) for name in _names_of(others)[:2] if name[:1].isupper()]
    speakers = {statement.speaker for statement in own}
    if len(speakers) == 1:
        topics = [topic for topic in names_in(own) if topic.lower() not in (query.topic or "").lower()]
        answered = [topic for topic in topics if choose(topic, own, texts_of(library), limit=1)]
        asked += [statement_question(own[0].speaker, topic) for topic in answered[: _N_FOLLOW_UPS - len(asked)]]
    return tuple(asked)


def names_in(statements: Sequence[Statement]) -> list[str]:
    """Return the names that somebody's statements hold most often, without his own."""
    counts: Counter[str] = Counter()
    own = {word for statement in statements for name in (statement.speaker, *statement.names) for word in name.split()}
    for statement in statements:
        for span in statement.content:
            names = set(_NAME.findall(span.text))
            counts.update(name for name in names if not set(name.split()) & own and len(name) > 3)
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
