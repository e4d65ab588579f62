"""The words of questions and sentences, cut down to what can be compared.

Knows English endings and stop words; knows nothing of what is compared with what.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.retrieve import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (
    "ational ations ation ingly ments ment ings edly ing ies ied ers ed es ly er s e y".split()  # longest first
)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a word without its commonest English endings: enough to compare words, not to show them."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, in order."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=16384)  # sentences come back with the next question
def stems(text: str) -> tuple[str, ...]:
    """Return the stem of every word, in order."""
    return tuple(stem(word) for word in words(text))


def question_stems(text: str) -> list[str]:
    """Return the stems of a question's words that carry meaning, each once."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in STOP_WORDS)) or list(stems(text))
