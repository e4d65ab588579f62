"""Tries the language model of the settings: does it answer, keep to the sources, and take as much as it was said to?

Knows a made-up source and its question; what went wrong is told in one line each.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from assistant.answer import Query
from assistant.cite import Checker
from assistant.llm import Finished, LanguageModel
from assistant.prompt import Source, count_tokens, number_sources, to_messages
from assistant.written import Sentences
from index.errors import LanguageModelError
from index.records import DocumentInfo, Passage

_TEXT = "The lighthouse of Odda was lit for the first time on 4 May 1871. It was built by two brothers from Brunn."
_FILLER = "The keeper wrote down the wind, the swell and the ships that passed the point, hour by hour. "
_QUERY = Query("When was the lighthouse of Odda lit for the first time?", "lighthouse of Odda lit first time")
# A server that cuts a prompt counts fewer tokens than any tokenizer makes of it (English: about 4 characters a token).
_FEWEST = 0.35


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found: lines on what works, lines on what does not."""

    works: tuple[str, ...]
    problems: tuple[str, ...]


def try_model(model: LanguageModel) -> Trial:
    """Ask twice from one short source, then once with a prompt as long as the settings allow."""
    works, problems = list[str](), list[str]()
    try:
        first, seconds, tokens = _ask(model, _sources(1))
        works.append(f"{model.name} answers in {seconds:.1f} s" + (f" ({tokens} tokens)" if tokens else ""))
        (works if _keeps_to(first, _sources(1)) else problems).append(_on_keeping(first))
        same = _ask(model, _sources(1))[0] == first
        works.append(
            "it answers the same twice" if same else "it answers the same question in different words each time"
        )
    except LanguageModelError as error:
        return Trial(tuple(works), (str(error),))
    try:
        problem = _cut(model)
        works += [] if problem else [f"it takes prompts of {model.context_tokens} tokens"]
        problems += [problem] if problem else []
    except LanguageModelError as error:
        problems.append(f"with a prompt of {model.context_tokens} tokens: {error}")
    return Trial(tuple(works), tuple(problems))


def _keeps_to(answer: str, sources: tuple[Source, ...]) -> bool:
    sentences, checker = Sentences(), Checker(sources)
    checked = [checker.check(written) for written in (*sentences.feed(answer), *sentences.close())]
    return any(one.is_borne_out for one in checked) and all(one.is_borne_out or not one.is_shown for one in checked)


def _on_keeping(answer: str) -> str:
    if _keeps_to(answer, _sources(1)):
        return "it keeps to the sources and cites them"
    shown = " ".join(answer.split())[:100]
    return (
        f"it does not keep to the sources or does not cite them (“{shown}”): most would be struck; take a larger model"
    )


def _cut(model: LanguageModel) -> str:
    """Return what tells that the server cuts long prompts without a word."""
    n_fillers = model.context_tokens * 4 // len(_FILLER)
    sources = _sources(8, _FILLER * (n_fillers // 8))
    messages, _ = to_messages(_QUERY, sources, model.context_tokens)
    sent = sum(count_tokens(message.text) for message in messages)
    *_, end = model.stream(messages)
    counted = end.n_prompt_tokens if isinstance(end, Finished) else None
    if counted is None or counted >= _FEWEST * sent:
        return ""
    return (
        f"it read {counted} tokens of a prompt of about {sent}: raise the server's context window, or lower "
        f"FOOTNOTE_LLM_CONTEXT to it"
    )


def _ask(model: LanguageModel, sources: tuple[Source, ...]) -> tuple[str, float, str]:
    """Return an answer, the seconds it took, and its tokens where the server counts them."""
    start = time.perf_counter()
    messages, _ = to_messages(_QUERY, sources, model.context_tokens)
    *pieces, end = model.stream(messages)
    tokens = ""
    if isinstance(end, Finished) and end.n_answer_tokens is not None:
        tokens = f"{end.n_prompt_tokens} + {end.n_answer_tokens}"
    return "".join(map(str, pieces)), time.perf_counter() - start, tokens


def _sources(n: int, filler: str = "") -> tuple[Source, ...]:
    passages = []
    for number in range(1, n + 1):
        text = f"{_TEXT} {filler}".strip()
        info = DocumentInfo(f"trial-{number}", f"lighthouse-{number}.txt", "The lighthouse of Odda")
        passages.append(Passage(info, 0, len(text), text, rank=number, score=1.0))
    return number_sources(passages, ())
