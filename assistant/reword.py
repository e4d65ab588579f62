"""The language model's options before the search: a follow-up made self-contained, and words to search for beside.

Knows prompts and model; what comes back is read like something typed, and dropped where it is not what was asked for.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from assistant.answer import Turn
from assistant.llm import Finished, LanguageModel
from assistant.prompt import Message, prompt_file
from assistant.words import question_stems
from index.errors import LanguageModelError

_LOG = logging.getLogger(__name__)
_N_TURNS = 6
_LONGEST_TURN = 500  # characters; of long answers the beginning tells enough
_LONGEST_QUESTION = 300
_MOST_WORDS = 8
_WORD = re.compile(r"[^\W\d_]{3,30}")


def condensed(model: LanguageModel, question: str, history: Sequence[Turn]) -> str:
    """Return the question with what it leaves unsaid; as it was where the model fails or adds words of its own."""
    if not history:
        return question
    turns = [*history[-_N_TURNS:], Turn("user", question)]
    told = "\n".join(f"| {turn.role}: {' '.join(turn.text.split())[:_LONGEST_TURN]}" for turn in turns)
    written = _written(model, "condense.md", told)
    known = {stem for turn in turns for stem in question_stems(turn.text)}
    if not written or len(written) > _LONGEST_QUESTION or not known.issuperset(question_stems(written)):
        return question
    return written


def search_words(model: LanguageModel, question: str) -> tuple[str, ...]:
    """Return up to eight words that an answer may hold, none of them the question's; none where the model fails."""
    written = _written(model, "search.md", f"| {' '.join(question.split())}")
    asked = {*question_stems(question)}
    words = dict.fromkeys(word.lower() for word in _WORD.findall(written))
    return tuple(word for word in words if not asked.intersection(question_stems(word)))[:_MOST_WORDS]


def _written(model: LanguageModel, prompt: str, text: str) -> str:
    """Return one line of the model's; '' where it fails, since the search goes on without."""
    messages = (Message("system", prompt_file(prompt)), Message("user", text))
    try:
        return " ".join("".join(piece for piece in model.stream(messages) if not isinstance(piece, Finished)).split())
    except LanguageModelError as error:
        _LOG.info("understood without the language model: %s", error)
        return ""
