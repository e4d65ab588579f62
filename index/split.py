"""Cuts a document into chunks between sentences, with exact offsets.

Knows nothing of the embedding model beyond a function that counts its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

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


def split(document: Document, count_tokens: CountTokens, *, max_tokens: int) -> list[Chunk]:
    """Return the chunks of a document, in order; together they hold every character that is not white space.

    A chunk has at most `max_tokens` tokens and ends between sentences; a sentence is cut only if it alone is longer.
    A paragraph begins a new chunk once the one before is half full, so that a change in one paragraph seldom moves
    the borders of the chunks after it.
    """
    pieces = list(_pieces(document.text, count_tokens, max_tokens))
    return [_to_chunk(document, group) for group in _packed(pieces, max_tokens)]


_Piece = tuple[int, int, int, bool]  # start, end, tokens, begins a paragraph


def _pieces(text: str, count_tokens: CountTokens, max_tokens: int) -> Iterator[_Piece]:
    spans = [(a, b, a == start) for start, end in paragraphs(text) for a, b in sentences(text, start, end)]
    counts = count_tokens([text[a:b] for a, b, _ in spans])  # in one call: the tokenizer has threads of its own
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


def _packed(pieces: list[_Piece], max_tokens: int) -> Iterator[list[_Piece]]:
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


def _to_chunk(document: Document, group: list[_Piece]) -> Chunk:
    start, end = group[0][0], group[-1][1]
    inside = tuple((a, b) for a, b, *_ in group)
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
