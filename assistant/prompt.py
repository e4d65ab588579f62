"""Passages and statements to the messages for a language model: numbered, delimited, within its context window.

Knows the files in `prompts/`; nothing of any server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from string import Template
from typing import Literal

from assistant.answer import Query
from index.records import Passage, Span, Statement
from index.split import sentences

ANSWER_TOKENS = 700  # of the context window kept for the answer
_MOST_SOURCES = 8
_BYTES_A_TOKEN = 3  # fewer than any tokenizer in use makes of English (about 4); a character of Chinese has 3 bytes
_MESSAGE_TOKENS = 16  # what a chat template adds to a message
_LONGEST_HEAD = 120  # characters of a title or name, which come from files and are not trusted


@dataclass(frozen=True, slots=True)
class Source:
    """A passage under the number by which the model cites it, with the statements that lie in it."""

    number: int
    passage: Passage
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user"]
    text: str


def number_sources(
    passages: Sequence[Passage], statements: Sequence[Statement], *, at_most: int = _MOST_SOURCES
) -> tuple[Source, ...]:
    """Return the passages as sources, numbered from 1, each with the statements that begin or end in it."""
    return tuple(
        Source(number, passage, tuple(s for s in statements if _lies_in(s, passage)))
        for number, passage in enumerate(passages[:at_most], 1)
    )


def to_messages(query: Query, sources: Sequence[Source], context_tokens: int) -> tuple[tuple[Message, ...], int]:
    """Return the messages and how many of the sources are in them, the first always, cut where it must be."""
    rules = prompt_file("rules.md")
    room = context_tokens - ANSWER_TOKENS - 2 * _MESSAGE_TOKENS
    room -= count_tokens(rules) + count_tokens(_question(query, ""))
    blocks: list[str] = []
    for source in sources:
        block = source_block(source)
        needed = count_tokens(block) + 1
        if needed > room:
            break
        blocks.append(block)
        room -= needed
    if sources and not blocks:
        blocks.append(_shortened(sources[0], room))
    return (Message("system", rules), Message("user", _question(query, "\n\n".join(blocks)))), len(blocks)


def count_tokens(text: str) -> int:
    """Return an upper estimate of a text's tokens, whatever the tokenizer."""
    return -(-len(text.encode()) // _BYTES_A_TOKEN)


@lru_cache(maxsize=8)
def prompt_file(name: str) -> str:
    """Return the text of a message in `prompts/`."""
    return resources.files("prompts").joinpath(name).read_text(encoding="utf-8").strip()


def source_block(source: Source) -> str:
    """Return a source as the prompt shows it: a line on where it is from, its text behind bars, who said what in it."""
    passage = source.passage
    document = passage.document
    where = [_one_line(document.title), _one_line(document.source), document.date or ""]
    where += [f"page {passage.page}"] if passage.page else []
    said = [
        f"| said by {_one_line(statement.speaker)} ({statement.manner}, “{_one_line(statement.cue) or 'speaks'}”): "
        + _one_line(" … ".join(span.text for span in statement.content), 2_000)
        for statement in source.statements
    ]
    lines = [f"| {line}" for line in passage.text.splitlines()]
    return "\n".join([f"Source {source.number}", f"| from: {', '.join(filter(None, where))}", *lines, *said])


def _question(query: Query, sources: str) -> str:
    asked = _one_line(query.question, 2_000)
    if query.carried_over:
        asked += f" (in full: {_one_line(query.text, 2_000)})"
    return Template(prompt_file("question.md")).substitute(sources=sources, question=asked)


def _shortened(source: Source, room: int) -> str:
    """Return a source with as many of its sentences, from the first, as fit; half a sentence where none does."""
    passage = source.passage
    end = 0
    for _, after in sentences(passage.text):
        cut = _cut(source, passage.text[:after])
        if count_tokens(source_block(cut)) > room:
            break
        end = after
    return source_block(_cut(source, passage.text[: end or max(1, room)]))


def _cut(source: Source, text: str) -> Source:
    passage = source.passage
    shorter = Passage(
        passage.document, passage.start, passage.start + len(text), text, passage.page, (), passage.rank, passage.score
    )
    return Source(source.number, shorter)


def _lies_in(statement: Statement, passage: Passage) -> bool:
    spans: tuple[Span, ...] = statement.content
    is_same = statement.document.id == passage.document.id
    return is_same and any(span.overlaps(passage.start, passage.end) for span in spans)


def _one_line(text: str, n_characters: int = _LONGEST_HEAD) -> str:
    line = " ".join(text.split())
    return line if len(line) <= n_characters else line[: n_characters - 1] + "…"
