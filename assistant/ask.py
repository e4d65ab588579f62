"""The assistant: understand, retrieve, answer. Every door drains the same stream.

Knows the order of the stages and nothing of how any of them works.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from assistant.abstain import is_enough, no_documents
from assistant.answer import Abstention, Answer, Kind, Query, Turn
from assistant.facts import asks_more_than_words, find_facts, is_told_in_words
from assistant.llm import LanguageModel, given_model, served_model
from assistant.question import understand
from assistant.quote import Quoted, compose
from assistant.rank import Ranking, rank
from assistant.reword import condensed, search_words
from assistant.said import Said, find_said, suggested
from assistant.settings import Caution, Settings
from assistant.spoken import find_spoken
from assistant.summary import compare, named_document, sum_up
from assistant.words import question_stems, stems
from index.errors import InputError
from index.names import match_name
from index.records import Passage
from index.whereabouts import place_at

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from index.library import Library

_OF_WORDS = re.compile(
    r"(?:and |but )?(?:when|where|why|on what|in which|in what)\b.*\b(?:say|said|tell|told|speak|spoke)\b", re.I
)
LONGEST_QUESTION = 2000  # characters
N_CANDIDATES = 50  # passages whose sentences are compared
MOST_PASSAGES = 100_000  # more than anybody reads
_SURE_BY_WORDS = 0.45  # where all the question's words stand in the best sentence and nothing is known of meaning
N_PASSAGES = 20  # passages kept with an answer, for evaluation; doors show `settings.k`


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer's text; the pieces joined are `answer.text`."""

    text: str


