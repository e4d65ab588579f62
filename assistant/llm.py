"""A language model behind one method: messages in, text piece by piece out, every failure told in one line.

The only module that calls a model; knows llama-index's LLMs and OpenAI-compatible servers, nothing of answers. No line
holds a key or what a server said in its own words: servers repeat keys in their errors.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.prompt import ANSWER_TOKENS, Message
from index.errors import LanguageModelError, SettingError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from assistant.settings import Settings

_LOG = logging.getLogger(__name__)
_CONTEXT_OF_OTHERS = 4_096  # tokens, where a llama-index LLM does not tell
_LONGEST_ANSWER = 12 * ANSWER_TOKENS  # characters; a server may not heed max_tokens
_PATIENCE = 5  # times the time-out, for a whole answer: a server may send a word a minute


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer that came whole, with its tokens as the server counts them."""

    n_prompt_tokens: int | None = None
    n_answer_tokens: int | None = None


class LanguageModel:
    """A llama-index LLM. `place` says in words where it is; `timeout` is in seconds, None where it is not ours.

    `prices` are of a million tokens of prompt and answer.
    """

    prices: tuple[float | None, float | None] = (None, None)

    def __init__(
        self, llm: LLM | None, name: str, context_tokens: int, *, place: str, timeout: float | None = None
    ) -> None:
        self._llm = llm
        self.name = name
        self.context_tokens = context_tokens
        self.place = place
        self.timeout = timeout

    def stream(self, messages: Sequence[Message]) -> Generator[str | Finished, None, None]:
        """Yield the answer's text piece by piece, then Finished; raises LanguageModelError where it is not whole."""
        import llama_index.core.llms as llama

        chat = [llama.ChatMessage(role=message.role, content=message.text) for message in messages]
        end = _End()
        try:
            with self._opened() as llm:
                until = time.monotonic() + _PATIENCE * self.timeout if self.timeout else None
                for response in llm.stream_chat(chat):
                    end.see(response)
                    if response.delta:
                        yield str(response.delta)
                    if end.n_characters > _LONGEST_ANSWER or (until and time.monotonic() > until):
                        raise LanguageModelError(f"{self.place} did not come to an end")
        except LanguageModelError:
            raise
        except Exception as error:  # noqa: BLE001  every library behind llama-index raises its own
            _LOG.debug("language model failed: %s", type(error).__name__)
            raise LanguageModelError(_explain(error, self)) from None  # a traceback would show the server's words
        if trouble := end.trouble():
            raise LanguageModelError(f"{self.place} {trouble}")
        yield Finished(end.n_prompt_tokens, end.n_answer_tokens)

    def cost(self, n_prompt_tokens: int | None, n_answer_tokens: int | None) -> float | None:
        """Return what an answer cost, None where tokens or prices are not known."""
        if None in (n_prompt_tokens, n_answer_tokens, *self.prices):
            return None
        counts = zip((n_prompt_tokens, n_answer_tokens), self.prices, strict=True)
        return sum((n or 0) * (price or 0.0) for n, price in counts) / 1e6

    @contextmanager
    def _opened(self) -> Iterator[LLM]:
        """Hold the LLM for one answer."""
        if self._llm is None:
            raise LanguageModelError(f"{self.place} is not there")
        yield self._llm


class ServedModel(LanguageModel):
    """A model on an OpenAI-compatible server, as the settings name it."""

    def __init__(self, url: str, name: str, settings: Settings) -> None:
        place = f"the language model's server at {urlsplit(url).netloc}"
        super().__init__(None, name, settings.llm_context, place=place, timeout=settings.llm_timeout)
        self.url = url
        self.prices = settings.llm_prompt_price, settings.llm_answer_price
        self._key = settings.llm_key

    @contextmanager
    def _opened(self) -> Iterator[LLM]:
        """Hold a connection for one answer: an answer given up must close it, or the server writes on for nobody."""
        import httpx
        from llama_index.llms.openai_like import OpenAILike

        with httpx.Client() as client:
            yield OpenAILike(
                model=self.name,
                api_base=self.url,
                api_key=self._key.get_secret_value() if self._key else "none",  # else it reads OPENAI_API_KEY
                is_chat_model=True,
                context_window=self.context_tokens,
                timeout=self.timeout,
                max_retries=0,
                temperature=0,
                max_tokens=ANSWER_TOKENS,
                http_client=client,
                additional_kwargs={"seed": 0, "stream_options": {"include_usage": True}},
            )


