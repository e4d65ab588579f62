"""Counts and durations for Prometheus, at /metrics.

Each server has its own registry; importing it costs little, so that health is not late.
"""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assistant.answer import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What is counted; names follow Prometheus's conventions (base units, `_total`)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("footnote_requests", "Requests", ["method", "route", "status"], registry=self.registry)
        self._seconds = Histogram(
            "footnote_request_seconds", "Duration of requests", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._answers = Counter(
            "footnote_answers", "Answers by outcome: answered, or why not", ["outcome"], registry=self.registry
        )
        self._stages = Histogram(
            "footnote_stage_seconds", "Stages of an answer", ["stage"], buckets=_SECONDS, registry=self.registry
        )
        self._tokens = Counter(
            "footnote_language_model_tokens", "Tokens as the model's server counts them", ["of"], registry=self.registry
        )
        self._sizes = Gauge("footnote_library", "Documents and passages", ["of"], registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is one of few."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer and its stages."""
        self._answers.labels(answer.abstention.reason.value if answer.abstention else "answered").inc()
        for stage, seconds in answer.timings.items():
            self._stages.labels(stage).observe(seconds)
        if model := answer.model:
            self._tokens.labels("prompt").inc(model.n_prompt_tokens or 0)
            self._tokens.labels("answer").inc(model.n_answer_tokens or 0)

    def text(self, sizes: Callable[[], dict[str, int]]) -> bytes:
        """Return all of it as Prometheus reads it."""
        for name, n in sizes().items():
            self._sizes.labels(name).set(n)
        return generate_latest(self.registry)
