"""A catalog on PostgreSQL: one writer, several readers, and a server that goes and comes back."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index import Document, DocumentInfo
from index.errors import InputError, LibraryLocked, LibraryVersionError, ServerAway
from index.servers import Servers
from tests.conftest import small_library

TEXTS = {f"{n}.txt": f"The cod number {n} is late.\n\nNobody knows why." for n in range(30)}


@pytest.fixture
def shared(address, tmp_path):
    with small_library(tmp_path / "library", Servers(address)) as library:
        yield library


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


def content(library):
    return (
        [library.document(info.id) for info in library.documents()],
        [(p.id, round(p.score, 9)) for p in library.retrieve("number 7 cod", k=50)],
        library.check(),
    )


def test_a_library_in_its_folder_and_one_on_a_server_hold_the_same(shared, source, tmp_path):
    shared.sync(source)
    with small_library(tmp_path / "alone") as alone:
        alone.sync(source)
        ours, theirs = alone.catalog, shared.catalog
        assert content(shared)[0] == content(alone)[0]
        for columns, table in [("number, id, text, sentences, embedding", "chunks"), ("hash, vector", "embeddings")]:
            sql = f"SELECT {columns} FROM {table} ORDER BY 1"
            assert ours.all_rows(sql) == theirs.all_rows(sql)
    assert shared.check() == []
    assert not (shared.folder / "catalog.sqlite").exists()


@pytest.mark.parametrize(
    "pattern", ["*.txt", "?.txt", "[12].txt", "[^1].txt", "1[", "a(b", "[*]", "", "\\", "[]]", "."]
)
def test_a_pattern_means_the_same_in_both(shared, library, pattern):
    info = [DocumentInfo(name, name, "T") for name in ("1.txt", "2.txt", "x/1.txt", "a(b", "*", "\\", "]", "12.txt")]
    for each in (shared, library):
        each.add([Document(i, f"Text of {i.id}.", i.id) for i in info])
    assert shared.documents(source=pattern) == library.documents(source=pattern)


def test_what_one_process_stores_another_sees_at_once(shared, address, tmp_path):
    with small_library(tmp_path / "other machine", Servers(address)) as reader:
        assert reader.retrieve("cod") == []
        info = shared.add_upload("notes.txt", b"The cod is late.")
        assert [p.text for p in reader.retrieve("cod")] == ["The cod is late."]
        assert reader.original(info.id) == b"The cod is late."
        reader.sync()  # has no such file in its folder, and takes it from the catalog
        assert reader.n_documents == 1
        reader.remove(info.id)
        assert (shared.n_documents, shared.sync().n_documents) == (0, 0)


_WRITER = """
import sys
from index.catalog import open_catalog
with open_catalog(sys.argv[1]).only_writer(0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_writes_and_its_lock_dies_with_it(shared, address):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", _WRITER, address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True) as writer:
        assert writer.stdout.readline() == "held\n"
        with pytest.raises(LibraryLocked, match=rf"by process {writer.pid} on {socket.gethostname()} since \d"):
            shared.sync()
        assert shared.retrieve("cod") == []  # reading goes on
        writer.send_signal(signal.SIGKILL)
    assert shared.sync(wait_seconds=10).n_documents == 0


def test_a_server_that_goes_in_a_sync_loses_nothing(database_server, shared, source):
    def go(progress):
        if progress.stage == "embedding" and progress.n_passages:
            database_server.stop()

    with pytest.raises(ServerAway, match=r"does not answer.*nothing is lost"):
        shared.sync(source, on_progress=go)
    with pytest.raises(ServerAway):
        shared.retrieve("cod")
    database_server.start()
    assert shared.sync(source).n_documents == len(TEXTS)
    assert shared.check() == []


def test_a_question_is_answered_when_the_server_is_back(database_server, shared, source):
    shared.sync(source)
    before = content(shared)
    database_server.stop()
    for _ in range(2):
        with pytest.raises(ServerAway, match="does not answer"):
            shared.retrieve("cod")
    database_server.start()
    assert content(shared) == before
    database_server.stop()
    database_server.start()  # gone and back between two questions: nobody notices
    assert content(shared) == before


def test_a_server_that_goes_in_the_middle_of_a_question_is_one_line(database_server, shared, source):
    shared.sync(source)
    timer = threading.Timer(0.3, database_server.stop)
    timer.start()
    with pytest.raises(ServerAway, match="does not answer") as raised:
        shared.catalog.all_rows("SELECT pg_sleep(20)")
    assert "\n" not in str(raised.value)
    timer.join()
    database_server.start()
    assert shared.retrieve("cod")


def test_a_question_that_hangs_ends_where_the_address_says_so(address, tmp_path):
    with small_library(tmp_path / "library", Servers(f"{address}%20-cstatement_timeout%3D200")) as library:
        with pytest.raises(ServerAway, match="statement timeout"):
            library.catalog.all_rows("SELECT pg_sleep(20)")
        assert library.retrieve("cod") == []


def test_no_plan_is_kept_for_words_that_may_be_any(shared, source):
    shared.sync(source)
    for n in range(8):  # the driver prepares what is asked five times
        shared.retrieve(f"cod {n}")
    kept = [row[0] for row in shared.catalog.all_rows("SELECT statement FROM pg_prepared_statements")]
    assert not [statement for statement in kept if "ts_rank" in statement]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("right", "wrong"), "refuses the user or the password"),
        (("/postgres?", "/nowhere?"), r"database 'nowhere'.*is not there"),
        (("footnote:", "nobody:"), "refuses the user or the password"),
        (("postgresql://", "mysql://"), r"it looks like postgresql://"),
        (("?options", "?no_such_option=1&options"), "is no address"),
    ],
    ids=["password", "database", "user", "scheme", "option"],
)
def test_what_is_wrong_at_the_start_is_one_line_without_the_password(address, tmp_path, change, message):
    with pytest.raises((ServerAway, InputError), match=message) as raised:
        small_library(tmp_path / "library", Servers(address.replace(*change)))
    assert "\n" not in str(raised.value)
    assert ":right@" not in str(raised.value)


