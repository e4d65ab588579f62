"""The library as a model of OpenAI's chat completions: shapes, history, streams, errors as its client reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fakes import FakeAssistant, FakeLibrary, harbour_library
from fastapi.testclient import TestClient

from assistant.answer import Turn
from assistant.serve import Service, app_for
from assistant.serve.chat import ChatRequest
from index.errors import InputError

FEES = "What did Aaltonen say about the fees?"
HOST = "http://127.0.0.1:7860"


class Failing(FakeAssistant):
    """Fails in the middle of its stream."""

    def stream(self, question: str, **options) -> Iterator[object]:
        yield next(super().stream(question, **options))
        raise InputError("something broke")


@pytest.fixture
def library() -> FakeLibrary:
    return harbour_library()


def client_of(assistant: FakeAssistant) -> TestClient:
    return TestClient(app_for(Service(lambda: assistant).open(), with_page=False), base_url=HOST)


@pytest.fixture
def client(library: FakeLibrary) -> Iterator[TestClient]:
    with client_of(FakeAssistant(library)) as client:
        yield client


def asked(*messages: tuple[str, object], **more) -> dict:
    return {"model": "footnote", "messages": [{"role": role, "content": text} for role, text in messages], **more}


def events(client: TestClient, body: dict) -> list[str]:
    lines = client.post("/v1/chat/completions", json=body).text.split("\n\n")[:-1]
    assert all(line.startswith("data: ") for line in lines)
    return [line.removeprefix("data: ") for line in lines]


def test_a_completion_cites_in_its_text_and_beside_it(client: TestClient, library: FakeLibrary):
    answer = FakeAssistant(library).ask(FEES)
    response = client.post("/v1/chat/completions", json=asked(("system", "Be brief."), ("user", FEES))).json()
    assert response["object"] == "chat.completion"
    (choice,) = response["choices"]
    text = choice["message"]["content"]
    assert choice["finish_reason"] == "stop"
    assert text.startswith(answer.text)
    assert text[len(answer.text) :].startswith("\n\nSources:\n[1] Council minutes, 3 April · minutes.docx")
    for citation, annotation in zip(answer.citations, choice["message"]["annotations"], strict=True):
        place = annotation["url_citation"]
        assert citation.quote.text in text[place["start_index"] : place["end_index"]]
        assert citation.quote.text == client.get(place["url"]).json()["text"]
        assert annotation["footnote"]["number"] == citation.number
    assert response["footnote"] == {"confidence": 0.93, "abstention": None}


def test_a_stream_is_the_completion_in_pieces(client: TestClient):
    whole = client.post("/v1/chat/completions", json=asked(("user", FEES))).json()["choices"][0]["message"]
    *chunks, usage, done = events(client, asked(("user", FEES), stream=True, stream_options={"include_usage": True}))
    assert done == "[DONE]"
    assert json.loads(usage)["choices"] == []
    deltas = [json.loads(chunk)["choices"][0] for chunk in chunks]
    assert deltas[0]["delta"] == {"role": "assistant", "content": ""}
    assert len({json.loads(chunk)["id"] for chunk in chunks}) == 1
    text = "".join(each["delta"].get("content", "") for each in deltas)
    assert text.replace(" \n\nSources", "\n\nSources") == whole["content"]
    assert deltas[-1]["delta"]["annotations"] == whole["annotations"]
    assert [each["finish_reason"] for each in deltas] == [None] * (len(deltas) - 1) + ["stop"]


def test_silence_is_an_answer_without_annotations(client: TestClient):
    response = client.post("/v1/chat/completions", json=asked(("user", "What is a quark?"))).json()
    assert response["choices"][0]["message"]["annotations"] == []
    assert "said nothing about that" in response["choices"][0]["message"]["content"]
    assert response["footnote"]["abstention"] == "not_this_speaker"


def test_history_is_the_messages_before_without_lists_of_sources():
    parts = [{"type": "text", "text": "And"}, {"type": "text", "text": "the money?"}]
    body = asked(("system", "x"), ("user", "Who?"), ("assistant", "She. [1]\n\nSources:\n[1] a.txt"), ("user", parts))
    assert ChatRequest.model_validate(body).question() == (
        "And\nthe money?",
        (Turn("user", "Who?"), Turn("assistant", "She. [1]")),
    )


def test_there_is_one_model(client: TestClient):
    (model,) = client.get("/v1/models").json()["data"]
    assert client.get(f"/v1/models/{model['id']}").json() == model


def test_an_error_in_a_stream_is_its_last_event(library: FakeLibrary):
    with client_of(Failing(library)) as client:
        *_, error, done = events(client, asked(("user", FEES), stream=True))
    assert json.loads(error)["error"]["message"] == "something broke"
    assert done == "[DONE]"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind", "says"),
    [
        ("POST", "/v1/chat/completions", b"{", 400, "invalid_request_error", "JSON"),
        ("POST", "/v1/chat/completions", b'{"messages": []}', 400, "invalid_request_error", "messages"),
        ("POST", "/v1/chat/completions", asked(("user", FEES), model="gpt-4"), 404, "invalid_request_error", "gpt-4"),
        ("POST", "/v1/chat/completions", asked(("assistant", "x")), 400, "invalid_request_error", "last message"),
        ("POST", "/v1/chat/completions", asked(("system", "x")), 400, "invalid_request_error", "last message"),
        ("POST", "/v1/chat/completions", asked(("user", FEES), n=2), 400, "invalid_request_error", "n:"),
        ("GET", "/v1/models/none", None, 404, "invalid_request_error", "none"),
        ("GET", "/v1/embeddings", None, 404, "invalid_request_error", "nothing at this address"),
        ("POST", "/v1/chat/completions", b"x" * 3_000_000, 413, "invalid_request_error", "larger"),
        ("GET", "/v1/chat/completions", None, 405, "invalid_request_error", "method"),
    ],
)
def test_errors_have_openais_shape(client: TestClient, method, path, body, status, kind, says):
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    answer = client.request(method, path, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["type"] == kind
    assert says in answer.json()["error"]["message"]