def served_model(settings: Settings) -> ServedModel | None:
    """Return the model the settings name, None where they name none; raises SettingError for half of a name."""
    if not settings.llm_url and not settings.llm_model:
        return None
    if not settings.llm_url or not settings.llm_model:
        missing = "FOOTNOTE_LLM_MODEL" if settings.llm_url else "FOOTNOTE_LLM_URL"
        raise SettingError(f"{missing} is not set: a language model needs both its server's address and its name")
    return ServedModel(_address(settings.llm_url), settings.llm_model, settings)


def given_model(llm: LLM) -> LanguageModel:
    """Return any llama-index LLM as a model; temperature, key and time-out are its own."""
    window = getattr(llm.metadata, "context_window", 0)
    name = llm.metadata.model_name or type(llm).__name__
    return LanguageModel(llm, name, window if window > 0 else _CONTEXT_OF_OTHERS, place="the language model")


def _address(url: str) -> str:
    """Return the address up to /v1, where every server we know answers; a path that is given stays."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingError("FOOTNOTE_LLM_URL is no address: write http://host:port/v1")
    if parts.username or parts.password:
        raise SettingError("FOOTNOTE_LLM_URL holds a password: put the key into FOOTNOTE_LLM_KEY")
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


class _End:
    """What a stream tells of how it ended."""

    def __init__(self) -> None:
        self.n_characters = 0
        self.n_prompt_tokens: int | None = None
        self.n_answer_tokens: int | None = None
        self._reason: str | None = None
        self._is_told = True  # does this kind of model tell how it ended?

    def see(self, response: Any) -> None:  # noqa: ANN401  llama-index has no types for `raw`
        self.n_characters += len(response.delta or "")
        raw = response.raw
        choices = getattr(raw, "choices", None)
        self._is_told = choices is not None
        if choices and choices[0].finish_reason:
            self._reason = str(choices[0].finish_reason)
        if usage := getattr(raw, "usage", None):
            self.n_prompt_tokens = getattr(usage, "prompt_tokens", None)
            self.n_answer_tokens = getattr(usage, "completion_tokens", None)

    def trouble(self) -> str:
        """Return why what came is not a whole answer; '' where it is."""
        if self._is_told and self._reason is None:
            if not self.n_characters:
                return "sent no answer: does FOOTNOTE_LLM_URL end in /v1?"
            return "ended without saying that the answer is whole"
        if self._reason == "length":
            return (
                f"stopped in the middle: the answer needs more than {ANSWER_TOKENS} tokens or than the context window"
            )
        if self._reason == "content_filter":
            return "held its answer back (content filter)"
        return "" if self.n_characters else "sent an empty answer"


def _explain(error: Exception, model: LanguageModel) -> str:
    """Return what went wrong and the remedy, in our own words."""
    import httpx
    import openai

    where = model.place
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException | TimeoutError):
        waited = f" for {model.timeout:g} seconds" if model.timeout else ""
        return f"{where} gave no sign{waited}: raise FOOTNOTE_LLM_TIMEOUT, or ask a smaller model"
    if isinstance(error, openai.APIStatusError):
        return f"{where} {_explain_status(error.status_code, str(error.code or ''), str(error.message), model)}"
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return f"{where} can't be reached: start it, or correct FOOTNOTE_LLM_URL"
    if isinstance(error, httpx.TransportError):
        return f"{where} broke off in the middle of its answer"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return f"{where} sent what is not JSON: is it an OpenAI-compatible server?"
    if isinstance(error, openai.APIError):
        return f"{where} reported an error in the middle of its answer"
    return f"{where} failed ({type(error).__name__})"


def _explain_status(status: int, code: str, message: str, model: LanguageModel) -> str:
    if status in (401, 403):
        return f"refused the key ({status}): set FOOTNOTE_LLM_KEY"
    if status == 404:
        return f"knows no model '{model.name}', or not this address (404): see FOOTNOTE_LLM_MODEL and FOOTNOTE_LLM_URL"
    if status == 429:
        return "has too much to do, or the quota is used up (429): try again later"
    if status in (400, 413) and ("context" in code or "context" in message.lower() or "too long" in message.lower()):
        return "can't take so long a prompt: lower FOOTNOTE_LLM_CONTEXT to its context window"
    return f"answered with status {status}"
