"""Plain text and source code: kept as they stand, hard-wrapped lines included."""

from __future__ import annotations

import re

from index.readers.decode import decode
from index.readers.reading import Reading

_TITLE_CHARACTERS = 120
_CODE = re.compile(r"[={}<>;|]")
_NO_TITLE_ENDS = (".", ",", ";", ":", "-", "—", "”", '"')


def read_text(data: bytes, name: str, password: str | None) -> Reading:
    """Read plain text; the title is its first line where that reads like one."""
    text = decode(data)
    return Reading((text,), title=first_heading(text))


def read_code(data: bytes, name: str, password: str | None) -> Reading:
    """Read source code and other text that has no title of its own."""
    return Reading((decode(data),))


def first_heading(text: str) -> str | None:
    """Return the first line where it stands alone above the text and reads like a title, not like a sentence."""
    head = text.lstrip()[:1000]
    line, _, rest = head.partition("\n")
    line = line.strip()
    if not rest or len(line) > _TITLE_CHARACTERS or line.endswith(_NO_TITLE_ENDS) or _CODE.search(line):
        return None
    below = rest.split("\n", 1)[0].strip()
    if re.fullmatch(r"[=\-~*#]{3,}", below):
        return line
    return line if re.search(r"\w", line) and (not below or _is_byline(below)) else None


def _is_byline(line: str) -> bool:
    return len(line) <= 80 and bool(re.match(r"(?i)by\s+\w|date:|from:|\W*\d{1,2}\s+\w+\s+\d{4}|\d{4}-\d\d-\d\d", line))
