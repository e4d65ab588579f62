"""Text in a source that talks to a program instead of a reader: it bears nothing out.

Knows how such text usually reads; what reads like any other sentence of a document is taken for one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.split import sentences

_COMMENT = re.compile(r"<!--.{0,5000}?(?:-->|\Z)", re.DOTALL)
_ADDRESSED = re.compile(
    r"^\W{0,40}(?:(?:system|assistant|developer|ai|chatbot|human|user)\s*(?:message|prompt|note)?\s*[:>\]]"
    r"|(?:please\s+|now\s+|you must\s+|you should\s+|always\s+|do not\s+|don't\s+|never\s+)*"
    r"(?:answer|reply|respond|output|print|repeat|cite|say|write|state|claim|tell\s+the\s+user|summari[sz]e|translate)\b"
    r"(?=\s*[:,\"“]|\s+(?:that|only|with|in|as|every|all|nothing|yes|no|instead|source|exactly|the following|"
    r"the user)\b))"
    r"|\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,60}\b(?:questions?|instructions?|above|previous(?:ly)?|prior|"
    r"prompts?|rules|guidelines|sources|documents|context)\b"
    r"|(?:^|[;:,]\s*(?:and\s+)?)(?:do\s+not|don't|never|only)\s+(?:answer|cite|quote|reply|respond)\b"
    r"|[;:,]\s*(?:and\s+)?(?:answer|reply|respond|say|write)\s+that\b"
    r"|\byou\s+are\s+(?:now\s+(?:free|allowed|able|unrestricted|no\s+longer)|(?:now\s+)?an?\b[^.]{0,30}\b(?:assistant|model|chatbot|ai)\b|chatgpt)"
    r"|\b(?:system\s+prompt|language\s+model|as\s+an\s+ai|end\s+of\s+(?:sources?|documents?|context|prompt)|tell\s+the\s+user|"
    r"inform\s+the\s+user|new\s+instructions?|jailbreak)\b"
    r"|\[/?INST\]|<\|[a-z_]+\|>|</?(?:system|sources?|instructions?|prompt|context|documents?)>|^[^\w#]*#{2,}\s*(?:system|instruction)",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def without_instructions(text: str) -> str:
    """Return the text with comments of markup and sentences addressed to a program blanked out; offsets stay."""
    text = _COMMENT.sub(_blank, text)
    for start, end in sentences(text):
        if _ADDRESSED.search(text[start:end]):
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
