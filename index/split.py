"""Cuts a document into chunks between sentences, with exact offsets.

Knows nothing of the embedding model beyond a function that counts its tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.records import Chunk, Document

CountTokens = Callable[[Sequence[str]], list[int]]

# Abbreviations that a capital letter may follow without a new sentence beginning. Those that often end a sentence
# ("Inc.", "p.m.", "etc.") are left out: a sentence too many costs less than two run together.
_ABBREVIATIONS = frozenset(
    "mr mrs ms mx dr prof rev fr sr jr st mt gen col lt maj capt cmdr adm sgt sen rep gov pres hon amb sec supt insp "
    "no nos vol fig figs eq ch art vs cf al e.g i.e approx dept est jan feb mar apr jun jul aug sep sept oct nov dec "
    "mme mlle herr frau sra dra".split()
)
_CLOSING = "\"'”’»)\\]"
# The look-behind keeps a long row of dots linear: a match begins only at its first.
_END = re.compile(rf"(?<![.!?…])[.!?…]+[{_CLOSING}]{{0,4}}(?=\s)|[。！？]+[」』”’]{{0,2}}|\n[ \t]*\n")
_LAST_WORD = re.compile(r"[\w.&'’-]{1,40}$")
_ACRONYM = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")  # its last full stop is not in the word
# After an acronym ("the U.S. Army") only these words begin a new sentence.
_OPENERS = re.compile(
    r"\s+[\"“‘(]?(?:The|A|An|He|She|It|They|We|I|You|But|And|In|On|At|This|That|These|Those|His|Her|Their|There|As|If|"
    r"When|While|After|Before|However|Meanwhile|For|With|By|From|To|So|Yet|Still|Some|Many|Most|What|Who|How|Why)\b"
)
_OPENS_SENTENCE = re.compile(r"\s*[\"'“‘«(\[—–*•-]{0,3}\s?(?:[A-ZÀ-ÞА-ЯΑ-Ω0-9@#$€£]|[^\x00-\u024f])")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SOFT_BREAK = re.compile(r"[;:,—–]\s|\s")
_BLOCK = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_LONGEST_OPENER = 40  # characters after a full stop that tell whether it ends a sentence, and some more
_BLOCKS_COUNTED = 64  # paragraphs whose tokens are counted in one call


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the half-open offsets of the sentences in `text[start:end]`, in order, without the space between them.

    Rules: a full stop, exclamation or question mark (with closing quotation marks) ends a sentence when something
    that can open one follows and the word before is no abbreviation or initial; a blank line always does.
    """
    end = len(text) if end is None else end
    spans, begin = [], start
    for match in _END.finditer(text, start, end):
        if match.end() > begin and _ends_sentence(text, match, end):
            spans.append((begin, match.end()))
            begin = match.end()
    spans.append((begin, end))
    return [span for a, b in spans if (span := _trimmed(text, a, b))]


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the half-open offsets of the paragraphs: what stands between blank lines."""
    edges = [0, *(edge for match in _PARAGRAPH.finditer(text) for edge in match.span()), len(text)]
    return [span for a, b in zip(edges[::2], edges[1::2], strict=True) if (span := _trimmed(text, a, b))]


@dataclass(frozen=True, slots=True)
class Before:
    """A document as it was, with the chunks that `split` made of it with the same model and limit."""

    text: str
    chunks: Sequence[Chunk]


def split(
    document: Document, count_tokens: CountTokens, *, max_tokens: int, before: Before | None = None
) -> list[Chunk]:
    """Return the chunks of a document, in order; together they hold every character that is not white space.

    A chunk has at most `max_tokens` tokens and ends between sentences; a sentence is cut only if it alone is longer.
    A paragraph begins a new chunk once the one before is half full, so that a change in one paragraph seldom moves
    the borders of the chunks after it: with the document as it was `before`, only what lies around the changes is
    counted again, and the chunks are the same.
    """
    text = document.text
    blocks = paragraphs(text)
    n_same, same_from = _same(text, blocks, before) if before and before.chunks else (0, {})
    kept = before.chunks if before else ()
    chunks = [_moved(document, chunk, 0) for chunk in kept[:n_same]]
    start = kept[n_same].start if n_same else 0
    pieces = _pieces(text, [block for block in blocks if block[0] >= start], count_tokens, max_tokens)
    for group in _packed(pieces, max_tokens):
        if (same := same_from.get(group[0][0])) is not None:  # from here on nothing changed
            return chunks + [_moved(document, chunk, group[0][0] - kept[same].start) for chunk in kept[same:]]
        chunks.append(_to_chunk(document, group))
    return chunks


def _same(text: str, blocks: Sequence[tuple[int, int]], before: Before) -> tuple[int, dict[int, int]]:
    """Return how many chunks at the beginning are as before, and the places from where on all are, by their number.

    Both are beginnings of paragraphs, at which splitting starts afresh.
    """
    old, starts = before.text, {start for start, _ in blocks}
    starts_before = {start for start, _ in paragraphs(old)}
    n_head = _n_common(lambda n: text[:n] == old[:n], min(len(text), len(old)))
    n_tail = _n_common(lambda n: text[len(text) - n :] == old[len(old) - n :], min(len(text), len(old)) - n_head)
    begins = [chunk.start for chunk in before.chunks]
    # Where a chunk ends hangs on the piece after it, and where that ends on the word after it.
    safe = [i for i, after in enumerate(begins[1:]) if after + _LONGEST_OPENER <= n_head and begins[i] in starts_before]
    moved = len(text) - len(old)
    same_from = {
        start + moved: i
        for i, start in enumerate(begins)
        if start >= len(old) - n_tail and start in starts_before and start + moved in starts
    }
    return (safe[-1] if safe else 0), same_from


def _n_common(is_common: Callable[[int], bool], most: int) -> int:
    """Return the largest number of characters, up to `most`, that are common, found by halving."""
    return bisect_left(range(1, most + 1), True, key=lambda n: not is_common(n))


_Piece = tuple[int, int, int, bool]  # start, end, tokens, begins a paragraph


def _pieces(
    text: str, blocks: Sequence[tuple[int, int]], count_tokens: CountTokens, max_tokens: int
) -> Iterator[_Piece]:
    for at in range(0, len(blocks), _BLOCKS_COUNTED):
        spans = [
            (a, b, a == start)
            for start, end in blocks[at : at + _BLOCKS_COUNTED]
            for a, b in sentences(text, start, end)
        ]
        counts = count_tokens(
            [text[a:b] for a, b, _ in spans]
        )  # many in one call: the tokenizer has threads of its own
        for (a, b, is_first), n_tokens in zip(spans, counts, strict=True):
            if n_tokens <= max_tokens:
                yield a, b, n_tokens, is_first
            else:
                for c, d in _cut(text, a, b, count_tokens, max_tokens):
                    yield c, d, max_tokens, is_first and c == a


def _cut(text: str, start: int, end: int, count_tokens: CountTokens, max_tokens: int) -> Iterator[tuple[int, int]]:
    """Cut an overlong sentence at a comma or space, or anywhere in a word without one."""
    stack = [(start, end)]
    while stack:
        a, b = stack.pop()
        if b - a < 2 or count_tokens([text[a:b]])[0] <= max_tokens:
            if span := _trimmed(text, a, b):
                yield span
            continue
        middle = (a + b) // 2
        # An edge at the very end would leave the piece as long as it is, for ever.
        soft = [m.end() for m in _SOFT_BREAK.finditer(text, a + (b - a) // 4, b - (b - a) // 4) if m.end() < b]
        at = min(soft, key=lambda edge: (abs(edge - middle), edge)) if soft else middle
        stack += [(at, b), (a, at)]


def _packed(pieces: Iterable[_Piece], max_tokens: int) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    filled = 0
    for piece in pieces:
        full = filled + piece[2] > max_tokens
        if group and (full or (piece[3] and filled >= max_tokens // 2)):
            yield group
            group, filled = [], 0
        group.append(piece)
        filled += piece[2]
    if group:
        yield group


def _to_chunk(document: Document, group: Sequence[_Piece]) -> Chunk:
    return _chunk(document, tuple((a, b) for a, b, *_ in group))


def _moved(document: Document, chunk: Chunk, by: int) -> Chunk:
    return _chunk(document, tuple((a + by, b + by) for a, b in chunk.sentences))


def _chunk(document: Document, inside: tuple[tuple[int, int], ...]) -> Chunk:
    start, end = inside[0][0], inside[-1][1]
    return Chunk(document.info, start, end, document.text[start:end], document.page_at(start), inside)


def _ends_sentence(text: str, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    if mark[0] in "\n。！？":
        return True
    if not _OPENS_SENTENCE.match(text, match.end(), end):
        return False
    word = _LAST_WORD.search(text, max(0, match.start() - 40), match.start())
    if mark[0] != "." or mark != "." or not word:
        return True
    last = word.group()
    if _ACRONYM.search(last):
        return bool(_OPENERS.match(text, match.end(), end))
    is_initial = len(last) == 1 and last.isupper() and last != "I"
    return not (is_initial or last.lower() in _ABBREVIATIONS)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    match = _BLOCK.search(text, start, end)
    return match.span() if match else None
