"""Long answers: a document summed up, two things compared; sentences word for word, none twice, in a reader's order.

Knows which sentences belong together; how one is ranked or quoted is in rank.py and facts.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.abstain import is_enough
from assistant.answer import Kind, Query
from assistant.facts import Found, by_place, said_anew, to_quotes
from assistant.quotable import is_quotable
from assistant.rank import Ranking, Sentence
from assistant.settings import Caution
from assistant.words import words
from index.records import DocumentInfo, Passage, Span

if TYPE_CHECKING:
    from index.library import Library

_MOST = 5  # sentences of a summary
_OF_EACH = 2  # sentences on each of two things compared
_MOST_PASSAGES = 500  # of a document that are read for its summary: some 250 pages
_FEWEST_WORDS = 7  # of a sentence that may stand for a document
_NEARNESS = 0.7  # weight of being near to the whole against being unlike what is chosen already
# Nothing here measures whether a summary is a good one.
_CONFIDENCE = 0.5
_FILE = re.compile(r"\w\.[A-Za-z]\w{1,4}\b")
_THIS = re.compile(r"^(?:it|(?:this|the)(?: whole| entire)? (?:document|file|text|article|paper|report))?$", re.I)
_COMPARED = re.compile(
    r"\b(?:compare|contrast|(?:differences?|similarit(?:y|ies)) between)\s+(?:(?:what|the) )??(?P<one>[^?]+?)"
    r"\s+(?:and|with|to|versus|vs\.?|against)\s+(?P<other>[^?]+?)\W*$",
    re.I,
)


def named_document(query: Query, documents: Callable[[], Iterable[DocumentInfo]]) -> DocumentInfo | None:
    """Return the one document whose file the question names, or that it asks to sum up by its title or as the only one.

    `documents` is asked only where the question may name one.
    """
    asks_for_one = query.kind is Kind.SUMMARY and not _COMPARED.search(query.text)
    if query.source or not (asks_for_one or _FILE.search(query.text)):
        return None
    text = query.text.casefold()
    known = list(documents())
    found = [d for d in known if _stands_in(_file(d), text) or (asks_for_one and _is_name(query.topic, d))]
    if not found and asks_for_one and _THIS.match(query.topic or ""):
        found = known
    return found[0] if len(found) == 1 else None


def sum_up(library: Library, query: Query) -> Found | None:
    """Return the sentences that stand for the document a question asks to sum up, in their order; None for another.

    Those nearest to the mean of all its sentences (Radev et al. 2004), each unlike the ones before it (maximal marginal
    relevance: Carbonell and Goldstein 1998).
    """
    if query.kind is not Kind.SUMMARY or not query.source:
        return None
    documents = library.documents(source=query.source)
    if len(documents) != 1 or not (_THIS.match(query.topic or "") or _is_name(query.topic, documents[0])):
        return None
    passages = library.retrieve(query.text, k=_MOST_PASSAGES, source=query.source)
    chosen = sorted(_central(passages, library.sentence_vectors(passages)), key=by_place)
    if not chosen:
        return None
    quotes = to_quotes(library, chosen)
    return Found(_lead(chosen), quotes, _CONFIDENCE, passages=tuple(passages))


def compare(library: Library, query: Query, search: Callable[[str], Ranking]) -> Found | None:
    """Return the best sentences on each of two things compared, the first thing's first; None for another question."""
    sides = _COMPARED.search(query.text) if query.kind is Kind.SUMMARY else None
    if not sides:
        return None
    rankings = [search(side) for side in (sides["one"], sides["other"])]
    if not all(ranking.sentences and is_enough(ranking.confidence, Caution.BALANCED) for ranking in rankings):
        return None
    chosen: list[Sentence] = []
    for ranking in rankings:
        chosen += sorted(said_anew(ranking.sentences, _OF_EACH, chosen), key=by_place)
    passages = dict.fromkeys(passage for pair in zip(*(r.passages for r in rankings), strict=False) for passage in pair)
    lead = f"On {sides['one']} and on {sides['other']}, word for word:"
    return Found(lead, to_quotes(library, chosen), min(r.confidence for r in rankings), passages=_ranked_anew(passages))


def _central(passages: Sequence[Passage], vectors: Sequence[np.ndarray]) -> list[Sentence]:
    places = [
        (Sentence(passage, Span(a, b, text), 0.0), vector)
        for passage, rows in zip(passages, vectors, strict=True)
        for (a, b), vector in zip(passage.sentences, rows, strict=False)
        if len(words(text := passage.text[a - passage.start : b - passage.start])) >= _FEWEST_WORDS
        and is_quotable(text, passage.document.title)
    ]
    if not places:
        return []
    rows = np.stack([vector for _, vector in places]).astype(float)
    centre = rows.mean(axis=0)
    near = np.round(rows @ (centre / (np.linalg.norm(centre) or 1.0)), 9)
    alike, chosen = np.zeros(len(rows)), list[int]()
    for _ in range(min(_MOST, len(rows))):
        gain = np.round(_NEARNESS * near - (1 - _NEARNESS) * alike, 9)
        gain[chosen] = -np.inf
        chosen.append(int(gain.argmax()))
        alike = np.maximum(alike, rows @ rows[chosen[-1]])
    return said_anew([places[i][0] for i in chosen], _MOST)


def _is_name(topic: str | None, info: DocumentInfo) -> bool:
    """Tell whether a topic is a document's title or file, with or without its ending."""
    name, file = _plain(topic or ""), _file(info)
    return bool(name) and name in (_plain(info.title), file, _plain(re.sub(r"[-_ ]+", " ", file.rsplit(".", 1)[0])))


def _lead(chosen: Sequence[Sentence]) -> str:
    info = chosen[0].passage.document
    return f"From {info.title or info.source}, its sentences nearest to the whole, word for word:"


def _ranked_anew(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    return tuple(replace(passage, rank=rank, score=1 / rank) for rank, passage in enumerate(passages, 1))


def _file(info: DocumentInfo) -> str:
    return info.source.casefold().rsplit("/", 1)[-1]


def _plain(text: str) -> str:
    return re.sub(r"^(?:the|this|that|my|our|a|an) ", "", " ".join(text.casefold().split()))


def _stands_in(name: str, text: str) -> bool:
    return "." in name and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\.?\w)", text))
