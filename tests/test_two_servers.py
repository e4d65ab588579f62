"""Two servers over one library on PostgreSQL: whichever is asked, the answer is the same."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from serving import Server

from assistant import Assistant
from assistant.conversations import Conversation
from index.servers import Servers
from tests.conftest import small_library

NOTES = b"The ferry to Hven runs at night.\n\nThe cod is late this year."


@pytest.fixture
def address(database_server):
    return database_server.new_library()


@pytest.fixture
def servers(address, tmp_path, monkeypatch):
    """Two processes with a folder of their own each, as on two machines."""
    monkeypatch.setenv("SHARED_CATALOG", address)
    started = [Server(tmp_path / f"kept {n}", tmp_path / f"library {n}") for n in range(2)]
    yield [server.address.rstrip("/") for server in started]
    for server in started:
        server.kill()


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
