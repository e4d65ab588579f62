"""Characters nobody sees, by which a text can say to a program what it does not show to its reader.

Zero-width and bidirectional controls, tags and other ignorable characters (Unicode Standard Annex 9; UTS 39, section
5.4). What a script or an emoji needs to be shown right stays: joiners between letters that join, flags made of tags.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "["
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]+"
)
_JOINERS = frozenset("\u200c\u200d")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{1,6}\U000e007f")
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
# Scripts whose letters change their shape by a joiner between them: Arabic, Syriac, the scripts of India, Mongolian.
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefe]")


def without_invisible(text: str) -> tuple[str, int]:
    """Return the text without characters nobody sees, and how many were taken out.

    Soft hyphens are taken out uncounted: they are a typesetter's, and harmless.
    """
    n_removed = 0
    flags = {match.start() + 1 for match in _FLAG.finditer(text)} if "\U0001f3f4" in text else set[int]()

    def keep(match: re.Match[str]) -> str:
        nonlocal n_removed
        if match.start() in flags:
            return match.group()
        if set(match.group()) <= _JOINERS and _joins(text, *match.span()):
            return match.group()
        n_removed += sum(character != "\u00ad" for character in match.group())
        return ""

    return _INVISIBLE.sub(keep, text), n_removed


def note_on(n_removed: int) -> tuple[str, ...]:
    """Return the remark for the person who added the file; none where nothing was there."""
    if not n_removed:
        return ()
    return (f"{n_removed:,} invisible character{'s' if n_removed > 1 else ''} removed",)


def _joins(text: str, start: int, end: int) -> bool:
    if end - start > 1 or start == 0 or end >= len(text):
        return False
    around = text[start - 1], text[end]
    return all(_JOINING.match(letter) for letter in around) or all(_EMOJI.match(letter) for letter in around)
