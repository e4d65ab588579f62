"""Random requests: no bug shows, whatever is sent. By hand-made shapes, and by the routes' own description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from assistant import Assistant
from assistant.serve import Service, app_for
from index import Library
from index.embed import HashingEmbedder

HOST = "http://127.0.0.1"
NAMES = ["question", "query", "history", "k", "stream", "speaker", "source", "since", "until", "role", "text",
         "messages", "model", "content", "conversation", "turn", "verdict", "n", "type"]  # fmt: skip
WORDS = st.text(max_size=30) | st.sampled_from(["Who said it?", "user", "footnote", "good", "2024-13-99"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner), max_leaves=8
)
ASKED = st.fixed_dictionaries(
    {"question": WORDS},
    optional={
        "history": st.lists(st.fixed_dictionaries({"role": WORDS, "text": WORDS}), max_size=3) | ANY_JSON,
        "k": st.integers() | ANY_JSON,
        "source": WORDS,
        "since": WORDS,
        "until": WORDS,
        "speaker": WORDS,
        "stream": st.booleans(),
    },
)


def app_over(folder: Path) -> FastAPI:
    library = Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: [])
    library.add_upload("lamp.txt", b"The lamp was lit by hand until 1931.\n\nNobody said a word.")
    return app_for(
        Service(lambda: Assistant(library)).open(), hosts=("127.0.0.1", "testserver"), with_page=False, rate=0
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(app_over(tmp_path_factory.mktemp("fuzz") / "library"), base_url=HOST) as client:
        yield client


def is_answered(client: TestClient, path: str, **request) -> None:
    answer = client.post(path, **request)
    assert answer.status_code < 500, (path, request, answer.text)
    if answer.status_code >= 400 and not path.startswith(("/v1/", "/mcp")):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=ANY_JSON | ASKED)
def test_any_json_is_answered(client: TestClient, body: object):
    for path in ("/api/v1/ask", "/api/v1/search", "/api/v1/feedback", "/v1/chat/completions", "/mcp"):
        is_answered(client, path, content=json.dumps(body), headers={"content-type": "application/json"})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data", "x"])
)
def test_any_bytes_are_answered(client: TestClient, body: bytes, kind: str):
    for path in ("/api/v1/ask", "/api/v1/documents", "/v1/chat/completions", "/mcp"):
        is_answered(client, path, content=body, headers={"content-type": kind})


@pytest.mark.slow
def test_what_the_routes_describe_is_what_they_do(tmp_path: Path):
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app_over(tmp_path / "library"))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy())
        def check(case):
            case.call_and_validate(checks=[not_a_server_error])

        check()
