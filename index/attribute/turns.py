"""Finds the words that a label, a signature or a letter's closing attributes, without any verb of saying.

Transcripts, interviews, chats, minutes, headlines and letters. Knows nothing of identities.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.attribute.cues import LEMMAS
from index.attribute.quotations import Quotation
from index.split import sentences

_CAPITALISED = r"(?:[A-ZÀ-ÞŠŽČ][\w'’.\-]*|[A-Z])"
_NAME = rf"{_CAPITALISED}(?:[ \u00a0](?:(?:de|van|von|der|al|bin|of|the|and)[ \u00a0])?(?:{_CAPITALISED}|\d+)){{0,4}}"
_TIME = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?[ \t]+)?\[?\d\d?:\d\d(?::\d\d)?(?:[ ]?[AP]M)?\]?[ \t]*(?:[-–—][ \t]*)?"
_STAMP = re.compile(_TIME)
_LABEL = re.compile(
    rf"^[ \t]*(?P<time>{_TIME})?(?:[-–—>]{{1,2}}[ \t]*)?[\"“*_]{{0,2}}(?P<label>{_NAME})"
    rf"(?:[ ]\([^)\n]{{1,40}}\))?[*_]{{0,2}}:[*_]{{0,2}}[ \t\u00a0]+(?=\S)",
    re.MULTILINE,
)
_SIGNATURE = re.compile(
    rf"(?:\s{{0,2}}[―—–]\s{{0,2}}(?P<name>{_NAME.replace('{0,4}', '{1,4}')})(?=[.,]?\s*(?:\n|$|[“\"]))"
    rf"|\n{{1,2}}[-―—–]{{1,2}} ?(?P<line>{_NAME})[.,]?[ \t]*(?:\n|$))"
)
_LABEL_BEFORE = re.compile(
    r"(?:^|[\n.!?;”\"—–-]\s{0,9}|\bfrom )"
    rf"(?P<name>{_NAME.replace('{0,4}', '{1,3}')})(?: \([^)\n]{{1,40}}\))?:\s{{1,2}}$"
)
_POST = re.compile(
    r"^(?:<\w[^>\n]*>)?"
    rf"(?P<words>\S[^\n]{{8,400}}?) [—–-]{{1,2}} ?(?P<name>{_NAME.replace('{0,4}', '{0,3}')}) \(@\w+\)",
    re.MULTILINE,
)
_HEADLINE = re.compile(rf"(?P<name>{_NAME.replace('{0,4}', '{0,3}')}): (?P<words>[^\n:]{{12,200}})$")
_HEADLINE_AFTER = re.compile(rf"(?P<words>[^\n:]{{12,200}}): (?P<name>{_NAME.replace('{0,4}', '{0,2}')})\.?$")
_CLOSING = re.compile(
    r"^(?:Yours(?: \w+)?|Sincerely(?: yours)?|Respectfully(?: yours)?|(?:Kind|Best|Warm) regards|Best wishes|Regards),?"
    rf"[ \t]*\n\s*(?P<name>{_NAME})[ \t]*(?=\n|$|,)",
    re.MULTILINE | re.IGNORECASE,
)
_SALUTATION = re.compile(r"^(?:Dear|To the editor)\b[^\n]{0,80}$", re.MULTILINE | re.IGNORECASE)
_NO_SPEAKER = frozenset(
    """
