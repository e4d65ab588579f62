"""What an attacker tries, against the real server over a real library: paths, sites, names, sizes, slowness, floods."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from fakes import FakeAssistant, harbour_library
from fastapi.testclient import TestClient
from playwright.sync_api import expect
from serving import Server, Watched, chromium
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from assistant import Assistant, logs
from assistant.serve import Service, app_for, patience
from assistant.serve.app import RATE
from assistant.serve.limits import LARGEST_UPLOAD, MOST_AT_ONCE, MOST_ON_THE_PAGE, Limits, Rate
from assistant.serve.service import AT_ONCE
from index import Library
from index.embed import HashingEmbedder

CANARY = "canary-7f3a"
SCRIPTS = [
    "<script>fired=1</script>",
    "<img src=x onerror=fired=1>",
    "<svg onload=fired=1><a xlink:href=javascript:fired=1>x</a></svg>",
    "<iframe srcdoc='<script>parent.fired=1</script>'></iframe>",
    "</mark></blockquote><details open ontoggle=fired=1>x</details>",
    "[x](javascript:fired=1) ![x](http://192.0.2.9/x.png) [y](http://192.0.2.9/y)",
    "<a href=javascript:fired=1 autofocus onfocus=fired=1>x</a>",
    "<style>@import 'http://192.0.2.9/x.css'</style><link rel=stylesheet href=http://192.0.2.9/x.css>",
    "<form action=http://192.0.2.9/><input name=q><button>x</button></form>",
    "<math><mi xlink:href=data:x,fired>x</mi></math><base href=http://192.0.2.9/>",
    "{{constructor.constructor('fired=1')()}} ${fired=1} <!--<script>fired=1</script>-->",
]


def make_library(folder: Path) -> Library:
    return Library.open(folder / "library", embedder=HashingEmbedder(), attribute=lambda document: [])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("safety")
    (folder / "secret.txt").write_text(CANARY)
    with make_library(folder) as library:
        for number, script in enumerate(SCRIPTS):
            name = f"{number} {script}.txt".replace("/", "∕")
            library.add_upload(name, f"{script}\n\nThe lamp number {number} is {script} today.".encode())
    server = Server(folder, folder / "library")
    yield server.address.rstrip("/")
    server.kill()


def status_of(address: str, method: str, target: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Send a request target as it is, which clients would tidy up."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.putrequest(method, target, skip_host=bool(headers and "Host" in headers))
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


# --- paths

UP = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", "..;/", "%252e%252e%252f", "..%c0%af"]
TARGETS = ["secret.txt", "../../../../../../etc/passwd"]
FORMS = [
    *(up * n + target for up in UP for n in (1, 3) for target in TARGETS),
    "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "uploads/../../secret.txt", "C:\\boot.ini",
    "secret.txt%00.txt", "uploads/%00", ".", "..", "~/secret.txt", "\\\\host\\share", "catalog.sqlite",
    "../catalog.sqlite",
]  # fmt: skip
PLACES = [
    "/api/v1/documents/{}", "/api/v1/documents/{}/text", "/api/v1/documents/{}/original",
    "/api/v1/documents/{}/pages/1",
    "/api/v1/conversations/{}", "/api/v1/conversations/{}/export", "/api/v1/jobs/{}", "/page/source?document={}",
    "/page/paper?document={}&page=1", "/page/{}", "/assets/{}", "/static/{}", "/gradio_api/file={}", "/{}",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_form_of_a_path_leads_out_of_the_library(served: str, place: str):
    for form in FORMS:
        status, body = status_of(served, "GET", place.format(form.replace(" ", "%20")))
        shown = b"" if body.lstrip().startswith(b"<!") else body
        assert status < 500, form
        assert CANARY.encode() not in body, form
        assert b"root:" not in body, form
        assert not shown.startswith(b"SQLite format"), form


@pytest.mark.parametrize("name", [form.replace("%2f", "/").replace("%5c", "\\") for form in FORMS[::3]])
def test_an_uploads_name_leads_nowhere(tmp_path: Path, name: str):
    with make_library(tmp_path) as library:
        app = app_for(Service(lambda: Assistant(library)).open(), with_page=False)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            answer = client.post("/api/v1/documents", params={"name": name}, content=b"some words")
            assert answer.status_code in (202, 400, 422)
    allowed = (tmp_path / "library").resolve()
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert made
    assert all(path.resolve().is_relative_to(allowed) for path in made)


# --- other sites


def every_route(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Return method and path of all that can be asked for, whatever is added later; mounts by a path inside."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "routes", None)
        if inner is not None and not hasattr(route, "endpoint"):
            yield from every_route(inner if isinstance(inner, list) else inner.routes)
        path = getattr(route, "path", None)
        if path is not None:
            filled = path.replace("{document_id:path}", "a.txt").replace("{", "").replace("}", "") or "/page/documents"
            for method in sorted(getattr(route, "methods", None) or {"GET", "POST"}):
                yield method, filled


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make_library(tmp_path_factory.mktemp("bare")) as library:
        app = app_for(Service(lambda: Assistant(library)).open(), with_page=False, rate=0)
        with TestClient(app, base_url="http://127.0.0.1:7860") as client:
            yield client


PAGE = [("GET", "/config"), ("POST", "/page/ask"), ("GET", "/gradio_api/heartbeat/x"), ("GET", "/")]


def test_every_route_refuses_other_sites_and_other_names(bare: TestClient):
    found = [*every_route(bare.app.routes), *PAGE]
    assert len(found) > 25
    assert {("POST", "/api/v1/ask"), ("POST", "/mcp"), ("GET", "/metrics"), ("GET", "/v1/models")} <= set(found)
    for method, path in found:
        for headers, status in (
            ({"origin": "http://evil.example"}, 403),
            ({"origin": "null"}, 403),
            ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
            ({"host": "evil.example"}, 400),
            ({"host": "evil@127.0.0.1"}, 400),
            ({"host": "127.0.0.1.evil.example:7860"}, 400),
        ):
            assert bare.request(method, path, headers=headers).status_code == status, (method, path, headers)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/gradio_api/proxy=http://192.0.2.9/", "/gradio_api/vibe-edit", "/gradio_api/run/ask",
        "/gradio_api/queue/join", "/gradio_api/call/ask", "/gradio_api/queue/data", "/gradio_api/cancel",
        "/gradio_api/component_server", "/gradio_api/process_recording", "/monitoring", "/login", "/docs",
    ],
)  # fmt: skip
def test_what_gradio_brings_beside_the_page_is_not_reachable(served: str, path: str):
    for method in ("GET", "POST"):
        assert status_of(served, method, path)[0] == 404


# --- text that would like to be program


@pytest.mark.browser
def test_names_texts_and_questions_stay_text_in_a_browser(served: str):
    with chromium() as browser:
        page = browser.new_page()
        watched = Watched(page, f"{served}/")
        page.goto(served)
        page.wait_for_selector("body.is-ready", timeout=60_000)
        for number, script in enumerate(SCRIPTS):
            page.fill("#question textarea", f"What is lamp number {number}? {script}")
            page.press("#question textarea", "Enter")
            expect(page.locator("#turns .turn")).to_have_count(number + 1, timeout=30_000)
        page.locator("#turns .cite").first.click()
        expect(page.locator("#source mark").first).to_be_visible()
        assert page.evaluate("window.fired") is None
        assert (
            page.locator("#turns blockquote script, #turns blockquote img, #source iframe, #source svg a").count() == 0
        )
    assert watched.outside == []
    assert [said for said in watched.complaints if "Content Security Policy" in said] == []


@pytest.mark.shared
def test_strings_that_break_software_break_nothing(bare: TestClient, shared_data: Path):
    strings = json.loads((shared_data / "files" / "fmt_blns" / "blns.json").read_text(encoding="utf-8"))
    for string in strings:
        for path, body in (
            (
                "/api/v1/ask",
                {"question": string, "history": [{"role": "user", "text": string}], "source": string[:900]},
            ),
            ("/api/v1/search", {"query": string, "since": string[:900]}),
            ("/v1/chat/completions", {"model": "footnote", "messages": [{"role": "user", "content": string}]}),
            ("/api/v1/feedback", {"conversation": string[:100], "turn": 1, "verdict": "good"}),
        ):
            answer = bare.post(path, json=body)
            assert answer.status_code < 500, (path, string, answer.text)
        for path in ("/api/v1/documents/", "/api/v1/conversations/", "/api/v1/statements?speaker="):
            assert bare.get(path + quote(string, safe="")).status_code < 500, (path, string)


def test_names_that_break_software_become_documents_or_are_refused(bare: TestClient):
    for name in [
        "a" * 400,
        "界" * 399,
        "CON",
        "a\u202etxt.exe",
        "…",
        "🦀.txt",
        "‮.txt",
        "%s%n.txt",
        "'; drop table--.txt",
    ]:
        answer = bare.post("/api/v1/documents", params={"name": name}, content=f"words of {name}".encode())
        assert answer.status_code in (202, 400), (name, answer.text)
        if answer.status_code == 202:
            job = answer.json()
            while job["state"] in ("waiting", "working"):
                time.sleep(0.02)
                job = bare.get(f"/api/v1/jobs/{job['id']}").json()
            assert job["reason"] != "something went wrong here; the log says what", name


# --- size, slowness, floods


def test_a_request_of_a_gigabyte_is_refused_before_it_is_sent(served: str):
    for path, n_bytes in (("/api/v1/ask", 1_000_000_000), ("/api/v1/documents?name=a.txt", LARGEST_UPLOAD + 1)):
        assert status_of(served, "POST", path, {"Content-Length": str(n_bytes)})[0] == 413


def test_a_request_that_does_not_tell_its_size_ends_at_the_limit(served: str):
    host, port = served.removeprefix("http://").split(":")
    sent, piece = 0, b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 1_000_000_000:
                connection.sendall(piece)
                sent += len(piece)
        except OSError:  # it hung up on us
            pass
        assert sent < 50_000_000


@pytest.mark.parametrize("n", [300, pytest.param(1_000, marks=pytest.mark.slow)])
def test_slow_connections_do_not_keep_others_out(served: str, n: int):
    host, port = served.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port)), timeout=30) for _ in range(n)]
    for number, connection in enumerate(slow):
        half = b"" if number % 2 else b"Content-Length: 900\r\n\r\n{"
        connection.sendall(b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\n" + half)
    assert httpx.get(f"{served}/health", timeout=30).status_code == 200
    assert httpx.get(served, timeout=30).status_code == 200
    assert httpx.post(f"{served}/api/v1/ask", json={"question": "What is lamp number 1?"}, timeout=30).json()[
        "citations"
    ]
    for connection in slow:
        connection.close()


def test_silent_connections_are_closed_and_busy_ones_are_not(monkeypatch: pytest.MonkeyPatch):
    class Connection:
        def __init__(self, cycle: object) -> None:
            self.cycle, self.transport, self.is_closed = cycle, self, False

        def close(self) -> None:
            self.is_closed = True

    class Cycle:
        def __init__(self, response_complete: bool) -> None:
            self.response_complete = response_complete

    server = patience.Server(uvicorn.Config(lambda: None), lambda: None)
    silent, busy, resting = Connection(None), Connection(Cycle(False)), Connection(Cycle(True))
    server.server_state.connections |= {silent, busy, resting}
    for now in (0.0, 10.0, 16.0, 70.0, 76.0):
        server._close_silent(now)
        assert silent.is_closed is (now > 15)
        assert resting.is_closed is (now > 75)
    assert not busy.is_closed


def test_a_flood_is_turned_away_with_a_time_to_come_back_and_the_rest_goes_on(tmp_path: Path):
    with make_library(tmp_path) as library:
        app = app_for(Service(lambda: Assistant(library)).open(), with_page=False, rate=2)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            answers = [client.post("/api/v1/ask", json={"question": "Why?"}) for _ in range(12)]
            assert [each.status_code for each in answers[:4]] == [200] * 4
            assert answers[-1].status_code == 429
            assert int(answers[-1].headers["retry-after"]) >= 1
            assert client.get("/health").status_code == 200


@pytest.mark.parametrize(("path", "most"), [("/api/v1/ask", MOST_AT_ONCE), ("/page/ask", MOST_ON_THE_PAGE)])
def test_where_too_many_wait_the_next_is_told_at_once_to_come_back(path: str, most: int):
    async def ask(n: int) -> list[httpx.Response]:
        may_end = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await may_end.wait()
            await Response()(scope, receive, send)

        transport = httpx.ASGITransport(Limits(slow, per_second=0))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            asked = [asyncio.create_task(client.post(path)) for _ in range(n)]
            turned_away = [await each for each in asked[most:]]
            other = asyncio.create_task(client.post("/page/ask" if path.startswith("/api") else "/api/v1/ask"))
            may_end.set()
            return [*turned_away, await other, *await asyncio.gather(*asked[:most])]

    *turned_away, other = (answers := asyncio.run(ask(most + 3)))[:4]
    assert [(each.status_code, each.headers["retry-after"]) for each in turned_away] == [(503, "1")] * 3
    assert [each.status_code for each in (other, *answers[4:])] == [200] * (most + 1)


def test_no_more_answers_are_made_at_once_than_there_are_cores():
    class Counting(FakeAssistant):
        now = most = 0

        def stream(self, question: str, **options: object) -> Iterator[object]:
            self.now += 1
            self.most = max(self.most, self.now)
            time.sleep(0.02)
            self.now -= 1
            yield from super().stream(question, **options)

    counting = Counting(harbour_library())
    assistant = Service(lambda: counting).open().assistant
    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        answers = list(pool.map(assistant.ask, ["What about the fees?"] * 6 * AT_ONCE))
    assert all(each.citations for each in answers)
    assert counting.most == AT_ONCE


def test_a_bucket_fills_again_and_each_client_has_its_own():
    rate = Rate(2.0, 4.0)
    assert [rate.wait("a", 0.0) for _ in range(4)] == [0.0] * 4
    assert rate.wait("a", 0.0) == pytest.approx(0.5)
    assert rate.wait("b", 0.0) == 0.0
    assert rate.wait("a", 0.5) == 0.0
    assert not any(Rate(0, 0).wait("a", 0.0) for _ in range(1_000))
    assert RATE >= 50  # what one person's programs may need


# --- nothing told


def test_logs_hold_paths_and_times_but_not_what_was_asked(bare: TestClient, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        headers = {"authorization": "Bearer top-secret", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        answer = bare.post("/api/v1/ask", json={"question": "Where is the hidden marmalade?"}, headers=headers)
        bare.get("/api/v1/documents/marmalade.txt")
    assert answer.headers["x-trace-id"] == trace
    written = [logs.JsonLines().format(record) for record in caplog.records]
    ours = [line for line in written if '"logger": "assistant' in line or '"logger": "index' in line]
    assert any("POST /api/v1/ask 200" in line for line in ours)
    assert any("GET /api/v1/documents/* 404" in line for line in ours)
    for line in ours:
        assert "marmalade" not in line
        assert "top-secret" not in line


def test_metrics_count_without_telling_what(bare: TestClient):
    bare.post("/api/v1/ask", json={"question": "Where is the hidden marmalade?"})
    bare.get("/api/v1/documents/marmalade.txt")
    text = bare.get("/metrics").text
    assert 'footnote_requests_total{method="POST",route="/api/v1/ask",status="200"}' in text
    assert "footnote_answers_total{outcome=" in text
    assert 'footnote_stage_seconds_count{stage="retrieve"}' in text
    assert "marmalade" not in text
