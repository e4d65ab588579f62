"""Finds what a document's author says of himself: the sentences in the first person, outside quotation marks.

Letters, posts and opinion pieces. Knows nothing of identities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.attribute.layout import Layout
from index.attribute.turns import Turn
from index.records import Document

_BYLINE = re.compile(
    r"^(?:By|BY|Author:|From:)[ \t]+(?P<name>[A-ZÀ-Þ][\w.’'-]+(?: [A-ZÀ-Þ][\w.’'-]+){1,3})[ \t]*$", re.M
)
_I = re.compile(r"\bI\b(?!\.)")
_FIRST_PERSON = re.compile(r"\bI\b(?!\.)|\b(?:[Mm]y|[Mm]e|[Ww]e|[Oo]ur|us)\b")
_HEAD = 600  # characters in which a byline stands


def author_of(document: Document) -> str | None:
    """Return who wrote a document by its file or its byline; None where that is no person's full name."""
    name = document.info.author or ""
    if "," in name:
        name = " ".join(reversed(name.split(", ", 1)))
    if len(name.split()) < 2 or not name[0].isupper():
        match = _BYLINE.search(document.text, 0, _HEAD)
        return match.group("name") if match else None
    return name


def first_person(document: Document, layout: Layout) -> Iterator[Turn]:
    """Yield the runs of sentences in which the author speaks as 'I'; none where 'I' is only quoted."""
    name = None if layout.turns else author_of(document)
    own = [layout.narration(a, b) for a, b in layout.sentences] if name else []
    if not any(_I.search(words) for words in own):
        return
    run: list[int] = []
    for i, words in enumerate([*own, ""]):
        if run and not (_FIRST_PERSON.search(words) and layout.paragraph_of[i] == layout.paragraph_of[run[0]]):
            start, end = layout.sentences[run[0]][0], layout.sentences[run[-1]][1]
            yield Turn(name, start, end, ((start, end),))
            run = []
        if _FIRST_PERSON.search(words):
            run.append(i)
