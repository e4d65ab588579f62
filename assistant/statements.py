"""The statement half of an answer: which of a speaker's statements are on the topic, and in which order.

Knows statements and where they are stored; knows nothing of how questions are understood or answers are worded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.answer import Reason
from index.attribute import cues
from index.database import folded
from index.records import Filters, Span, Statement
from index.told import Holding

if TYPE_CHECKING:
    from index.library import Library

Texts = Callable[[str], str]

_MOST = 300  # statements looked at for one answer
_AROUND = 0.6  # score of a statement whose topic stands only around it
_MANNERS = ("direct", "mixed", "reported")
_MARKS = "“”\"'‘’.,;:!?…–— "

_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?")
_POSSESSIVE = re.compile(r"['’]s$|['’]$")
_STOP_WORDS = frozenset(
    """
a an and are as at be been being but by can could did do does for from had has have he her hers him his how i if in into
is it its just me my no nor not of off on or our ours she should so some such than that the their theirs them then there
these they this those to too us was we were what when where which who whom why will with would you your about s t
""".split()
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement on the topic and the stretch to quote, in its document's offsets.

    The stretch is the run of whole sentences; of words that stand in one pair of quotation marks, these alone.

    `score` is in (0, 1], 1 where the topic's exact words are in the statement. `also` is the same statement in
    other places.
    """

    statement: Statement
    start: int
    end: int
    score: float
    matched: tuple[str, ...] = ()
    also: tuple[Statement, ...] = ()


def choose(topic: str | None, statements: Sequence[Statement], texts: Texts, *, limit: int = 20) -> list[Chosen]:
    """Return what was said on a topic, best first; without a topic everything, newest first.

    Matches in this order, each step only where the one before finds nothing: the topic's exact words, their stems,
    the words around the statement in its sentences. The speaker's own name is no topic.
    """
    found = _by_words(topic, statements, texts) if topic and has_words(topic) else _everything(statements)
    return best(topic, found, limit=limit)


def find_on(
    library: Library,
    topic: str | None,
    within: Filters,
    *,
    document_ids: Sequence[str] | None = None,
    most: int | None = _MOST,
) -> list[Chosen]:
    """Return the library's statements on a topic inside the filters, as `choose` matches them, in no order.

    Of a large library only those are read that hold the beginnings of the topic's words, and where none does, those
    whose sentences hold them; of more than `most` the newest.
    """
    given: dict[str, Any] = {**asdict(within), "document_ids": document_ids, "newest": most}
    if topic is None or not has_words(topic):
        return _everything(library.statements(**given))
    words = tuple(topic_words(topic))
    holding = Holding(words, tuple(map(_stem, words)))
    found = _by_words(topic, library.statements(**given, holding=holding), texts_of(library))
    if found and found[0].score > _AROUND:
        return found
    around = library.statements(**given, holding=replace(holding, around=True))
    return _by_words(topic, around, texts_of(library))


def best(topic: str | None, found: Sequence[Chosen], *, limit: int = 20) -> list[Chosen]:
    """Return the best of the statements found, the same words once, no two overlapping; without a topic the newest."""
    return _without_repeats(sorted(found, key=relevance if has_words(topic) else _newest), limit)


def has_words(topic: str | None) -> bool:
    """Tell whether there is a topic."""
    return bool(topic and topic.strip())


def texts_of(library: Library) -> Texts:
    """Return the function from a document's id to its text."""
    return lambda document_id: library.document(document_id).text


def decide(chosen: Sequence[Chosen], others: Sequence[str], *, topic_in_documents: bool) -> Reason | None:
    """Return None where there is an answer, else why there is none. `others` are who else spoke on the topic."""
    if chosen:
        return None
    return Reason.NOT_THIS_SPEAKER if others or topic_in_documents else Reason.NOTHING_IN_DOCUMENTS


def _everything(statements: Sequence[Statement]) -> list[Chosen]:
    return [Chosen(s, *_stretch(s), 1.0) for s in statements]


