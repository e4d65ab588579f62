"""Tells a sentence that can stand as a quote from a heading, a bare name or code.

Knows shapes of text only: no language model, no list of verbs.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[.!?…:;][\"”’')\]]*\s*$")
_CODE = re.compile(
    r"[{}<>\\]|[=;]\s*$|\w\(\)|\w\.\w+\(|(?:^|\s)(?:def|import|return|var|const|function)\s\w|==|->|=>|://\S+$"
)
_TURN = re.compile(r"^\W*[A-Z][\w.’' -]{0,40}:\s*$")
_SHORT = 9  # words; a line without an end mark and no longer than this is a heading


def is_quotable(text: str, title: str = "") -> bool:
    """Tell whether a stretch of text says something: not a heading, the document's title, a speaker's line or code."""
    plain = " ".join(text.split())
    words = _WORD.findall(plain)
    if len(words) < 2 or _TURN.match(plain) or plain.startswith("#"):
        return False
    if plain.casefold().strip("#* ") == title.casefold().strip():
        return False
    if len(_CODE.findall(plain)) >= max(1, len(words) // 8):
        return False
    return bool(_END.search(plain)) or len(words) > _SHORT
