"""Words in quotation marks: where a sentence has some, and whether a source has them word for word.

Typographic marks, spaces and the case of the first letter may differ; nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.check.claim import read_claim

_QUOTATION = re.compile(
    r"“(?P<a>[^“”]+)”|\"(?P<b>[^\"]+)\"|«(?P<c>[^«»]+)»|„(?P<d>[^„“”]+)[“”]|「(?P<e>[^」]+)」"
    r"|(?<!\w)[‘'](?P<f>[^‘’'\s](?:[^‘’']|[’'](?=\w))*)[’'](?!\w)"
)
_WORD = re.compile(r"\w+(?:['’]\w+)*|[?%$€£\[\]]")
_ELLIPSIS = re.compile(r"\s{0,9}(?:\[?(?:…|\.\.\.)\]?)\s*")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks; `start`/`end` hold the marks too, as offsets in the sentence."""

    start: int
    end: int
    text: str


def find_quotations(sentence: str) -> list[Quotation]:
    """Return what stands in quotation marks, in order."""
    return [
        Quotation(*match.span(), next(group for group in match.groups() if group))
        for match in _QUOTATION.finditer(sentence)
    ]


def without_marks(sentence: str, quotations: Sequence[Quotation]) -> str:
    """Return the sentence with those quotations' marks taken away."""
    for quotation in sorted(quotations, key=lambda each: -each.start):
        sentence = sentence[: quotation.start] + quotation.text + sentence[quotation.end :]
    return sentence


def locate(quotation: Quotation, text: str, start: int) -> tuple[int, int] | None:
    """Return where the words stand in a source's text that begins at `start`; None where they do not, word for word.

    Words left out and marked (…) must lie within a sentence or two and must hold no word that changes the meaning.
    """
    places: list[tuple[int, int]] = []
    at = 0
    for piece in filter(None, _ELLIPSIS.split(quotation.text)):
        found = _find(piece, text, at)
        if found is None:
            return None
        if places and not _may_be_left_out(text[places[-1][1] : found[0]]):
            return None
        places.append(found)
        at = found[1]
    return (start + places[0][0], start + places[-1][1]) if places else None


def _may_be_left_out(between: str) -> bool:
    return len(between) <= 300 and "\n\n" not in between and not any(token.unskippable for token in read_claim(between))


def _find(piece: str, text: str, at: int) -> tuple[int, int] | None:
    wanted = _words(piece)
    found = [(match.start(), match.end()) for match in _WORD.finditer(text, at)]
    there = _words(text[at:])
    if not wanted:
        return None
    for n in range(len(there) - len(wanted) + 1):
        rest = there[n + 1 : n + len(wanted)]
        if rest == wanted[1:] and there[n].casefold() == wanted[0].casefold():
            return found[n][0], found[n + len(wanted) - 1][1]
    return None


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text)]
