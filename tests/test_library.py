"""A library equals its folder after any change; Chroma is filled from the catalog and may be lost."""

import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, DocumentInfo, InputError, Library, PassageRetriever, ReadError
from index.embed import HashingEmbedder, load_embedder
from index.errors import LibraryLocked, LibraryModelError, LibraryVersionError
from index.lock import writing
from index.split import sentences, split

TEXTS = {"a.txt": "The cod is late this year.\n\nNobody knows why.", "b.md": "# Ferry\n\nThe ferry runs at night."}


def opened(folder):
    return Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: [])


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "articles"
    source.mkdir()
    for name, text in TEXTS.items():
        (source / name).write_text(text)
    return source


@pytest.fixture
def library(tmp_path):
    with opened(tmp_path / "library") as library:
        yield library


def state(library):
    """What a library holds, without the order in which it came."""
    documents = [library.document(info.id) for info in library.documents()]
    found = [(p.id, round(p.score, 4)) for p in library.retrieve("cod ferry night", k=50)] if documents else []
    return documents, sorted(found)


def test_syncing_twice_changes_nothing(library, folder):
    first = library.sync(folder)
    before = state(library)
    again = library.sync(folder)
    assert (first.added, again.added, again.unchanged) == (2, 0, 2)
    assert state(library) == before


def test_after_edits_renames_and_deletions_the_library_equals_a_fresh_build(tmp_path, library, folder):
    library.sync(folder)
    (folder / "a.txt").rename(folder / "c.txt")
    (folder / "b.md").unlink()
    (folder / "d.txt").write_text("A new ferry.")
    report = library.sync(folder)
    assert (report.added, report.renamed, report.deleted) == (1, 1, 1)
    (folder / "c.txt").write_text("The cod is back.")
    assert library.sync(folder).changed == 1
    with opened(tmp_path / "fresh") as fresh:
        fresh.sync(folder)
        assert state(fresh) == state(library)
        assert fresh.check() == library.check() == []


def test_a_renamed_file_embeds_nothing(tmp_path, folder):
    class Counting(HashingEmbedder):
        n_embedded = 0

        def embed_passages(self, texts, spans):
            Counting.n_embedded += len(texts)
            return super().embed_passages(texts, spans)

    with Library.open(tmp_path / "counted", embedder=Counting(), attribute=lambda document: []) as library:
        library.sync(folder)
        before = Counting.n_embedded
        (folder / "a.txt").rename(folder / "z.txt")
        library.sync(folder)
        assert Counting.n_embedded == before > 0


def test_an_unreadable_file_is_reported_and_tried_again_when_it_changes(library, folder):
    (folder / "bad.txt").write_bytes(bytes(range(256)) * 8)
    report = library.sync(folder)
    assert [skipped.source for skipped in report.skipped] == ["bad.txt"]
    assert report.n_documents == 2
    (folder / "bad.txt").write_text("Now it is text.")
    assert library.sync(folder).skipped == ()
    assert library.n_documents == 3


@pytest.mark.parametrize("harm", ["folder gone", "database emptied"])
def test_chroma_may_be_lost_and_is_filled_from_the_catalog(tmp_path, folder, harm):
    with opened(tmp_path / "library") as library:
        library.sync(folder)
        before = state(library)
    chroma = tmp_path / "library" / "chroma"
    if harm == "folder gone":
        shutil.rmtree(chroma)
    else:
        (chroma / "chroma.sqlite3").write_bytes(b"")
    with opened(tmp_path / "library") as library:
        assert state(library) == before
        library.sync(folder)
        assert library.check() == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning:chromadb")
def test_the_collection_opens_in_chroma_itself(tmp_path, folder):
    import chromadb

    with opened(tmp_path / "library") as library:
        library.sync(folder)
        ids = sorted(p.id for p in library.retrieve("cod", k=50))
    collection = chromadb.PersistentClient(str(tmp_path / "library" / "chroma")).get_collection("passages")
    assert sorted(collection.get()["ids"]) == ids
    assert collection.configuration["hnsw"]["space"] == "cosine"


def test_killed_in_the_middle_the_next_sync_ends_in_a_fresh_build(tmp_path):
    source = tmp_path / "many"
    source.mkdir()
    for n in range(150):
        (source / f"{n}.txt").write_text(f"Document {n} tells of cod and of ferry number {n * 7}.")
    script = (
        "import os, sys, threading, time\n"
        "from index import Library\nfrom index.embed import HashingEmbedder\n"
        "def kill():\n    time.sleep(float(sys.argv[3]))\n    os.kill(os.getpid(), 9)\n"
        "threading.Thread(target=kill, daemon=True).start()\n"
        "Library.open(sys.argv[1], embedder=HashingEmbedder(), attribute=lambda d: []).sync(sys.argv[2])\n"
    )
    for delay in ("0.05", "0.2", "0.5"):
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "library"), str(source), delay], check=False)
    with opened(tmp_path / "library") as library, opened(tmp_path / "fresh") as fresh:
        library.sync(source)
        fresh.sync(source)
        assert state(library) == state(fresh)
        assert library.check() == []


