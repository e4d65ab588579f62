"""What frames a claim without claiming anything: openings, bare names, clauses that lean on the one before.

Knows shapes of sentences only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.check.claim import Token, read_claim

_UNITS = frozenset("percent euro dollar pound yen eur usd".split())
LEAD = re.compile(
    r"^(?:(?:also|additionally|furthermore|moreover|however|in addition|overall|in summary|in short|specifically|"
    r"finally|yes|no)\s*,\s*"
    r"|(?:according to|based on|as (?:stated|reported|noted|described|mentioned) in|in)\s+(?:the|this|these)\s+"
    r"(?:provided |given |numbered )?(?:sources?|documents?|articles?|texts?|passages?)\s*,\s*"
    r"|the\s+(?:sources?|documents?|articles?|texts?|passages?)\s+(?:says?|states?|notes?|mentions?|explains?|reports?)\s+"
    r"that\s+)",
    re.IGNORECASE,
)
EMPTY = re.compile(
    r"^(?:yes|no|sure|certainly|of course|(?:here|below) (?:is|are)\b[^.]{0,80}[:.]|(?:based on|according to|"
    r"in summary|in short)\b[^.:]{0,80}:|.{0,30}\b(?:answer|sources?) (?:is|are|says?|states?)\s*:)\W*$",
    re.IGNORECASE,
)
_DETERMINERS = frozenset("the a an its his her their this these those some all both every".split())


def is_claim(tokens: Sequence[Token]) -> bool:
    """Tell a sentence that claims something from a bare name, number or date that only a question completes."""
    plain = [t for t in tokens if t.kind == "word" and t.keys.isdisjoint(_UNITS)]
    return bool(plain) and len(tokens) >= 2


def has_subject(text: str) -> bool:
    """Tell a clause that begins with what it is about from one that goes on with the subject before it."""
    first = re.search(r"\w+", re.sub(r"^\W*(?:and|but|while|whereas)\b", "", text))
    if first is None:
        return False
    word = first.group()
    is_number = any(token.kind in ("number", "negation") for token in read_claim(word))
    return word[:1].isupper() or word.lower() in _DETERMINERS or is_number
