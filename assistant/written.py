"""A language model's text, as it comes, to whole sentences with the numbers each cites.

Knows the ways in which models write markers, lists and quotation marks; nothing of what is cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.readers.invisible import without_invisible
from index.split import sentences

_OPEN, _CLOSE = r"[\[【〔［]", r"[\]】〕］]"
_NUMBER = r"(?:[Ss]ources?\s*)?[#^]?\s*\d{1,4}(?:†[^\]】〕］]{0,40})?"
_LIST = rf"{_NUMBER}(?:\s*[,;&、，–-]\s*{_NUMBER})*"
_MARKER = re.compile(rf"\(?{_OPEN}{{1,2}}\s*({_LIST})\s*{_CLOSE}{{1,2}}\)?|\((?=[Ss]ource)({_LIST})\)")
_HALF_MARKER = re.compile(rf"{_OPEN}[^\]】〕］]{{0,60}}$")
_BULLET = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+(?=\S)")
_BLANK = re.compile(r"\S")
_OPENING, _CLOSING = "“«„「", "”»」"
_LONGEST = 2_000  # characters without an end, after which what there is is taken for a sentence
_SLICE = 500  # characters taken at once, however many come in one piece
_MOST_MERGED = 6  # sentences inside one pair of quotation marks
_THOUGHT = re.compile(r"\s{0,9}<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S)
# What may lead a reader's program to fetch or run something, and what only dresses the text up.
_IMAGE = re.compile(r"!\[[^\]]{0,500}\]\([^)]{0,1000}\)?|!\[[^\]]{0,500}\]\[[^\]]{0,200}\]")
_LINK = re.compile(r"\[([^\[\]]{1,500})\]\((?!\d)[^)]{0,1000}\)")
_TAG = re.compile(r"<!--.{0,5000}?(?:-->|$)|</?[A-Za-z][^<>]{0,2000}>", re.S)
_DRESS = re.compile(
    r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)|`+|~~|^[^\S\n]*#{1,6}\s+|^[^\S\n]*>\s?", re.M
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence up to its markers, and the numbers they hold, in order."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as the model wrote it. `lead` is what stands before it: a space, line breaks, a list's dash."""

    lead: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The sentence without its markers."""
        return _joined(part.text for part in self.parts)

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(number for part in self.parts for number in part.numbers))


class Sentences:
    """Collects pieces of text and gives out each sentence once nothing can be added to it any more."""

    def __init__(self) -> None:
        self._text = ""
        self._begun = False

    def feed(self, piece: str) -> Iterator[Written]:
        """Take the next piece; yield the sentences that are whole now."""
        for at in range(0, len(piece), _SLICE):
            self._text += piece[at : at + _SLICE]
            if self._is_thinking():
                continue
            while (found := self._cut(is_end=False)) is not None:
                yield found

    def close(self) -> Iterator[Written]:
        """Yield what is left, the last sentence without its end too."""
        if not self._begun:
            self._text = _THOUGHT.sub("", self._text, count=1)
        while (found := self._cut(is_end=True)) is not None:
            yield found

    def _is_thinking(self) -> bool:
        """Leave out what some models think aloud before they answer."""
        if self._begun or "<think".startswith(self._text.lstrip()[:6]):
            return not self._begun
        if self._text.lstrip().startswith("<think"):
            if not re.search(r"</think(?:ing)?>", self._text):
                return True
            self._text = _THOUGHT.sub("", self._text, count=1)
        self._begun = True
        return False

    def _cut(self, *, is_end: bool) -> Written | None:
        start = _BLANK.search(self._text)
        if start is None:
            return None
        lead, text = self._text[: start.start()], self._text[start.start() :]
        bullet = _BULLET.match(text)
        end = _end(text, bullet.end() if bullet else 0, is_end=is_end)
        if end is None:
            return None
        self._text = text[end:]
        return _to_written(lead, text[:end], bullet)


def _end(text: str, start: int, *, is_end: bool) -> int | None:
    """Return where the first sentence ends, its markers included; None while it may still go on."""
    line = text.find("\n", start)
    whole = is_end or line >= 0
    held = text[start : line if line >= 0 else len(text)]
    masked = _MARKER.sub(lambda match: " " * len(match.group()), held)
    spans = sentences(masked)
    if not spans:
        return start + len(held) if whole else None
    starts = [a for a, _ in spans[1:]]
    for merged, at in enumerate(starts):
        if _is_balanced(held[:at]) or merged >= _MOST_MERGED:
            # A bracket that has only begun may still become this sentence's marker.
            return None if not whole and _HALF_MARKER.match(held, at) else start + at
    if whole:
        return start + len(held)
    return start + len(held) if len(held) > _LONGEST else None


def _is_balanced(text: str) -> bool:
    opened = sum(text.count(mark) for mark in _OPENING) - sum(text.count(mark) for mark in _CLOSING)
    return opened <= 0 and text.count('"') % 2 == 0


def _to_written(lead: str, text: str, bullet: re.Match[str] | None) -> Written:
    breaks = "\n\n" if lead.count("\n") > 1 else "\n" if "\n" in lead else " "
    body = text
    if bullet:
        breaks, body = ("\n" if "\n" in breaks else breaks) + "- ", text[bullet.end() :]
    parts, at = [], 0
    body = plain(body)
    for match in _MARKER.finditer(body):
        parts.append(Part(body[at : match.start()], _numbers(match[1] or match[2])))
        at = match.end()
    if re.search(r"\w", body[at:]) or not parts:
        parts.append(Part(body[at:], parts[-1].numbers if parts else ()))
    elif body[at:].strip():
        parts[-1] = Part(parts[-1].text.rstrip() + body[at:].strip(), parts[-1].numbers)
    return Written(breaks, tuple(_without_empty(parts)))


def _without_empty(parts: list[Part]) -> Iterator[Part]:
    """Let markers with no words before them stand by the words around them."""
    waiting: tuple[int, ...] = ()
    kept: list[Part] = []
    for part in parts:
        if re.search(r"\w", part.text):
            kept.append(Part(part.text, waiting + part.numbers))
            waiting = ()
        elif kept:
            kept[-1] = Part(kept[-1].text, kept[-1].numbers + part.numbers)
        else:
            waiting += part.numbers
    yield from kept or [Part("", waiting)]


def _numbers(inside: str) -> tuple[int, ...]:
    """Return the numbers of a marker; '1-3' means all three."""
    found: list[int] = []
    for piece in re.split(r"[,;&、，]", re.sub(r"†[^,;&、，]*", "", inside)):
        ends = [int(number) for number in re.findall(r"\d+", piece)]
        if len(ends) == 2 and 0 < ends[1] - ends[0] < 10:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return tuple(dict.fromkeys(found))


def _joined(texts: Iterator[str]) -> str:
    return re.sub(r" (?=[.,;:!?…])", "", " ".join(" ".join(texts).split()))


def plain(text: str) -> str:
    """Return a model's text without images, addresses behind links, tags, Markdown and characters nobody sees."""
    text = _IMAGE.sub("", without_invisible(text)[0])
    text = _TAG.sub("", _LINK.sub(lambda match: f"[{match[1]}]" if match[1].isdigit() else match[1], text))
    return _DRESS.sub("", text.translate({0xFF02: '"', 0xFF3B: "[", 0xFF3D: "]"}))
