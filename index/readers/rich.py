"""Rich text (RTF), as old word processors and mail programs write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from index.errors import BrokenFile
from index.readers.plain import first_heading
from index.readers.reading import Reading
from index.readers.table import rows_as_text

_FIELD = re.compile(r"\{\\(title|author)\s+((?:[^{}\\]|\\['\w]+\s?)*)\}")
_MADE = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_INFO_CHARACTERS = 20_000


def read_rtf(data: bytes, name: str, password: str | None) -> Reading:
    """Read rich text; title, author and date from its info group."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise BrokenFile("it is no rich text file: give it the ending of what it is")
    source = data.decode("latin-1")
    text = "\n\n".join(_paragraphs(_plain(source)))
    head = source[:_INFO_CHARACTERS]
    fields = {key: _plain("{\\rtf1 " + value + "}").strip() for key, value in _FIELD.findall(head)}
    made = _MADE.search(head)
    return Reading(
        (text,),
        title=fields.get("title") or first_heading(text),
        author=fields.get("author") or None,
        made_on=f"{made[1]}-{int(made[2]):02}-{int(made[3]):02}" if made else None,
    )


def _paragraphs(text: str) -> Iterator[str]:
    """Yield paragraphs, each a line here, and the tables among them, whose cells end with bars."""
    for is_table, lines in groupby(text.split("\n"), lambda line: line.endswith("|")):
        if is_table:
            yield rows_as_text([line.split("|")[:-1] for line in lines])
        else:
            yield from lines


def _plain(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(source, errors="ignore"))  # type: ignore[no-untyped-call]