def test_a_server_that_keeps_silent_is_waited_for_only_so_long(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://a@127.0.0.1:{silent.getsockname()[1]}/b?connect_timeout=2&sslmode=disable"
        with pytest.raises(ServerAway, match="does not answer"):
            small_library(tmp_path / "library", Servers(address))


def test_a_library_of_a_newer_version_is_refused(shared, address, tmp_path):
    shared.catalog.put_value("schema_version", "99")
    with pytest.raises(LibraryVersionError, match="newer"):
        small_library(tmp_path / "other", Servers(address))


def test_a_character_that_it_can_not_store_is_named(shared):
    with pytest.raises(InputError, match="code 0"):
        shared.add([Document(DocumentInfo("d", "d", "T"), "a\0b", "h")])
    assert shared.n_documents == 0


def test_the_command_says_it_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {**os.environ, "FOOTNOTE_CATALOG": f"postgresql://a:secret@127.0.0.1:{port}/b"}
    command = [sys.executable, "-m", "assistant.cli", "status", "--library", str(tmp_path / "library")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("footnote: PostgreSQL at 127.0.0.1")
    assert (done.stderr.count("\n"), "secret" in done.stderr) == (1, False)


def test_conversations_are_shared(shared, address, tmp_path):
    kept = {"id": "1", "name": "Fees", "changed": "2024-05-01", "turns": []}
    shared.conversations.save(kept)
    with small_library(tmp_path / "other", Servers(address)) as other:
        assert other.conversations.get("1") == kept
        assert json.dumps(other.conversations.names("fees")) == json.dumps(
            [{"id": "1", "name": "Fees", "changed": "2024-05-01"}]
        )


def test_of_many_matches_those_of_the_rarest_words_are_ranked(shared, monkeypatch):
    texts = {f"d{n}": f"The cod number {n % 5}." for n in range(40)} | {"rare": "The cod of Hven."}
    shared.add([Document(DocumentInfo(id_, id_, "T"), text, id_) for id_, text in texts.items()])
    catalog = shared.catalog
    everything = catalog.search_words(["cod", "hven"], 50)
    monkeypatch.setattr("index.postgres._MOST_RANKED", 3)
    assert catalog.search_words(["cod", "hven"], 50) == everything[:1]
    assert catalog.search_words(["cod"], 50)  # one word is always looked for, however common
    scope = catalog.all_chunk_numbers()
    assert catalog.search_words(["cod", "hven"], 50, scope) == everything
