"""The vectors on a Chroma server: the same answers, and what becomes of them while it is away."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant import Assistant
from index import Document, DocumentInfo, chroma_server
from index.errors import InputError, ServerAway
from index.servers import Servers
from tests.conftest import small_library
from tests.vector_server import VectorServer

TEXTS = [f"The cod number {n} is late.\n\nFerry {n % 7} runs at night." for n in range(40)]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    server = VectorServer(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(chroma_server, "_PAUSE_SECONDS", 0.0)


@pytest.fixture
def server(running):
    """The server as it is found: running."""
    yield running
    if not running.is_up:
        running.start()


@pytest.fixture
def place(server):
    return Servers(chroma=server.address, chroma_database=server.new_database())


@pytest.fixture
def served(place, tmp_path):
    with small_library(tmp_path / "served", place) as library:
        yield library


def add(library, texts=TEXTS, first=0):
    library.add(
        Document(DocumentInfo(f"d{n}", f"{n % 4}/{n}.txt", "T"), text, f"{text}") for n, text in enumerate(texts, first)
    )


def found(library, **filters):
    return [
        (p.id, round(p.score, 2), p.evidence.meaning_rank) for p in library.retrieve("ferry 3 night", k=9, **filters)
    ]


def test_the_answers_are_those_of_the_folder(served, library, monkeypatch):
    for each in (served, library):
        add(each)
    assert found(served) == found(library)
    assert found(served, source="1/*") == found(library, source="1/*")
    monkeypatch.setattr("index.view._SMALL_SCOPE", 0)
    assert found(served, source="1/*") == found(library, source="1/*")
    assert not (served.folder / "vectors.f32").exists()
    assert not (served.folder / "chroma").exists()
    assert served.check() == []


def test_while_it_is_away_words_answer_and_say_so_until_it_is_back(served, server):
    add(served)
    before = found(served)
    server.stop()
    alone = served.retrieve("ferry 3 night", k=9)
    assert alone
    assert {p.evidence.meaning_rank for p in alone} == {None}
    assert served.notice.startswith("searched by words alone: the Chroma server at 127.0.0.1")
    answer = Assistant(served).ask("Which ferry runs at night?")
    assert answer.citations
    assert answer.to_json()["notice"] == served.notice
    server.start()
    assert found(served) == before
    assert served.notice is None


def test_what_it_missed_it_is_told_later(served, server):
    add(served, TEXTS[:20])
    server.stop()
    add(served, TEXTS[20:], 20)
    assert served.n_documents == len(TEXTS)
    assert served.catalog.n_vector_changes()
    server.start()
    served.sync()
    assert (served.catalog.n_vector_changes(), served.check()) == (0, [])
    assert {rank for _, _, rank in found(served)} != {None}


def test_gone_in_the_middle_of_a_sync_it_is_told_the_rest_later(served, server, monkeypatch):
    monkeypatch.setattr("index.follow._BATCH", 8)

    def go(progress):
        if progress.stage == "vectors" and server.is_up:
            server.stop()

    documents = [Document(DocumentInfo(f"d{n}", f"{n}.txt", "T"), text, text) for n, text in enumerate(TEXTS)]
    assert served.add(documents, on_progress=go).n_documents == len(TEXTS)  # done, whatever became of Chroma
    assert not server.is_up
    assert served.catalog.n_vector_changes()
    server.start()
    served.sync()
    assert (served.catalog.n_vector_changes(), served.check()) == (0, [])


def test_one_that_hangs_in_the_middle_of_a_question_is_waited_for_only_so_long(server, place, tmp_path, monkeypatch):
    monkeypatch.setattr(chroma_server, "_ANSWER_SECONDS", 1.0)
    with small_library(tmp_path / "library", place) as library:
        add(library)
        before = found(library)
        server.pause()
        try:
            assert library.retrieve("ferry 3 night", k=9)
            assert "words alone" in library.notice
        finally:
            server.resume()
        assert found(library) == before


def test_gone_when_the_library_opens_it_is_told_when_it_is_back(served, server, place, tmp_path):
    add(served)
    before = found(served)
    server.stop()
    with small_library(tmp_path / "served", place) as again:
        assert again.retrieve("ferry")
        assert again.notice
        server.start()
        assert found(again) == before


def test_a_server_that_forgot_everything_is_filled_from_the_catalog(served, server, place):
    add(served)
    before = found(served)
    server.forget(place.chroma_database)
    assert served.retrieve("ferry")
    assert "words alone" in served.notice
    served.sync()
    assert (found(served), served.notice, served.check()) == (before, None, [])


def test_a_library_moves_between_its_folder_and_a_server(place, tmp_path):
    where = tmp_path / "library"
    with small_library(where) as library:
        add(library)
        before = found(library)
    for servers in (place, Servers()):
        with small_library(where, servers) as library:
            assert (found(library), library.check()) == (before, [])


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, b'{"error": "AuthError", "message": "no"}', "refuses the token: check FOOTNOTE_CHROMA_TOKEN"),
        (404, b"nothing here", "is of another version"),
        (500, b"broken", "does not answer"),
        (200, b"<html>a page</html>", "is no Chroma"),
    ],
    ids=["token", "version", "broken", "page"],
)
def test_what_a_server_says_instead_is_one_line(tmp_path, status, body, message):
    class Says(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers.get("Authorization"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Says) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        servers = Servers(chroma=f"http://127.0.0.1:{other.server_port}", chroma_token="wrong")
        with small_library(tmp_path / "library", servers) as library:
            add(library, TEXTS[:3])
            assert library.retrieve("ferry")
            assert message in library.notice
            assert "\n" not in library.notice
        other.shutdown()
    assert set(asked) == {"Bearer wrong"}


def test_a_server_that_keeps_silent_is_waited_for_only_so_long(tmp_path, monkeypatch):
    monkeypatch.setattr(chroma_server, "_CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        vectors = chroma_server.ChromaServer(Servers(chroma=f"http://127.0.0.1:{silent.getsockname()[1]}"))
        with pytest.raises(ServerAway, match="does not answer"):
            vectors.count()


def test_a_tenant_that_is_not_there_is_named(server):
    vectors = chroma_server.ChromaServer(Servers(chroma=server.address, chroma_tenant="nobody"))
    with pytest.raises(ServerAway, match=r"lacks tenant 'nobody'"):
        vectors.count()


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host", "http://", "http://host/path"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(InputError, match="it looks like http://host:8000"):
        chroma_server.ChromaServer(Servers(chroma=address))
