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
from assistant.names import match_name
from assistant.quote import Quoted, from_chosen
from assistant.statements import Chosen, choose, decide, mentions_topic
from index.records import Passage, Statement

_NAME = re.compile(r"(?<![.!?“\"] )(?<!^)\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_N_FOLLOW_UPS = 4
# How often an answer by the topic's exact words, by their stems, and by meaning is right.
_CONFIDENCE = ((1.0, 0.9), (0.8, 0.75), (0.0, 0.5))

if TYPE_CHECKING:
    from index.library import Library


@dataclass(frozen=True, slots=True)
class Said:
    """A speaker's statements on a topic, best first, or an abstention."""

    lead: str
    quotes: tuple[Quoted, ...]
    places: tuple[Chosen, ...]
    confidence: float
    abstention: Abstention | None
    follow_ups: tuple[str, ...]


def find_said(library: Library, query: Query, nearest: Sequence[Passage]) -> Said:
    """Return what the asked speaker said on the topic; `nearest` are the passages found for the question."""
    speaker = query.speaker or ""
    within = {"source": query.source, "since": query.since, "until": query.until}
    own = library.statements(speaker=speaker, **within)
    chosen = choose(query.topic, own, _texts(library))
    document_ids = list(dict.fromkeys(p.document.id for p in nearest))
    around = library.statements(document_ids=document_ids, **within) if query.topic else []
    mine = {statement.speaker for statement in own}
    others = [s for s in mentions_topic(query.topic or "", around, _texts(library)) if s.speaker not in mine]
    reason = decide(chosen, others, topic_in_documents=_is_spoken_of(query, nearest))
    follow_ups = _follow_ups(query, own, others, mine)
    if reason:
        abstention = _abstain(library, query, reason, own, others, follow_ups)
        return Said(abstention.message, (), (), 0.05, abstention, follow_ups)
    quotes = tuple(from_chosen(one, _texts(library)) for one in chosen)
    confidence = next(value for score, value in _CONFIDENCE if chosen[0].score >= score)
    return Said(_lead(query, chosen), quotes, tuple(chosen), confidence, None, follow_ups)


def _texts(library: Library) -> Callable[[str], str]:
    return lambda document_id: library.document(document_id).text


def _lead(query: Query, chosen: Sequence[Chosen]) -> str:
    speakers = list(dict.fromkeys(one.statement.speaker for one in chosen))
    who = " and ".join(speakers) if len(speakers) <= 2 else query.speaker
    n_documents = len({one.statement.document.id for one in chosen})
    on = f" on {query.topic}" if query.topic else ""
    where = "one document" if n_documents == 1 else f"{n_documents} documents"
    return f"{who}{on}, as quoted or reported in {where}:"


def _is_spoken_of(query: Query, nearest: Sequence[Passage]) -> bool:
    from assistant.rank import question_stems, stems

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
    names = [name for name, _ in Counter(s.speaker for s in others).most_common()]
    return not_said(query, reason, is_known=known, others=names, topics=topics_of(own)[:3], instead=follow_ups)


def _follow_ups(query: Query, own: Sequence[Statement], others: Sequence[Statement], mine: set[str]) -> tuple[str, ...]:
    """Return questions that have an answer: others on the topic, and the speaker on other topics."""
    names = [name for name, _ in Counter(s.speaker for s in others).most_common(2)]
    speaker = next(iter(sorted(mine)), query.speaker)
    topics = [topic for topic in topics_of(own) if not query.topic or topic.lower() not in query.topic.lower()]
    asked = [statement_question(name, query.topic) for name in names]
    asked += [statement_question(speaker, topic) for topic in topics[: _N_FOLLOW_UPS - len(asked)]]
    return tuple(asked)


def topics_of(statements: Sequence[Statement]) -> list[str]:
    """Return the names that somebody's statements hold most often, without his own."""
    counts: Counter[str] = Counter()
    own = {word for statement in statements for name in (statement.speaker, *statement.names) for word in name.split()}
    for statement in statements:
        for span in statement.content:
            names = set(_NAME.findall(span.text))
            counts.update(name for name in names if not set(name.split()) & own and len(name) > 3)
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
