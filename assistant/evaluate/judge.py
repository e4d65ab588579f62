"""A second opinion on what a language model wrote: does a judge model find each sentence borne out by the passages?

Its verdicts stand beside those of the deterministic check, never in their place: a judge errs too, and differently on
another day. Knows the recorded shape of an answer; nothing of measures.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

from assistant.evaluate.ask_all import Progress
from assistant.evaluate.recorded import Row, RunFiles, rows_in, write_lines
from assistant.llm import LanguageModel, served_model
from assistant.prompt import ANSWER_TOKENS, Message, count_tokens
from assistant.settings import Settings
from index.errors import InputError, LanguageModelError

N_PASSAGES = 8  # as many as the model that wrote was shown at most
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S)
_VERDICT = re.compile(r"\W*(yes|no)\b", re.I)


def judge_model(name: str | None, settings: Settings) -> LanguageModel | None:
    """Return the model of that name on the settings' server; raises SettingError where no server is set."""
    return served_model(settings.model_copy(update={"llm_model": name})) if name else None


def judge_sentences(files: RunFiles, target: RunFiles, model: LanguageModel, on_progress: Progress | None) -> None:
    """Ask the judge about every sentence a language model wrote, struck ones too; those it was asked about are kept.

    A sentence on which it gives no verdict is recorded with the problem. Raises InputError where no model wrote
    anything, LanguageModelError where the judge gives no verdict at all.
    """
    asked = list(_to_ask(files))
    if not asked:
        raise InputError("--judge: no language model wrote in this run; set FOOTNOTE_LLM_URL and FOOTNOTE_LLM_MODEL")
    system = resources.files("prompts").joinpath("judge.md").read_text(encoding="utf-8")
    room = model.context_tokens - ANSWER_TOKENS - count_tokens(system)
    known = {row["key"]: row for row in rows_in(target.judgments, whole=True) if row["verdict"]}
    judged: list[Row] = []
    with target.judgments.open("w", encoding="utf-8") as out:
        for n_done, (question_id, place, sentence, passages) in enumerate(asked, start=1):
            message = _message(sentence, passages, room)
            key = hashlib.sha256(f"{model.name}\0{system}\0{message}".encode()).hexdigest()
            said = {name: known[key][name] for name in ("verdict", "problem")} if key in known else None
            said = said or _ask(model, (Message("system", system), Message("user", message)))
            row = {"query_id": question_id, "place": place, "sentence": sentence, **said, "key": key}
            write_lines(out, [row])
            judged.append(row)
            if on_progress:
                on_progress("judge", n_done, len(asked))
    if not any(row["verdict"] for row in judged):
        raise LanguageModelError(f"the judge gave no verdict: {judged[0]['problem']}")


def _to_ask(files: RunFiles) -> Iterator[tuple[str, int, str, Sequence[Row]]]:
    """Yield (question, place in its answer, sentence, passages) for each sentence that claims something."""
    for row in rows_in(files.answers):
        for place, sentence in enumerate((row.get("model") or {}).get("sentences", ())):
            if sentence["support"] != "left_out":
                yield str(row["query_id"]), place, sentence["text"], row["passages"][:N_PASSAGES]


def _message(sentence: str, passages: Sequence[Row], room: int) -> str:
    """Return sources, as many as there is room for and the first always, and the sentence."""
    blocks: list[str] = []
    for number, passage in enumerate(passages, start=1):
        lines = "\n".join(f"| {line}" for line in passage["text"].splitlines())
        blocks.append(f"Source {number}\n{lines}")
        if number > 1 and count_tokens("\n\n".join([*blocks, sentence])) > room:
            blocks.pop()
            break
    sources = "\n\n".join(blocks)
    return f"{sources}\n\nSentence: {' '.join(sentence.split())}\n\nDo the sources bear the sentence out? YES or NO."


def _ask(model: LanguageModel, messages: Sequence[Message]) -> dict[str, Any]:
    try:
        text = "".join(piece for piece in model.stream(messages) if isinstance(piece, str))
    except LanguageModelError as error:
        return {"verdict": None, "problem": str(error)}
    found = _VERDICT.match(_THOUGHT.sub("", text))
    return (
        {"verdict": found[1].lower(), "problem": None} if found else {"verdict": None, "problem": "neither yes nor no"}
    )
