"""The statement half of an answer: which of a speaker's statements are on the topic, and in which order.

Knows statements and their documents' texts; knows nothing of how questions are understood or answers are worded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Reason
from index.attribute.cues import strength
from index.records import Statement

Texts = Callable[[str], str]

_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?")
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
    """Return what one speaker said on a topic, best first; without a topic everything, newest first.

    Matches in this order, each step only where the one before finds nothing: the topic's exact words, their stems,
    the words around the statement in its sentences. The speaker's own name is no topic.
    """
    if not statements:
        return []
    matches = _by_words(topic, statements, texts) if topic and topic.strip() else _everything(statements)
    return _without_overlaps(_without_repeats(_ranked(matches)))[:limit]


def mentions_topic(topic: str, statements: Sequence[Statement], texts: Texts) -> list[Statement]:
    """Return the statements that hold the topic by its words."""
    return [chosen.statement for chosen in _by_words(topic, statements, texts)]


def decide(chosen: Sequence[Chosen], others: Sequence[Statement], *, topic_in_documents: bool) -> Reason | None:
    """Return None where there is an answer, else why there is none. `others` are other people's on the topic."""
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
    return _holding(wanted, around, _stem, 0.6)


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
    return [re.sub(r"['’]s$|['’]$", "", word) for word in _WORD.findall(text)]


def _exact(word: str) -> str:
    return word.lower().replace(".", "").replace("’", "'")


def _stem(word: str) -> str:
    word = _exact(word)
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ans", "es", "ed", "er", "an", "s", "n"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.rstrip("ey") if len(word) > 4 else word


def _ranked(found: list[Chosen]) -> list[Chosen]:
    def order(c: Chosen) -> tuple[float, int, int, str, str, int]:
        manner = {"direct": 0, "mixed": 1, "reported": 2}[c.statement.manner]
        newest = "".join(chr(0x10FFFF - ord(x)) for x in c.statement.date or "")
        return -c.score, -strength(c.statement.cue), manner, newest, c.statement.document.id, c.start

    return sorted(found, key=order)


def _without_repeats(found: list[Chosen]) -> list[Chosen]:
    """Keep one of those statements whose words are equal, with the others beside it."""
    kept: dict[str, Chosen] = {}
    for chosen in found:
        key = " ".join(_words_of(_content_text(chosen.statement))).lower()
        first = kept.get(key)
        if first is None:
            kept[key] = chosen
        elif (first.statement.document.id, first.start) != (chosen.statement.document.id, chosen.start):
            kept[key] = replace(first, also=(*first.also, chosen.statement))
    return list(kept.values())


def _without_overlaps(found: list[Chosen]) -> list[Chosen]:
    kept: list[Chosen] = []
    for chosen in found:
        document = chosen.statement.document.id
        if not any(k.statement.document.id == document and k.start < chosen.end and chosen.start < k.end for k in kept):
            kept.append(chosen)
    return kept
