"""Subtitles (SRT, WebVTT): what is said, in paragraphs that begin with the time, like '[00:01:05] The lamp burns.'"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.errors import BrokenFile
from index.readers.decode import decode
from index.readers.reading import Reading

_TIMES = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d\d)[.,]\d{1,3}[ \t]*-->[ \t]*(?:(\d+):)?(\d{1,2}):(\d\d)[.,]\d{1,3}.*")
_SPEAKER = re.compile(r"<v(?:\.[\w.]*)?[ \t]+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d\d:[\d:.]+>|\{\\[^}]*\}")
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")
_LABELLED = re.compile(r"(?:[-–—>]{1,2} ?)?[A-ZÀ-Þ][\w.’'-]{0,30}(?: [A-ZÀ-Þ][\w.’'-]{0,30}){0,3}: ")
_PAUSE = 2  # seconds of silence after which a new paragraph begins
_LONG = 15  # seconds after which one begins with the next sentence


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int  # seconds
    end: int
    speaker: str
    text: str


def read_subtitles(data: bytes, name: str, password: str | None) -> Reading:
    """Read subtitles; who speaks stands before the words where the file tells."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    cues = list(_without_repeats(_cues(text)))
    if not cues:
        raise BrokenFile("there are no times in it: it is no file of subtitles")
    return Reading(("\n\n".join(_paragraphs(cues)),))


def _cues(text: str) -> Iterator[_Cue]:
    matches = [(match, match.end()) for match in re.finditer(rf"^{_TIMES.pattern}$", text, re.MULTILINE)]
    for i, (match, at) in enumerate(matches):
        below = text[at : matches[i + 1][0].start() if i + 1 < len(matches) else len(text)]
        words = below.strip("\n").split("\n\n", 1)[0]  # a blank line ends the cue; the next one's number follows it
        speaker = _SPEAKER.search(words)
        shown = " ".join(_TAG.sub("", words).split())
        if shown:
            yield _Cue(_seconds(match.groups()[:3]), _seconds(match.groups()[3:]), speaker[1] if speaker else "", shown)


def _seconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return 3600 * hours + 60 * minutes + seconds


def _without_repeats(cues: Iterator[_Cue]) -> Iterator[_Cue]:
    """Yield each cue without the line it repeats from the one before, as rolling captions do."""
    before = ""
    for cue in cues:
        text = cue.text.removeprefix(before).strip() if before and cue.text.startswith(before) else cue.text
        before = cue.text
        if text:
            yield _Cue(cue.start, cue.end, cue.speaker, text)


def _paragraphs(cues: list[_Cue]) -> Iterator[str]:
    group: list[_Cue] = []
    for cue in cues:
        if group and _begins_anew(group, cue):
            yield _paragraph(group)
            group = []
        group.append(cue)
    yield _paragraph(group)


def _begins_anew(group: list[_Cue], cue: _Cue) -> bool:
    before = group[-1]
    is_turn = (
        cue.speaker != before.speaker or cue.text.startswith(("- ", "– ", "— ")) or bool(_LABELLED.match(cue.text))
    )
    is_late = cue.start - group[0].start >= _LONG and bool(_ENDS.search(before.text))
    return is_turn or is_late or cue.start - before.end >= _PAUSE


def _paragraph(group: list[_Cue]) -> str:
    start, speaker = group[0].start, group[0].speaker
    time = f"[{start // 3600:02}:{start // 60 % 60:02}:{start % 60:02}]"
    return " ".join([time, *([f"{speaker}:"] if speaker else []), *(cue.text for cue in group)])