class Assistant:
    """Answers questions from a library's documents, each sentence with its citation."""

    def __init__(self, library: Library, settings: Settings | None = None, *, llm: LLM | None = None) -> None:
        """Take a library; `llm`, any llama-index LLM, writes the answers in place of the settings' model."""
        self.library = library
        self.settings = settings or Settings()
        self._model = given_model(llm) if llm is not None else served_model(self.settings)

    @property
    def has_model(self) -> bool:
        return self._model is not None

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        history: Sequence[Turn] = (),
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Answer:
        """Return the answer, or the reason why there is none; raises InputError for a question that can't be one.

        `k` is the least number of passages kept with the answer.
        """
        options = {"speaker": speaker, "source": source, "since": since, "until": until}
        *_, answer = self.stream(question, k=k, history=history, **options)
        if not isinstance(answer, Answer):
            raise TypeError("a stream ends with its answer")
        return answer

    def stream(
        self,
        question: str,
        *,
        k: int | None = None,
        history: Sequence[Turn] = (),
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[Delta | Answer]:
        """Yield the answer's text piece by piece, then the answer; raises InputError at the first step."""
        _check(question, k)
        clock = _Clock()
        filters = {"speaker": speaker, "source": source, "since": since, "until": until}
        query = self._understand(question, history, filters)
        clock.lap("understand")
        passages = self._retrieve(query, max(N_CANDIDATES, k or 0), more=self._more_words(query))
        clock.lap("retrieve")
        answer = replace(self._answer(query, passages, max(k or 0, N_PASSAGES)), notice=self.library.notice)
        clock.lap("answer")
        yield from self._written(self._model, answer, clock) if self._model else self._as_found(answer, clock)

    def search(
        self,
        query: str,
        *,
        k: int | None = None,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> tuple[Query, list[Passage]]:
        """Return what was understood and the nearest passages, best first; raises InputError as `ask` does."""
        _check(query, k)
        filters = {"speaker": speaker, "source": source, "since": since, "until": until}
        understood = understand(query, (), self.library.people(), today=self._today(), **filters)
        k = k or self.settings.k
        asked = replace(understood, text=query)
        passages = self._retrieve(asked, max(N_CANDIDATES, k), speaker=speaker)
        return understood, list(self._rank(asked, passages).passages[:k])

    def _understand(self, question: str, history: Sequence[Turn], filters: Mapping[str, str | None]) -> Query:
        people, today = self.library.people(), self._today()
        if self._model and self.settings.llm_condense:
            whole = condensed(self._model, question, history)
            if whole != question:
                query = understand(whole, (), people, today=today, **filters)
                return replace(query, question=question, carried_over=("topic",))
        query = understand(question, history, people, today=today, **filters)
        document = named_document(query, self.library.documents)
        return replace(query, source=document.id) if document else query

    def _more_words(self, query: Query) -> tuple[str, ...]:
        """Return words of the model's to search for beside; somebody's words are looked up, not searched for."""
        is_looked_up = bool(query.speaker) and query.kind is Kind.STATEMENT
        if self._model and self.settings.llm_search_words and not is_looked_up:
            return search_words(self._model, query.text)
        return ()

    def _as_found(self, answer: Answer, clock: _Clock) -> Iterator[Delta | Answer]:
        yield from (Delta(piece) for piece in _pieces(answer.text))
        yield replace(self._placed(answer), timings=clock.seconds)

    def _written(self, model: LanguageModel, answer: Answer, clock: _Clock) -> Iterator[Delta | Answer]:
        """Let the language model write the answer where there is something to write from."""
        from assistant.write import may_write, sources_of, write  # a tenth of a second that only a model needs

        if not may_write(answer):
            yield from self._as_found(answer, clock)
            return
        for item in write(model, answer, sources_of(answer, self.library)):
            if isinstance(item, Answer):
                clock.lap("model")
                yield replace(self._placed(item), timings=clock.seconds)
            else:
                yield Delta(item)

    def _today(self) -> date:
        """Return the newest document's day: the day on which 'last month' is understood."""
        newest = self.library.newest_day
        return date.fromisoformat(newest) if newest else date.today()

    def _retrieve(self, query: Query, k: int, *, speaker: str | None = None, more: Sequence[str] = ()) -> list[Passage]:
        """Return the passages within the query's filters, nearest first."""
        if not self.library.n_passages:
            return []
        within = {"speaker": speaker, "source": query.source, "since": query.since, "until": query.until}
        return self.library.retrieve(" ".join((query.text, *more)), k=k, **within)

    def _rank(self, query: Query, passages: Sequence[Passage]) -> Ranking:
        """Return the passages that answer the query first, and their sentences."""
        library = self.library
        if not passages:
            return Ranking()
        ranking = rank(query, library.query_vectors(query.text), passages, library.sentence_vectors(passages))
        return _by_words(query, ranking) if library.is_model_loading else ranking

    def _side(self, query: Query, side: str) -> Ranking:
        """Return what is found on one of the things compared."""
        asked = replace(query, text=side, kind=Kind.FACT)
        return self._rank(asked, self._retrieve(asked, N_CANDIDATES))

    def _answer(self, query: Query, passages: Sequence[Passage], n_kept: int) -> Answer:
        if not self.library.n_documents:
            abstention = no_documents()
            return Answer(query, abstention.message, 0.0, abstention=abstention)
        ranked = cache(lambda: self._rank(query, passages))  # asked for in several places, or in none
        if said := self._find_said(query, passages, ranked):
            places = [_to_passage(quoted, place) for place, quoted in enumerate(said.quotes, 1)]
            others = passages if places else ranked().passages  # the nearest are all there is to show
            return _build(
                query,
                said.lead,
                said.quotes,
                said.confidence,
                said.abstention,
                _joined(places, others)[:n_kept],
                said.follow_ups,
            )
        found = sum_up(self.library, query) or compare(self.library, query, lambda side: self._side(query, side))
        found = found or find_facts(self.library, query, ranked(), self.settings.caution)
        follow_ups = suggested(self.library, query, found.quotes, found.passages)
        answer = _build(
            query, found.lead, found.quotes, found.confidence, found.abstention, found.passages[:n_kept], follow_ups
        )
        return replace(answer, short_answer=found.short_answer)

    def _placed(self, answer: Answer) -> Answer:
        """Return the answer whose citations tell slide, row or time where their documents have such places."""
        documents = {citation.document.id for citation in answer.citations}
        found = {id_: self.library.document(id_) for id_ in documents}
        placed = (replace(c, place=place_at(found[c.document.id], c.quote.start)) for c in answer.citations)
        return replace(answer, citations=tuple(placed))

    def _find_said(self, query: Query, passages: Sequence[Passage], ranked: Callable[[], Ranking]) -> Said | None:
        """Return what is known of somebody's words where the question asks for them and no sentence tells it better."""
        said = self._words_of(query, passages, ranked)
        if not said or query.besides or not asks_more_than_words(query):
            return said
        return None if is_told_in_words(query, ranked()) else said

    def _words_of(self, query: Query, passages: Sequence[Passage], ranked: Callable[[], Ranking]) -> Said | None:
        """Return what is known of somebody's words where the question asks for them.

        A question for the time, place or reason of somebody's words is answered by them, if there are any.
        """
        if query.kind is Kind.SPEAKERS and query.topic:
            spoken = find_spoken(self.library, query)
            return None if spoken.abstention and _may_be_told(query, ranked) else spoken
        if not query.speaker or not self._may_be_said(query):
            return None
        if query.kind is Kind.STATEMENT:
            return find_said(self.library, query, passages[:N_PASSAGES])
        if query.kind is Kind.REASON or (query.kind in (Kind.TIME, Kind.PLACE) and _OF_WORDS.match(query.text)):
            said = find_said(self.library, query, passages[:N_PASSAGES])
            return said if said.quotes else None
        return None

    def _may_be_said(self, query: Query) -> bool:
        """Tell a name, known or not, from words that only look like a speaker ('the coroner')."""
        speaker = query.speaker or ""
        return not speaker.islower() or bool(match_name(speaker, self.library.people()).speakers)


def _may_be_told(query: Query, ranked: Callable[[], Ranking]) -> bool:
    """Tell whether sentences near the topic may say who spoke on it where nobody is quoted in its words."""
    return not query.besides and is_enough(ranked().confidence, Caution.CAUTIOUS)


def _build(
    query: Query,
    lead: str,
    quotes: Sequence[Quoted],
    confidence: float,
    abstention: Abstention | None,
    passages: Sequence[Passage],
    follow_ups: tuple[str, ...] = (),
) -> Answer:
    text, citations = compose(lead, quotes)
    return Answer(query, text, confidence, citations, abstention, tuple(passages), None, follow_ups)


def _to_passage(quoted: Quoted, rank: int) -> Passage:
    quote = quoted.quote
    return Passage(quoted.document, quote.start, quote.end, quote.text, quoted.page, (), rank, 1.0 / rank)


def _joined(first: Sequence[Passage], rest: Sequence[Passage]) -> list[Passage]:
    """Return the passages that are quoted, then those that were found beside them, ranked anew."""
    there = [(p.document.id, p.start, p.end) for p in first]
    more = [p for p in rest if not any(d == p.document.id and a < p.end and p.start < b for d, a, b in there)]
    top = min((p.score for p in first), default=1.0)
    return [
        replace(p, rank=rank, score=p.score if rank <= len(first) else top * p.score / (rank + 1))
        for rank, p in enumerate([*first, *more], 1)
    ]


def _by_words(query: Query, ranking: Ranking) -> Ranking:
    """Return the ranking with a confidence by words alone, never enough to be called an answer without reserve."""
    asked = set(question_stems(query.text))
    there = {word for sentence in ranking.sentences[:1] for word in stems(sentence.span.text)}
    return replace(ranking, confidence=max(ranking.confidence, _SURE_BY_WORDS * len(asked & there) / len(asked)))


def _check(question: str, k: int | None) -> None:
    if not question.strip():
        raise InputError("the question is empty: type what you want to know")
    if not any(letter.isalnum() for letter in question):
        raise InputError("the question has no words: type what you want to know")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"the question has {len(question):,} characters: ask in at most {LONGEST_QUESTION:,}, "
            f"and add long texts as documents"
        )
    if k is not None and not 1 <= k <= MOST_PASSAGES:
        raise InputError(f"k is {k}: ask for at least one passage, and at most {MOST_PASSAGES:,}")


def _pieces(text: str) -> Iterator[str]:
    """Cut a text into paragraphs that keep their separators."""
    paragraphs = text.split("\n\n")
    for number, paragraph in enumerate(paragraphs, 1):
        yield paragraph + ("\n\n" if number < len(paragraphs) else "")


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = now - self._last
        self._last = now
