"""A library copied between a folder and a server, both ways, is the same library."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index import Document, DocumentInfo, InputError, Library
from index.catalog import open_catalog
from index.embed import HashingEmbedder
from index.errors import LibraryDamaged, LibraryLocked
from index.lock import writing
from index.move import move
from index.records import Statement
from index.servers import Servers

QUERY = "cod ferry"
KEPT = {"id": "1", "name": "Fees", "changed": "2024-05-01", "turns": []}


class NoEmbedding(HashingEmbedder):
    def embed_passages(self, texts, spans):
        assert set(texts) <= {QUERY}, "embedded again"
        return super().embed_passages(texts, spans)


def said(document):
    span = document.span(0, 7)
    return [Statement(document.info, "Ada Weil", "said", "direct", (span,), 0, 7)]


def opened(place, folder, embedder=HashingEmbedder):
    servers = Servers() if isinstance(place, Path) else Servers(place)
    return Library.open(
        place if isinstance(place, Path) else folder, embedder=embedder(), attribute=said, servers=servers
    )


@pytest.fixture
def source(tmp_path):
    """A library with all that one can hold: files, an upload, given documents, what was skipped and removed."""
    articles = tmp_path / "articles"
    articles.mkdir()
    for n in range(12):
        (articles / f"{n}.txt").write_text(f"Cod number {n} is late.\n\nÆrlige folk sier “ja” nr. {n}.")
    (articles / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with opened(tmp_path / "source", None) as library:
        library.sync(articles)
        library.remove("articles/3.txt")
        library.add_upload("notes.txt", b"The ferry is early.")
        library.add([Document(DocumentInfo("given", "given", "T", "2024-05-01"), "Given, not read.", "h")])
        library.conversations.save(KEPT)
    return tmp_path / "source"


def state(library):
    return (
        [library.document(info.id) for info in library.documents()],
        library.statements(),
        library.skipped(),
        library.catalog.excluded(),
        library.catalog.roots(),
        library.conversations.list(),
        library.original("uploads/notes.txt"),
        library.generation,
        {p.id for p in library.retrieve(QUERY, k=50)},
    )


def test_there_and_back_it_is_the_same_and_goes_on(source, address, tmp_path):
    back = tmp_path / "back"
    with opened(source, None) as library:
        before = state(library)
    for a, b in ((source, address), (address, back)):
        moved = move(a, b)
        assert moved.counts["documents"] == len(before[0])
        assert moved.n_searches
        with opened(b, tmp_path / "cache", NoEmbedding) as library:
            assert state(library) == before
            assert library.check() == []
            assert library.sync().unchanged  # the copy follows the same folder
    with opened(address, tmp_path / "cache") as library:  # numbers go on after those that were copied
        library.add_upload("more.txt", b"One more.")
        assert library.check() == []


def test_what_was_killed_goes_on_and_copies_nothing_twice(source, address):
    class Killed(BaseException):
        pass

    def kill(progress):
        if progress.source == "chunks":
            raise Killed

    with pytest.raises(Killed):
        move(source, address, on_progress=kill)
    copied = []
    move(source, address, on_progress=lambda progress: copied.append(progress.source))
    assert not {"documents", "embeddings"} & set(copied)
    assert "statements" in copied


def test_a_source_that_changed_meanwhile_is_copied_anew(source, address, tmp_path):
    with pytest.raises(ZeroDivisionError):
        move(source, address, on_progress=lambda progress: 1 // (progress.source != "chunks"))
    with opened(source, None) as library:
        library.remove("given")
        before = state(library)
    move(source, address)
    with opened(address, tmp_path / "cache", NoEmbedding) as library:
        assert state(library) == before


def test_a_place_that_is_taken_missing_or_being_written_is_refused(source, address, tmp_path):
    move(source, address)
    with pytest.raises(InputError, match="holds a library already"):
        move(source, address)
    with pytest.raises(InputError, match="no library in"):
        move(tmp_path / "nowhere", tmp_path / "target")
    with writing(source), pytest.raises(LibraryLocked):
        move(source, tmp_path / "target")


def test_a_copy_that_differs_is_told(source, address, tmp_path):
    with pytest.raises(ZeroDivisionError):
        move(source, address, on_progress=lambda progress: 1 // (progress.source != "statements"))
    catalog = open_catalog(address)
    catalog.run("UPDATE documents SET title = 'Another' WHERE id = 'given'")
    catalog.close()
    with pytest.raises(LibraryDamaged, match="differs in 'documents'"):
        move(source, address)


def test_the_command_copies(source, tmp_path):
    command = [sys.executable, "-m", "assistant.cli", "export", "--library", str(source), "--json"]
    done = subprocess.run([*command, "--to", str(tmp_path / "copy")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["uploads"] == 1
    again = subprocess.run([*command, "--to", str(tmp_path / "copy")], capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
