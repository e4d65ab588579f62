"""Two servers over one library on PostgreSQL: whichever is asked, the answer is the same."""

import itertools
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect
from serving import Server, chromium

from assistant import Assistant
from assistant.conversations import Conversation
from index.servers import Servers
from tests.conftest import small_library

NOTES = b"The ferry to Hven runs at night.\n\nThe cod is late this year."


@pytest.fixture
def processes(address, tmp_path, monkeypatch):
    """Two processes with a folder of their own each, as on two machines."""
    monkeypatch.setenv("SHARED_CATALOG", address)
    started = [Server(tmp_path / f"kept {n}", tmp_path / f"library {n}") for n in range(2)]
    yield started
    for server in started:
        server.kill()


@pytest.fixture
def servers(processes):
    return [server.address.rstrip("/") for server in processes]


def keep(address, folder):
    """Put a conversation of two answers into the library, as the page does."""
    with small_library(folder, Servers(address)) as library:
        answer = Assistant(library).ask("When does the ferry run?")
        kept = Conversation("c1").with_answer(answer, "2024-05-01").with_answer(answer, "2024-05-02")
        library.conversations.save(kept.to_json())


@pytest.mark.slow
def test_a_client_that_alternates_sees_one_library(servers, address, tmp_path):
    turn = itertools.cycle(servers)

    def ask(method, path, **options):
        response = httpx.request(method, f"{next(turn)}/api/v1/{path}", timeout=60, **options)
        response.raise_for_status()
        return response.json() if response.content else None

    job = ask("POST", "documents", params={"name": "notes.txt"}, content=NOTES)
    while (job := ask("GET", f"jobs/{job['id']}"))["state"] not in ("ready", "failed"):
        time.sleep(0.05)
    assert (job["state"], job["document_id"]) == ("ready", "uploads/notes.txt")
    for _ in servers:  # at once, without waiting for anything
        assert [each["id"] for each in ask("GET", "documents")] == ["uploads/notes.txt"]
        assert ask("POST", "ask", json={"question": "When does the ferry run?"})["citations"]
    for server in servers:
        original = httpx.get(f"{server}/api/v1/documents/uploads/notes.txt/original", timeout=60)
        assert original.content == NOTES

    keep(address, tmp_path / "third")
    assert ask("PATCH", "conversations/c1", json={"name": "Ferries"})["name"] == "Ferries"
    assert ask("GET", "conversations/c1")["name"] == "Ferries"
    verdicts = [{"conversation": "c1", "turn": turn, "verdict": "good"} for turn in (1, 2)]
    with ThreadPoolExecutor(2) as both:  # at once, on either server: neither verdict is lost
        list(both.map(lambda verdict: ask("POST", "feedback", json=verdict), verdicts))
    assert [each["verdict"] for each in ask("GET", "feedback")] == ["good", "good"]
    ask("DELETE", "documents/uploads/notes.txt")
    assert [ask("GET", "documents") for _ in servers] == [[], []]


class Balancer:
    """Sends a path each time to another of the servers that are up, whoever asks and whatever came before."""

    def __init__(self, servers):
        self.asked = Counter()  # by server and path

        def passed_on(scope):
            return {name: value for name, value in scope.headers.items() if name.lower() != "connection"}

        class Door(BaseHTTPRequestHandler):
            def answer(door):
                body = door.rfile.read(int(door.headers.get("Content-Length", 0)))
                first = next(self.turns[urlsplit(door.path).path])
                for server in (first, *(other for other in servers if other != first)):
                    with suppress(httpx.ConnectError):
                        url, headers = server + door.path, passed_on(door)
                        return door.stream(server, httpx.Request(door.command, url, content=body, headers=headers))
                return door.send_error(502)

            def stream(door, server, request):
                with httpx.Client(timeout=60) as client:
                    answer = client.send(request, stream=True)
                    self.asked[server, urlsplit(door.path).path] += 1
                    door.send_response(answer.status_code)
                    for name, value in answer.headers.multi_items():
                        if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                            door.send_header(name, value)
                    door.end_headers()
                    with suppress(OSError, httpx.HTTPError):  # gone in the middle, either of them
                        for piece in answer.iter_raw():
                            door.wfile.write(piece)
                            door.wfile.flush()
                    answer.close()

            do_GET = do_POST = do_PATCH = do_DELETE = do_HEAD = answer

            def log_message(self, *_):
                pass

        self.turns = defaultdict(lambda: itertools.cycle(servers))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def balancer(servers):
    made = Balancer(servers)
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_whose_requests_alternate_works_and_outlives_a_server(servers, processes, address, balancer, tmp_path):
    with small_library(tmp_path / "third", Servers(address)) as library:
        library.add_upload("notes.txt", NOTES)
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(balancer.address)
        page.wait_for_selector("body.is-ready")
        turns = page.locator("#turns .turn")
        for n, question in enumerate(("When does the ferry run?", "What of the cod?", "When does the ferry run?"), 1):
            page.fill("#question textarea", question)
            page.press("#question textarea", "Enter")
            expect(turns).to_have_count(n)  # each answer goes on in a conversation that the other server kept
        assert {server for server, path in balancer.asked if path == "/page/ask"} == set(servers)
        assert {server for server, path in balancer.asked if path.startswith("/page/")} == set(servers)

        processes[0].kill()
        page.goto(balancer.address)
        page.wait_for_selector("body.is-ready")
        page.locator("#conversations button").first.click()
        expect(turns).to_have_count(3)
        page.fill("#question textarea", "What about the cod?")
        page.press("#question textarea", "Enter")
        expect(turns).to_have_count(4)