def test_a_second_writer_is_told_who_writes(library, folder):
    with writing(library.folder), pytest.raises(LibraryLocked, match="by process"):
        library.sync(folder)
    assert library.sync(folder).added == 2


def test_a_newer_library_and_another_model_are_refused(tmp_path, folder):
    with opened(tmp_path / "library") as library:
        library.sync(folder)
    with pytest.raises(LibraryModelError, match="--rebuild"):
        Library.open(tmp_path / "library", model="all-MiniLM-L6-v2")
    with sqlite3.connect(tmp_path / "library" / "catalog.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LibraryVersionError, match="newer"):
        opened(tmp_path / "library")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda library, tmp: library.sync(tmp / "nowhere"), InputError),
        (lambda library, tmp: library.retrieve("cod", k=0), InputError),
        (lambda library, tmp: library.document("no/such.txt"), InputError),
        (lambda library, tmp: library.add_upload("empty.txt", b""), ReadError),
        (lambda library, tmp: library.add_upload("..", b"x"), InputError),
    ],
    ids=["no-folder", "k-0", "no-document", "empty-upload", "upload-name"],
)
def test_bad_input_names_the_thing(library, tmp_path, call, error):
    with pytest.raises(error):
        call(library, tmp_path)


def test_an_empty_folder_is_no_error(library, tmp_path):
    (tmp_path / "empty").mkdir()
    assert library.sync(tmp_path / "empty").n_documents == 0
    assert library.retrieve("cod") == []


def test_filters_keep_what_they_say(library):
    info = [DocumentInfo(f"d{n}", f"{n}.txt", "T", f"2024-0{n}-01") for n in (1, 2, 3)]
    library.add(Document(each, f"The cod of month {each.id}.", each.id) for each in info)
    assert {p.document.id for p in library.retrieve("cod", since="2024-02")} == {"d2", "d3"}
    assert {p.document.id for p in library.retrieve("cod", until="2024-02")} == {"d1", "d2"}
    assert {p.document.id for p in library.retrieve("cod", source="3.*")} == {"d3"}
    assert library.retrieve("cod", speaker="Nobody") == []


def test_the_llama_index_retriever_points_into_the_document(library, folder):
    library.sync(folder)
    for found in PassageRetriever(library, k=5).retrieve("night ferry"):
        document = library.document(found.node.metadata["document_id"])
        assert document.text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("Ab .!?\n“”,1é"), max_size=400))
def test_chunks_tile_the_text(text):
    document = Document(DocumentInfo("d", "d.txt", "D"), text, "")
    chunks = split(document, lambda texts: [len(t.split()) for t in texts], max_tokens=8)
    covered = "".join(text[a:b] for chunk in chunks for a, b in chunk.sentences)
    assert "".join(covered.split()) == "".join(text.split())
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Smith left. He ran.", ["Mr. Smith left.", "He ran."]),
        ("“Go!” she said.", ["“Go!” she said."]),
        ("The U.S. Army came.", ["The U.S. Army came."]),
        ("J. R. Hart wrote it.", ["J. R. Hart wrote it."]),
        ("One\n\nTwo", ["One", "Two"]),
    ],
    ids=["title", "quote", "acronym", "initials", "blank-line"],
)
def test_sentences(text, expected):
    assert [text[a:b] for a, b in sentences(text)] == expected


def test_equal_text_gives_equal_bytes_in_any_company_near_the_original_model():
    from index.embed import SentenceTransformersEmbedder, weights_folder

    texts = ["The ferry stops in autumn.", "Cod.", "The council approved the fees by eleven votes to six."]
    ours = load_embedder()
    together, alone = ours.embed(texts), np.stack([ours.embed([text])[0] for text in texts])
    assert together.tobytes() == alone.tobytes()
    theirs = SentenceTransformersEmbedder(str(weights_folder())).embed(texts)
    assert ((together * theirs).sum(axis=1) > 0.97).all()


def test_imports_stay_light():
    code = "import index, index.library, assistant.cli, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "gradio", "spacy", "llama_index", "chromadb"} & set(loaded)
