"""The server's doors: shapes, errors as problem details, uploads, and who is kept out."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes import FakeAssistant, FakeLibrary, harbour_library
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assistant.serve import Service, app_for
from assistant.serve.documents import file_name
from assistant.serve.front import LOCAL_HOSTS, Front
from assistant.serve.guard import is_own
from assistant.serve.start import listen
from index.errors import InputError

HOST = "127.0.0.1:7860"
FEES = "What did Aaltonen say about the fees?"


@pytest.fixture
def library() -> FakeLibrary:
    return harbour_library()


@pytest.fixture
def client(library: FakeLibrary) -> Iterator[TestClient]:
    service = Service(lambda: FakeAssistant(library)).open()
    with TestClient(
        app_for(service, with_page=False), base_url=f"http://{HOST}", raise_server_exceptions=False
    ) as client:
        yield client


def over(client: TestClient, job: dict) -> dict:
    """Wait for an upload to be over."""
    for _ in range(200):
        job = client.get(f"/api/v1/jobs/{job['id']}").json()
        if job["state"] in ("ready", "failed", "cancelled"):
            return job
        time.sleep(0.02)
    raise AssertionError(job)


def upload(client: TestClient, name: str, data: bytes) -> dict:
    answer = client.post("/api/v1/documents", params={"name": name}, content=data)
    assert answer.status_code == 202, answer.text
    return over(client, answer.json())


def test_health_is_the_contract_to_the_letter(client: TestClient):
    assert client.get("/health").json() == {"status": "ok"}


def test_ask_gives_the_answer_and_the_stream_gives_the_same(client: TestClient, library: FakeLibrary):
    answer = client.post("/api/v1/ask", json={"question": FEES}).json()
    assert answer == FakeAssistant(library).ask(FEES).to_json()
    with client.stream("POST", "/api/v1/ask", json={"question": FEES, "stream": True}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = [
            dict(line.split(": ", 1) for line in block.split("\n"))
            for block in response.read().decode().split("\n\n")[:-1]
        ]
    assert [event["event"] for event in events[:-1]] == ["delta"] * (len(events) - 1)
    assert "".join(json.loads(event["data"])["text"] for event in events[:-1]).strip() == answer["text"]
    assert (events[-1]["event"], json.loads(events[-1]["data"])) == ("answer", answer)


def test_search_gives_passages(client: TestClient):
    found = client.post("/api/v1/search", json={"query": "cruise operators", "k": 1}).json()
    assert set(found) == {"query", "understood", "passages"}
    assert len(found["passages"]) == 1
    assert "cruise operators" in found["passages"][0]["text"]


def test_statements_and_people_have_their_public_shapes(client: TestClient, library: FakeLibrary):
    for statement in client.get("/api/v1/statements", params={"speaker": "Lena Aaltonen"}).json():
        text = library.document(statement["document"]["id"]).text
        assert all(text[span["start"] : span["end"]] == span["text"] for span in statement["content"])
    assert {each["manner"] for each in client.get("/api/v1/statements", params={"manner": "direct"}).json()} == {
        "direct"
    }
    table = client.get("/api/v1/statements", params={"format": "csv", "manner": "reported"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.count("\r\n") == 2
    assert client.get("/api/v1/people", params={"manner": "direct"}).json()[0]["n_statements"] == 2
    assert client.get("/api/v1/statements", params={"manner": "loud"}).is_client_error
    people = client.get("/api/v1/people").json()
    assert set(people[0]) == {"speaker", "names", "n_statements", "n_documents", "topics"}


# --- documents


def test_an_upload_becomes_a_document_that_can_be_read_fetched_and_removed(client: TestClient):
    job = upload(client, "../../etc/new paper.txt", "Ünïcode first line\n\nand more".encode())
    assert (job["state"], job["name"]) == ("ready", "new paper.txt")
    address = f"/api/v1/documents/{job['document_id']}"
    assert client.get(address).json()["title"] == "Ünïcode first line"
    part = client.get(f"{address}/text", params={"start": 8, "end": 13}).json()
    assert (part["text"], part["start"], part["end"], part["length"]) == ("first", 8, 13, 28)
    original = client.get(f"{address}/original")
    assert original.content == "Ünïcode first line\n\nand more".encode()
    assert original.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in original.headers["content-security-policy"]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_an_unreadable_upload_fails_with_its_reason(client: TestClient):
    job = upload(client, "fake.txt", b"\0\1\2")
    assert (job["state"], job["document_id"]) == ("failed", None)
    assert "binary" in job["reason"]


def test_asking_goes_on_while_a_file_is_being_read_and_an_upload_can_be_cancelled(
    client: TestClient, library: FakeLibrary
):
    job = client.post("/api/v1/documents", params={"name": "slow.txt"}, content=b"slow").json()
    waiting = client.post("/api/v1/documents", params={"name": "slow too.txt"}, content=b"next").json()
    assert client.post("/api/v1/ask", json={"question": FEES}).json()["citations"]
    for each in (job, waiting):
        client.delete(f"/api/v1/jobs/{each['id']}")
        assert over(client, each)["state"] == "cancelled"
    assert {info.id for info in library.documents()} == {"minutes.docx", "news.txt"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("a\0b\n.txt", "ab.txt"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
    ],
    ids=["plain", "absolute", "windows", "control", "long"],
)
def test_a_file_name_is_its_last_part(name: str, kept: str):
    assert file_name(name) == kept


@pytest.mark.parametrize("name", ["..", "/", " . ", "\0"])
def test_a_file_without_a_name_is_refused(name: str):
    with pytest.raises(InputError, match="name"):
        file_name(name)


# --- conversations and verdicts


def test_a_verdict_on_an_answer_becomes_an_item_of_an_evaluation_set(client: TestClient):
    service: Service = client.app.state.service
    service.change("c1", lambda kept: kept.with_answer(service.assistant.ask(FEES), "2026-01-01T00:00:00+00:00"))
    assert [each["name"] for each in client.get("/api/v1/conversations").json()] == [FEES]
    judged = {"conversation": "c1", "turn": 1, "verdict": "bad", "note": "too long"}
    assert client.post("/api/v1/feedback", json=judged).status_code == 204
    (item,) = client.get("/api/v1/feedback").json()
    assert (item["question"], item["verdict"], item["note"], len(item["evidence"])) == (FEES, "bad", "too long", 3)
    assert client.patch("/api/v1/conversations/c1", json={"name": "Fees"}).json()["name"] == "Fees"
    assert client.get("/api/v1/conversations/c1").json()["turns"][0]["verdict"] == "bad"
    for ending in ("md", "html", "json"):
        file = client.get("/api/v1/conversations/c1/export", params={"format": ending})
        assert "attachment" in file.headers["content-disposition"]
        assert "a harbour that silts up" in file.text
    assert client.delete("/api/v1/conversations/c1").status_code == 204
    assert client.get("/api/v1/conversations/c1").status_code == 404


# --- errors


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("GET", "/api/v1/documents/none", None, 404, "none"),
        ("GET", "/api/v1/documents/none/text", None, 404, "none"),
        ("GET", "/api/v1/documents/none/original", None, 404, "none"),
        ("DELETE", "/api/v1/documents/none", None, 404, "none"),
        ("GET", "/api/v1/jobs/77", None, 404, "77"),
        ("GET", "/api/v1/conversations/none", None, 404, "none"),
        ("POST", "/api/v1/documents?name=empty.txt", b"", 422, "empty"),
        ("POST", "/api/v1/documents", b"x", 422, "name"),
        ("POST", "/api/v1/ask", b"{", 422, "JSON"),
        ("POST", "/api/v1/ask", b'{"question": 7}', 422, "question"),
        ("POST", "/api/v1/ask", b'{"question": "x", "tempo": 1}', 422, "tempo"),
        ("POST", "/api/v1/ask", b'{"question": "x", "history": [{"role": "root", "text": ""}]}', 422, "role"),
        ("POST", "/api/v1/feedback", b'{"conversation": "none", "turn": 1, "verdict": "good"}', 404, "none"),
        ("POST", "/api/v1/ask", b'"' + b"x" * 3_000_000 + b'"', 413, "larger"),
        ("GET", "/api/v1/nothing", None, 404, "nothing at this address"),
        ("PUT", "/api/v1/ask", None, 405, "method"),
    ],
)
def test_errors_are_problem_details(
    client: TestClient, method: str, path: str, body: bytes | None, status: int, says: str
):
    headers = {"content-type": "application/json"} if body else {}
    answer = client.request(method, path, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert says in problem["detail"]
    assert problem["title"]


def test_a_bug_is_a_problem_without_its_insides(client: TestClient, library: FakeLibrary):
    library.held["minutes.docx"] = None  # type: ignore[assignment]
    answer = client.get("/api/v1/documents")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "NoneType" not in answer.text


def test_a_library_still_being_opened_is_said_to_be():
    service = Service(lambda: FakeAssistant(harbour_library()))
    with TestClient(app_for(service, with_page=False), base_url=f"http://{HOST}") as client:
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/api/v1/status").json()["state"] == "opening"
        answer = client.get("/api/v1/documents")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        service.open()
        assert client.get("/api/v1/status").json()["state"] == "ready"
        assert len(client.get("/api/v1/documents").json()) == 2


# --- who is kept out


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7860", ""])
def test_another_host_is_refused(client: TestClient, host: str):
    for path in ("/health", "/api/v1/documents", "/"):
        assert 400 <= client.get(path, headers={"host": host}).status_code < 500


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost", "file://", ""]
)
def test_another_origin_is_refused(client: TestClient, origin: str):
    for method, path in (
        ("POST", "/api/v1/ask"),
        ("GET", "/api/v1/documents"),
        ("DELETE", "/api/v1/documents/news.txt"),
    ):
        assert client.request(method, path, headers={"origin": origin}).status_code == 403


def test_the_own_origin_and_none_pass(client: TestClient):
    for headers in ({}, {"origin": f"http://{HOST}"}, {"sec-fetch-site": "same-origin"}):
        assert client.post("/api/v1/ask", json={"question": FEES}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "site", "mode", "passes"),
    [
        ("GET", "cross-site", "navigate", True),
        ("POST", "cross-site", "navigate", False),
        ("GET", "cross-site", "no-cors", False),
        ("GET", "same-site", "cors", False),
        ("GET", "same-origin", "cors", True),
        ("GET", "none", "navigate", True),
    ],
)
def test_only_a_link_may_cross_sites(method: str, site: str, mode: str, passes: bool):
    assert is_own(Headers({"host": HOST, "sec-fetch-site": site, "sec-fetch-mode": mode}), method) is passes


def test_every_answer_carries_the_policy(client: TestClient):
    for path in ("/health", "/api/v1/documents", "/api/v1/nothing"):
        headers = client.get(path).headers
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


# --- starting


def test_a_taken_port_is_named_with_the_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"port {port} is taken.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("256.1.1.1", 0)], ids=["port", "host"])
def test_an_impossible_address_is_named(host: str, port: int):
    with pytest.raises(InputError, match="--port"):
        listen(host, port)


def test_health_answers_while_the_doors_are_made_and_all_else_waits_for_them():
    may_go = threading.Event()

    def make() -> Starlette:
        may_go.wait(30)
        return Starlette(routes=[Route("/{path:path}", lambda request: PlainTextResponse(request.url.path))])

    with TestClient(Front(make, LOCAL_HOSTS), base_url="http://127.0.0.1:7860") as client:
        assert client.get("/health").json() == {"status": "ok"}
        with ThreadPoolExecutor(3) as pool:
            waiting = [
                pool.submit(client.get, "/api"),
                pool.submit(client.get, "/health", headers={"host": "evil.example:7860"}),
                pool.submit(client.get, "/health", headers={"origin": "http://evil.example"}),
            ]
            assert not any(each.done() for each in waiting)
            may_go.set()
            assert [each.result().text for each in waiting] == ["/api", "/health", "/health"]
        assert client.get("/health").text == "/health"


def test_where_the_doors_cant_be_made_requests_end():
    def make() -> Starlette:
        raise InputError("no")

    with TestClient(Front(make, LOCAL_HOSTS), base_url="http://127.0.0.1:7860") as client:
        assert client.get("/api").status_code == 503