def _stretch(statement: Statement) -> tuple[int, int]:
    first, *more = statement.content
    return (first.start, first.end) if statement.manner == "direct" and not more else (statement.start, statement.end)


def _by_words(topic: str, statements: Sequence[Statement], texts: Texts) -> list[Chosen]:
    wanted = topic_words(topic)
    if not wanted:
        return []
    said = [(s, _words_of(_content_text(s))) for s in statements]
    for normal, score in ((_exact, 1.0), (_stem, 0.8)):
        found = _holding(wanted, said, normal, score)
        if found:
            return found
    around = [(s, _words_around(s, texts)) for s in statements]
    return _holding(wanted, around, _stem, _AROUND)


def _holding(
    wanted: list[str], held: list[tuple[Statement, list[str]]], normal: Callable[[str], str], score: float
) -> list[Chosen]:
    terms = {normal(word) for word in wanted}
    return [
        Chosen(s, *_stretch(s), score, tuple(wanted)) for s, words in held if terms <= {normal(word) for word in words}
    ]


def _words_around(statement: Statement, texts: Texts) -> list[str]:
    """The words of the whole sentences that hold a statement, without its speaker's own name."""
    own = {word.lower() for name in statement.names for word in _words_of(name)}
    words = _words_of(texts(statement.document.id)[statement.start : statement.end])
    return [word for word in words if word.lower() not in own]


def topic_words(topic: str) -> list[str]:
    """Return the words of a topic that carry it."""
    words = _words_of(topic)
    return [word for word in words if word.lower() not in _STOP_WORDS] or words


def _content_text(statement: Statement) -> str:
    return " ".join(span.text for span in statement.content)


def _words_of(text: str) -> list[str]:
    return [_POSSESSIVE.sub("", word) if "'" in word or "’" in word else word for word in _WORD.findall(text)]


_exact = lru_cache(65536)(folded)


@lru_cache(65536)
def _stem(word: str) -> str:
    word = _exact(word)
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ans", "es", "ed", "an", "s", "n"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.rstrip("ey") if len(word) > 4 else word


_strength = lru_cache(4096)(cues.strength)


def relevance(chosen: Chosen) -> tuple[object, ...]:
    """Return what sorts the best first: by how it matches, its cue, words in quotation marks, the newest."""
    statement = chosen.statement
    return -chosen.score, -_strength(statement.cue), _MANNERS.index(statement.manner), _newest(chosen)


def _newest(chosen: Chosen) -> tuple[str, str, int]:
    """Return what puts later dates before earlier ones, those without one last, and then goes by place."""
    day = chosen.statement.date or chosen.statement.document.date or ""
    return "".join(chr(0x10FFFF - ord(x)) for x in day) or chr(0x10FFFF), chosen.statement.document.id, chosen.start


def without_marks(span: Span) -> Span:
    """Return a span without the marks and stops at its edges, which differ where the words are the same."""
    start = span.start + len(span.text) - len(span.text.lstrip(_MARKS))
    text = span.text.strip(_MARKS)
    return Span(start, start + len(text), text)


def _without_repeats(ranked: list[Chosen], limit: int) -> list[Chosen]:
    """Keep the first of those whose words are equal, the others beside it, and none that overlaps a better one."""
    kept: dict[str, Chosen] = {}
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for chosen in ranked:
        key = _content_text(chosen.statement).strip(_MARKS).lower()
        there = places[chosen.statement.document.id]
        if (first := kept.get(key)) and (first.statement.document.id, first.start) != (
            chosen.statement.document.id,
            chosen.start,
        ):
            kept[key] = replace(first, also=(*first.also, chosen.statement))
        elif first is None and len(kept) < limit and all(b <= chosen.start or chosen.end <= a for a, b in there):
            kept[key] = chosen
            there.append((chosen.start, chosen.end))
    return list(kept.values())