q question answer a date time place location present absent item note notes subject re from to cc bcc source sources
summary agenda decision action actions chair minutes attendees updated update correction editor photo photos image video
watch read related more tags topics phone email e-mail address contact website url price total page section chapter
figure table example warning tip step part title author published copyright disclaimer background conclusion
results methods ps p.s also breaking exclusive analysis opinion live today tomorrow yesterday
""".split()
)
ANSWERS = frozenset(("a",))  # labels of whoever is interviewed
_MOSTLY = 0.7  # of the lines
_CUES_A_TURN = 5  # paragraphs of subtitles, on the average, in which one speaker goes on
_LONGEST = 700  # characters of a turn quoted as one statement


@dataclass(frozen=True, slots=True)
class Turn:
    """Words and whose they are: `name` as written ('A' for the interviewed), None where the label names nobody ('Q:').

    `start` is where the label begins, `words` the stretches said.
    """

    name: str | None
    start: int
    end: int
    words: tuple[tuple[int, int], ...]


def turns(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Turn]:
    """Return the labelled turns of a transcript, or the paragraphs of a signed letter; nothing in other texts."""
    return _labelled(text, paragraphs) or list(_letter(text, paragraphs))


def signature_after(text: str, quotation: Quotation) -> str | None:
    """Return the name in '“…” — Name'."""
    match = _SIGNATURE.match(text, quotation.end)
    return match["name"] or match["line"].rstrip(".") if match else None


def label_before(text: str, quotation: Quotation) -> str | None:
    """Return the name in 'Name: “…”'."""
    match = _LABEL_BEFORE.search(text, max(0, quotation.start - 80), quotation.start)
    return match.group("name") if match and _may_be_name(match.group("name")) else None


def _may_be_name(name: str) -> bool:
    return name.lower() not in _NO_SPEAKER and name.split()[0].lower() not in LEMMAS


def headline(text: str, paragraphs: Sequence[tuple[int, int]]) -> Turn | None:
    """Return the words in a headline 'Name: words' or 'Words: Name'."""
    if not paragraphs:
        return None
    start, end = paragraphs[0]
    match = _HEADLINE.match(text[start:end]) or _HEADLINE_AFTER.match(text[start:end])
    if match is None or not _may_be_name(match.group("name")):
        return None
    a, b = match.span("words")
    return Turn(match.group("name"), start, end, ((start + a, start + b),))


def posts(text: str) -> Iterator[Turn]:
    """Yield the posts quoted in a text: 'words — Name (@handle) date'."""
    for match in _POST.finditer(text):
        yield Turn(match.group("name"), match.start(), match.end(), (match.span("words"),))


def _labelled(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Turn]:
    found = list(_LABEL.finditer(text))
    counts = Counter(m.group("label") for m in found)
    lines = [line for line in text.splitlines() if line.strip()]
    stamped = sum(line.startswith("[") and bool(_STAMP.match(line)) for line in lines)
    mostly = len(found) >= _MOSTLY * len(lines) or stamped == len(lines) <= _CUES_A_TURN * len(found)
    labels = [m for m in found if _opens_turn(m.group("label"), counts, text, mostly)]
    is_timed = mostly and all(m.group("time") for m in labels)
    if len(labels) < (2 if is_timed else 3) or (not is_timed and max(counts[m["label"]] for m in labels) < 2):
        return []
    ends = [m.start() for m in labels[1:]] + [len(text)]
    return [_turn(text, label, end, paragraphs) for label, end in zip(labels, ends, strict=True)]


def _opens_turn(label: str, counts: Counter[str], text: str, mostly: bool) -> bool:
    """Say whether a label begins a turn; where most lines have one, any label does."""
    return label.lower() in ("q", "a") or _is_speaker(label, counts, text, mostly)


def _is_speaker(label: str, counts: Counter[str], text: str, mostly: bool) -> bool:
    if label.lower() in _NO_SPEAKER or label.split()[0].lower() in _NO_SPEAKER:
        return False
    if mostly or counts[label] > 1 or (label.isupper() and len(label) > 3):
        return True
    last = label.split()[-1]
    return len(last) > 2 and len(re.findall(rf"\b{re.escape(last)}\b", text, re.IGNORECASE)) > 1


def _turn(text: str, label: re.Match[str], end: int, paragraphs: Sequence[tuple[int, int]]) -> Turn:
    begin = label.end()
    stop = next((b for a, b in paragraphs if a <= begin < b), end)
    quoted = label.group().lstrip()[:1] in '"“'
    for a, b in paragraphs if quoted else ():
        if stop < a < end and text[a] in '"“':
            stop = b
    stop = min(stop, end)
    said_by = label.group("label")
    if label.group("time") and label.group("time")[0] == "[":  # subtitles: whoever speaks goes on until another does
        stop = end
    name = said_by if said_by.lower() in ANSWERS or said_by.lower() not in _NO_SPEAKER else None
    return Turn(name, label.start(), stop, _pieces(text, begin, stop))


def _pieces(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Cut a long turn between sentences."""
    pieces: list[tuple[int, int]] = []
    for a, b in sentences(text, start, end):
        stamp = _STAMP.match(text, a) if text[a] == "[" else None
        a = stamp.end() if stamp else a
        if a >= b:
            continue
        if stamp:
            pieces.append((a, b))
        elif pieces and b - pieces[-1][0] <= _LONGEST:
            pieces[-1] = (pieces[-1][0], b)
        else:
            pieces.append((a, b))
    return tuple(pieces)


def _letter(text: str, paragraphs: Sequence[tuple[int, int]]) -> Iterator[Turn]:
    closing = _CLOSING.search(text)
    opening = _SALUTATION.search(text)
    if closing is None or opening is None or opening.end() > closing.start():
        return
    for start, end in paragraphs:
        if opening.end() <= start and end <= closing.start():
            yield Turn(closing.group("name"), start, end, _pieces(text, start, end))
